"""Realistic programs: a value or a call at some site, inside functions, classes and control flow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, cycle
from typing import Final, NamedTuple

from tests.plugin.blocks import NUMBER, Block
from tests.plugin.fuzz_examples import Example
from tests.plugin.fuzz_mutations import BROKEN
from tests.plugin.fuzz_programs import Source
from tests.plugin.fuzz_receivers import READS, RECEIVERS, Receiver
from tests.plugin.fuzz_sites import CALLABLES, CALLS, OBJECTS, STATEMENTS, Site
from tests.plugin.fuzz_values import is_name, keywords
from tests.plugin.fuzz_wrappers import COROUTINES, FLOW, FUNCTIONS, NOISE, wrap

SITES: Final[Mapping[str, Site]] = {
    **{f"{name} (call)": site for name, site in CALLS.items()},
    **{f"{name} (callable)": site for name, site in CALLABLES.items()},
    **{f"{name} (object)": site for name, site in OBJECTS.items()},
    **{f"{name} (statement)": site for name, site in STATEMENTS.items()},
}

_NO_RECEIVER: Final = Receiver("", "client")
_LONGEST: Final = 300
_NOISY: Final = 0.3
_READING: Final = 0.25
"""The share of programs with an error before or after the statement, and of calls that are reads."""

_A_RECEIVER: Final = 4
"""One in this number of programs has another client."""

_STUB: Final = re.compile(r"(def [^\n]*\) -> (?!None)[^\n]*): \.\.\.$", re.MULTILINE)
"""Functions with a result but no body, which mypy rejects."""


class _Filling(NamedTuple):
    """The filling of a site: the client, a type, the right and the wrong text, and the kind of mistake."""

    receiver: Receiver
    type: str
    right: str
    wrong: str
    kind: str


class RealisticSource(Source):
    """Makes programs from a seed, each in its right form and in one with a mistake."""

    def programs(self, number: int) -> Iterator[Example]:
        """Yield ``number`` programs, with all sites in turn, and all clients at other sites."""
        sites, receivers = cycle(SITES), cycle(RECEIVERS.values())
        for turn in range(number):
            if turn % _A_RECEIVER:
                yield self._realistic(next(sites), _NO_RECEIVER)
            else:
                yield self._realistic(self._chance.choice(_CALL_NAMES), next(receivers))

    def _realistic(self, name: str, receiver: Receiver) -> Example:
        site, is_call = SITES[name], name in _CALL_NAMES
        made = (self._call(receiver) if is_call else self._value() for _ in count())
        filling = next(filter(None, made))
        names, around = self._around(site)
        blocks = (_block(site, around, filling, text) for text in (filling.right, filling.wrong))
        return Example(f"{name} in {', '.join(names)}", filling.kind, *blocks)

    def _around(self, site: Site) -> tuple[list[str], list[str]]:
        """Return the code around the site's statement: names, and lines with ``$BODY``."""
        functions = COROUTINES if site.is_async else FUNCTIONS
        outer = [functions] if site.is_async or self._chance.random() < 0.7 else []
        tables: Sequence[Mapping[str, str]] = [*[FLOW] * self._chance.choice([0, 1, 1, 2]), *outer]
        names: list[str] = []
        lines = self._with_noise()
        for table in tables:
            name = self._chance.choice(list(table))
            names.append(name)
            lines = wrap(table[name], lines)
        return names, lines

    def _with_noise(self) -> list[str]:
        lines = ["$BODY"]
        if self._chance.random() < _NOISY:
            lines = [*self._chance.choice(NOISE).split("\n"), *lines]
        if self._chance.random() < _NOISY:
            lines = [*lines, *self._chance.choice(NOISE).split("\n")]
        return lines

    def _value(self) -> _Filling | None:
        typed = self._typed(self._chance.choice(self._api.operations))
        if typed is None:
            return None
        wrong, (kind,) = self._mistaken(typed[2], 1)
        return _short(_Filling(_NO_RECEIVER, typed[0], repr(typed[2]), repr(wrong), kind))

    def _call(self, receiver: Receiver) -> _Filling | None:
        if receiver is _NO_RECEIVER and self._chance.random() < _READING:
            return _Filling(_NO_RECEIVER, "", *self._chance.choice(READS), "read")
        operation = self._chance.choice(self._api.operations)
        right = self._values.arguments(operation)
        wrong, (kind,) = self._mistaken(right, 1)
        if not all(map(is_name, [*right, *wrong])):
            return None
        call = f"{receiver.expression}.{operation.qualified_name}"
        return _short(
            _Filling(receiver, "", f"{call}({keywords(right)})", f"{call}({keywords(wrong)})", kind)
        )


def _short(filling: _Filling) -> _Filling | None:
    if filling.kind == BROKEN or max(len(filling.right), len(filling.wrong)) > _LONGEST:
        return None
    return filling if filling.right != filling.wrong else None


_CALL_NAMES: Final = tuple(f"{name} (call)" for name in CALLS)


def _block(site: Site, around: Sequence[str], filling: _Filling, text: str) -> Block:
    """Return the site with ``text`` in it, after the definitions that it needs."""
    statement = "\n".join(wrap("\n".join(around), site.statement.split("\n")))
    parts = (filling.receiver.setup, site.setup, statement, filling.receiver.after)
    whole = "\n".join(filter(None, parts))
    texts = {"$T": filling.type, "$R": filling.right, "$V": text, "$C": text, "$N": str(NUMBER)}
    for name, value in texts.items():
        whole = whole.replace(name, value)
    return tuple(_STUB.sub(r"\1: raise NotImplementedError", whole).split("\n"))
