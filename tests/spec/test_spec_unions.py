"""Unions are flat, and their discriminators are complete: declared, mapped, named or inferred."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.model import (
    Anything,
    Api,
    Array,
    Discriminator,
    Field,
    Null,
    Object,
    Operation,
    Ref,
    Scalar,
    Schema,
    Union,
)

Reader = Callable[[str], tuple[Api, list[str]]]
SchemaReader = Callable[[str], Schema]

ANIMALS = "{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}"
BY_KIND = Discriminator("kind", (("cat", "Cat"), ("dog", "Dog")))


def _discriminator(schema: Schema) -> Discriminator | None:
    assert isinstance(schema, Union)
    return schema.discriminator


@pytest.mark.parametrize(
    "text",
    [
        f"oneOf: [{ANIMALS}]",
        f"anyOf: [{ANIMALS}]",
        f"{{oneOf: [{ANIMALS}], discriminator: {{propertyName: kind}}}}",
        f"{{oneOf: [{ANIMALS}], discriminator: {{propertyName: kind,"
        " mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}}}",
        f"{{oneOf: [{ANIMALS}], discriminator: {{propertyName: kind, mapping: {{cat: Cat}}}}}}",
        f"anyOf: [{{type: 'null'}}, {{type: string}}, {ANIMALS}]",
        f"{{oneOf: [{{anyOf: [{ANIMALS}]}}, {{type: integer}}]}}",
        f"{{nullable: true, oneOf: [{ANIMALS}]}}",
    ],
)
def test_the_constants_of_the_members_are_the_mapping(schema: SchemaReader, text: str) -> None:
    assert _discriminator(schema(text)) == BY_KIND


def test_a_union_in_a_union_is_flat(schema: SchemaReader) -> None:
    node = schema(
        f"oneOf: [{{anyOf: [{ANIMALS}]}}, {{oneOf: [{{type: string}}, {{type: 'null'}}]}}, {{type: string}}]"
    )
    assert isinstance(node, Union)
    assert node.members == (Ref("Cat"), Ref("Dog"), Scalar("string"), Null())


def test_one_alternative_is_no_union(schema: SchemaReader) -> None:
    assert schema("oneOf: [{$ref: '#/components/schemas/Cat'}]") == Ref("Cat")


def test_an_open_enumeration_is_a_string_and_its_known_values(schema: SchemaReader) -> None:
    node = schema("anyOf: [{type: string}, {type: string, enum: [a, b]}]")
    assert isinstance(node, Union)
    assert node.discriminator is None


def test_references_to_other_unions_are_opened(schemas: Reader) -> None:
    api, problems = schemas(
        f"""
        Cat: {{properties: {{kind: {{const: cat}}}}}}
        Dog: {{properties: {{kind: {{const: dog}}}}}}
        Pet: {{oneOf: [{ANIMALS}]}}
        Being: {{oneOf: [{{$ref: '#/components/schemas/Pet'}}, {{properties: {{kind: {{const: human}}}}}}]}}
        """
    )
    assert problems == []
    being = _discriminator(api.components["Being"].schema)
    assert being is not None
    assert being.mapping[:2] == (("cat", "Cat"), ("dog", "Dog"))
    assert being.mapping[2][0] == "human"


def test_one_value_may_lead_to_several_components_and_several_values_to_one(schemas: Reader) -> None:
    api, _ = schemas(
        """
        A: {properties: {kind: {enum: [x, y]}}}
        B: {properties: {kind: {const: x}, more: {type: string}}}
        X: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}
        """
    )
    found = _discriminator(api.components["X"].schema)
    assert found is not None
    assert found.mapping == (("x", "A"), ("x", "B"), ("y", "A"))


def test_constants_are_found_behind_references_and_nullables(schemas: Reader) -> None:
    api, _ = schemas(
        """
        KindA: {const: a}
        A: {properties: {kind: {$ref: '#/components/schemas/KindA'}}}
        B: {properties: {kind: {type: string, enum: [b], nullable: true}}}
        X: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}
        """
    )
    assert _discriminator(api.components["X"].schema) == Discriminator("kind", (("a", "A"), ("b", "B")))


def test_the_usual_property_that_tells_most_members_apart_is_inferred(schemas: Reader) -> None:
    api, _ = schemas(
        """
        A: {properties: {type: {const: same}, object: {const: a}, zone: {const: a}}}
        B: {properties: {type: {const: same}, object: {const: b}, zone: {const: b}}}
        X: {oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]}
        """
    )
    found = _discriminator(api.components["X"].schema)
    assert found is not None
    assert found.property == "object"


@pytest.mark.parametrize(
    "other",
    ["{properties: {kind: {type: string}}}", "{properties: {name: {const: b}}}", "{type: object}"],
)
def test_nothing_is_inferred_where_a_member_has_no_constant(schemas: Reader, other: str) -> None:
    api, problems = schemas(
        f"""
        A: {{properties: {{kind: {{const: a}}}}}}
        B: {{properties: {{kind: {{const: b}}}}}}
        Other: {other}
        X: {{oneOf: [{{$ref: '#/components/schemas/A'}}, {{$ref: '#/components/schemas/B'}},
             {{$ref: '#/components/schemas/Other'}}]}}
        Y: {{oneOf: [{{$ref: '#/components/schemas/A'}}, {{$ref: '#/components/schemas/B'}}, {other}]}}
        """
    )
    assert problems == []
    assert _discriminator(api.components["X"].schema) is None
    assert _discriminator(api.components["Y"].schema) is None


def test_a_declared_mapping_serves_where_members_have_no_constants(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Cat: {properties: {kind: {type: string}}}
        Dog: {properties: {kind: {type: string}}}
        X:
          oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]
          discriminator: {propertyName: kind, mapping: {c: Cat, d: '#/components/schemas/Dog', hound: Dog}}
        """
    )
    assert problems == []
    expected = Discriminator("kind", (("c", "Cat"), ("d", "Dog"), ("hound", "Dog")))
    assert _discriminator(api.components["X"].schema) == expected


def test_without_a_mapping_the_components_names_are_the_values(schemas: Reader) -> None:
    api, problems = schemas(
        """
        cat-like: {properties: {kind: {type: string}}}
        Dog: {properties: {kind: {type: string}}}
        X:
          oneOf: [{$ref: '#/components/schemas/cat-like'}, {$ref: '#/components/schemas/Dog'}]
          discriminator: {propertyName: kind}
        """
    )
    assert problems == []
    assert _discriminator(api.components["X"].schema) == Discriminator(
        "kind", (("Dog", "Dog"), ("cat-like", "CatLike"))
    )


def test_a_declared_discriminator_that_members_do_not_have_is_reported(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A: {properties: {kind: {const: a}}}
        B: {properties: {sort: {const: b}}}
        X:
          oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]
          discriminator: {propertyName: kind}
        """
    )
    assert problems == [
        'approximated: /components/schemas/X: the discriminator "kind" does not distinguish the alternatives'
        " (it is ignored)"
    ]
    assert _discriminator(api.components["X"].schema) is None


def test_a_mapping_to_nowhere_is_reported(schemas: Reader) -> None:
    _, problems = schemas(
        """
        A: {properties: {kind: {const: a}}}
        B: {properties: {kind: {const: b}}}
        X:
          oneOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}]
          discriminator: {propertyName: kind, mapping: {a/b: '#/components/schemas/Nowhere'}}
        """
    )
    assert problems == [
        "approximated: /components/schemas/X/discriminator/mapping/a~1b: no component Nowhere (ignored)"
    ]


def test_deprecated_alternatives_are_named_through_nullable(schema: SchemaReader) -> None:
    node = schema(
        "{nullable: true, oneOf: [{$ref: '#/components/schemas/Cat', deprecated: true},"
        " {$ref: '#/components/schemas/Dog'}]}"
    )
    assert isinstance(node, Union)
    assert node.deprecated == ("Cat",)


def test_unions_inside_arrays_maps_and_fields_have_discriminators_too(schemas: Reader) -> None:
    api, _ = schemas(
        f"""
        Cat: {{properties: {{kind: {{const: cat}}}}}}
        Dog: {{properties: {{kind: {{const: dog}}}}}}
        List: {{type: array, items: {{oneOf: [{ANIMALS}]}}}}
        Map: {{type: object, additionalProperties: {{oneOf: [{ANIMALS}]}}}}
        Holder: {{properties: {{pet: {{oneOf: [{ANIMALS}]}}}}}}
        """
    )
    array, mapping, holder = (api.components[name].schema for name in ("List", "Map", "Holder"))
    assert isinstance(array, Array)
    assert isinstance(mapping, Object)
    assert isinstance(holder, Object)
    assert mapping.extra is not None
    for one in (array.items, mapping.extra, holder.fields[0].schema):
        assert _discriminator(one) == BY_KIND


def test_unions_of_an_operation_have_discriminators_too(described: Reader) -> None:
    union = f"{{oneOf: [{ANIMALS}]}}"
    api, problems = described(
        f"""
        components:
          schemas:
            Cat: {{properties: {{kind: {{const: cat}}}}}}
            Dog: {{properties: {{kind: {{const: dog}}}}}}
        paths:
          /pets:
            post:
              operationId: addPet
              parameters: [{{name: like, in: query, schema: {union}}}]
              requestBody: {{content: {{application/json: {{schema: {union}}}}}}}
              responses: {{'200': {{content: {{application/json: {{schema: {union}}}}}}}}}
        webhooks:
          added: {{post: {{requestBody: {{content: {{application/json: {{schema: {union}}}}}}}}}}}
        """
    )
    assert problems == []
    (operation,) = api.operations
    assert isinstance(operation, Operation)
    schemas: list[Schema | None] = [operation.arguments[-1].schema, operation.result.schema]
    schemas += [one.schema for one in operation.bodies]
    schemas += [one.schema for one in operation.replies]
    schemas += [one.schema for one in api.webhooks]
    for one in schemas:
        assert one is not None
        assert _discriminator(one) == BY_KIND


def test_inline_alternatives_are_named_after_what_tells_them_apart(schemas: Reader) -> None:
    api, problems = schemas(
        """
        Base: {properties: {id: {type: string}}}
        X:
          oneOf:
          - {title: Some Title, properties: {a: {type: string}}}
          - {title: Some Title, properties: {kind: {const: by_constant}}}
          - {allOf: [{$ref: '#/components/schemas/Base'}, {properties: {b: {type: string}}}]}
          - {properties: {c: {type: string}}}
        """
    )
    assert problems == []
    x = api.components["X"].schema
    assert isinstance(x, Union)
    assert [one.name for one in x.members if isinstance(one, Ref)] == [
        "XVariant1",
        "XByConstant",
        "XBase",
        "XVariant4",
    ]


@pytest.mark.parametrize(
    ("discriminator", "names"),
    [
        ("", ["XCat", "XDog"]),
        (", discriminator: {propertyName: sound}", ["XMeow", "XWoof"]),
    ],
)
def test_of_several_constants_the_discriminator_names_an_alternative(
    schemas: Reader, discriminator: str, names: list[str]
) -> None:
    api, _ = schemas(
        "X: {oneOf: ["
        "{properties: {at: {const: home}, sound: {const: meow}, type: {enum: [cat]}}}, "
        "{properties: {type: {const: dog}, sound: {const: woof}, at: {const: park}}}]"
        f"{discriminator}}}"
    )
    x = api.components["X"].schema
    assert isinstance(x, Union)
    assert [one.name for one in x.members if isinstance(one, Ref)] == names


def test_the_only_object_among_alternatives_is_named_after_the_field(schemas: Reader) -> None:
    api, _ = schemas(
        "X: {properties: {choice: {oneOf: [{type: string}, {properties: {a: {type: string}}}]}}}"
    )
    x = api.components["X"].schema
    assert isinstance(x, Object)
    assert x.fields == (Field("choice", Union((Scalar("string"), Ref("XChoice")))),)


def test_a_union_with_any_value_stays_one(schema: SchemaReader) -> None:
    assert schema("anyOf: [{type: string}, {}]") == Union((Scalar("string"), Anything()))


@pytest.mark.parametrize("keyword", ["anyOf", "oneOf"])
@pytest.mark.parametrize(
    "null", ["{nullable: true}", "{nullable: true, description: Nothing.}", "{type: 'null'}"]
)
def test_an_alternative_that_is_only_nullable_is_null(schemas: Reader, keyword: str, null: str) -> None:
    api, problems = schemas(
        f"""
        Filter: {{properties: {{must: {{type: string}}}}}}
        X: {{{keyword}: [{{$ref: '#/components/schemas/Filter'}}, {null}]}}
        Y: {{{keyword}: [{{type: string, default: a}}, {null}]}}
        Z: {{properties: {{a: {{{keyword}: [{null}, {{properties: {{b: {{type: string}}}}}}]}}}}}}
        """
    )
    assert problems == []
    assert api.components["X"].schema == Union((Ref("Filter"), Null()))
    assert api.components["Y"].schema == Union((Scalar("string"), Null()))
    z = api.components["Z"].schema
    assert isinstance(z, Object)
    assert z.fields[0].schema == Union((Null(), Ref("ZA")))


def test_named_alternatives_are_kept_beside_one_without_keywords(schemas: Reader) -> None:
    api, problems = schemas(
        """
        A: {properties: {a: {type: string}}}
        B: {properties: {b: {type: string}}}
        X: {anyOf: [{$ref: '#/components/schemas/A'}, {$ref: '#/components/schemas/B'}, {}]}
        Y: {anyOf: [{type: string}, {}]}
        """
    )
    kept = api.components["X"].schema
    assert isinstance(kept, Union)
    assert kept.members == (Ref("A"), Ref("B"))
    assert problems == [
        "approximated: /components/schemas/X/anyOf: an alternative without any keyword "
        "(only the others are read)"
    ]
    assert api.components["Y"].schema == Union((Scalar("string"), Anything()))
