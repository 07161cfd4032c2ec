"""Properties of OpenAI's whole API: nothing unread, every name usable, everything documented."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from typed_openai_spec.compile import Built, build, index_files
from typed_openai_spec.files.doc_files import read_docs
from typed_openai_spec.index.reader import PACKAGED, Index
from typed_openai_spec.model import (
    Api,
    Null,
    Object,
    Operation,
    Ref,
    Schema,
    Union,
)
from typed_openai_spec.model.python_names import RENAMED_GROUPS, RESERVED_ARGUMENTS
from typed_openai_spec.model.walking import children, references

SPEC = Path(__file__).parents[2] / "spec"


@pytest.fixture(scope="module")
def built() -> Built:
    return build(SPEC / "openai", SPEC / "overrides")


UNDOCUMENTED = {
    tuple(line.split(" ", 1))
    for line in (SPEC.parent / "tests" / "cli" / "undocumented.txt").read_text().splitlines()
}
"""The kinds and names of what a scheduled update brought, and nobody has a sentence for yet."""


@pytest.fixture(scope="module")
def api(built: Built) -> Api:
    return built.api


def _schemas(operation: Operation) -> Iterator[Schema]:
    yield from (one.schema for one in operation.arguments)
    yield from (one.schema for one in operation.bodies)
    yield from (one.schema for one in operation.replies if one.schema is not None)
    results = (operation.result, *(one.result for one in operation.variants))
    yield from (one.schema for one in results if one.schema is not None)


def _all_schemas(api: Api) -> Iterator[Schema]:
    """Yield every top-level schema; only components may be objects with fields."""
    for operation in api.operations:
        yield from _schemas(operation)
    yield from (one.schema for one in api.webhooks)


def _nested(schema: Schema) -> Iterator[Schema]:
    for child in children(schema):
        yield child
        yield from _nested(child)


@pytest.mark.slow(seconds=2)
def test_everything_was_understood(built: Built) -> None:
    assert [str(one) for one in built.problems] == []


def test_the_committed_index_is_what_the_committed_description_gives(api: Api) -> None:
    committed = {
        path.relative_to(PACKAGED).as_posix(): path.read_text(encoding="utf-8")
        for path in PACKAGED.rglob("*.json")
    }
    fresh = index_files(api)
    assert sorted(committed) == sorted(fresh)
    changed = [name for name, text in fresh.items() if committed[name] != text]
    assert changed == []


@pytest.mark.slow(seconds=2)
def test_a_second_reading_gives_the_same_files(api: Api) -> None:
    again = build(SPEC / "openai", SPEC / "overrides")
    assert index_files(again.api) == index_files(api)


@pytest.mark.slow(seconds=1)
def test_the_index_gives_the_whole_api_back(api: Api) -> None:
    assert Index(PACKAGED).api() == api


def test_operations_are_sorted_by_group_and_name(api: Api) -> None:
    names = [(one.group, one.name) for one in api.operations]
    assert len(names) > 280
    assert names == sorted(set(names))
    assert len({one.id for one in api.operations}) == len(names)
    assert list(api.components) == sorted(api.components)


def test_every_reference_leads_to_a_component(api: Api) -> None:
    for schema in (*_all_schemas(api), *(one.schema for one in api.components.values())):
        assert all(name in api.components for name in references(schema))


def test_objects_with_fields_are_components(api: Api) -> None:
    for schema in _all_schemas(api):
        assert not any(isinstance(one, Object) and one.fields for one in (schema, *_nested(schema)))
    for component in api.components.values():
        inner = [one for one in _nested(component.schema) if isinstance(one, Object) and one.fields]
        assert inner == [], component.name


def test_every_union_is_flat_and_has_several_members(api: Api) -> None:
    for schema in (*_all_schemas(api), *(one.schema for one in api.components.values())):
        for one in (schema, *_nested(schema)):
            if isinstance(one, Union):
                assert len(one.members) > 1
                assert not any(isinstance(member, Union) for member in one.members)
                assert len(set(map(repr, one.members))) == len(one.members)


def test_every_discriminator_leads_to_objects_that_have_its_property(api: Api) -> None:
    for schema in (*_all_schemas(api), *(one.schema for one in api.components.values())):
        for one in (schema, *_nested(schema)):
            if isinstance(one, Union) and one.discriminator is not None:
                for _, name in one.discriminator.mapping:
                    node = api.components[name].schema
                    assert isinstance(node, Object)
                    assert node.field(one.discriminator.property) is not None


def test_every_name_is_usable_in_python(api: Api) -> None:
    names = {*api.groups, *api.components}
    for operation in api.operations:
        names |= {operation.name, *(one.name for one in operation.arguments)}
    assert [one for one in names if not one.isidentifier() or keyword.iskeyword(one)] == []
    assert not set(api.groups) & RENAMED_GROUPS.keys()


def test_arguments_have_names_of_their_own(api: Api) -> None:
    for operation in api.operations:
        names = [one.name for one in operation.arguments]
        assert len(set(names)) == len(names), operation.id
        assert not set(names) & RESERVED_ARGUMENTS, operation.id
        for body in operation.bodies:
            assert set(body.fields) <= set(names)
            assert set(body.files) <= set(body.fields)
            assert {name for name, _ in body.encodings} <= set(body.fields)
        in_bodies = {name for body in operation.bodies for name in body.fields}
        assert in_bodies == {one.name for one in operation.arguments if one.location == "body"}


def test_positional_arguments_come_first_and_required_ones_are_positional(api: Api) -> None:
    for operation in api.operations:
        positional = [one.positional for one in operation.arguments]
        assert positional == sorted(positional, reverse=True), operation.id
        assert all(one.positional for one in operation.arguments if one.required), operation.id
        keywords = [one.name for one in operation.arguments if not one.positional]
        assert keywords == sorted(keywords), operation.id


def test_path_arguments_are_those_of_the_path_in_its_order(api: Api) -> None:
    for operation in api.operations:
        in_path = [one.wire for one in operation.arguments if one.location == "path"]
        assert in_path == re.findall(r"{([^}]*)}", operation.path), operation.id


def test_every_operation_and_argument_is_documented_in_one_line(api: Api) -> None:
    lines = {("operation", one.id): one.doc for one in api.operations}
    lines |= {("argument", one.name): one.doc for op in api.operations for one in op.arguments}
    wrong = {name for name, text in lines.items() if not text.strip() or "\n" in text}
    assert wrong <= UNDOCUMENTED


def test_every_published_operation_has_a_page_of_the_reference(api: Api) -> None:
    base = "https://platform.openai.com/docs/api-reference/"
    published = [one for one in api.operations if not one.added or one.corrected]
    assert all(one.doc_url.startswith(base) for one in published if ("operation", one.id) not in UNDOCUMENTED)


@pytest.mark.slow(seconds=2)
def test_no_documentation_is_left_that_nothing_shows(api: Api) -> None:
    docs = read_docs(SPEC / "overrides" / "docs")
    by_id = {one.id: {argument.name for argument in one.arguments} for one in api.operations}
    assert set(docs.operations) - set(by_id) == set()
    assert {
        f"{key}.{name}" for key, one in docs.exceptions.items() for name in one if name not in by_id[key]
    } == set()
    assert set(docs.glossary) - set().union(*by_id.values()) == set()


def test_streams_tell_their_events(api: Api) -> None:
    streaming = [one for one in api.operations if one.stream is not None]
    assert len(streaming) >= 13
    for operation in streaming:
        assert operation.stream is not None
        assert operation.stream.result.schema is not None, operation.id
        assert operation.argument(operation.stream.argument) is not None


def test_security_names_schemes_that_are_there(api: Api) -> None:
    used = {name for one in api.operations for name in one.security}
    assert used == {"ApiKeyAuth", "AdminApiKeyAuth"}
    assert used <= set(api.security_schemes)


@pytest.mark.parametrize(
    ("operation_id", "names"),
    [
        ("createChatCompletion", ["messages", "model"]),
        ("createCompletion", ["model", "prompt"]),
        ("createResponse", ["input", "model"]),
        ("createAssistant", ["model"]),
        ("createMessage", ["thread_id", "content", "role"]),
        ("createRun", ["thread_id", "assistant_id"]),
        ("createImageVariation", ["image"]),
        ("createTranscription", ["file", "model"]),
    ],
)
def test_the_calls_everyone_writes_take_their_arguments_in_order(
    api: Api, operation_id: str, names: list[str]
) -> None:
    (operation,) = [one for one in api.operations if one.id == operation_id]
    assert [one.name for one in operation.arguments if one.positional] == names


def test_fields_said_nullable_in_a_part_of_their_own_are_nullable(api: Api) -> None:
    """Five fields of the description are written as ``allOf: [$ref, {nullable: true}]``."""
    upload = api.components["Upload"].schema
    assert isinstance(upload, Object)
    file = upload.field("file")
    assert file is not None
    assert file.schema == Union((Ref("OpenAIFile"), Null()))
