"""Generated calls of the API's operations, right ones and ones with a mistake or two in them.

mypy alone is the judge: with the plugin the same calls are wrong, and each mistake is one line.
``FUZZ_SEED`` and ``FUZZ_CALLS`` make it another or a longer run.
"""

from __future__ import annotations

import os
import random
import re
import statistics
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from typed_openai_mypy import codes
from typed_openai_spec.index import packaged
from typed_openai_spec.model import (
    Anything,
    Api,
    Array,
    Literals,
    Null,
    Object,
    Operation,
    Scalar,
    Schema,
    Union,
)

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

SEED = int(os.environ.get("FUZZ_SEED", "20"))
CALLS = int(os.environ.get("FUZZ_CALLS", "700"))
PLUGIN = "typed_openai_mypy.plugin"
BEYOND = tuple(f"[{one.code}]" for one in codes.BEYOND)
RIGHT, DOUBLE = "right", "double"
SAMPLES: Mapping[str, object] = {"string": "text", "integer": 3, "number": 0.5, "boolean": True}
DEEP = 5

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Values:
    """Makes values that fit a schema."""

    api: Api
    chance: random.Random

    def of(self, schema: Schema, depth: int = 0) -> Any:
        match self.api.resolve(schema):
            case Anything():
                return self.chance.choice(["text", 1, {"key": 1}])
            case Null():
                return None
            case Scalar() as scalar:
                return b"content" if scalar.is_binary else SAMPLES[scalar.kind]
            case Literals(values=values):
                return self.chance.choice(values)
            case Array(items=items):
                return [self.of(items, depth + 1) for _ in range(self.chance.choice([1, 1, 2]))]
            case Union(members=members):
                return self.of(self._member(members, depth), depth + 1)
            case Object() as record:
                return self._object(record, depth)
            case other:
                raise TypeError(other)

    def _member(self, members: tuple[Schema, ...], depth: int) -> Schema:
        flat = [one for one in members if isinstance(self.api.resolve(one), (Null, Scalar, Literals))]
        return self.chance.choice(flat if flat and depth > DEEP else list(members))

    def _object(self, record: Object, depth: int) -> dict[str, Any]:
        wanted = [one for one in record.fields if one.required or (depth < 3 and self.chance.random() < 0.3)]
        made = {one.name: self.of(one.schema, depth + 1) for one in wanted}
        if record.extra is not None and record.is_mapping:
            made["key"] = self.of(record.extra, depth + 1)
        return made


@dataclass(frozen=True)
class Mistakes:
    """Makes one mistake in the arguments of a call; each kind is a method."""

    chance: random.Random

    def make(self, arguments: dict[str, Any]) -> str:
        kinds: list[Callable[[dict[str, Any]], None]] = [
            self.keyword,
            self.absent,
            self.key,
            self.absent_key,
            self.literal,
            self.value,
            self.null,
        ]
        kind = self.chance.choice(kinds)
        kind(arguments)
        return kind.__name__

    def keyword(self, arguments: dict[str, Any]) -> None:
        arguments[self._misspelt(self.chance.choice([*arguments, "colour"]))] = 1

    def absent(self, arguments: dict[str, Any]) -> None:
        if arguments:
            del arguments[next(iter(arguments))]

    def key(self, arguments: dict[str, Any]) -> None:
        if dicts := [value for _, value in _places(arguments) if isinstance(value, dict) and value]:
            chosen = self.chance.choice(dicts)
            wrong = self.chance.choice(list(chosen))
            pairs = [(self._misspelt(key) if key == wrong else key, value) for key, value in chosen.items()]
            chosen.clear()
            chosen.update(pairs)

    def absent_key(self, arguments: dict[str, Any]) -> None:
        if dicts := [value for _, value in _places(arguments) if isinstance(value, dict) and value]:
            chosen = self.chance.choice(dicts)
            del chosen[self.chance.choice(list(chosen))]

    def literal(self, arguments: dict[str, Any]) -> None:
        if texts := [path for path, value in _places(arguments) if isinstance(value, str)]:
            path = self.chance.choice(texts)
            _put(arguments, path, self._misspelt(_get(arguments, path)))

    def value(self, arguments: dict[str, Any]) -> None:
        if places := [*_places(arguments)]:
            path, value = self.chance.choice(places)
            _put(arguments, path, 7 if isinstance(value, (str, list, bool)) else "wrong")

    def null(self, arguments: dict[str, Any]) -> None:
        if places := [path for path, _ in _places(arguments)]:
            _put(arguments, self.chance.choice(places), None)

    def _misspelt(self, word: str) -> str:
        at = self.chance.randrange(max(1, len(word)))
        return word[:at] + word[at + 1 :] if len(word) > 3 else f"{word}x"


def _places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value inside the arguments, with the way to it."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield (*path, key), one
        yield from _places(one, (*path, key))


def _get(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


def _put(value: Any, path: Path, new: object) -> None:
    _get(value, path[:-1])[path[-1]] = new


def calls() -> Iterator[tuple[str, str]]:
    """Pairs of a call and the kind of mistake in it; every operation comes in turn."""
    chance = random.Random(SEED)
    api = packaged().api()
    every = api.operations
    busy = [one for one in every if one.group in {"chat", "responses", "beta"}]  # the biggest unions
    values, mistakes = Values(api, chance), Mistakes(chance)
    for number in range(CALLS):
        operation: Operation = chance.choice(busy) if number % 3 == 0 else every[number % len(every)]
        wanted = [one for one in operation.arguments if one.required or chance.random() < 0.25]
        arguments = {one.name: values.of(one.schema) for one in wanted}
        kind = RIGHT if chance.random() < 0.15 else mistakes.make(arguments)
        if kind != RIGHT and chance.random() < 0.15:
            mistakes.make(arguments)
            kind = DOUBLE
        given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        yield f"client.{operation.qualified_name}({given})", kind


@dataclass(frozen=True)
class Found:
    """The kinds of mistakes, and the errors, by line number."""

    kinds: Mapping[int, str]
    ours: Mapping[int, list[str]]
    native: Mapping[int, list[str]]


@pytest.fixture(scope="module")
def found(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> Found:
    folder = tmp_path_factory.mktemp("differential")
    made = list(calls())
    head = ["from typed_openai import Client", "client = Client()"]
    (folder / "generated.py").write_text("\n".join([*head, *(call for call, _ in made)]) + "\n")

    def errors(plugin: bool) -> dict[int, list[str]]:
        chosen = PLUGIN if plugin else None
        by_line: dict[int, list[str]] = {}
        for line in run_mypy(["generated.py"], folder=folder, plugin=chosen).lines:
            if line.endswith(BEYOND):
                continue  # what no type can tell is no business of mypy's
            if match := re.match(r"generated.py:(\d+):\d+: (?:error|note): (.*)", line):
                by_line.setdefault(int(match[1]), []).append(match[2])
        return by_line

    kinds = {number: kind for number, (_, kind) in enumerate(made, len(head) + 1)}
    return Found(kinds, errors(plugin=True), errors(plugin=False))


def test_the_same_calls_are_wrong_as_without_the_plugin(found: Found) -> None:
    assert set(found.ours) == set(found.native)
    assert len(found.ours) > CALLS / 2


def test_each_mistake_is_one_line_in_our_words(found: Found) -> None:
    single = {line: said for line, said in found.ours.items() if found.kinds[line] != DOUBLE}
    assert [said for said in single.values() if len(said) != 1] == []
    texts = [text for said in found.ours.values() for text in said]
    assert [text for text in texts if not text.endswith("[openai-arg]")] == []


def test_right_calls_are_silent(found: Found) -> None:
    right = [line for line, kind in found.kinds.items() if kind == RIGHT]
    assert right
    assert [found.ours[line] for line in right if line in found.ours] == []


def test_the_lines_are_short(found: Found) -> None:
    lengths = [len(text.removesuffix("  [openai-arg]")) for said in found.ours.values() for text in said]
    assert statistics.median(lengths) < 160
    assert max(lengths) < 400
