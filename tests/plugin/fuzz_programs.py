"""Small programs in a few modules: each is one place with a right value, or one with a mistake or two."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, cycle
from pathlib import Path
from typing import Any, Final

from tests.plugin.fuzz_mutations import BROKEN, MOVED, Mistakes
from tests.plugin.fuzz_places import CALLS, HANDED, HEAD, UNSOUND, VALUES, Given
from tests.plugin.fuzz_values import Values, is_name

from typed_openai_spec.model import Api, Object, Operation
from typed_openai_spec.model.operation_params import params_of, stems

RIGHT, SINGLE, DOUBLE = 0, 1, 2
_IN_A_MODULE: Final = 500
_BUSY: Final = frozenset({"chat", "responses", "beta"})
"""The groups with the biggest unions."""


@dataclass(frozen=True)
class Program:
    """Some lines about an operation, with a value that has this number and these kinds of mistakes."""

    lines: tuple[str, ...]
    judged: tuple[str, ...]
    """The lines for mypy without the plugin: as many, and nearly always equal."""
    place: str
    operation: str
    mistakes: int
    kinds: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """True if mypy must accept the program."""
        return self.mistakes == RIGHT and self.place not in UNSOUND

    @property
    def most_errors(self) -> int:
        """The maximum number of errors on a line: one for each mistake, including the place's own.

        The result of a call that is broken in itself may be wrong as well. An object from another place may
        have several keys that are unknown here.
        """
        more = self.kinds.count(BROKEN) + self.kinds.count(MOVED)
        return max(1, self.mistakes + more + (self.place in UNSOUND and self.mistakes > 0))


@dataclass(frozen=True)
class Module:
    """A file of programs."""

    name: str
    programs: tuple[Program, ...]
    at: Mapping[int, Program] = field(compare=False)
    """The program on each line, counted from 1."""

    def write(self, folder: Path, *, judged: bool = False) -> None:
        """Write the file; with ``judged`` the one for mypy without the plugin."""
        lines = [HEAD, *(line for one in self.programs for line in (one.judged if judged else one.lines))]
        (folder / self.name).write_text("\n".join(lines) + "\n")


class Source:
    """Makes programs from a seed."""

    def __init__(self, api: Api, seed: int) -> None:
        self._api = api
        self._chance = random.Random(seed)
        self._values = Values(api, self._chance)
        self._mistakes = Mistakes(self._chance)
        groups: dict[str, dict[str, str]] = {}
        for one in api.operations:
            groups.setdefault(one.group, {})[one.name] = one.id
        self._stems = {place: stem for stem, place in stems(groups).items()}

    def modules(self, count: int) -> list[Module]:
        """Return modules with this number of programs in all."""
        programs = list(self._programs(count))
        parts = [programs[at : at + _IN_A_MODULE] for at in range(0, count, _IN_A_MODULE)]
        return [_module(f"part{number}.py", part) for number, part in enumerate(parts)]

    def _programs(self, count: int) -> Iterator[Program]:
        """Yield a valid call of every operation, then all places in turn, with operations that fit there."""
        every, busy = self._api.operations, [one for one in self._api.operations if one.group in _BUSY]
        for number, operation in enumerate(every[:count]):
            if (made := self._program(number, operation, "keywords", RIGHT)) is not None:
                yield made
        places = cycle([*CALLS, *VALUES])
        turns = cycle(every)
        for number, place in zip(range(len(every), count), places):  # noqa: B905  one of them has no end
            first = next(turns) if self._chance.random() < 0.75 else self._chance.choice(busy)
            others = iter(lambda: self._chance.choice(every), None)
            tried = (self._program(number, one, place, self._how_many()) for one in chain([first], others))
            yield next(one for one in tried if one is not None)

    def _how_many(self) -> int:
        share = self._chance.random()
        return RIGHT if share < 0.1 else DOUBLE if share > 0.9 else SINGLE

    def _program(self, number: int, operation: Operation, place: str, mistakes: int) -> Program | None:
        typed = self._typed(operation) if place in VALUES else ("", False, self._values.arguments(operation))
        if typed is None:
            return None
        kind, is_class, right = typed
        value, kinds = self._mistaken(right, mistakes)
        if place in CALLS and not all(map(is_name, value)):
            return None
        given = Given(number, operation, kind, is_class, value, right, self._chance)
        lines = (VALUES.get(place) or CALLS[place])(given)
        if lines is None:
            return None
        judged = [given.call] if place in HANDED else lines
        return Program(tuple(lines), tuple(judged), place, operation.id, mistakes, kinds)

    def _typed(self, operation: Operation) -> tuple[str, bool, Any] | None:
        """Return an API type that the operation takes, whether it is a class, and a value of it."""
        name = self._values.component(operation) if self._chance.random() < 0.6 else None
        if name is not None:
            schema = self._api.components[name].schema
            is_class = isinstance(schema, Object) and not schema.is_mapping
            return f"types.{name}", is_class, self._values.of(schema)
        stem = self._stems[operation.group, operation.name]
        found = params_of(operation, stem, self._api.components)
        if not found:
            return None
        names = {one.name for one in found[0].arguments}
        drawn = self._values.arguments(operation, first=True)
        arguments = {key: one for key, one in drawn.items() if key in names}
        return f"params.{found[0].name}", True, arguments

    def _mistaken(self, right: Any, mistakes: int) -> tuple[Any, tuple[str, ...]]:
        whole = {"value": right} if not isinstance(right, dict) else right
        kinds: list[str] = []
        for _ in range(mistakes):
            whole, kind = self._mistakes.made(whole)
            kinds.append(kind)
        return whole if isinstance(right, dict) else whole.get("value"), tuple(kinds)


def _module(name: str, programs: list[Program]) -> Module:
    at: dict[int, Program] = {}
    line = HEAD.count("\n") + 2
    for one in programs:
        at |= dict.fromkeys(range(line, line + len(one.lines)), one)
        line += len(one.lines)
    return Module(name, tuple(programs), at)
