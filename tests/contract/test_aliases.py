"""A renamed API name still works under its alias, in the stubs and at run time, and is deprecated."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from tests.contract.promises import broken, promised

from typed_openai._calls.endpoints import Endpoint, Endpoints
from typed_openai._dynamic.lazy_modules import type_attributes
from typed_openai._dynamic.methods import resource_class
from typed_openai_spec.compile import index_files
from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Api
from typed_openai_spec.openapi.document import read_api
from typed_openai_stubgen import generate

DESCRIPTION = """
openapi: 3.1.0
info: {title: Small, version: "1"}
paths:
  /parts:
    post:
      operationId: OPERATION
      x-typed: {aliases: OPERATION_ALIASES}
      parameters: [{name: size, in: query, required: true, schema: {type: integer}}]
      responses:
        "200": {content: {application/json: {schema: {$ref: "#/components/schemas/COMPONENT"}}}}
components:
  schemas:
    COMPONENT:
      x-typed: {aliases: COMPONENT_ALIASES}
      type: object
      properties: {size: {type: integer}}
"""
BEFORE = {"OPERATION": "makePart", "COMPONENT": "Part"}
AFTER = {"OPERATION": "createPiece", "COMPONENT": "Piece"}


def described(names: dict[str, str], operation: str = "[]", component: str = "[]") -> tuple[Api, list[str]]:
    text = DESCRIPTION.replace("OPERATION_ALIASES", operation).replace("COMPONENT_ALIASES", component)
    for placeholder, name in names.items():
        text = text.replace(placeholder, name)
    api, problems = read_api(parse_yaml(text.encode(), "the test"))
    return api, [str(one) for one in problems]


def written(files: dict[str, str], folder: Path) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


@pytest.fixture
def renamed() -> Api:
    api, problems = described(AFTER, "[make_part]", "[Part]")
    assert problems == []
    return api


@pytest.fixture
def index(renamed: Api, tmp_path: Path) -> Index:
    return Index(written(index_files(renamed), tmp_path / "index"))


def test_an_alias_keeps_what_the_stubs_promised(renamed: Api, tmp_path: Path) -> None:
    before, without = (described(one)[0] for one in (BEFORE, AFTER))
    promises = [
        promised(written(generate(api), tmp_path / str(number)), ())
        for number, api in enumerate((before, without, renamed))
    ]
    gone = {str(one) for one in broken(promises[0], promises[1])}
    assert {"parts.make_part: it is gone", "types.Part: it is gone"} <= gone
    kept = {str(one) for one in broken(promises[0], promises[2])}
    assert {one for one in kept if not one.startswith("params.")} == set()


@pytest.mark.slow(seconds=1)
def test_stubs_mark_an_alias_as_deprecated(renamed: Api) -> None:
    files = generate(renamed)
    notice = '    @deprecated("parts.make_part is deprecated; use parts.create_piece")\n    def make_part('
    assert notice in files["resources.pyi"]
    components = "".join(text for name, text in files.items() if name in ("types.pyi", "_components.pyi"))
    assert "\nPart: TypeAlias = Piece\n" in components


def test_an_operation_is_called_by_its_former_name_with_a_warning(index: Index) -> None:
    class Caller:
        def _call(self, endpoint: Endpoint, args: tuple[object, ...], kwargs: dict[str, Any]) -> Any:
            return endpoint.operation.path, args, kwargs

    parts: Any = resource_class(Endpoints(index), "parts")(Caller())
    with pytest.warns(DeprecationWarning, match="make_part is deprecated; use parts.create_piece"):
        assert parts.make_part(size=1) == ("/parts", (), {"size": 1})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parts.create_piece(2) == ("/parts", (2,), {})


def test_a_component_is_found_by_its_former_name_with_a_warning(index: Index) -> None:
    assert index.former_names == {"Part": "Piece"}
    types: dict[str, Any] = {"__name__": "parts.types"}
    attribute, _ = type_attributes(types, lambda: index)
    with pytest.warns(DeprecationWarning, match=r"types\.Part is deprecated; use types\.Piece"):
        assert attribute("Part") is attribute("Piece") is types["Piece"]


def test_an_alias_that_is_no_name_or_taken_is_reported() -> None:
    api, problems = described(AFTER, "[make-part]", "[Piece]")
    assert (api.operations[0].aliases, api.components["Piece"].aliases) == ((), ())
    assert "/paths/~1parts/post/x-typed/aliases: expected a list of Python names" in problems[0]
    assert "the alias is already a name" in problems[1]
