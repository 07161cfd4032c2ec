"""Pagination: inferred from the arguments and the reply of a list, or defined by an override."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Operation, Paging

Described = Callable[[str], tuple[Api, list[str]]]


def operation(
    described: Described, arguments: str, reply: str, typed: str = ""
) -> tuple[Operation, list[str]]:
    """Return the only operation of a description, from the names of its query arguments and reply fields."""
    parameters = "".join(
        f"- {{name: {one}, in: query, schema: {{type: string}}}}\n" for one in arguments.split()
    )
    kinds = {"data": "array", "items": "array", "has_more": "boolean"}
    fields = "".join(f"{one}: {{type: {kinds.get(one, 'string')}}}\n" for one in reply.split())
    text = f"""
paths:
  /things:
    get:
      operationId: listThings
{indent(typed, "      ")}
      parameters:
{indent(parameters, "      ")}
      responses:
        '200':
          content:
            application/json:
              schema:
                properties:
{indent(fields, " " * 18)}
"""
    api, problems = described(text)
    return api.operations[0], problems


@pytest.mark.parametrize(
    ("arguments", "reply", "expected"),
    [
        ("after limit", "data has_more first_id last_id", Paging("after", cursor="last_id")),
        ("after", "data has_more", Paging("after")),
        ("after", "data has_more next last_id", Paging("after", cursor="next")),
        ("page", "data has_more next_page", Paging("page", cursor="next_page")),
        ("page after", "data has_more next_page last_id", Paging("page", cursor="next_page")),
        ("after", "items has_more last_id", Paging("after", "items", cursor="last_id")),
        ("limit", "data has_more last_id", None),
        ("after", "data last_id", None),
        ("after", "has_more last_id", None),
        ("after", "data items has_more last_id", None),
        ("page", "data has_more", None),
    ],
)
def test_the_convention_is_recognised(
    arguments: str, reply: str, expected: Paging | None, described: Described
) -> None:
    found, problems = operation(described, arguments, reply)
    assert found.paging == expected
    assert problems == []


def test_an_override_says_it_where_it_cannot_be_told(described: Described) -> None:
    typed = "x-typed: {paging: {argument: since, items: rows, more: '', cursor: token}}"
    found, problems = operation(described, "since", "rows token", typed)
    assert found.paging == Paging("since", "rows", "", "token")
    assert problems == []


def test_an_override_can_deny_it(described: Described) -> None:
    found, problems = operation(described, "after", "data has_more last_id", "x-typed: {paging: false}")
    assert found.paging is None
    assert problems == []


@pytest.mark.parametrize(
    "typed", ["{argument: nothing}", "{cursor: last_id}", "{argument: after, where: there}", "yes"]
)
def test_an_override_that_cannot_be_is_reported(typed: str, described: Described) -> None:
    _, problems = operation(described, "after", "data has_more last_id", f"x-typed: {{paging: {typed}}}")
    assert len(problems) == 1
    assert "x-typed/paging" in problems[0]


def test_every_list_of_the_api_that_takes_a_cursor_is_known_to_page() -> None:
    taking = [one for one in packaged().operations() if one.argument("after") or one.argument("page")]
    assert [one.qualified_name for one in taking if one.paging is None] == []
    assert len(taking) == 86
