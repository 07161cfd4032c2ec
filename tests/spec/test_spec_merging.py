"""``allOf`` is a real merge: a value must satisfy all parts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from typed_openai_spec.model import (
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

Reader = Callable[[str], tuple[Api, list[str]]]
SchemaReader = Callable[[str], Schema]

STRING, INTEGER = Scalar("string"), Scalar("integer")


def _object(schema: Schema) -> Object:
    assert isinstance(schema, Object)
    return schema


def _shape(schema: Schema) -> dict[str, tuple[Schema, bool]]:
    return {one.name: (one.schema, one.required) for one in _object(schema).fields}


def test_fields_of_all_parts_come_together(schema: SchemaReader) -> None:
    node = schema(
        """
        allOf:
        - $ref: '#/components/schemas/Cat'
        - properties: {name: {type: string}}
          required: [name]
        """
    )
    assert _shape(node) == {
        "kind": (Literals(("cat",)), True),
        "lives": (INTEGER, False),
        "name": (STRING, True),
    }


def test_required_counts_whichever_part_says_it(schema: SchemaReader) -> None:
    inside = schema("allOf: [{properties: {a: {type: string}}}, {required: [a, b]}]")
    beside = schema("{allOf: [{properties: {a: {type: string}}}], required: [a, b]}")
    for node in (inside, beside):
        assert _shape(node) == {"a": (STRING, True), "b": (Anything(), True)}


def test_fields_beside_all_of_are_one_more_part(schema: SchemaReader) -> None:
    node = schema(
        "{type: object, allOf: [{$ref: '#/components/schemas/Dog'}], properties: {age: {type: integer}}}"
    )
    assert set(_shape(node)) == {"age", "kind", "tricks"}


def test_one_reference_alone_stays_a_reference(schema: SchemaReader) -> None:
    node = schema("{type: object, description: That cat., allOf: [{$ref: '#/components/schemas/Cat'}]}")
    assert node == Ref("Cat")


def test_a_field_that_parts_share_is_narrowed(schema: SchemaReader) -> None:
    node = schema(
        """
        allOf:
        - properties: {n: {type: number, minimum: 0, maximum: 10}, s: {type: string}, k: {type: string}}
        - properties: {n: {type: integer, minimum: 5, maximum: 20}, s: {enum: [a, b]}, k: {const: cat}}
        - properties: {s: {enum: [b, c]}}
        """
    )
    assert _shape(node) == {
        "k": (Literals(("cat",)), False),
        "n": (Scalar("integer", minimum=5, maximum=10), False),
        "s": (Literals(("b",)), False),
    }


@pytest.mark.parametrize(
    ("parts", "node"),
    [
        ("[{type: string, minLength: 1}, {type: string, minLength: 3, maxLength: 5}]",
         Scalar("string", min_length=3, max_length=5)),
        ("[{type: integer}, {exclusiveMinimum: 1}, {exclusiveMinimum: 2}]",
         Scalar("integer", exclusive_minimum=2)),
        ("[{type: integer, multipleOf: 4}, {multipleOf: 6}]", Scalar("integer", multiple_of=12)),
        ("[{type: array, items: {type: integer}, minItems: 1}, {minItems: 2, items: {minimum: 0}},"
         " {uniqueItems: true}]",
         Array(Scalar("integer", minimum=0), 2, unique=True)),
        ("[{}, {type: string}, {description: prose}]", STRING),
        ("[{enum: [1, true]}, {enum: [true]}]", Literals((True,))),
        ("[{enum: [a, 1, true, 0.5]}, {type: number}]", Literals((1, 0.5))),
        ("[{type: string, nullable: true}, {type: string, minLength: 1}]", Scalar("string", min_length=1)),
        ("[{type: string, nullable: true}, {type: string, minLength: 1, nullable: true}]",
         Union((Scalar("string", min_length=1), Null()))),
    ],
)  # fmt: skip
def test_bounds_take_the_narrower_value(schema: SchemaReader, parts: str, node: Schema) -> None:
    assert schema(f"allOf: {parts}") == node


def test_two_patterns_must_both_be_found(schema: SchemaReader) -> None:
    node = schema("allOf: [{type: string, pattern: ^a}, {pattern: 'z$'}]")
    assert isinstance(node, Scalar)
    assert node.pattern is not None
    found = [text for text in ("abcz", "abc", "xyz", "a\nz") if re.search(node.pattern, text)]
    assert found == ["abcz", "a\nz"]


def test_a_default_and_deprecation_survive_the_merge(schema: SchemaReader) -> None:
    node = schema(
        """
        allOf:
        - properties: {a: {type: string, default: x, deprecated: true, description: The a.}}
        - properties: {a: {type: string, maxLength: 5}}
        """
    )
    (field,) = _object(node).fields
    assert field == Field("a", Scalar("string", max_length=5), default="x", deprecated=True, doc="The a.")


def test_a_part_that_is_a_union_distributes(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Cat: {type: object, properties: {kind: {const: cat}}, required: [kind]}
        Dog: {type: object, properties: {kind: {const: dog}}, required: [kind]}
        Pet:
          allOf:
          - oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
          - {properties: {name: {type: string}}, required: [name]}
        """
    )
    assert problems == []
    pet = api.components["Pet"].schema
    assert isinstance(pet, Union)
    assert pet.members == (Ref("PetCat"), Ref("PetDog"))
    assert _shape(api.components["PetDog"].schema) == {
        "kind": (Literals(("dog",)), True),
        "name": (STRING, True),
    }
    assert pet.discriminator is not None
    assert pet.discriminator.mapping == (("cat", "PetCat"), ("dog", "PetDog"))


def test_fields_beside_alternatives_belong_to_each(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Pet:
          type: object
          properties: {name: {type: string}}
          required: [name]
          oneOf:
          - {properties: {lives: {type: integer}}}
          - {properties: {tricks: {type: integer}}}
        """
    )
    assert problems == []
    pet = api.components["Pet"].schema
    assert isinstance(pet, Union)
    shapes = [_shape(api.resolve(one)) for one in pet.members]
    assert [sorted(one) for one in shapes] == [["lives", "name"], ["name", "tricks"]]
    assert all(one["name"] == (STRING, True) for one in shapes)


def test_bounds_beside_alternatives_belong_to_each(schema: SchemaReader) -> None:
    node = schema("{anyOf: [{type: string}, {type: string, pattern: ^a}], maxLength: 5}")
    assert node == Union((Scalar("string", max_length=5), Scalar("string", max_length=5, pattern="^a")))
    typed = schema("{type: string, oneOf: [{format: date}, {format: time}]}")
    assert typed == Union((Scalar("string", format="date"), Scalar("string", format="time")))


def test_two_kinds_of_alternatives_both_hold(schema: SchemaReader) -> None:
    node = schema("{oneOf: [{type: string}, {type: integer}], anyOf: [{type: integer}, {type: boolean}]}")
    assert node == INTEGER
    other = schema(
        "{type: object, properties: {a: {}, b: {}}, oneOf: [{required: [a]}, {required: [b]}],"
        " anyOf: [{properties: {c: {type: string}}}, {properties: {d: {type: string}}}]}"
    )
    assert isinstance(other, Union)


def test_an_alternative_that_a_part_rules_out_is_gone(schema: SchemaReader) -> None:
    assert schema("{anyOf: [{type: string}, {type: integer}], allOf: [{type: integer}]}") == INTEGER


def test_nested_objects_merge_too_and_become_components(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Error: {type: object, properties: {info: {type: object, properties: {message: {type: string}}}}}
        Conflict:
          allOf:
          - $ref: '#/components/schemas/Error'
          - properties: {info: {type: object, properties: {conflicts: {type: array, items: {type: string}}}}}
        """
    )
    assert problems == []
    (field,) = _object(api.components["Conflict"].schema).fields
    assert isinstance(field.schema, Ref)
    info = _shape(api.resolve(field.schema))
    assert set(info) == {"message", "conflicts"}


def test_objects_in_merged_arrays_become_components(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A: {properties: {list: {type: array, items: {properties: {x: {type: string}}}}}}
        B:
          allOf:
          - $ref: '#/components/schemas/A'
          - properties: {list: {items: {properties: {y: {type: string}}}}}
        """
    )
    assert problems == []
    (items,) = [one.schema for one in _object(api.components["B"].schema).fields]
    assert isinstance(items, Array)
    assert isinstance(items.items, Ref)
    assert set(_shape(api.resolve(items.items))) == {"x", "y"}


def test_what_a_merge_has_used_up_is_no_component(schemas: Reader) -> None:
    api, problems = schemas(
        """
        X:
          allOf:
          - {properties: {kind: {type: string}}}
          - oneOf: [{properties: {a: {type: string}}}, {properties: {b: {type: string}}}]
        """
    )
    assert problems == []
    x = api.components["X"].schema
    assert isinstance(x, Union)
    assert set(api.components) == {"X", *(one.name for one in x.members if isinstance(one, Ref))}


def test_a_part_may_refer_back_to_what_extends_it(schemas: Reader) -> None:
    """The order of names must not matter: the child is read first here, while its parent is being read."""
    for parent, child in (("Parent", "Child"), ("A", "B"), ("B", "A")):
        api, problems = schemas(
            f"""
            {parent}:
              type: object
              properties: {{children: {{type: array, items: {{$ref: '#/components/schemas/{child}'}}}}}}
            {child}:
              allOf: [{{$ref: '#/components/schemas/{parent}'}}, {{properties: {{age: {{type: integer}}}}}}]
            """
        )
        assert problems == []
        assert set(_shape(api.components[child].schema)) == {"age", "children"}


def test_additional_properties_of_parts(schema: SchemaReader) -> None:
    typed = _object(
        schema("allOf: [{additionalProperties: {type: integer}}, {properties: {a: {type: string}}}]")
    )
    assert typed.extra == INTEGER
    untyped = _object(schema("allOf: [{type: object}, {properties: {a: {type: string}}}]"))
    assert (untyped.extra, untyped.closed) == (None, False)
    both = "{properties: {a: {}}, additionalProperties: false}"
    assert _object(schema(f"allOf: [{both}, {both}]")).closed


def test_key_schemas_and_sizes_merge(schema: SchemaReader) -> None:
    node = _object(
        schema(
            "allOf: [{propertyNames: {maxLength: 9}, minProperties: 1},"
            " {propertyNames: {minLength: 2}, minProperties: 2, maxProperties: 4}]"
        )
    )
    assert node.key_schema == Scalar("string", min_length=2, max_length=9)
    assert (node.min_properties, node.max_properties) == (2, 4)


def test_sets_of_required_fields_combine(schema: SchemaReader) -> None:
    node = _object(
        schema(
            "allOf: [{anyOf: [{required: [a]}, {required: [b]}]},"
            " {anyOf: [{required: [b]}, {required: [c]}]}]"
        )
    )
    assert node.required_sets == (("a", "b"), ("a", "c"), ("b",), ("b", "c"))


def test_required_leaves_null_alone(schema: SchemaReader) -> None:
    node = schema("{allOf: [{anyOf: [{properties: {a: {type: string}}}, {type: 'null'}]}], required: [a]}")
    assert isinstance(node, Union)
    assert Null() in node.members


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ("[{type: string}, {type: integer}]", "no value is both string and integer"),
        ("[{enum: [a]}, {enum: [b]}]", "no value is both literals and literals"),
        ("[{enum: [a]}, {type: integer}]", "no value is both literals and scalar"),
        ("[{type: array}, {type: object}]", "no value is both array and object"),
        ("[{properties: {a: {type: string}}}, {properties: {a: {type: array}}}]",
         '"a": no value is both scalar and array'),
        ("[{anyOf: [{type: string}, {type: integer}]}, {type: boolean}]", "no alternative fits"),
        ("[{$ref: '#/components/schemas/X'}, {properties: {a: {}}}]", "a part refers to the schema"),
        ("[{type: string}, {type: string, minLength: 1}], required: [a]", "required a, but the"),
        ("[{type: number, multipleOf: 0.3}, {multipleOf: 0.2}]", "multiples of both 0.3 and 0.2"),
    ],
)  # fmt: skip
def test_parts_that_contradict_each_other_are_reported(schemas: Reader, parts: str, said: str) -> None:
    api, problems = schemas(f"X: {{allOf: {parts}}}\nOther: {{type: string}}")
    assert len(problems) == 1
    assert problems[0].startswith(f"lost: /components/schemas/X: allOf: {said}")
    assert problems[0].endswith("(X accepts any value)")
    assert api.components["X"].schema == Anything()
    assert api.components["Other"].schema == STRING


def test_components_that_extend_each_other_in_a_circle_are_reported(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A: {allOf: [{$ref: '#/components/schemas/B'}, {properties: {a: {type: string}}}]}
        B: {allOf: [{$ref: '#/components/schemas/A'}, {properties: {b: {type: string}}}]}
        """
    )
    assert problems
    assert set(api.components) == {"A", "B"}


@pytest.mark.parametrize("shared", [False, True])
def test_a_product_of_alternatives_beyond_any_use_is_reported(schemas: Reader, shared: bool) -> None:
    """Ten parts with four alternatives each are a million objects; no alternative is dropped silently."""
    choices = [
        f"{{anyOf: [{', '.join(f'{{properties: {{p{part}_{one}: {{}}}}}}' for one in range(4))}]}}"
        for part in range(10)
    ]
    named = "\n".join(f"C{number}: {choice}" for number, choice in enumerate(choices)) if shared else ""
    parts = [f"{{$ref: '#/components/schemas/C{part}'}}" for part in range(10)] if shared else choices
    api, problems = schemas(f"A: {{allOf: [{', '.join(parts)}]}}\n{named}")
    assert api.components["A"].schema == Anything()
    assert [one for one in problems if "combinations" in one] == problems != []


def test_the_alternatives_behind_an_alternative_count_too(schemas: Reader) -> None:
    members = ", ".join(f"{{properties: {{a{one}: {{}}}}}}" for one in range(40))
    others = ", ".join(f"{{properties: {{b{one}: {{}}}}}}" for one in range(40))
    api, problems = schemas(
        f"""
        Many: {{anyOf: [{members}]}}
        A:
          allOf:
          - anyOf: [{{$ref: '#/components/schemas/Many'}}, {{type: object, properties: {{c: {{}}}}}}]
          - anyOf: [{others}]
        """
    )
    assert api.components["A"].schema == Anything()
    assert ["combinations" in one for one in problems] == [True]


def test_a_product_inside_a_field_costs_no_alternative_silently(schemas: Reader) -> None:
    many, others = (
        ", ".join(f"{{properties: {{{letter}{one}: {{}}}}}}" for one in range(40)) for letter in "ab"
    )
    api, problems = schemas(
        f"""
        A:
          allOf:
          - anyOf: [{{properties: {{x: {{anyOf: [{many}]}}}}}}, {{properties: {{y: {{}}}}}}]
          - properties: {{x: {{anyOf: [{others}]}}}}
        """
    )
    assert api.components["A"].schema == Anything()
    assert ["combinations" in one for one in problems] == [True]
