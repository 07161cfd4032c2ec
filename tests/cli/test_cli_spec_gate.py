"""``typed-openai spec gate``: exactly the lines that an update breaks, in a user's project.

mypy runs twice for each call, so a few calls serve all cases.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from typed_openai.cli.reports import Finding
from typed_openai.cli.spec.verdict import OUTPUTS, judged
from typed_openai_spec.compile import index_files
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Argument, Component, Literals, Object, Operation, Scalar, Union

COMMAND = Path(sys.executable).with_name("typed-openai")

CODE = """\
from typed_openai import Client
from typed_openai.types import DeleteModelResponse, Embedding

client = Client()
client.models.delete_model("x")
client.models.list_models()
client.images.create_image("a cat", quality="standard")
client.completions.create_completion("m", "p", best_of=20)
client.completions.create_completion("m", "p", echo=True)
client.completions.create_completion("m", "p", ecko=True)
wrong: int = "a"


def vector(embedding: Embedding) -> list[float]:
    return embedding["embedding"]


client.embeddings.create_embedding("text", "m")
for event in client.responses.create_response(input="x", model="m", stream=True):
    if event["type"] == "response.output_text.delta":
        print("never")
    elif event["type"] == "response.created":
        print("as before")
    match event["type"]:
        case "response.created":
            print("as before")
        case "response.output_text.delta":
            print("never")
client.call("listFiles")
client.request("GET", "/files")
if client.embeddings == "never":
    print("neither before")
"""


def _changed(api: Api, name: str, change: Callable[[Operation], Operation]) -> Api:
    operations = tuple(change(one) if one.qualified_name == name else one for one in api.operations)
    return replace(api, operations=operations)


def _argument(operation: Operation, name: str, change: Callable[[Argument], Argument]) -> Operation:
    return replace(
        operation,
        arguments=tuple(change(one) if one.name == name else one for one in operation.arguments),
    )


def _without_value(argument: Argument, value: str) -> Argument:
    schema = argument.schema
    assert isinstance(schema, Union)
    members = tuple(
        replace(one, values=tuple(v for v in one.values if v != value)) if isinstance(one, Literals) else one
        for one in schema.members
    )
    return replace(argument, schema=replace(schema, members=members))


def _with_maximum(argument: Argument, maximum: float) -> Argument:
    schema = argument.schema
    assert isinstance(schema, Union)
    members = tuple(
        replace(one, maximum=maximum) if isinstance(one, Scalar) else one for one in schema.members
    )
    return replace(argument, schema=replace(schema, members=members))


def _updated(api: Api) -> Api:
    """Return the API with most of the used parts removed, narrower or deprecated."""
    kept = tuple(one for one in api.operations if one.qualified_name != "models.delete_model")
    api = replace(api, operations=kept)
    api = _changed(api, "models.list_models", lambda one: replace(one, deprecated=True))
    api = _changed(
        api,
        "images.create_image",
        lambda one: _argument(one, "quality", lambda it: _without_value(it, "standard")),
    )
    api = _changed(
        api,
        "completions.create_completion",
        lambda one: _argument(
            replace(one, arguments=tuple(it for it in one.arguments if it.name != "echo")),
            "best_of",
            lambda it: _with_maximum(it, 10),
        ),
    )
    embedding = api.components["Embedding"]
    assert isinstance(embedding.schema, Object)
    fields = tuple(one for one in embedding.schema.fields if one.name != "embedding")
    components = {name: one for name, one in api.components.items() if name != "DeleteModelResponse"}
    components["Embedding"] = replace(embedding, schema=replace(embedding.schema, fields=fields))
    components = {name: _with_another_delta(one) for name, one in components.items()}
    api = _changed(api, "files.list_files", lambda one: replace(one, id="browseFiles", method="PUT"))
    return replace(api, components=components, digest="0" * 64)


DELTA = "response.output_text.delta"


def _with_another_delta(component: Component) -> Component:
    """Return the component with another type for the stream event that contains text."""
    schema = component.schema
    if isinstance(schema, Object):
        fields = tuple(
            replace(one, schema=Literals(("response.text",))) if one.schema == Literals((DELTA,)) else one
            for one in schema.fields
        )
        return replace(component, schema=replace(schema, fields=fields))
    if isinstance(schema, Union) and schema.discriminator:
        told = schema.discriminator
        mapping = tuple(("response.text" if value == DELTA else value, name) for value, name in told.mapping)
        return replace(component, schema=replace(schema, discriminator=replace(told, mapping=mapping)))
    return component


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project, and the index of the updated API in ``new``."""
    folder = tmp_path_factory.mktemp("project")
    (folder / ".git").mkdir()  # git looks for no configuration above
    (folder / "code.py").write_text(CODE)
    for name, text in index_files(_updated(packaged().api())).items():
        (folder / "new" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "new" / name).write_text(text)
    return folder


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MYPY_CACHE_DIR": str(folder / "cache")}
    command = [str(COMMAND), "spec", "gate", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.slow(seconds=7)
def test_the_lines_that_break_are_printed_and_no_others(folder: Path) -> None:
    done = run(folder, "new", "--", "code.py")
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines() == [
        'code.py:2:1: breaks: Module "typed_openai.types" has no attribute "DeleteModelResponse";'
        " DeleteModelResponse: removed  [attr-defined]",
        'code.py:5:1: breaks: "Models" has no attribute "delete_model";'
        " models.delete_model: DELETE /models/{model} removed  [attr-defined]",
        *_ours(done.stdout, "code.py:7:", "quality"),
        "code.py:8:56: breaks: best_of: expected at most 10, got 20  [openai-limit]",
        'code.py:9:53: breaks: unexpected keyword "echo" for completions.create_completion  [openai-arg]',
        'code.py:15:22: breaks: unknown key "embedding" for Embedding  [openai-arg]',
        *_ours(done.stdout, "code.py:20:25:", DELTA),
        *_ours(done.stdout, "code.py:27:14:", "event.type is never 'response.output_text.delta'"),
        'code.py:29:13: breaks: the API has no operation "listFiles";'
        " files.list_files: operationId listFiles became browseFiles  [openai-arg]",
        *_ours(done.stdout, "code.py:30:16:", '"GET /files"'),
        "code.py:6:1: deprecates: models.list_models is deprecated  [openai-deprecated]",
        "the update breaks 10 lines and deprecates 1 line; 3 found before it, too",
    ]


def _ours(printed: str, place: str, named: str) -> list[str]:
    """Return the only line about a place, which must be the plugin's and contain a name."""
    (line,) = [one for one in printed.splitlines() if one.startswith(place)]
    assert line.endswith(("[openai-arg]", "[openai-value]"))
    assert named in line
    return [line]


@pytest.mark.slow(seconds=3)
def test_findings_are_written_for_those_who_read_them(folder: Path) -> None:
    done = run(folder, "--output", "json", "new", "--", "code.py")
    printed = json.loads(done.stdout)
    assert (done.returncode, printed["in_both"], printed["settled"]) == (1, 3, 0)
    assert [one["line"] for one in printed["breaks"]] == [2, 5, 7, 8, 9, 15, 20, 27, 29, 30]
    assert [one["line"] for one in printed["deprecates"]] == [6]


@pytest.mark.slow(seconds=4)
def test_an_update_that_changes_nothing_breaks_nothing(folder: Path) -> None:
    """Pass the old description, and a configuration that has the plugin."""
    (folder / "mypy.ini").write_text("[mypy]\nplugins = typed_openai_mypy.plugin\nfiles = code.py\n")
    try:
        done = run(folder, "new", "--old", "new", "--output", "sarif")
    finally:
        (folder / "mypy.ini").unlink()
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["runs"][0]["results"] == []


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing.yaml"], "missing.yaml: no such file"),
        ([], "the following arguments are required: NEW"),
        (["new", "--output", "pdf"], "invalid choice: 'pdf'"),
        (["packaged", "--", "missing.py"], "mypy could not check: "),
    ],
)
def test_what_cannot_be_checked_is_an_error(folder: Path, words: list[str], said: str) -> None:
    done = run(folder, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def finding(
    line: int, text: str, code: str = "openai-arg", column: int = 1, severity: str = "error"
) -> Finding:
    return Finding("a.py", line, column, 0, severity, text, code)


def test_what_was_wrong_before_is_not_the_update_s_work() -> None:
    before = [finding(1, "same"), finding(2, "in some words"), finding(3, "elsewhere"), finding(9, "settled")]
    after = [
        *(finding(1, "same"), finding(2, "in other words"), finding(3, "elsewhere", column=5)),
        *(finding(1, "one more"), finding(4, "new"), finding(5, "old one", "openai-deprecated")),
        *(finding(6, "a note", severity="note"), finding(7, "a note", "deprecated", severity="note")),
    ]
    verdict = judged(before, after)
    assert [one.text for one in verdict.breaks] == ["one more", "new"]
    assert [(one.line, one.severity) for one in verdict.deprecates] == [(5, "note"), (7, "note")]
    assert (verdict.in_both, verdict.settled) == (3, 1)
    assert verdict.summary == (
        "the update breaks 2 lines and deprecates 2 lines; 3 found before it, too; 1 settled by it"
    )


def test_workflows_are_told_of_errors_and_notices() -> None:
    verdict = judged([], [finding(4, "new", column=2), finding(5, "old one", "openai-deprecated")])
    assert OUTPUTS["github"](verdict).splitlines() == [
        "::error file=a.py,line=4,col=2,title=openai-arg::new",
        "::notice file=a.py,line=5,col=1,title=openai-deprecated::old one",
    ]
    levels = [one["level"] for one in json.loads(OUTPUTS["sarif"](verdict))["runs"][0]["results"]]
    assert levels == ["error", "note"]
