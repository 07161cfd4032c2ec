"""Messages about calls: their arguments, the functions that are handed over, and requests."""

from __future__ import annotations

from collections.abc import Sequence

from mypy.types import Type

from typed_openai_mypy.messages.fragments import clipped, listed, quoted, several, suggestion
from typed_openai_mypy.messages.type_names import expected_text, type_text


def unexpected_keyword(name: str, label: str, near: str | None, missing: str | None) -> str:
    return clipped(f"unexpected keyword {quoted(name)} for {label}{suggestion(near, missing, 'argument')}")


def beside_arguments(name: str, label: str) -> str:
    """About a field that the options allow beside those of the description, given as a keyword."""
    beside = f"extra_body={{{quoted(name)}: ...}}"
    return clipped(f"unexpected keyword {quoted(name)} for {label}; pass it in {beside}")


def missing_arguments(names: Sequence[str], label: str) -> str:
    return clipped(f"missing required {several('argument', names)} for {label}")


def too_many_positionals(label: str, taken: Sequence[str], absent: Sequence[str]) -> str:
    """``absent`` are the required arguments that may be meant."""
    names = f": {', '.join(taken)}" if any(one != "..." for one in taken) else ""
    by_name = f"; pass {listed(absent)} by name" if absent else ""
    return clipped(f"too many positional arguments for {label}; it takes {len(taken)}{names}{by_name}")


def keyword_not_passed_on(name: str, carrier: str) -> str:
    """Keywords for a method that is handed to what passes none on."""
    return clipped(
        f"{carrier} passes no keyword on, so not {quoted(name)} either; bind it by functools.partial"
    )


def result_handed_over(label: str, carrier: str, method: str) -> str:
    """A call stands where the method itself belongs."""
    return clipped(f"{carrier} calls {label} itself: write {carrier}({method}, ...), the arguments after it")


def repeated_argument(name: str, label: str) -> str:
    return clipped(f"argument {quoted(name)} is passed twice for {label}")


def unpacked_values(mark: str, name: str, expected: Type, found: Type) -> str:
    return clipped(
        f'values of "{mark}" for {name}: expected "{expected_text(expected)}", got "{type_text(found)}"'
    )


def untyped_arguments(found: Type, label: str, params: str) -> str:
    """A mapping of any keys is unpacked; ``params`` is the TypedDict that has them one by one."""
    rest = f'; pass all arguments in one "{params}", or each by its name'
    return clipped(f'"{type_text(found)}" has one type for all arguments of {label}{rest}')


def other_arguments(name: str, label: str, other: str, misfits: Sequence[Sequence[str]]) -> str:
    """An unpacked TypedDict that does not fit; ``other`` is the operation whose arguments it holds.

    ``misfits`` are the arguments that it lacks, that it has too much, and that have another type there.
    """
    whose = f"holds the arguments of {other}, not of" if other else "does not fit"
    kinds = zip(("missing", "unexpected", "of another type"), misfits, strict=True)
    told = "; ".join(f"{kind}: {listed(names)}" for kind, names in kinds if names)
    return clipped(f"{quoted(name)} {whose} {label}; {told}")


def whole_arguments(name: str, label: str, operation: str) -> str:
    """The params of an operation as one argument."""
    rest = "; unpack it with **" if operation == label else f", not of {label}"
    return clipped(f"{quoted(name)} holds the arguments of {operation}{rest}")


def keys_unpacked(name: str) -> str:
    return clipped(f"* passes the keys of {quoted(name)} as text; ** passes its values as arguments")


def no_pages(label: str, result: Type, whole: str) -> str:
    """An operation without pages; ``whole`` is the key of its reply that has all items."""
    rest = f'everything at once: iterate over ["{whole}"]' if whole else f'"{type_text(result)}"'
    return clipped(f"{label} is not paginated; it returns {rest}")


def pages_of_other_client(label: str, *, is_awaited: bool) -> str:
    """A method of one client for the ``paginate`` of the other; ``is_awaited``: of the asynchronous one."""
    kind, module = ("asynchronous", "typed_openai.aio") if is_awaited else ("synchronous", "typed_openai")
    return clipped(f"{label} belongs to the {kind} client; use paginate of {module}")


def other_result(label: str, expected: Type, result: Type) -> str:
    wanted = f'expected a function that returns "{expected_text(expected)}"'
    return clipped(f'{wanted}; {label} returns "{type_text(result)}"')


def unknown_operation(name: str, near: str | None) -> str:
    return clipped(f"the API has no operation {quoted(name)}{suggestion(near, None, '')}")


def unknown_path(method: str, path: str, near: str | None) -> str:
    return clipped(f"the API has no path {quoted(f'{method} {path}')}{suggestion(near, None, '')}")


def other_methods(method: str, path: str, methods: Sequence[str]) -> str:
    """A path that takes other methods only."""
    return clipped(f"the API has no {quoted(f'{method} {path}')}; that path takes {', '.join(methods)}")


def no_body(name: str, method: str, path: str, *, is_asked: bool) -> str:
    """A body for what takes none; ``is_asked``: it takes a query."""
    hint = "; its query goes into params" if is_asked else ""
    return clipped(f"{name}: {method} {path} takes no body{hint}")
