"""Each keyword of JSON Schema, in OpenAPI 3.0 and 3.1, becomes the right node of the model."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.model import (
    MISSING,
    Anything,
    Api,
    Array,
    Field,
    Literals,
    Null,
    Object,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.model.walking import references

Reader = Callable[[str], tuple[Api, list[str]]]
SchemaReader = Callable[[str], Schema]

CAT, DOG, STRING, NULL = Ref("Cat"), Ref("Dog"), Scalar("string"), Null()


def _fields(schema: Schema) -> dict[str, Field]:
    assert isinstance(schema, Object)
    return {one.name: one for one in schema.fields}


# Plain types, formats and bounds


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("{}", Anything()),
        ("true", Anything()),
        ("{description: prose, title: T, example: 5}", Anything()),
        ("type: string", STRING),
        ("type: integer", Scalar("integer")),
        ("type: boolean", Scalar("boolean")),
        ("type: 'null'", NULL),
        ("{type: string, format: date-time}", Scalar("string", format="date-time")),
        ("{type: string, format: binary}", Scalar("string", format="binary")),
        (
            "{type: string, minLength: 1, maxLength: 9, pattern: ^a}",
            Scalar("string", min_length=1, max_length=9, pattern="^a"),
        ),
        (
            "{type: number, minimum: 0, maximum: 1.5, multipleOf: 0.5}",
            Scalar("number", minimum=0, maximum=1.5, multiple_of=0.5),
        ),
        (
            "{type: integer, exclusiveMinimum: 0, exclusiveMaximum: 9}",
            Scalar("integer", exclusive_minimum=0, exclusive_maximum=9),
        ),
        (
            "{type: integer, minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false}",
            Scalar("integer", exclusive_minimum=0, maximum=9),
        ),
        ("{type: array, items: {type: string}}", Array(STRING)),
        ("type: array", Array(Anything())),
        (
            "{type: array, items: {type: string}, minItems: 1, maxItems: 3, uniqueItems: true}",
            Array(STRING, 1, 3, unique=True),
        ),
        ("{minLength: 2}", Scalar("string", min_length=2)),
        ("{minimum: 2}", Scalar("number", minimum=2)),
        ("{items: {type: string}}", Array(STRING)),
    ],
)
def test_a_plain_type_keeps_its_format_and_bounds(schema: SchemaReader, text: str, node: Schema) -> None:
    assert schema(text) == node


def test_a_bound_that_does_not_concern_the_type_is_none_of_it(schema: SchemaReader) -> None:
    node = schema("{type: [string, integer], minLength: 2, minimum: 3}")
    assert node == Union((Scalar("string", min_length=2), Scalar("integer", minimum=3)))


# Constants


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("const: a", Literals(("a",))),
        ("{type: string, const: a}", Literals(("a",))),
        ("const: false", Literals((False,))),
        ("const: null", NULL),
        ("{type: string, enum: [b, a]}", Literals(("b", "a"))),
        ("{type: integer, enum: [1, 2]}", Literals((1, 2))),
        ("enum: [0.5, 1.5]", Literals((0.5, 1.5))),
        ("{type: string, enum: [a, null]}", Union((Literals(("a",)), NULL))),
        ("{type: [string, 'null'], enum: [a, null]}", Union((Literals(("a",)), NULL))),
        ("{enum: [null]}", NULL),
        ("{type: string, enum: [a, a, b]}", Literals(("a", "b"))),
        ("anyOf: [{type: string}, {type: string, enum: [a, b]}]", Union((STRING, Literals(("a", "b"))))),
    ],
)
def test_a_constant_or_an_enumeration_is_its_values(schema: SchemaReader, text: str, node: Schema) -> None:
    assert schema(text) == node


def test_true_and_1_are_different_constants(schema: SchemaReader) -> None:
    node = schema("enum: [1, true, 0, false]")
    assert isinstance(node, Literals)
    assert [repr(one) for one in node.values] == ["1", "True", "0", "False"]
    either = schema("anyOf: [{const: 1}, {const: true}]")
    assert isinstance(either, Union)
    assert len(either.members) == 2


def test_an_enumeration_that_a_part_narrows(schema: SchemaReader) -> None:
    assert schema("{enum: [a, b], allOf: [{enum: [b, c]}]}") == Literals(("b",))


# Null


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("{type: string, nullable: true}", STRING),
        ("{type: [string, 'null']}", STRING),
        ("anyOf: [{type: string}, {type: 'null'}]", STRING),
        ("oneOf: [{type: 'null', description: none}, {type: string}]", STRING),
        ("{type: string, enum: [a], nullable: true}", Literals(("a",))),
        ("{type: string, enum: [a, null], nullable: true}", Literals(("a",))),
        ("{$ref: '#/components/schemas/Cat', nullable: true}", CAT),
        ("{allOf: [{$ref: '#/components/schemas/Cat'}], nullable: true}", CAT),
        ("allOf: [{$ref: '#/components/schemas/Cat'}, {nullable: true}]", CAT),
        ("allOf: [{$ref: '#/components/schemas/Cat'}, {nullable: true, description: or none}]", CAT),
        ("{nullable: true, oneOf: [{$ref: '#/components/schemas/Cat'}]}", CAT),
        ("anyOf: [{$ref: '#/components/schemas/Cat'}, {enum: [null]}]", CAT),
        ("{type: object, properties: {a: {type: string}}, nullable: true}", Ref("XObject")),
        ("{type: [object, 'null'], properties: {a: {type: string}}}", Ref("XObject")),
    ],
)
def test_every_spelling_of_nullable_is_a_union_with_null(
    schema: SchemaReader, text: str, node: Schema
) -> None:
    found = schema(text)
    assert isinstance(found, Union)
    assert set(found.members) == {node, NULL}


@pytest.mark.parametrize(
    "text", ["{type: string, nullable: false}", "{allOf: [{nullable: false}], type: string}"]
)
def test_nullable_false_says_nothing(schema: SchemaReader, text: str) -> None:
    assert schema(text) == STRING


def test_any_value_that_may_be_null_is_any_value(schema: SchemaReader) -> None:
    assert schema("{nullable: true}") == Anything()


def test_one_null_is_enough(schema: SchemaReader) -> None:
    node = schema("{nullable: true, anyOf: [{type: string, nullable: true}, {type: 'null'}]}")
    assert node == Union((STRING, NULL))


# Objects and maps


@pytest.mark.parametrize(
    ("text", "extra", "closed"),
    [
        ("type: object", Anything(), False),
        ("{type: object, additionalProperties: true}", Anything(), False),
        ("{type: object, additionalProperties: {}}", Anything(), False),
        ("{type: object, additionalProperties: {type: string}}", STRING, False),
        ("{additionalProperties: {$ref: '#/components/schemas/Cat'}}", CAT, False),
        ("{type: object, additionalProperties: false}", None, True),
        ("{properties: {a: {}}}", None, False),
        ("{properties: {a: {}}, additionalProperties: true}", Anything(), False),
        ("{properties: {a: {}}, additionalProperties: {}}", Anything(), False),
        ("{properties: {a: {}}, additionalProperties: {type: string}}", STRING, False),
        ("{properties: {a: {}}, additionalProperties: false}", None, True),
    ],
)
def test_additional_properties(schema: SchemaReader, text: str, extra: Schema | None, closed: bool) -> None:
    node = schema(text)
    assert isinstance(node, Object)
    assert (node.extra, node.closed) == (extra, closed)


def test_an_object_keeps_its_fields_sorted_with_what_is_said_of_them(schema: SchemaReader) -> None:
    node = schema(
        """
        type: object
        required: [b, undeclared]
        minProperties: 1
        maxProperties: 5
        propertyNames: {maxLength: 64}
        properties:
          b: {type: string, description: The b.}
          a: {type: integer, default: 3, deprecated: true}
          class: {type: string}
        """
    )
    assert isinstance(node, Object)
    assert node.fields == (
        Field("a", Scalar("integer"), default=3, deprecated=True),
        Field("b", STRING, required=True, doc="The b."),
        Field("class", STRING),
        Field("undeclared", Anything(), required=True),
    )
    assert (node.min_properties, node.max_properties) == (1, 5)
    assert node.key_schema == Scalar("string", max_length=64)


def test_an_inline_object_becomes_a_component_named_after_owner_and_property(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Owner:
          type: object
          properties:
            audio: {type: object, properties: {voice_id: {type: string}}}
            items: {type: array, items: {type: object, properties: {x: {type: string}}}}
            map: {type: object, additionalProperties: {type: object, properties: {y: {type: string}}}}
        """
    )
    assert problems == []
    fields = _fields(api.components["Owner"].schema)
    assert fields["audio"].schema == Ref("OwnerAudio")
    assert fields["items"].schema == Array(Ref("OwnerItemsItem"))
    assert fields["map"].schema == Object(extra=Ref("OwnerMapValue"))
    assert api.components["OwnerAudio"].owner == "/components/schemas/Owner/properties/audio"
    assert api.components["OwnerAudio"].source == ""


def test_an_inline_object_never_takes_a_name_of_the_description(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Owner: {type: object, properties: {audio: {type: object, properties: {x: {type: string}}}}}
        OwnerAudio: {type: string}
        """
    )
    assert problems == []
    assert api.components["OwnerAudio"].schema == STRING
    assert _fields(api.components["Owner"].schema)["audio"].schema == Ref("OwnerAudioObject")


def test_sets_of_fields_of_which_one_must_be_there(schema: SchemaReader) -> None:
    either = schema("{properties: {a: {}, b: {}}, anyOf: [{required: [a]}, {required: [b]}]}")
    one = schema("{properties: {a: {}, b: {}}, oneOf: [{required: [a]}, {required: [b]}]}")
    not_both = schema(
        "{properties: {a: {}, b: {}}, anyOf: [{required: [a]}, {required: [b]}], not: {required: [a, b]}}"
    )
    bare = schema("anyOf: [{required: [a]}, {required: [b]}]")
    for node, exclusive in ((either, False), (one, True), (not_both, True), (bare, False)):
        assert isinstance(node, Object)
        assert (node.required_sets, node.exclusive) == ((("a",), ("b",)), exclusive)


# Defaults


@pytest.mark.parametrize(
    ("text", "default"),
    [
        ("{type: integer, default: 5}", 5),
        ("{type: boolean, default: false}", False),
        ("{type: string, nullable: true, default: null}", None),
        ("{type: array, items: {}, default: []}", []),
        ("{anyOf: [{type: integer, default: 7}, {type: 'null'}]}", 7),
        ("{oneOf: [{type: 'null'}, {$ref: '#/components/schemas/Level'}]}", "low"),
        ("{$ref: '#/components/schemas/Level'}", "low"),
        ("{allOf: [{$ref: '#/components/schemas/Level'}]}", "low"),
        ("{$ref: '#/components/schemas/Level', default: high}", "high"),
        ("{anyOf: [{type: integer, default: 7}, {type: string}]}", MISSING),
        ("{type: string}", MISSING),
    ],
)
def test_a_default_is_found_behind_references_and_nullables(
    schemas: Reader, text: str, default: object
) -> None:
    api, problems = schemas(
        f"""
        Level: {{type: string, enum: [low, high], default: low}}
        X: {{type: object, properties: {{field: {text}}}}}
        """
    )
    assert problems == []
    found = _fields(api.components["X"].schema)["field"].default
    assert found == default
    assert type(found) is type(default)


# References


def test_a_reference_is_a_name(schema: SchemaReader) -> None:
    assert schema("{$ref: '#/components/schemas/Cat', description: A cat.}") == CAT


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("#/components/schemas/Nothing", "has no target: {}"),
        ("#/components/parameters/Cat", "has no target: {}"),
        ("other.yaml#/Cat", "points to another file: {}"),
        ("https://x.test/a", "points to another file: {}"),
        ("", "has no target: {}"),
        ("Cat", "points to another file: {}"),
    ],
)
def test_a_reference_without_a_target_costs_that_one_schema(schemas: Reader, target: str, said: str) -> None:
    api, problems = schemas(
        f"X: {{type: object, properties: {{a: {{$ref: '{target}'}}, b: {{type: string}}}}}}"
    )
    told = f'"$ref" {said.format(target)} (XA accepts any value)'
    assert problems == [f"lost: /components/schemas/X/properties/a: {told}"]
    assert {name: one.schema for name, one in _fields(api.components["X"].schema).items()} == {
        "a": Anything(),
        "b": STRING,
    }


def test_recursion_through_fields_and_arrays_is_kept(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Tree: {properties: {children: {type: array, items: {$ref: '#/components/schemas/Tree'}}}}
        Json: {anyOf: [{type: string}, {type: array, items: {$ref: '#/components/schemas/Json'}}]}
        Ping: {type: object, properties: {pong: {$ref: '#/components/schemas/Pong'}}}
        Pong: {type: object, properties: {ping: {$ref: '#/components/schemas/Ping'}}}
        """
    )
    assert problems == []
    assert _fields(api.components["Tree"].schema)["children"].schema == Array(Ref("Tree"))
    assert api.components["Json"].schema == Union((STRING, Array(Ref("Json"))))
    assert _fields(api.components["Pong"].schema)["ping"].schema == Ref("Ping")


@pytest.mark.parametrize(
    "text",
    [
        "A: {$ref: '#/components/schemas/A'}",
        "A: {$ref: '#/components/schemas/B'}\nB: {$ref: '#/components/schemas/A'}",
        "A: {anyOf: [{type: string}, {$ref: '#/components/schemas/B'}]}\nB: {$ref: '#/components/schemas/A'}",
    ],
)
def test_a_component_that_is_only_itself_is_reported(schemas: Reader, text: str) -> None:
    api, problems = schemas(text)
    assert "lost: /components/schemas/A: refers only to itself (A accepts any value)" in problems
    assert api.components["A"].schema == Anything()
    assert api.resolve(Ref("A")) == Anything()


def test_recursive_ref_leads_to_the_component_it_is_in(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Filter:
          $recursiveAnchor: true
          type: object
          properties:
            filters: {type: array, items: {oneOf: [{type: string}, {$recursiveRef: '#'}]}}
            inner: {type: object, properties: {again: {$recursiveRef: '#'}}}
        """
    )
    assert problems == []
    fields = _fields(api.components["Filter"].schema)
    assert fields["filters"].schema == Array(Union((STRING, Ref("Filter"))))
    assert _fields(api.components["FilterInner"].schema)["again"].schema == Ref("Filter")


def test_recursive_ref_outside_any_component_is_reported(described: Reader) -> None:
    _, problems = described(
        "paths: {/a: {get: {parameters: [{name: a, in: query, schema: {$recursiveRef: '#'}}]}}}"
    )
    assert len(problems) == 1
    assert '/paths/~1a/get/parameters/0/schema: "$recursiveRef" has no target: #' in problems[0]


def test_keywords_beside_a_reference_hold_too(schema: SchemaReader) -> None:
    node = schema("{$ref: '#/components/schemas/Cat', required: [lives], type: object}")
    assert [one.name for one in _fields(node).values() if one.required] == ["kind", "lives"]


def test_keywords_beside_a_reference_that_contradict_it_are_reported(schemas: Reader) -> None:
    api, problems = schemas("Word: {type: string}\nX: {$ref: '#/components/schemas/Word', minimum: 5}")
    assert problems == [
        "approximated: /components/schemas/X: no value is both string and number (minimum of X is ignored)"
    ]
    assert api.components["X"].schema == Ref("Word")


# Unsupported schemas


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("{typo: string}", "/typo", 'unknown keyword "typo"'),
        ("{a/b~c: 1}", "/a~1b~0c", 'unknown keyword "a/b~c"'),
        ("{type: strin}", "/type", "unknown type 'strin'"),
        ("{type: [string, strin]}", "/type", "unknown type 'strin'"),
        ("{type: []}", "/type", "expected a type or a list of types, found []"),
        ("{type: 5}", "/type", "expected a type or a list of types, found 5"),
        ("{type: string, minLength: -1}", "/minLength", "expected a whole number, found -1"),
        ("{type: integer, minimum: low}", "/minimum", "expected a number, found 'low'"),
        ("{type: integer, maximum: true}", "/maximum", "expected a number, found True"),
        ("{properties: [a]}", "/properties", "expected a mapping, found ['a']"),
        ("{type: object, required: true}", "/required", "expected a list of names, found True"),
        ("{oneOf: []}", "/oneOf", "expected a list that is not empty, found []"),
        ("{allOf: {a: 1}}", "/allOf", "expected a list that is not empty, found {'a': 1}"),
        ("{enum: a}", "/enum", "expected a list of constants, found 'a'"),
        ("{enum: []}", "/enum", "expected a list of constants, found []"),
        ("{enum: [{a: 1}]}", "", "a constant that is an object or an array"),
        ("{const: [1]}", "", "a constant that is an object or an array"),
        ("{nullable: yes}", "/nullable", "expected true or false, found 'yes'"),
        ("{items: [{type: string}]}", "/items", "expected a schema, found [{'type': 'string'}]"),
        ("{type: string, not: {const: a}}", "/not", '"not" other than'),
        ("{type: object, properties: {a: text}}", "/properties/a", "expected a schema, found 'text'"),
        ("false", "", "expected a schema, found False"),
        ("text", "", "expected a schema, found 'text'"),
        ("{$ref: 5}", "/$ref", "expected a text, found 5"),
        (
            "{type: object, properties: {a: {}}, discriminator: {propertyName: a}}",
            "/discriminator",
            "no oneOf",
        ),
        ("{oneOf: [{type: string}, {}], discriminator: text}", "/discriminator", "expected a mapping"),
        ("{oneOf: [{type: string}, {}], discriminator: {}}", "/discriminator", "expected a propertyName"),
    ],
)
def test_what_is_not_understood_is_reported_with_its_place(
    schemas: Reader, text: str, place: str, said: str
) -> None:
    api, problems = schemas(f"X: {text}\nOther: {{type: string}}")
    assert any(f": /components/schemas/X{place}: {said}" in one for one in problems), problems
    assert api.components["Other"].schema == STRING


def test_extensions_and_annotations_are_no_problem(schema: SchemaReader) -> None:
    assert (
        schema("{type: string, x-anything: 1, readOnly: true, externalDocs: {url: u}, $comment: c}") == STRING
    )


def test_components_tell_what_they_are(schemas: Reader) -> None:
    api, _ = schemas(
        """
        Old: {type: string, deprecated: true, description: The old one.}
        New: {type: string, deprecated: false, x-beta: true}
        """
    )
    old, new = api.components["Old"], api.components["New"]
    assert (old.deprecated, old.beta, old.doc) == (True, False, "The old one.")
    assert (new.deprecated, new.beta, new.doc) == (False, True, "")


def test_a_field_is_deprecated_itself_or_inside_a_nullable(schema: SchemaReader) -> None:
    fields = _fields(
        schema(
            """
            properties:
              a: {type: string, deprecated: true}
              b: {anyOf: [{type: string, deprecated: true}, {type: 'null'}]}
              c: {anyOf: [{type: string, deprecated: true}, {type: integer}]}
              d: {type: string, deprecated: false}
            """
        )
    )
    assert [name for name, one in fields.items() if one.deprecated] == ["a", "b"]


@pytest.mark.parametrize(
    ("source", "name"),
    [("Pet", "Pet"), ("pet.store-v1", "PetStoreV1"), ("class", "class_"), ("1st", "Type_1st"), ("_x", "X")],
)
def test_a_component_gets_a_name_that_python_allows(schemas: Reader, source: str, name: str) -> None:
    api, _ = schemas(f"{source!r}: {{type: string}}")
    assert api.components[name].source == source


def test_two_components_of_one_name_are_reported(schemas: Reader) -> None:
    api, problems = schemas("pet-store: {type: string}\npet.store: {type: integer}")
    assert problems == [
        "renamed: /components/schemas/pet.store: pet-store also has the Python name PetStore "
        "(it is renamed to PetStore2)"
    ]
    assert api.components["PetStore"].schema == STRING


def test_a_reference_is_unescaped(schemas: Reader) -> None:
    api, problems = schemas("'a/b c': {type: string}\nX: {$ref: '#/components/schemas/a~1b%20c'}")
    assert problems == []
    assert api.components["X"].schema == Ref("ABC")


def test_what_bounds_the_keys_of_a_map_is_a_component_like_any_other(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Map: {type: object, propertyNames: {anyOf: [{type: string}, {properties: {a: {}}}]}}
        """
    )
    assert problems == []
    schema = api.components["Map"].schema
    assert isinstance(schema, Object)
    assert schema.key_schema == Union((STRING, Ref("MapKey")))
    assert list(references(schema)) == ["MapKey"]
    assert set(api.components) == {"Map", "MapKey"}


def test_patterns_of_names_are_further_properties(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A: {patternProperties: {'^x-': {type: string}}, additionalProperties: false}
        B:
          properties: {a: {type: integer}}
          patternProperties: {'^x-': {type: string}, '^y-': {type: number}}
        """
    )
    assert problems == []
    assert api.components["A"].schema == Object(extra=STRING)
    b = api.components["B"].schema
    assert isinstance(b, Object)
    assert (b.extra, b.closed) == (Union((STRING, Scalar("number"))), False)


def test_items_by_their_places_are_tuples(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A: {prefixItems: [{type: string}, {type: integer}], items: false}
        B: {prefixItems: [{type: string}, {type: integer}], items: {type: boolean}, minItems: 2}
        C: {prefixItems: [{type: string}, {type: integer}], maxItems: 2}
        """
    )
    integer = Scalar("integer")
    pair = Array(Union((STRING, integer)), max_items=2, places=(STRING, integer))
    assert (api.components["A"].schema, api.components["C"].schema) == (pair, pair)
    b = api.components["B"].schema
    assert isinstance(b, Array)
    assert (b.is_tuple, b.places, b.rest) == (True, (STRING, integer), Scalar("boolean"))
    assert [b.at(number) for number in (0, 1, 2, 3)] == [STRING, integer, *[Scalar("boolean")] * 2]
    assert problems == []


def test_items_at_places_that_may_be_empty_are_a_list(schemas: Reader) -> None:
    api, problems = schemas("A: {prefixItems: [{type: string}, {type: integer}], items: {type: boolean}}")
    node = api.components["A"].schema
    assert isinstance(node, Array)
    assert (node.is_tuple, node.places) == (False, (STRING, Scalar("integer")))
    assert problems == [
        "approximated: /components/schemas/A/prefixItems: items at places that may be empty "
        "(its type has an item of any of them at each place)"
    ]


def test_objects_at_places_have_one_component_each(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A:
          prefixItems: [{properties: {a: {type: string}}}, {properties: {b: {type: string}}}]
          items: false
        """
    )
    node = api.components["A"].schema
    assert isinstance(node, Array)
    assert node.places == (Ref("AItem1"), Ref("AItem2"))
    assert node.items == Union(node.places)
    assert problems == []


def test_arrays_of_places_are_merged_place_by_place(schemas: Reader) -> None:
    api, _ = schemas(
        """
        A:
          allOf:
          - {type: array, prefixItems: [{type: string}, {type: number}], items: false}
          - {type: array, prefixItems: [{type: string, enum: [a]}], items: {type: integer}}
        """
    )
    node = api.components["A"].schema
    assert isinstance(node, Array)
    assert (node.places, node.rest) == ((Literals(("a",)), Scalar("integer")), None)


@pytest.mark.parametrize(
    "keyword",
    ["if", "then", "else", "contains", "unevaluatedItems", "unevaluatedProperties", "dependentSchemas"],
)
def test_keywords_that_types_cannot_express_are_known_and_unused(schemas: Reader, keyword: str) -> None:
    _, problems = schemas(f"A: {{type: object, {keyword}: {{}}}}")
    assert problems == [
        f'unused: /components/schemas/A/{keyword}: "{keyword}" is not used (values are not checked by it)'
    ]
