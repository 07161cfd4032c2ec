"""Parents with a discriminator mean their children, which extend them with allOf."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from typed_openai_spec.model import Api, Array, Literals, Null, Object, Ref, Scalar, Schema, Union
from typed_openai_spec.validation.validator import Validator

Reader = Callable[[str], tuple[Api, list[str]]]

PETS = """
    Pet:
      type: object
      required: [kind]
      properties: {kind: {type: string}, friend: {$ref: '#/components/schemas/Pet'}}
      discriminator: {propertyName: kind%s}
      %s
    Cat:
      allOf: [{$ref: '#/components/schemas/Pet'}, {required: [lives], properties: {lives: {type: integer}}}]
    Dog:
      allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {good: {type: boolean}}}]
"""
MAPPING = ", mapping: {cat: '#/components/schemas/Cat', dog: '#/components/schemas/Dog'}"
LISTED = "oneOf: [{$ref: '#/components/schemas/Cat'}, {$ref: '#/components/schemas/Dog'}]"


def fields(api: Api, name: str) -> dict[str, Schema]:
    node = api.components[name].schema
    assert isinstance(node, Object), node
    return {one.name: one.schema for one in node.fields}


@pytest.mark.parametrize("listed", ["", LISTED])
@pytest.mark.parametrize(("mapped", "values"), [("", ("Cat", "Dog")), (MAPPING, ("cat", "dog"))])
def test_a_parent_is_the_union_of_its_children(
    schemas: Reader, mapped: str, values: tuple[str, str], listed: str
) -> None:
    api, problems = schemas(PETS % (mapped, listed))
    assert problems == []
    pet = api.components["Pet"].schema
    assert isinstance(pet, Union)
    assert pet.members == (Ref("Cat"), Ref("Dog"))
    assert pet.discriminator is not None
    assert pet.discriminator.mapping == ((values[0], "Cat"), (values[1], "Dog"))
    assert fields(api, "Cat") == {
        "friend": Ref("Pet"),
        "kind": Literals(values[:1]),
        "lives": Scalar("integer"),
    }
    assert set(api.components) == {"Pet", "Cat", "Dog"}


def test_values_are_judged_by_the_child_that_they_select(schemas: Reader) -> None:
    api, _ = schemas(PETS % (MAPPING, ""))
    validator = Validator(api.components)
    assert not list(validator.violations({"kind": "cat", "lives": 9}, Ref("Pet")))
    told = [str(one) for one in validator.violations({"kind": "cat", "good": True}, Ref("Pet"))]
    assert any("lives" in one for one in told), told


def test_children_of_children_are_children(schemas: Reader) -> None:
    api, problems = schemas(
        PETS % (MAPPING, "")
        + """
    Puppy: {allOf: [{$ref: '#/components/schemas/Dog'}, {properties: {age: {type: integer}}}]}
        """
    )
    assert problems == []
    pet = api.components["Pet"].schema
    assert isinstance(pet, Union)
    assert pet.members == (Ref("Cat"), Ref("Dog"), Ref("Puppy"))
    assert fields(api, "Puppy")["kind"] == Literals(("Puppy",))
    assert set(fields(api, "Puppy")) == {"age", "friend", "good", "kind"}


def test_a_parent_that_a_value_selects_is_one_of_its_own_union(schemas: Reader) -> None:
    own = MAPPING.replace("{cat", "{pet: '#/components/schemas/Pet', cat")
    api, problems = schemas(PETS % (own, ""))
    assert problems == []
    pet = api.components["Pet"].schema
    assert isinstance(pet, Union)
    assert pet.members == (Ref("Cat"), Ref("Dog"), Ref("PetBase"))
    assert fields(api, "PetBase") == {"friend": Ref("Pet"), "kind": Literals(("pet",))}


def test_an_all_of_that_only_adds_a_description_means_any_child(schemas: Reader) -> None:
    api, problems = schemas(
        PETS % ("", "")
        + """
    Home:
      properties:
        pet: {allOf: [{$ref: '#/components/schemas/Pet'}], description: The pet., nullable: true}
        pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
        """
    )
    assert problems == []
    assert fields(api, "Home")["pets"] == Array(Ref("Pet"))
    pet = fields(api, "Home")["pet"]
    assert isinstance(pet, Union)
    assert pet.members == (Ref("Pet"), Null()) or pet.members[-1] == Null()


def test_a_child_that_describes_its_own_value_keeps_it(schemas: Reader) -> None:
    api, problems = schemas(
        """
    Pet: {properties: {kind: {type: string}}, discriminator: {propertyName: kind}}
    Cat: {allOf: [{$ref: '#/components/schemas/Pet'}, {properties: {kind: {enum: [meow, purr]}}}]}
    Dog: {allOf: [{$ref: '#/components/schemas/Pet'}], properties: {good: {type: boolean}}}
        """
    )
    assert problems == []
    assert fields(api, "Cat")["kind"] == Literals(("meow", "purr"))
    assert fields(api, "Dog") == {"good": Scalar("boolean"), "kind": Literals(("Dog",))}


def test_a_discriminator_without_children_is_known_and_unused(schemas: Reader) -> None:
    api, problems = schemas("Pet: {properties: {kind: {type: string}}, discriminator: {propertyName: kind}}")
    assert fields(api, "Pet") == {"kind": Scalar("string")}
    assert problems == [
        "unused: /components/schemas/Pet/discriminator: no oneOf or anyOf beside it, and no schema that "
        "extends it (it is ignored)"
    ]
