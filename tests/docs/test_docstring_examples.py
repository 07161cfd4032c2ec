"""Every public name has an example in its docstring, and all examples run against the embedded server.

An example assumes ``from typed_openai import *``, the names of ``typed_openai.testing`` and
``typed_openai.identity``, the classes of ``typed_openai.aio``, asyncio and the names of its module. Its
environment has a key and the server's URL. A class that only has a docstring of its own, such as an error for
one status, shares the example of its base class.
"""

from __future__ import annotations

import ast
import asyncio
import doctest
import importlib
import inspect
import os
import re
import typing
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

import typed_openai
from typed_openai import aio, default_client, identity, telemetry, testing, types
from typed_openai.testing import serve

PACKAGE: Final = Path(typed_openai.__file__).parent
WIDEST: Final = 88
"""The maximum number of characters in a line of an example, as on the pages of the documentation."""

NAMESPACE: Final[dict[str, Any]] = {
    **{name: getattr(typed_openai, name) for name in typed_openai.__all__},
    **{name: getattr(testing, name) for name in testing.__all__},
    **{name: getattr(identity, name) for name in identity.__all__},
    **{
        name: value
        for name, value in vars(aio).items()
        if inspect.isclass(value) and not typing.is_typeddict(value)
    },
    "aio": aio,
    "asyncio": asyncio,
    "instrument": telemetry.instrument,
    "telemetry": telemetry,
    "types": types,
}


def homes() -> dict[str, ModuleType]:
    """The modules that define the public names, and the others with examples, by name."""
    found = {one.__module__ for one in NAMESPACE.values() if inspect.isclass(one) or inspect.isfunction(one)}
    found |= {f"{PACKAGE.name}.{home}" for home in typed_openai._HOMES}
    for path in PACKAGE.rglob("*.py"):
        if re.search(r"(?m)^ *>>> ", path.read_text(encoding="utf-8")):
            found.add(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    return {name: importlib.import_module(name) for name in sorted(found)}


HOMES: Final = homes()


def documented() -> Iterator[doctest.DocTest]:
    """Yield the docstrings of the modules, their classes, functions and members, and their aliases."""
    finder = doctest.DocTestFinder(exclude_empty=False)
    for name, module in HOMES.items():
        names = {**NAMESPACE, **vars(module), "__name__": name}
        yield from finder.find(module, name, globs=names)
        yield from aliases(module, names)


def aliases(module: ModuleType, names: dict[str, Any]) -> Iterator[doctest.DocTest]:
    """Yield the texts below a module's assignments, which the standard library does not find."""
    body = ast.parse(inspect.getsource(module)).body
    for node, after in pairwise(body):
        match node, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                parser = doctest.DocTestParser()
                place = f"{module.__name__}.{name}"
                yield parser.get_doctest(text, names, place, module.__file__, after.lineno - 1)
            case _:
                pass


DOCUMENTED: Final = {one.name: one for one in documented()}
EXAMPLES: Final = {name: one for name, one in DOCUMENTED.items() if one.examples}


def public_places() -> Iterator[str]:
    """Yield the full names of all public classes and functions, and of the public members of the classes."""
    for name, value in NAMESPACE.items():
        if not inspect.isclass(value) and not inspect.isfunction(value):
            continue
        place = f"{value.__module__}.{name}"
        yield place
        if inspect.isclass(value):
            members = (one for one in DOCUMENTED if one.startswith(f"{place}."))
            yield from (one for one in members if not one.rpartition(".")[2].startswith("_"))


def shares(place: str) -> bool:
    """Return True for a class without any code whose base class has an example."""
    module, _, name = place.rpartition(".")
    value = getattr(HOMES[module], name) if module in HOMES else None
    if not inspect.isclass(value):
        return False
    has_code = set(vars(value)) - {"__module__", "__doc__", "__firstlineno__", "__static_attributes__"}
    return not has_code and any(f"{one.__module__}.{one.__name__}" in EXAMPLES for one in value.__bases__)


# Every name has an example


def test_every_public_class_function_and_method_has_an_example() -> None:
    places = list(public_places())
    assert {"typed_openai.client.Client.call", "typed_openai.testing.server.serve"} <= set(places)
    assert [one for one in places if one not in EXAMPLES and not shares(one)] == []


def test_only_a_class_without_code_shares_an_example() -> None:
    assert shares("typed_openai.errors.ConflictError")
    assert not shares("typed_openai.errors.APIConnectionError")
    assert not shares("typed_openai.streaming.StreamFinish")
    assert not shares("typed_openai.client.Client.call")


def test_an_example_is_narrow_enough_for_a_page() -> None:
    wide = [
        (name, line)
        for name, one in EXAMPLES.items()
        for example in one.examples
        for line in example.source.splitlines()
        if len(line) + len(">>> ") > WIDEST
    ]
    assert wide == []


# The examples run


@pytest.fixture
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A temporary folder, and an environment that configures clients for an embedded server."""
    for name in [one for one in os.environ if one.startswith("OPENAI_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(default_client, "_made", {})
    with serve() as server, warnings.catch_warnings():
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        monkeypatch.setenv("OPENAI_API_URL", server.base_url)
        yield


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.usefixtures("offline")
def test_an_example_prints_what_it_shows(name: str) -> None:
    report: list[str] = []
    done = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(EXAMPLES[name], out=report.append)
    assert done.attempted > 0
    assert done.failed == 0, "".join(report)
