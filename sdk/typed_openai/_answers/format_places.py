"""The format of an answer among the arguments of a method."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from typed_openai._calls.endpoints import Endpoint
from typed_openai._dynamic.methods import ENDPOINT
from typed_openai.errors import CallError
from typed_openai.omission import OMIT
from typed_openai_spec.model.answer_formats import AnswerFormat, answer_format


def endpoint_of(method: Any, function: str) -> Endpoint:
    """Return the endpoint of a client's method, also behind ``functools.partial``.

    Raises ``CallError`` for any other callable; ``function`` is the function that was given it.
    """
    inner = method
    while not isinstance(found := getattr(inner, ENDPOINT, None), Endpoint):
        inner = getattr(inner, "func", None)
        if inner is None:
            name = getattr(method, "__qualname__", None) or type(method).__name__
            raise CallError(
                f"{function}: expected a method of a client, as client.responses.create_response; got {name}"
            )
    return found


@lru_cache(maxsize=64)
def format_place(endpoint: Endpoint) -> AnswerFormat | None:
    """Return the place of the format in the arguments of an operation; None if it has none."""
    return answer_format(endpoint.operation, endpoint.components)


def with_format(place: AnswerFormat, given: Mapping[str, Any], form: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments with the format. Raises ``CallError`` if they have one already."""
    own = given.get(place.argument, OMIT)
    is_set = own is not OMIT and own is not None
    if place.key and is_set and not isinstance(own, Mapping):
        raise CallError(f'{place.argument}: expected an object, got "{type(own).__name__}"')
    if is_set and (not place.key or place.key in own):
        shown = f"{place.argument}.{place.key}".removesuffix(".")
        raise CallError(f"{shown}: the type of the answer sets it; leave it out")
    if not place.key:
        return {**given, place.argument: form}
    return {**given, place.argument: {**(own if is_set else {}), place.key: form}}
