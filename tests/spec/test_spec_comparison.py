"""The changes between two descriptions, and their severity."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent

import pytest
from tests.spec.compared import BASE, Described, read, told

from typed_openai_spec.comparison import compare
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Operation

MADE = BASE[BASE.index("  /things/{id}:") : BASE.index("        - {name: limit")]
NOTE = "note: {type: string}"
STATE = "state: {type: string, enum: [new, done]}"
COUNT = "count: {type: integer, maximum: 3}"
CODE = "code: {type: string}"
PETS = "Pet:\n      oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"
EVENTS = PETS.replace("Pet:", "Event:")

CASES = {
    # Values that callers send.
    "an argument that is required breaks": (
        "required: [name]",
        "required: [name, note]",
        "breaking changed required things.make_thing(note): required now",
    ),
    "a new argument that is required breaks": (
        "required: [name]\n      properties:",
        "required: [age, name]\n      properties:\n        age: {type: integer}",
        "breaking added argument things.make_thing(age): required int added",
        "breaking changed order things.make_thing: positional arguments (id, name became id, age, name)",
    ),
    "a new argument that is optional does not": (
        NOTE,
        f"{NOTE}\n        age: {{type: integer}}",
        "compatible added argument things.make_thing(age): optional int added",
    ),
    "an argument that is gone breaks": (
        NOTE,
        "",
        "breaking removed argument things.make_thing(note): str removed",
    ),
    "a tighter bound breaks": (
        "maxLength: 20",
        "maxLength: 10",
        "breaking changed bound things.make_thing(name): characters: at most 20 became 10",
    ),
    "a looser bound does not": (
        "maximum: 9",
        "maximum: 10",
        "compatible changed bound things.make_thing(limit): at most 9 became 10",
    ),
    "a new bound breaks": (
        "minimum: 1, maximum: 9",
        "minimum: 1, maximum: 9, multipleOf: 2",
        "breaking added bound things.make_thing(limit): a multiple of 2 is required now",
    ),
    "a format that is asked for breaks": (
        NOTE,
        "note: {type: string, format: uuid}",
        "breaking added format things.make_thing(note): format 'uuid' is required now",
    ),
    "a value that is not taken any more breaks": (
        "enum: [small, large]",
        "enum: [small]",
        "breaking removed value things.make_thing(size): 'large' removed",
    ),
    "a value that is taken does not": (
        "enum: [small, large]",
        "enum: [small, large, huge]",
        "compatible added value things.make_thing(size): 'huge' added",
    ),
    "another type breaks": (
        NOTE,
        "note: {type: boolean}",
        "breaking changed type things.make_thing(note): str became bool",
    ),
    "a wider type does not": (
        "{name: limit, in: query, schema: {type: integer, minimum",
        "{name: limit, in: query, schema: {type: number, minimum",
        "compatible changed type things.make_thing(limit): int became float",
    ),
    "null that is taken does not": (
        NOTE,
        "note: {type: [string, 'null']}",
        "compatible added nullable things.make_thing(note): may be null now",
    ),
    "another default is risky": (
        "default: 5",
        "default: 6",
        "risky changed default things.make_thing(limit): default 5 became 6",
    ),
    "a deprecation deprecates": (
        NOTE,
        "note: {type: string, deprecated: true}",
        "deprecating added deprecation things.make_thing(note): deprecated now",
    ),
    "an alternative that is not taken any more breaks": (
        PETS,
        PETS.replace(", {$ref: '#/components/schemas/Dog'}", ", {$ref: '#/components/schemas/Bird'}"),
        "breaking removed member Pet: Dog was removed from the alternatives",
        "compatible added member Pet: Bird was added to the alternatives",
        "compatible added component Bird: now occurs in requests",
        "compatible removed component Dog: no longer occurs in requests",
    ),
    "an argument sent elsewhere breaks requests by path": (
        "{name: limit, in: query,",
        "{name: limit, in: header,",
        "breaking changed request things.make_thing(limit): sent as query limit became header limit",
    ),
    # Values that callers receive.
    "a reply that loses a field breaks": (COUNT, "", "breaking removed field Thing.count: int removed"),
    "a reply that gains a field does not": (
        COUNT,
        f"{COUNT}\n        more: {{type: string}}",
        "compatible added field Thing.more: optional str added",
    ),
    "a field that a reply may lack breaks": (
        "required: [id, state]",
        "required: [id]",
        "breaking changed required Thing.state: optional now",
    ),
    "a field that a reply always has does not": (
        "required: [id, state]",
        "required: [count, id, state]",
        "compatible changed required Thing.count: required now",
    ),
    "a value that comes anew is risky": (
        "enum: [new, done]",
        "enum: [new, done, failed]",
        "risky added value Thing.state: 'failed' added",
    ),
    "a value that never comes breaks what waits for it": (
        "enum: [new, done]",
        "enum: [done]",
        "breaking removed value Thing.state: 'new' removed",
    ),
    "a value that never comes is nothing where any text may come": (
        STATE,
        "state: {anyOf: [{type: string, enum: [new, done]}, {type: string}]}",
        "breaking added type Thing.state: str was added to the alternatives",
    ),
    "an event that never comes breaks what waits for it": (
        EVENTS,
        EVENTS.replace(", {$ref: '#/components/schemas/Dog'}", ", {$ref: '#/components/schemas/Bird'}"),
        "breaking removed member Event: Dog was removed from the alternatives",
        "compatible added component Bird: now occurs in replies",
        "compatible removed component Dog: no longer occurs in replies",
        "risky added member Event: Bird was added to the alternatives",
    ),
    "an event of another type breaks what waits for it": (
        "Cat: {type: object, required: [kind], properties: {kind: {const: cat}}}",
        "Cat: {type: object, required: [kind], properties: {kind: {const: feline}}}",
        "breaking removed value Cat.kind: 'cat' removed",
        "risky added value Cat.kind: 'feline' added",
        "risky changed member Pet: the values of the discriminator 'kind' changed",
        "compatible changed member Event: the values of the discriminator 'kind' changed",
    ),
    "null that comes breaks": (
        COUNT,
        "count: {type: [integer, 'null'], maximum: 3}",
        "breaking added nullable Thing.count: may be null now",
    ),
    "a looser bound of a reply is risky": (
        "maximum: 3",
        "maximum: 4",
        "risky changed bound Thing.count: at most 3 became 4",
    ),
    "a tighter bound of a reply is not": (
        "maximum: 3",
        "maximum: 2",
        "compatible changed bound Thing.count: at most 3 became 2",
    ),
    "an event that comes anew is risky": (
        EVENTS,
        EVENTS.replace("Dog'}]", "Dog'}, {$ref: '#/components/schemas/Bird'}]"),
        "risky added member Event: Bird was added to the alternatives",
        "compatible added component Bird: now occurs in replies",
    ),
    "another result breaks": (
        "{type: array, items: {$ref: '#/components/schemas/Thing'}}",
        "{$ref: '#/components/schemas/Thing'}",
        "breaking changed type things.list_things(): list[Thing] became Thing",
    ),
    # Values that callers both send and receive.
    "a field that is required on both sides breaks requests": (
        "required: [code]",
        "required: [code, inner]",
        "breaking changed required Part.inner: required now",
    ),
    "a field that is optional on both sides breaks replies": (
        "required: [code]",
        "required: []",
        "breaking changed required Part.code: optional now",
    ),
    "a wider type on both sides breaks replies": (
        CODE,
        "code: {anyOf: [{type: string}, {type: integer}]}",
        "breaking added type Part.code: int was added to the alternatives",
    ),
    # Operations.
    "an operation that is gone breaks": (
        BASE[BASE.index("  /things:") : BASE.index("components:")],
        "",
        "breaking removed operation things.list_things: GET /things removed",
    ),
    "another name breaks, and is told as one": (
        "operationId: listThings",
        "operationId: allThings",
        "breaking renamed operation things.list_things: renamed to things.all_things",
        "breaking changed name things.list_things: operationId listThings became allThings",
    ),
    "another path breaks requests by path": (
        "  /things:",
        "  /things/all:",
        "breaking changed request things.list_things: GET /things became GET /things/all",
    ),
    "another method breaks requests by method": (
        "    get:",
        "    put:",
        "breaking changed request things.list_things: GET /things became PUT /things",
    ),
    "another name of a path's parameter is told of the argument alone": (
        MADE,
        MADE.replace("{id}", "{no}").replace("name: id", "name: no"),
        "breaking renamed argument things.make_thing(id): renamed to no",
    ),
    "an operation that moves under its operationId is no other one": (
        "  /things:\n    get:\n      operationId: listThings",
        "  /goods:\n    get:\n      operationId: listThings",
        "breaking renamed operation things.list_things: renamed to goods.list_things",
        "breaking changed request things.list_things: GET /things became GET /goods",
    ),
    "a deprecated operation deprecates": (
        "operationId: listThings",
        "operationId: listThings\n      deprecated: true",
        "deprecating added deprecation things.list_things: deprecated now",
    ),
    "another key breaks": (
        "operationId: listThings",
        "operationId: listThings\n      security: [{Admin: []}]",
        "breaking changed security things.list_things: keys 'Key' became 'Admin'",
    ),
    "a further key does not": (
        "operationId: listThings",
        "operationId: listThings\n      security: [{Admin: []}, {Key: []}]",
        "compatible changed security things.list_things: keys 'Key' became 'Admin', 'Key'",
    ),
    "another media type is risky": (
        "application/json: {schema: {$ref: '#/components/schemas/MakeThing'}}",
        "application/x-www-form-urlencoded: {schema: {$ref: '#/components/schemas/MakeThing'}}",
        "compatible added body things.make_thing: application/x-www-form-urlencoded added",
        "risky removed body things.make_thing: application/json removed",
    ),
    "another server is risky": (
        "https://api.test/v1",
        "https://api.test/v2",
        "risky changed api API: base URL https://api.test/v1 became https://api.test/v2",
    ),
    # Components.
    "a type that is gone breaks": (
        BASE[BASE.index("    Bird:") :],
        "",
        "breaking removed component Bird: removed",
    ),
    "another type's name breaks, and is told as one": (
        "Bird:",
        "Sparrow:",
        "breaking renamed component Bird: renamed to Sparrow",
        "compatible changed name Bird: the description calls it Sparrow now",
    ),
}


@pytest.fixture
def base(described: Described) -> Api:
    return read(described, BASE)


@pytest.mark.parametrize("name", CASES)
def test_each_change_is_judged_from_the_caller_s_side(described: Described, base: Api, name: str) -> None:
    before, after, *expected = CASES[name]
    assert before in BASE
    changes = compare(base, read(described, BASE.replace(before, after)))
    assert sorted(map(told, changes)) == sorted(expected)
    assert all(one.why for one in changes if one.severity in {"breaking", "risky"})


def test_equal_descriptions_have_no_changes(described: Described, base: Api) -> None:
    assert compare(base, read(described, BASE)) == ()


def test_a_component_is_told_once_with_the_operations_that_it_reaches(
    described: Described, base: Api
) -> None:
    """``Part`` contains itself, and two operations refer to it in three places."""
    (change,) = compare(base, read(described, BASE.replace(CODE, "code: {type: boolean}")))
    assert change.place == "Part.code"
    assert change.operations == ("things.list_things", "things.make_thing")


def test_arguments_in_another_order_break_calls_by_position(described: Described) -> None:
    path = "/a/{one}/{two}"
    text = dedent("""
        paths:
          /a/{one}/{two}:
            get:
              operationId: get
              parameters:
                - {name: one, in: path, required: true, schema: {type: string}}
                - {name: two, in: path, required: true, schema: {type: string}}
              responses: {}
    """)
    old, new = read(described, text), read(described, text.replace(path, "/a/{two}/{one}"))
    orders = [one for one in compare(old, new) if one.subject == "order"]
    assert list(map(told, orders)) == [
        "breaking changed order a.get: positional arguments (one, two became two, one)"
    ]
    assert orders[0].why == "positional arguments mean something else; pass them by keyword"


def test_a_request_that_refuses_undeclared_fields_now_is_risky(described: Described, base: Api) -> None:
    start = "MakeThing:\n      type: object"
    closed = BASE.replace(start, f"{start}\n      additionalProperties: false")
    found = [one for one in compare(base, read(described, closed)) if one.subject == "undeclared"]
    assert [(one.severity, one.place, one.why) for one in found] == [
        ("risky", "MakeThing", "undeclared fields that were sent are rejected")
    ]


def test_a_further_media_type_is_risky_only_where_it_is_sent(described: Described) -> None:
    json = "application/json: {schema: {$ref: '#/components/schemas/MakeThing'}}"
    form = json.replace("application/json", "application/x-www-form-urlencoded")
    both = BASE.replace(json, f"{json}\n          {form}")
    there = compare(read(described, BASE), read(described, both))
    back = compare(read(described, both), read(described, BASE))
    assert [*map(told, (*there, *back))] == [
        "compatible added body things.make_thing: application/x-www-form-urlencoded added",
        "compatible removed body things.make_thing: application/x-www-form-urlencoded removed",
    ]


def test_another_name_for_plain_values_is_judged_by_the_values(described: Described) -> None:
    values = "    Old: {type: string, enum: [new, done]}\n    Wide: {type: string, enum: [new, done, lost]}\n"
    named = BASE.replace(STATE, "state: {$ref: '#/components/schemas/Old'}") + values
    changes = compare(read(described, named), read(described, named.replace("schemas/Old", "schemas/Wide")))
    assert [told(one) for one in changes if one.place == "Thing.state"] == [
        "risky added value Thing.state: 'lost' added"
    ]


def test_a_value_of_an_open_enumeration_is_no_news(described: Described) -> None:
    state = "state: {anyOf: [{type: string}, {type: string, enum: [one]}]}"
    old = read(described, BASE.replace(STATE, state))
    (change,) = compare(old, read(described, BASE.replace(STATE, state.replace("[one]", "[one, two]"))))
    assert told(change) == "compatible added value Thing.state: 'two' added"


def test_a_call_that_gives_something_else_for_an_argument_s_value_breaks() -> None:
    api = packaged().api()
    (operation,) = [one for one in api.operations if one.qualified_name == "chat.create_chat_completion"]
    (change,) = compare(_only(api, operation), _only(api, replace(operation, variants=())))
    place = "chat.create_chat_completion(stream=True)"
    text = "no longer returns stream of CreateChatCompletionStreamResponse"
    assert told(change) == f"breaking removed result {place}: {text}"


def test_a_list_that_comes_in_pages_no_more_breaks() -> None:
    api = packaged().api()
    operation = next(one for one in api.operations if one.paging is not None)
    there = compare(_only(api, operation), _only(api, replace(operation, paging=None)))
    back = compare(_only(api, replace(operation, paging=None)), _only(api, operation))
    assert [(one.severity, one.subject) for one in (*there, *back)] == [
        ("breaking", "paging"),
        ("compatible", "paging"),
    ]


def _only(api: Api, operation: Operation) -> Api:
    return replace(api, operations=(operation,))


def test_the_worst_comes_first_then_operations_before_components_by_place(
    described: Described, base: Api
) -> None:
    text = BASE.replace(COUNT, "").replace(NOTE, "").replace("default: 5", "default: 6")
    changes = compare(base, read(described, text.replace("enum: [small, large]", "enum: [small, large, x]")))
    assert [(one.severity, one.place) for one in changes] == [
        ("breaking", "things.make_thing(note)"),
        ("breaking", "Thing.count"),
        ("risky", "things.make_thing(limit)"),
        ("compatible", "things.make_thing(size)"),
    ]
