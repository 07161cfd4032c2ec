"""Short texts of types, even for recursive components or those with a huge number of references."""

from __future__ import annotations

import pytest

from typed_openai.cli.type_words import bounds, constants, objects, type_text
from typed_openai_spec.model import Array, Component, Literals, Null, Object, Ref, Scalar, Schema, Union

TEXT = Scalar("string", max_length=9)


def components(**schemas: Schema) -> dict[str, Component]:
    return {name: Component(name, schema) for name, schema in schemas.items()}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (Array(Ref("Json")), "[Json, ...]"),
        (Union((TEXT, Array(Union((Ref("Json"), Null()))))), "string|[Json|null, ...]"),
        (Union((TEXT, Array(Array(Ref("Json"))))), "string|[[Json, ...], ...]"),
        (Union((TEXT, Object(extra=Ref("Json")))), "string|object"),
        (Union((TEXT, Ref("Json"))), "string"),
    ],
)
def test_what_holds_itself_is_told_once(schema: Schema, text: str) -> None:
    known = components(Json=schema)
    assert type_text(Ref("Json"), known) == text
    assert constants(Ref("Json"), known) == ()
    assert objects(Ref("Json"), known) == ()
    assert set(bounds(Ref("Json"), known)) <= {"at most 9 characters"}


def test_the_names_of_a_list_s_items_stand_for_what_they_are() -> None:
    known = components(Part=Object(), Kind=Literals(("a", "b")))
    assert type_text(Array(Union((Ref("Part"), Ref("Kind")))), known) == "[Part|Kind, ...]"


def test_unions_that_share_their_members_take_no_longer_than_others() -> None:
    schemas: dict[str, Schema] = {"A0": Literals(("a",)), "B0": Object()}
    for level in range(40):
        below = (Ref(f"A{level}"), Ref(f"B{level}"))
        schemas |= {f"{one}{level + 1}": Union((*below, Array(Union(below)))) for one in "AB"}
    known = components(**schemas)
    assert type_text(Ref("A40"), known).startswith("a|B0|[A0|B0, ...]|")
    assert constants(Ref("A40"), known) == (Literals(("a",)),)
    assert objects(Ref("A40"), known) == ("B0",)
