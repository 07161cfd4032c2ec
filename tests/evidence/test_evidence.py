"""Recorded requests, replies and events fit the types, except for what is listed with a reason.

If a new description makes a test fail, it contradicts what servers sent or accepted: the message names the
component and the field. Settle it in ``spec/overrides/replies.yaml`` or ``requests.yaml``.
"""

from __future__ import annotations

from collections import Counter

import pytest
from tests.evidence.judging import Judge, Mismatch
from tests.evidence.leniencies import Leniency, leniencies
from tests.evidence.shapes import Direction, Shape, recorded, samples

from typed_openai_spec.index.reader import packaged


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(packaged().api())


def _reason(one: Mismatch, shape: Shape) -> Leniency | None:
    return next((entry for entry in leniencies() if entry.covers(one, shape.year)), None)


def _of(*directions: Direction) -> list[Shape]:
    return [one for one in recorded() if one.direction in directions]


def _contradictions(judge: Judge, shapes: list[Shape]) -> list[str]:
    """Return what does not fit and is not listed, with the number of shapes and their years."""
    found: Counter[Mismatch] = Counter()
    years: dict[Mismatch, set[int]] = {}
    for shape in shapes:
        for one in set(judge.mismatches(shape)):
            if _reason(one, shape) is None:
                found[one] += 1
                years.setdefault(one, set()).add(shape.year)
    return [f"{one}: {number} shapes of {sorted(years[one])}" for one, number in sorted(found.items())]


def test_everything_recorded_belongs_to_an_operation_or_a_component(judge: Judge) -> None:
    assert {one.owner for one in recorded() if not judge.knows(one)} == set()
    assert len(recorded()) > 2900


def test_recorded_replies_and_events_fit_their_types(judge: Judge) -> None:
    assert _contradictions(judge, _of("reply", "event")) == []


def test_accepted_requests_fit_their_types(judge: Judge) -> None:
    assert _contradictions(judge, _of("request")) == []


def test_types_know_the_keys_that_servers_have_sent_since_2025(judge: Judge) -> None:
    unknown = {
        f"{one.component}.{one.field}"
        for shape in _of("reply", "event")
        if shape.year >= 2025
        for one in judge.unknown_keys(shape)
        if _reason(one, shape) is None
    }
    assert sorted(unknown) == []


@pytest.mark.slow(seconds=1)
def test_every_leniency_is_needed(judge: Judge) -> None:
    used = {
        entry.why
        for shape in recorded()
        for one in (*judge.mismatches(shape), *judge.unknown_keys(shape))
        if (entry := _reason(one, shape)) is not None
    }
    assert {one.why for one in leniencies()} - used == set()


def test_a_description_that_denies_what_was_recorded_is_reported(judge: Judge) -> None:
    reply = next(one for one in _of("reply") if one.owner == "createResponse" and one.value["user"] is None)
    (found,) = _contradictions(
        judge, [Shape(reply.owner, reply.direction, {**reply.value, "status": "asleep"}, reply.year)]
    )
    assert found.startswith("Response.status: constant (expected one of 'completed'")
    assert found.endswith(f": 1 shapes of [{reply.year}]")


def test_a_null_that_a_sample_of_the_description_has_is_in_its_type(judge: Judge) -> None:
    nulls = {
        f"{one.component}.{one.field}"
        for shape in samples()
        if judge.knows(shape)
        for one in judge.mismatches(shape)
        if one.kind == "null"
    }
    assert sorted(nulls) == []
