"""Dataclasses that are made quickly behave like the standard ones."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field, replace

import pytest

from typed_openai_spec.records import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a default, a made default and a field that is not compared."""

    line: int
    column: int = 0
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Named(Place):
    """A place with a name."""

    name: str = "here"


@dataclass(frozen=True, slots=True, order=True)
class Ranked:
    """A dataclass whose instances have an order."""

    rank: int
    name: str = ""


@dataclass(slots=True)
class Counter:
    """A dataclass whose fields may change."""

    count: int
    double: int = 0

    def __post_init__(self) -> None:
        self.double = 2 * self.count


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """The same fields with the standard decorator."""

    line: int
    column: int = 0
    names: list[str] = field(default_factory=list)
    note: str = field(default="", compare=False)


def test_instances_are_shown_as_by_the_standard_decorator() -> None:
    assert repr(Place(1, 2, ["a"])) == repr(Standard(1, 2, ["a"])).replace("Standard", "Place")


def test_each_instance_has_its_own_made_default() -> None:
    first, second = Place(1), Place(1)
    first.names.append("a")
    assert second.names == []


def test_compared_fields_decide_whether_instances_are_equal() -> None:
    assert Place(1, note="a") == Place(1, note="b")
    assert Place(1) != Place(2)
    assert Place(1) != Named(1)


def test_equal_instances_have_the_same_hash() -> None:
    empty: tuple[str, ...] = ()
    one, other = replace(Place(1), names=empty), replace(Place(1), names=empty, note="b")  # type: ignore[arg-type]
    assert len({one, other}) == 1


def test_instances_are_ordered_by_their_fields() -> None:
    ranked = [Ranked(2), Ranked(1, "b"), Ranked(1, "a")]
    assert sorted(ranked) == [Ranked(1, "a"), Ranked(1, "b"), Ranked(2)]
    assert Ranked(1) <= Ranked(1)
    assert Ranked(2) >= Ranked(1) < Ranked(3) > Ranked(2)


def test_only_ordered_instances_of_one_class_can_be_compared() -> None:
    with pytest.raises(TypeError, match="not supported between instances"):
        assert Place(1) < Place(2)  # type: ignore[operator]
    with pytest.raises(TypeError, match="not supported between instances"):
        assert Ranked(1) < 2  # type: ignore[operator]


def test_the_first_instance_needs_the_arguments_that_any_other_needs() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        line: int

    for _ in range(2):
        with pytest.raises(
            TypeError, match=r"Fresh.__init__\(\) missing 1 required positional argument: 'line'"
        ):
            Fresh()  # type: ignore[call-arg]
    assert Fresh(line=1).line == Fresh(1).line == 1


def test_fields_of_a_frozen_instance_cannot_change() -> None:
    place = Place(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'line'"):
        place.line = 2  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'line'"):
        del place.line


def test_inherited_fields_come_first() -> None:
    assert Named(1, 2, ["a"], "", "there").name == "there"
    assert [one.name for one in dataclasses.fields(Named)] == ["line", "column", "names", "note", "name"]


def test_instances_are_copied_pickled_and_replaced() -> None:
    named = Named(1, names=["a"])
    assert copy.deepcopy(named) == pickle.loads(pickle.dumps(named)) == named
    assert replace(named, column=3) == Named(1, 3, ["a"])


def test_an_instance_may_change_unless_it_is_frozen() -> None:
    counter = Counter(1)
    counter.count = 5
    assert repr(counter) == "Counter(count=5, double=2)"
    assert counter == pickle.loads(pickle.dumps(counter))
    with pytest.raises(TypeError, match="unhashable"):
        hash(counter)


def test_a_missing_argument_is_named() -> None:
    with pytest.raises(
        TypeError, match=r"Place\.__init__\(\) missing 1 required positional argument: 'line'"
    ):
        Place()  # type: ignore[call-arg]
