"""The sentences of components and fields: in the stubs, and in ``help`` of a type."""

from __future__ import annotations

import ast
import pydoc
from pathlib import Path

import pytest

from typed_openai import types
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Anything, Api, Component, Field, Object, Operation, Ref, Result
from typed_openai_stubgen import generate

STUBS = Path(__file__).parents[2] / "stubs" / "typed_openai-stubs"
MODULES = ("types", "_components", "_recursive")

HOSTILE = (
    '"',
    '"""',
    "\\",
    '\\"""',
    "'''\nimport antigravity",
    "\n\n",
    "\r\x00\x1b[2J",
    "\u202e",
    "\ud800",
    "{x}%s",
)


def _documented(module: ast.Module) -> dict[str, tuple[str, dict[str, str]]]:
    """Return each TypedDict's docstring, and the text under each of its fields."""
    found = {}
    for node in module.body:
        if isinstance(node, ast.ClassDef):
            pairs = zip(node.body, node.body[1:], strict=False)
            fields = {
                ast.unparse(one.target): ast.literal_eval(after.value)
                for one, after in pairs
                if isinstance(one, ast.AnnAssign) and isinstance(after, ast.Expr)
            }
            found[node.name] = (ast.get_docstring(node) or "", fields)
    return found


@pytest.mark.slow(seconds=2)
def test_every_class_and_field_of_the_stubs_has_its_sentence() -> None:
    documented: dict[str, tuple[str, dict[str, str]]] = {}
    for name in MODULES:
        documented |= _documented(ast.parse((STUBS / f"{name}.pyi").read_text(encoding="utf-8")))
    components = packaged().documented_components
    checked = 0
    for name, (doc, fields) in documented.items():
        component = components.get(name)
        if component is None or not isinstance(component.schema, Object):
            continue
        assert doc.startswith(component.doc), name
        assert component.doc, name
        if fields:
            assert fields == {one.name: one.doc for one in component.schema.fields}, name
            checked += 1
    assert checked > 1500


def test_help_shows_the_sentences_of_a_type_and_of_its_fields() -> None:
    component = packaged().documented_components["CreateEmbeddingRequest"]
    assert isinstance(component.schema, Object)
    shown = pydoc.plain(pydoc.render_doc(types.CreateEmbeddingRequest))
    assert component.doc in shown
    for one in component.schema.fields:
        assert f"    {one.name}: {one.doc}" in shown


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("prose", HOSTILE, ids=ascii)
def test_prose_of_a_description_ends_no_docstring(prose: str) -> None:
    said = f"{prose} x {prose}"
    component = Component("A", Object((Field("a", Anything(), doc=said),)), output=True, doc=said)
    operation = Operation("get", "get", "things", "GET", "/things", (), Result("json", Ref("A")), doc=said)
    api = Api("Small", "1", "", "", (operation,), {"A": component})
    for text in generate(api).values():
        tree = ast.parse(text)
        imported = (node.names[0].name for node in ast.walk(tree) if isinstance(node, ast.Import))
        assert "antigravity" not in imported
        for doc, fields in _documented(tree).values():
            assert (doc + "".join(fields.values())).replace("\n", "").isprintable()
