"""Every limit of the API that a call with literals can reach: no message at the limit, one line beyond it.

The calls are generated from the index, one place with a limit in each; ``LIMITS_SEED`` and ``LIMITS_CALLS``
select another or a longer run.
"""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from typed_openai.testing import UploadedFile
from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import (
    Argument,
    Array,
    Object,
    Operation,
    Ref,
    Scalar,
    Schema,
    Union,
)
from typed_openai_spec.validation.validator import Validator

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = [pytest.mark.slow(seconds=6), pytest.mark.explored]

SEED = int(os.environ.get("LIMITS_SEED", "5"))
CALLS = int(os.environ.get("LIMITS_CALLS", "150"))
DEEPEST = 7
MOST_ITEMS = 130
VALIDATOR = Validator(packaged().components)
FAKER = Faker(packaged().components)
FORMATS: Mapping[str, tuple[str, str]] = {
    "uri": ("https://example.com", "nowhere"),
    "date": ("2026-01-31", "2026-02-31"),
    "date-time": ("2026-01-31T12:00:00Z", "noon"),
    "email": ("a@example.com", "nobody"),
    "uuid": ("12345678-1234-5678-1234-567812345678", "1234"),
}

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Long:
    """A string of that many characters, which a program writes as a repetition."""

    length: int


@dataclass(frozen=True)
class Case:
    """A value at its limit and one beyond it, for the place ``steps`` of an argument."""

    good: Any
    bad: Any
    steps: Steps = ()


def minimal(schema: Schema) -> Any:
    """A small value that fits."""
    return _with_contents(FAKER.value(schema, Wishes(optional=False, files=True)))


def _with_contents(value: Any) -> Any:
    """Return the value with the content of each file in its place, as a program writes it."""
    if isinstance(value, dict):
        return {key: _with_contents(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_contents(one) for one in value]
    return value.content if isinstance(value, UploadedFile) else value


def _number(schema: Scalar, value: float) -> float:
    return int(value) if schema.kind == "integer" or float(value).is_integer() else value


def cases(schema: Schema, depth: int = 0, seen: frozenset[str] = frozenset()) -> Iterator[Case]:
    """The limits in a schema."""
    if depth > DEEPEST or (isinstance(schema, Ref) and schema.name in seen):
        return
    seen = seen | {schema.name} if isinstance(schema, Ref) else seen
    match VALIDATOR.resolve(schema):
        case Scalar(is_binary=False) as scalar:
            yield from _of_scalar(scalar)
        case Array() as array:
            yield from _of_array(array)
            for one in cases(array.items, depth + 1, seen):
                yield replace(one, good=[one.good], bad=[one.bad], steps=(0, *one.steps))
        case Union(members=members):
            for member in members:
                yield from cases(member, depth, seen)
        case Object() as record if record.fields:
            base = minimal(Ref(schema.name)) if isinstance(schema, Ref) else minimal(record)
            for field in record.fields:
                around = _without_rivals(base, record, field.name)
                for one in cases(field.schema, depth + 1, seen):
                    good, bad = ({**around, field.name: value} for value in (one.good, one.bad))
                    yield Case(good, bad, (field.name, *one.steps))
        case _:
            return


def _without_rivals(made: Mapping[str, Any], record: Object, name: str) -> dict[str, Any]:
    """Return the object without the fields that only the required sets without the field ``name`` have."""
    with_it = [names for names in record.required_sets if name in names]
    rivals = {one for names in record.required_sets for one in names} if with_it else set()
    return {key: value for key, value in made.items() if key not in rivals.difference(*with_it)}


def _of_scalar(scalar: Scalar) -> Iterator[Case]:
    if scalar.minimum is not None:
        yield Case(_number(scalar, scalar.minimum), _number(scalar, scalar.minimum - 1))
    if scalar.maximum is not None:
        yield Case(_number(scalar, scalar.maximum), _number(scalar, scalar.maximum + 1))
    if scalar.max_length is not None and scalar.pattern is None and scalar.format is None:
        yield Case(Long(scalar.max_length), Long(scalar.max_length + 1))
    if scalar.min_length and scalar.pattern is None and scalar.format is None:
        yield Case(Long(scalar.min_length), Long(scalar.min_length - 1))
    if scalar.kind == "string" and scalar.format is not None and scalar.format in FORMATS:
        good, bad = FORMATS[scalar.format]
        yield Case(good, bad)


def _of_array(array: Array) -> Iterator[Case]:
    item = minimal(array.items)
    if array.min_items and array.min_items <= MOST_ITEMS:
        yield Case([item] * array.min_items, [item] * (array.min_items - 1))
    if array.max_items is not None and array.max_items <= MOST_ITEMS and not array.unique:
        yield Case([item] * array.max_items, [item] * (array.max_items + 1))


def plain(value: Any) -> Any:
    """Return the value as the API receives it."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return "x" * value.length if isinstance(value, Long) else value


def written(value: Any, steps: Steps | None) -> tuple[str, int | None]:
    """Return a value as Python text, and the start of the place ``steps`` in it (None: not in it)."""
    if isinstance(value, Long):
        return f'"x" * {value.length}', None if steps is None else 0
    if not isinstance(value, (dict, list)):
        return repr(value), None if steps is None else 0
    text, found = "{" if isinstance(value, dict) else "[", 0 if steps == () else None
    for key, one in value.items() if isinstance(value, dict) else enumerate(value):
        text += f"{key!r}: " if isinstance(value, dict) else ""
        inner, at = written(one, steps[1:] if steps and steps[0] == key else None)
        found = len(text) + at if at is not None else found
        text += f"{inner}, "
    return text + ("}" if isinstance(value, dict) else "]"), found


@dataclass(frozen=True)
class Written:
    """A line of a program, the column of the value in question, and its place in the message."""

    text: str
    column: int
    place: str


def call(operation: Operation, argument: Argument, value: Any, steps: Steps) -> Written:
    """Return a call with an argument, and the required ones."""
    text, column = f"client.{operation.qualified_name}(", 0
    for one in operation.arguments:
        if one.required or one is argument:
            given, at = written(*(value, steps) if one is argument else (minimal(one.schema), None))
            text += f"{one.name}="
            column = len(text) + at + 1 if at is not None else column
            text += f"{given}, "
    place = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in steps)
    return Written(f"{text})", column, f"{argument.name}{place}")


def reachable() -> Iterator[tuple[Written, Written]]:
    """Yield pairs of a call at a limit and one beyond it, both otherwise valid."""
    for operation in packaged().operations():
        for argument in operation.arguments:
            for one in cases(argument.schema):
                good = VALIDATOR.violations(plain(one.good), argument.schema)
                bad = VALIDATOR.violations(plain(one.bad), argument.schema)
                if not good and len(bad) == 1 and bad[0].beyond == "limit":
                    pair = (call(operation, argument, value, one.steps) for value in (one.good, one.bad))
                    yield next(pair), next(pair)


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Written, Written]]:
    every = list(reachable())
    assert len(every) > 300
    return random.Random(SEED).sample(every, min(CALLS, len(every)))


@pytest.fixture(scope="module")
def found(
    pairs: list[tuple[Written, Written]], run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[int, list[tuple[int, str]]]:
    """The errors by line: the pairs' calls are one after the other from the third line on."""
    folder = tmp_path_factory.mktemp("limits")
    head = ["from typed_openai import Client", "client = Client()"]
    (folder / "calls.py").write_text("\n".join([*head, *(one.text for pair in pairs for one in pair)]) + "\n")
    by_line: dict[int, list[tuple[int, str]]] = {}
    options = "[typed_openai_mypy]\ndisable = openai-deprecated, openai-dependent, openai-schema"
    for line in run_mypy(["calls.py"], folder=folder, options=options).diagnostics:
        match = re.fullmatch(r"calls.py:(\d+):(\d+): error: (.*)", line)
        assert match, line
        by_line.setdefault(int(match[1]), []).append((int(match[2]), match[3]))
    return by_line


def test_at_its_limit_a_value_is_silent(
    pairs: list[tuple[Written, Written]], found: Mapping[int, list[tuple[int, str]]]
) -> None:
    good = {number: pair[0] for number, pair in zip(range(3, 2 * len(pairs) + 3, 2), pairs, strict=True)}
    assert [(one.text, found[line]) for line, one in good.items() if line in found] == []


def test_beyond_its_limit_a_value_is_told_once_and_where_it_stands(
    pairs: list[tuple[Written, Written]], found: Mapping[int, list[tuple[int, str]]]
) -> None:
    for line, (_, bad) in zip(range(4, 2 * len(pairs) + 4, 2), pairs, strict=True):
        told = found.get(line, [])
        assert [column for column, _ in told] == [bad.column], (bad.text[:500], told)
        assert told[0][1].startswith(f"{bad.place}: expected "), (bad.text[:500], told)
        assert told[0][1].endswith("[openai-limit]")


SILENT = """\
from typing import Any, Final, Literal

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage as Message, CreateResponse

chat = Client().chat
hello: list[Message] = [{"role": "user", "content": "hello"}]
MANY = 300
SOME: Final[int] = int("300")


def calls(number: int, some: Literal[1, 300], anything: Any, texts: list[str], more: dict[str, Any]) -> None:
    chat.create_chat_completion(hello, "gpt-4o", n=number)
    chat.create_chat_completion(hello, "gpt-4o", n=MANY)
    chat.create_chat_completion(hello, "gpt-4o", n=SOME)
    chat.create_chat_completion(hello, "gpt-4o", n=some)
    chat.create_chat_completion(hello, "gpt-4o", n=anything)
    chat.create_chat_completion(hello, "gpt-4o", stop=["a", *texts])
    chat.create_chat_completion(hello, "gpt-4o", stop=["a"] + texts)
    chat.create_chat_completion(hello, "gpt-4o", stop=texts * 9)
    chat.create_chat_completion(hello, "gpt-4o", top_logprobs=5, **more)
    chat.create_chat_completion(hello, "gpt-4o", top_logprobs=5, extra_body={"logprobs": True})
    chat.create_chat_completion(hello, "gpt-4o", stream_options={"include_usage": True}, stream_to=print)
    chat.create_chat_completion(messages_of(texts), "gpt-4o", n=number if number < 129 else 128)
    request: CreateResponse = {"temperature": 3, **more}  # type: ignore[typeddict-item]


def messages_of(texts: list[str]) -> list[Message]:
    return [{"role": "user", "content": text} for text in texts]
"""


def test_what_is_not_known_is_taken_to_be_right(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "silent.py").write_text(SILENT)
    assert run_mypy(["silent.py"], folder=tmp_path).diagnostics == []
