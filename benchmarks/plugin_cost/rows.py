"""The rows of the benchmark: programs, how they are checked, and the bound of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeAlias

from plugin_cost import right_calls, runs, sized_calls, unrelated
from plugin_cost.bounds import Bound
from plugin_cost.projects import Program
from plugin_cost.sized_calls import HEAD, RIGHT_ROLE, WRONG_ROLE

START: Final = Bound(1, 30)
UNRELATED: Final = Bound(1.03, 30)
IMPORTING: Final = Bound(1.05, 30)
"""The bound for a module that imports the API: the text around each error has to be looked at as well."""

OURS: Final = Bound(1.3)
SIMPLE: Final = Bound(1.3, 60, each=0.5)
"""mypy itself needs 0.1 ms for a simple mistake, which is less than an explanation takes."""

COLD: Final = Bound(1.0)
AGAIN: Final = Bound(1.1, 30, greater=True)

MANY_ERRORS: Final = (400, 4_000, 10_000)
MANY_ITEMS: Final = (100, 400, 2_000)
MANY_CALLS: Final = (100, 400, 1_600)
DEPTHS: Final = (4, 16, 64)

_BODIES: Final = "check_untyped_defs = True\n"
_SILENT: Final = f"{_BODIES}ignore_errors = True\n"

Text: TypeAlias = Callable[[int], str]


@dataclass(frozen=True)
class Row:
    """A program of a given size, a kind of run and a bound. ``sizes`` is empty if the size is fixed."""

    program: Callable[[int], Program]
    bound: Bound
    run: runs.Run = runs.edited
    sizes: tuple[int, ...] = ()


def _sized(text: Text, head: str = "", *, wrong: bool = True) -> Callable[[int], Program]:
    """Return a module of any size. The cache is filled with the empty one."""

    def program(size: int) -> Program:
        files, empty = ({"sized.py": head + text(one)} for one in (size, 0))
        return Program(files, wrong=wrong and size > 0, cached=empty)

    return program


def _right(files: Callable[[], Mapping[str, str]]) -> Callable[[int], Program]:
    return lambda _size: Program(files())


def _standard_library(options: str, *, wrong: bool) -> Callable[[int], Program]:
    return lambda _size: Program(unrelated.standard_library(), wrong, options=options)


def _beside(program: Callable[[int], Program]) -> Callable[[int], Program]:
    """Add a module that uses the API. Only the others change before each run."""

    def with_user(size: int) -> Program:
        alone = program(size)
        files = {**alone.files, "user.py": sized_calls.calls(1, RIGHT_ROLE)}
        return Program(files, alone.wrong, edited=tuple(alone.files), options=alone.options)

    return with_user


def _edit_one() -> Program:
    files = right_calls.many_modules(30, 10)
    return Program(files, edited=(next(iter(files)),))


def _in_both(name: str, text: Text, sizes: tuple[int, ...]) -> dict[str, Row]:
    """Return the rows of unrelated errors in a module without the API, and in one that imports it."""
    return {
        name: Row(_sized(text, unrelated.APART), UNRELATED, sizes=sizes),
        f"{name}-importing": Row(_sized(text, HEAD), IMPORTING, sizes=sizes),
    }


def _of_kind(kind: str) -> Text:
    return partial(unrelated.errors_of_kind, kind)


def _ours(text: Text, sizes: tuple[int, ...], *, wrong: bool) -> Row:
    return Row(_sized(text, wrong=wrong), OURS, sizes=sizes)


def _roles(name: str, text: Callable[[int, str], str], sizes: tuple[int, ...]) -> dict[str, Row]:
    """Return the rows of right roles and of wrong roles."""
    return {
        f"{name}-{word}": _ours(partial(_with_role, text, role), sizes, wrong=role == WRONG_ROLE)
        for word, role in {"right": RIGHT_ROLE, "wrong": WRONG_ROLE}.items()
    }


def _with_role(text: Callable[[int, str], str], role: str, size: int) -> str:
    return text(size, role)


_CLEAN: Final = _right(unrelated.right_code)
_COPIES: Final = _standard_library(_BODIES, wrong=True)
_SILENCED: Final = _standard_library(_SILENT, wrong=False)
_CALLS: Final = _right(partial(right_calls.one_module, 300))

ROWS: Final[Mapping[str, Row]] = {
    "start": Row(lambda _size: Program({"answer.py": "answer: int = 0\n"}), START),
    "clean-cold": Row(_CLEAN, UNRELATED, runs.cold),
    "clean": Row(_CLEAN, UNRELATED),
    "clean-beside": Row(_beside(_CLEAN), UNRELATED),
    "library": Row(_COPIES, UNRELATED),
    "library-beside": Row(_beside(_COPIES), UNRELATED),
    "library-silenced": Row(_SILENCED, UNRELATED),
    **_in_both("errors", unrelated.errors_in_functions, MANY_ERRORS),
    **_in_both("statements", unrelated.errors_in_statements, MANY_ERRORS),
    **{
        name: row
        for kind in unrelated.KINDS
        for name, row in _in_both(kind, _of_kind(kind), MANY_ERRORS[1:2]).items()
    },
    **_roles("items", sized_calls.one_call, MANY_ITEMS),
    **_roles("list", sized_calls.annotated_list, MANY_ITEMS),
    **_roles("calls", sized_calls.calls, MANY_CALLS),
    **_roles("functions", sized_calls.calls_in_functions, MANY_CALLS),
    "simple-wrong": Row(_sized(sized_calls.simple_mistakes), SIMPLE, sizes=MANY_CALLS),
    "values-right": _ours(lambda size: sized_calls.one_dict(size, "1"), MANY_ITEMS, wrong=False),
    "values-wrong": _ours(lambda size: sized_calls.one_dict(size, '"1"'), MANY_ITEMS, wrong=True),
    "nested-right": _ours(lambda size: sized_calls.nested_filter(size, "eq"), DEPTHS, wrong=False),
    "nested-wrong": _ours(lambda size: sized_calls.nested_filter(size, "equal"), DEPTHS, wrong=True),
    "cold": Row(_CALLS, COLD, runs.cold),
    "warm": Row(_CALLS, AGAIN, runs.unchanged),
    "edit": Row(_CALLS, AGAIN),
    "edit-one": Row(lambda _size: _edit_one(), AGAIN),
    "daemon": Row(_CALLS, AGAIN, runs.daemon),
}
"""All rows by name."""
