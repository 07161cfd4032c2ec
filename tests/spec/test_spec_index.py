"""The index files restore the model, are read as late as possible, and fail with one clear error."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from typed_openai_spec.compile import index_files
from typed_openai_spec.index.reader import FORMAT, Index, UnknownOperation, packaged
from typed_openai_spec.model import (
    MISSING,
    Anything,
    Api,
    Argument,
    Array,
    Discriminator,
    Field,
    Json,
    Literals,
    Missing,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.model.encoding import decode, decode_schema, encode, encode_schema
from typed_openai_spec.problems import DescriptionError

Reader = Callable[[str], tuple[Api, list[str]]]

DEFAULTS: tuple[Json | Missing, ...] = (MISSING, None, False, 0, "", [], {}, [1, [2]], {"a": None})

SMALL = """
    servers: [{url: 'https://api.test/v1'}]
    paths:
      /things/{id}:
        get:
          operationId: getThing
          summary: Get a thing.
          parameters: [{name: id, in: path, description: Its id.}, {name: n, in: query, schema: {default: 0}}]
          responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}}
      /rooms: {post: {operationId: makeRoom}}
    webhooks: {made: {post: {requestBody: {content: {application/json: {schema: {type: string}}}}}}}
    components:
      schemas: {Thing: {properties: {a: {type: integer, default: null, enum: [1, 2]}}}}
      securitySchemes: {Key: {type: http}}
    """


FILES = ["api.json", "components.json", "docs.json", "component_docs.json", "operations/things.json"]


def _write(folder: Path, api: Api) -> Path:
    for name, text in index_files(api).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def folder(described: Reader, tmp_path: Path) -> Path:
    return _write(tmp_path, described(SMALL)[0])


@pytest.mark.parametrize(
    "node",
    [
        Anything(),
        Null(),
        Scalar("string"),
        Scalar("number", format="f", minimum=0, maximum=1.5, exclusive_minimum=-1, multiple_of=0.5),
        Literals(("a", 1, 1.5, True, False, 0)),
        Array(Anything()),
        Array(Null(), 0, 3, unique=True),
        Ref("A"),
        Object(),
        Object(extra=Anything()),
        Object(closed=True, min_properties=0, max_properties=2, key_schema=Scalar("string", max_length=1)),
        Object((Field("ref", Ref("A"), required=True),), extra=Array(Ref("B"))),
        Object(tuple(Field(f"f{i}", Null(), default=default) for i, default in enumerate(DEFAULTS))),
        Object((Field("a", Null()), Field("b", Null())), required_sets=(("a",), ("a", "b")), exclusive=True),
        Union((Ref("A"), Ref("B")), Discriminator("kind", (("a", "A"), ("b", "B"))), ("A",)),
        Union((Union((Ref("A"), Null())), Object(extra=Union((Ref("A"), Null()))))),
    ],
)
def test_every_node_survives_its_json_form(node: Schema) -> None:
    found = decode_schema(json.loads(json.dumps(encode_schema(node))))
    assert found == node
    assert repr(found) == repr(node)


def test_true_is_not_1_on_the_way() -> None:
    argument = Argument("a", "a", "query", Anything(), default=False)
    assert decode(Argument, json.loads(json.dumps(encode(argument)))).default is False
    argument = Argument("a", "a", "query", Anything(), default=0)
    assert decode(Argument, json.loads(json.dumps(encode(argument)))).default == 0
    assert decode(Argument, json.loads(json.dumps(encode(argument)))).default is not False


def test_the_index_gives_the_api_back(described: Reader, folder: Path) -> None:
    api = described(SMALL)[0]
    assert Index(folder).api() == api
    assert Index(folder).groups == {"rooms": {"make_room": "makeRoom"}, "things": {"get_thing": "getThing"}}


def test_documentation_is_apart_from_what_a_call_needs(folder: Path) -> None:
    index = Index(folder)
    bare = index.operation("things", "get_thing")
    assert bare.doc == ""
    assert bare == index.by_id("getThing")
    full = index.documented(bare)
    assert full.doc == "Get a thing."
    assert [one.doc for one in full.arguments] == ["Its id.", ""]
    (folder / "docs.json").unlink()
    assert Index(folder).operation("things", "get_thing") == bare


def test_a_call_reads_only_its_groups_file(folder: Path) -> None:
    for name in ("components.json", "docs.json", "operations/rooms.json"):
        (folder / name).unlink()
    assert Index(folder).operation("things", "get_thing").path == "/things/{id}"


def test_the_index_is_pickled(folder: Path) -> None:
    index = Index(folder)
    index.api()
    assert pickle.loads(pickle.dumps(index)).api() == index.api()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: None, "no such file; expected a compiled API index"),
        (lambda text: "", "not a compiled API index"),
        (lambda text: text[: len(text) // 2], "not a compiled API index"),
        (
            lambda text: text.replace(f'"format":{FORMAT}', '"format":99'),
            f"index format 99; this version reads format {FORMAT}",
        ),
        (lambda text: text.replace(f'"format":{FORMAT},', ""), "index format None"),
        (lambda text: "[]", "index format 'list'"),
        (lambda text: f'{{"format": {FORMAT}}}', "not a compiled API index: no "),
        (lambda text: "\udcff", "not a compiled API index"),
    ],
)
def test_a_damaged_file_is_one_clear_error_that_names_it(
    folder: Path, name: str, damage: Callable[[str], str | None], said: str
) -> None:
    path = folder / name
    text = damage(path.read_text(encoding="utf-8"))
    path.unlink()
    if text is not None:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(DescriptionError) as caught:
        Index(folder).api().components["Thing"]
    assert str(caught.value).startswith(f"{path}: ")
    assert said in str(caught.value)


def test_a_folder_that_is_no_index_is_named(tmp_path: Path) -> None:
    with pytest.raises(DescriptionError, match="expected a compiled API index"):
        _ = Index(tmp_path / "nowhere").title


@pytest.mark.parametrize(
    ("ask", "wanted", "nearest"),
    [
        (lambda index: index.operation("thing", "get_thing"), "thing.get_thing", "things"),
        (lambda index: index.operation("things", "get_thin"), "things.get_thin", "things.get_thing"),
        (lambda index: index.operation("things", "zzz"), "things.zzz", None),
        (lambda index: index.by_id("getThings"), "getThings", "getThing"),
        (lambda index: index.by_id("zzz"), "zzz", None),
    ],
)
def test_an_unknown_operation_names_the_nearest(
    folder: Path, ask: Callable[[Index], object], wanted: str, nearest: str | None
) -> None:
    with pytest.raises(UnknownOperation) as caught:
        ask(Index(folder))
    error = caught.value
    assert (error.wanted, error.nearest) == (wanted, nearest)
    hint = f'; did you mean "{nearest}"?' if nearest else ""
    assert str(error) == f'"Small" has no operation "{wanted}"{hint}'
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.nearest) == (UnknownOperation, str(error), nearest)


def test_the_same_description_gives_the_same_files(described: Reader) -> None:
    assert index_files(described(SMALL)[0]) == index_files(described(SMALL)[0])


def test_files_hold_one_record_a_line(folder: Path) -> None:
    lines = (folder / "components.json").read_text(encoding="utf-8").splitlines()
    (thing,) = [line for line in lines if '"Thing"' in line]
    assert json.loads(thing)["name"] == "Thing"


def test_reading_the_index_needs_the_standard_library_alone() -> None:
    code = """
import sys
before = set(sys.modules)
from typed_openai_spec.index.reader import packaged
packaged().api().components["Model"]
new = {name for name in set(sys.modules) - before if not name.startswith("typed_openai_spec")}
assert "typed_openai_spec.files" not in sys.modules
foreign = {name for name in new if name.partition(".")[0] not in sys.stdlib_module_names}
assert not foreign, foreign
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_packaged_index_is_shared() -> None:
    assert packaged() is packaged()
