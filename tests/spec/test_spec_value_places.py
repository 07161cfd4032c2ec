"""The text of a place in a value."""

from __future__ import annotations

import pytest

from typed_openai_spec.validation.value_places import Parameter, Place, is_within, join, render


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ((), ""),
        (("messages", 0, "content", ..., "text"), "messages[0].content[...].text"),
        (("$defs", "a-b", 'say "hi"', 1), '$defs.a-b["say \\"hi\\""][1]'),
        (("two words", "x"), '["two words"].x'),
        ((Parameter("include[]"), 0), "include[][0]"),
    ],
)
def test_a_place_is_rendered_step_by_step(place: Place, text: str) -> None:
    assert render(place) == text


def test_a_place_is_rendered_inside_another_text() -> None:
    assert render(("a", 0), "item") == "item.a[0]"
    assert render((0, "a"), "item") == "item[0].a"
    assert render((), "item") == "item"


def test_a_place_is_rendered_with_the_readers_own_keys() -> None:
    assert render(("a b", 0), "x", lambda text, key: join(text, key, repr)) == "x['a b'][0]"


def test_a_place_is_within_itself_and_what_is_around_it() -> None:
    assert is_within(("a", 0), ("a", 0))
    assert is_within(("a", 0), ())
    assert not is_within(("ab",), ("a",))
    assert not is_within(("a",), ("a", 0))
