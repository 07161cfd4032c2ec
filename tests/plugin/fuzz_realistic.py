"""Realistic programs: a value or a call at some site, inside functions, classes and control flow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, cycle
from typing import Any, Final

from tests.plugin.blocks import NUMBER, Block
from tests.plugin.fuzz_examples import Example
from tests.plugin.fuzz_mutations import BROKEN
from tests.plugin.fuzz_programs import Source
from tests.plugin.fuzz_sites import CALLABLES, CALLS, OBJECTS, STATEMENTS, Site
from tests.plugin.fuzz_values import is_name, keywords
from tests.plugin.fuzz_wrappers import COROUTINES, FLOW, FUNCTIONS, NOISE, wrap

SITES: Final[Mapping[str, Site]] = {
    **{f"{name} (call)": site for name, site in CALLS.items()},
    **{f"{name} (callable)": site for name, site in CALLABLES.items()},
    **{f"{name} (object)": site for name, site in OBJECTS.items()},
    **{f"{name} (statement)": site for name, site in STATEMENTS.items()},
}

_LONGEST: Final = 300
_NOISY: Final = 0.3
_STUB: Final = re.compile(r"(def [^\n]*\) -> (?!None)[^\n]*): \.\.\.$", re.MULTILINE)
"""Functions with a result but no body, which mypy refuses."""

_Filling = tuple[str, str, str, str]
"""A type, a right text, a wrong text and the kind of the mistake."""


class RealisticSource(Source):
    """Makes programs from a seed, each in its right form and in one with a mistake."""

    def programs(self, number: int) -> Iterator[Example]:
        """So many programs, with all sites in turn."""
        for name, _ in zip(cycle(SITES), range(number), strict=False):
            yield self._realistic(name, SITES[name])

    def _realistic(self, name: str, site: Site) -> Example:
        made = self._call if name in _CALL_NAMES else self._value
        kind, right, wrong, mistake = next(filter(None, (made() for _ in count())))
        wrappers, around = self._around(site)
        blocks = (_block(site, around, kind, right, text) for text in (right, wrong))
        return Example(f"{name} in {', '.join(wrappers)}", mistake, *blocks)

    def _around(self, site: Site) -> tuple[list[str], list[str]]:
        """What is around the site's statement: names, and lines with ``$BODY``."""
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
        return None if typed is None else self._filling(typed[0], typed[2], repr)

    def _call(self) -> _Filling | None:
        operation = self._chance.choice(self._api.operations)

        def written(arguments: Any) -> str:
            return f"client.{operation.qualified_name}({keywords(arguments)})"

        right = self._values.arguments(operation)
        return None if not all(map(is_name, right)) else self._filling("", right, written)

    def _filling(self, kind: str, right: Any, written: Any) -> _Filling | None:
        wrong, kinds = self._mistaken(right, 1)
        named = isinstance(wrong, dict) and all(map(is_name, wrong))
        texts = written(right), written(wrong) if named or kind else ""
        if BROKEN in kinds or not texts[1] or max(map(len, texts)) > _LONGEST or texts[0] == texts[1]:
            return None
        return kind, *texts, kinds[0]


_CALL_NAMES: Final = frozenset(f"{name} (call)" for name in CALLS)


def _block(site: Site, around: Sequence[str], kind: str, right: str, text: str) -> Block:
    """The site with ``text`` in it, after its definitions."""
    parts = [site.setup] if site.setup else []
    whole = "\n".join([*parts, *wrap("\n".join(around), site.statement.split("\n"))])
    for name, value in {"$N": str(NUMBER), "$T": kind, "$R": right, "$V": text, "$C": text}.items():
        whole = whole.replace(name, value)
    return tuple(_STUB.sub(r"\1: raise NotImplementedError", whole).split("\n"))
