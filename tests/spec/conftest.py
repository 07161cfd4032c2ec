"""Builders of small descriptions from the YAML text of their relevant parts."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent

import pytest

from typed_openai_spec.files.texts import parse_yaml
from typed_openai_spec.model import Api, Operation, Schema
from typed_openai_spec.openapi.document import read_api


def _document(text: str) -> dict[str, object]:
    head = {"openapi": "3.1.0", "info": {"title": "Small", "version": "1"}, "paths": {}}
    return {**head, **(parse_yaml(dedent(text).encode(), "the test") or {})}


@pytest.fixture
def described() -> Callable[[str], tuple[Api, list[str]]]:
    """Return a function that reads a description without its usual head: the API and the problems' texts."""

    def read(text: str) -> tuple[Api, list[str]]:
        api, problems = read_api(_document(text))
        return api, [str(one) for one in problems]

    return read


@pytest.fixture
def schemas(described: Callable[[str], tuple[Api, list[str]]]) -> Callable[[str], tuple[Api, list[str]]]:
    """Return a function that reads a description of which only ``components/schemas`` is given."""

    def read(text: str) -> tuple[Api, list[str]]:
        return described("components:\n  schemas:\n" + indent(dedent(text), "    "))

    return read


@pytest.fixture
def schema(schemas: Callable[[str], tuple[Api, list[str]]]) -> Callable[[str], Schema]:
    """Return a function that reads one schema without problems. It may refer to ``Cat`` and ``Dog``."""

    def read(text: str) -> Schema:
        animals = """
            Cat: {type: object, properties: {kind: {const: cat}, lives: {type: integer}}, required: [kind]}
            Dog: {type: object, properties: {kind: {const: dog}, tricks: {type: integer}}, required: [kind]}
            """
        api, problems = schemas(f"{dedent(animals)}\nX:\n{indent(dedent(text), '  ')}")
        assert problems == []
        return api.components["X"].schema

    return read


@pytest.fixture
def operation(described: Callable[[str], tuple[Api, list[str]]]) -> Callable[[str], Operation]:
    """Return a function that reads ``POST /things/{id}`` without its path parameter, without problems."""

    def read(text: str) -> Operation:
        head = """
            paths:
              /things/{id}:
                parameters: [{name: id, in: path, required: true, schema: {type: string}}]
                post:
                  operationId: makeThing
            """
        api, problems = described(dedent(head) + indent(dedent(text), "      "))
        assert problems == []
        return api.operations[0]

    return read
