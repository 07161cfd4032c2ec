"""Suggestions: one for a typing mistake, none for another word."""

from __future__ import annotations

from random import Random

import pytest

from typed_openai_spec import spelling
from typed_openai_spec.model import Literals
from typed_openai_spec.validation.wording import check_literals, unknown

KNOWN = (
    "model",
    "max_num_results",
    "messages",
    "temperature",
    "user",
    "role",
    "file_ids",
    "n",
    "reasoning_effort",
)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("modle", "model"),
        ("usr", "user"),
        ("temprature", "temperature"),
        ("messsages", "messages"),
        ("max_result", "max_num_results"),
        ("maxNumResults", "max_num_results"),
        ("file_id", "file_ids"),
        ("order", None),
        ("message_roles", None),
        ("timeout", None),
        ("", None),
        ("_", None),
    ],
)
def test_a_slip_is_told_from_another_word(name: str, wanted: str | None) -> None:
    assert spelling.nearest(name, KNOWN) == wanted
    assert spelling.hint(name, KNOWN) == (f'; did you mean "{wanted}"?' if wanted else "")


def test_every_message_has_the_same_suggestion() -> None:
    for name in ("modle", "order", "max_result"):
        hint = spelling.hint(name, KNOWN)
        assert str(unknown(name, KNOWN)) == f"{name}: unknown parameter{hint}"
        (wrong,) = check_literals(name, Literals(KNOWN), ("x",))
        assert str(wrong).partition(f"got {name!r}")[2] == hint.replace('"', "'")


def test_the_order_of_the_names_does_not_matter() -> None:
    chance, names = Random(1), ["item_a", "item_b", "item_c", "items", "tem"]
    for _ in range(20):
        chance.shuffle(names)
        assert spelling.nearest("item", names) == "items"
        assert spelling.nearest("item_d", names) == "item_c"


def test_several_names_come_best_first() -> None:
    assert spelling.several("item_d", ("item_a", "item_bc", "order", "item"), 2) == ("item_a", "item")
    assert spelling.several("item_d", ("item_a", "item_bc", "order", "item"), 9) == (
        "item_a",
        "item",
        "item_bc",
    )


def test_a_name_that_is_not_alike_enough_is_not_suggested() -> None:
    assert spelling.nearest("itm", ("item",), 0.9) is None
