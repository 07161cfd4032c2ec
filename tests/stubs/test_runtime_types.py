"""``typed_openai.types`` at run time: real TypedDicts that agree with the stub, field by field."""

from __future__ import annotations

import ast
import collections.abc
import io
import os
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError
from typing_extensions import is_typeddict

from typed_openai import types
from typed_openai_spec.index.reader import packaged
from typed_openai_stubgen.layers import BELOW

STUBS = Path(__file__).parents[2] / "stubs" / "typed_openai-stubs"
NODES = [node for module in BELOW for node in ast.parse((STUBS / f"{module}.pyi").read_text()).body]


class _Names(dict[str, Any]):
    """The names in the stub's annotations, with their objects at run time."""

    def __missing__(self, name: str) -> Any:
        return eval(ALIASES[name], {}, self) if name.startswith("_") else getattr(types, name)


NAMES = _Names(
    Literal=typing.Literal,
    NotRequired=typing.NotRequired,
    Sequence=collections.abc.Sequence,
    Mapping=collections.abc.Mapping,
    _SequenceNotStr=collections.abc.Sequence,
    _object=object,
    FileInput=bytes | tuple[str, bytes] | io.IOBase | os.PathLike[str] | str,
    **{one.__name__: one for one in (str, int, float, bool, bytes, list, dict)},
)


def _stub_fields() -> dict[str, dict[str, str]]:
    """Return the annotation of each field of each TypedDict in the stub."""
    found: dict[str, dict[str, str]] = {}
    for node in NODES:
        match node:
            case ast.ClassDef(name=name, bases=[ast.Name(id="TypedDict" | "_TypedDict")], body=body):
                fields = (one for one in body if isinstance(one, ast.AnnAssign))
                found[name] = {ast.unparse(one.target): ast.unparse(one.annotation) for one in fields}
            case ast.Assign(
                value=ast.Call(args=[ast.Constant(value=str(name)), ast.Dict(keys=keys, values=values)])
            ):
                pairs = zip(keys, values, strict=True)
                found[name] = {ast.literal_eval(key): ast.unparse(value) for key, value in pairs if key}
            case _:
                pass
    return found


# Components with a field whose type is wider in the stub because of mypy; at run time it is exact.
LESS_EXACT_IN_THE_STUB = {"CreateModerationRequest": "input: a list of text or a list of objects is one list"}


ALIASES = {
    ast.unparse(node.target): ast.unparse(node.value)
    for node in NODES
    if isinstance(node, ast.AnnAssign) and node.value is not None
}


def _stub_aliases() -> dict[str, str]:
    """The public aliases; private ones are large sets of constants, and types of further keys."""
    return {name: text for name, text in ALIASES.items() if not name.startswith("_")}


def test_typed_dicts_have_the_fields_and_types_of_the_stub() -> None:
    differing = []
    for name, fields in _stub_fields().items():
        made = getattr(types, name)
        assert is_typeddict(made)
        hints = typing.get_type_hints(made, include_extras=True)
        expected = {key: eval(text, {}, NAMES) for key, text in fields.items()}
        if hints != expected:
            differing.append(name)
    assert differing == list(LESS_EXACT_IN_THE_STUB)


def test_aliases_are_those_of_the_stub() -> None:
    aliases = _stub_aliases()
    assert [name for name, text in aliases.items() if getattr(types, name) != eval(text, {}, NAMES)] == []
    assert set(aliases) | set(_stub_fields()) == set(packaged().components)


def test_dir_lists_every_component() -> None:
    assert set(dir(types)) == set(packaged().components)


def test_a_type_is_made_once_and_says_where_it_lives() -> None:
    assert types.CreateChatCompletionResponse is types.CreateChatCompletionResponse
    assert types.CreateChatCompletionResponse.__module__ == "typed_openai.types"
    assert types.CreateChatCompletionResponse.__qualname__ == "CreateChatCompletionResponse"


def test_required_keys_are_told_from_optional_ones() -> None:
    assert types.ChatCompletionRequestUserMessage.__required_keys__ == {"role", "content"}
    assert types.ChatCompletionRequestUserMessage.__optional_keys__ == {"name"}


def test_an_unknown_component_names_the_nearest_one() -> None:
    with pytest.raises(AttributeError, match="did you mean 'CreateChatCompletionResponse'"):
        _ = types.CreateChatCompletionRespons


def test_pydantic_accepts_what_fits_and_refuses_what_does_not() -> None:
    adapter = TypeAdapter[Any](types.ChatCompletionRequestUserMessage)
    message = {"role": "user", "content": [{"type": "text", "text": "hi"}]}
    assert adapter.validate_python(message) == message
    with pytest.raises(ValidationError, match="role"):
        adapter.validate_python({"role": "usr", "content": "hi"})


def test_pydantic_understands_recursive_types() -> None:
    adapter = TypeAdapter[Any](types.CompoundFilter)
    leaf = {"type": "eq", "key": "a", "value": "b"}
    tree = {"type": "and", "filters": [leaf, {"type": "or", "filters": [leaf, leaf]}]}
    assert adapter.validate_python(tree) == tree
    with pytest.raises(ValidationError):
        adapter.validate_python({"type": "and", "filters": [{"type": "or", "filters": 3}]})


@pytest.mark.slow(seconds=4)
def test_pydantic_builds_an_adapter_for_every_component() -> None:
    for name in dir(types):
        TypeAdapter[Any](getattr(types, name))


def test_importing_the_module_reads_no_component() -> None:
    code = (
        "import sys, typed_openai.types as types; from typed_openai_spec.index.reader import packaged; "
        "assert 'components' not in vars(packaged()); assert 'requests' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
