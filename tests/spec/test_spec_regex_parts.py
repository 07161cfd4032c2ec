"""The private parser of ``re`` is probed before it is used."""

from __future__ import annotations

import platform
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest

from typed_openai_spec.validation.regex_parts import regex_parts


def test_this_python_has_everything_that_is_used() -> None:
    parse, codes = regex_parts()
    assert [code for code, _ in parse("a+[bc]")] == [codes.MAX_REPEAT, codes.IN]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("re._parser", "parse"),
        ("re._parser", "SubPattern"),
        ("re._constants", "POSSESSIVE_REPEAT"),
        ("re._constants", "CATEGORY_NOT_WORD"),
    ],
)
def test_a_python_that_renamed_a_part_is_named(module: str, name: str) -> None:
    def without(path: str) -> Any:
        parts = dict(vars(import_module(path)))
        if path == module:
            del parts[name]
        return SimpleNamespace(**parts)

    expected = (
        rf"typed-openai uses {module}\.{name}\S*, which Python {platform.python_version()} does not have"
    )
    with pytest.raises(ImportError, match=expected):
        regex_parts(without)


def test_a_python_without_the_modules_is_named() -> None:
    def nothing(path: str) -> Any:
        raise ImportError(path)

    with pytest.raises(ImportError, match=r"typed-openai uses re\._parser, re\._constants, which Python "):
        regex_parts(nothing)
