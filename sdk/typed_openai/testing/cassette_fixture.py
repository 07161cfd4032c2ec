"""The pytest fixture ``openai_cassette``: each test that asks for it has a cassette of its own.

It is part of the plugin of this package. Importing it needs pytest.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Final

import pytest

from typed_openai.testing.cassettes import Cassette, cassette

OPTION: Final = "openai_cassettes"
"""The name of the command line option with the mode of all cassettes: ``--openai-cassettes=record``."""

MARKER: Final = (
    "openai_cassette(path=None, **options): the file and the options of the cassette of a test;"
    " a relative path starts at the folder of the test"
)

_FOLDER: Final = "cassettes"
_KEY_VARIABLE: Final = "OPENAI_API_KEY"
_NO_KEY: Final = "no-key-while-replaying"
_UNSAFE: Final = re.compile(r"[^\w.,=+@\[\]-]")
_LONGEST_NAME: Final = 120
_DIGEST: Final = 8

_failed: Final = pytest.StashKey[bool]()


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether a test failed: its cassette is not written then."""
    report = yield
    item.stash[_failed] = item.stash.get(_failed, False) or report.failed
    return report


class _TestFailed(Exception):
    """Ends a cassette whose test failed."""


@pytest.fixture
def openai_cassette(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cassette]:
    """Record the calls of the test to ``cassettes/<file>/<test>.jsonl``, or replay them from there.

    The marker ``openai_cassette`` sets another path, and the options of
    :func:`~typed_openai.testing.cassette`. A mode on the command line or in the environment applies to all
    tests whose marker has none. While replaying, no key is needed. A test that makes a request which is not
    recorded fails, even if the code under test catches the error.
    """
    path, options = _marked(request)
    options.setdefault("mode", request.config.getoption(OPTION, None))
    test = request.node.nodeid
    try:
        with cassette(path, **{"test": test, **options}) as tape:
            if not tape.records and not os.environ.get(_KEY_VARIABLE):
                monkeypatch.setenv(_KEY_VARIABLE, _NO_KEY)
            yield tape
            if request.node.stash.get(_failed, False):
                raise _TestFailed
    except _TestFailed:
        return
    if tape.unexpected:
        raise tape.unexpected[0]


def _marked(request: pytest.FixtureRequest) -> tuple[Path, dict[str, object]]:
    """Return the path and the options of a test's cassette."""
    marker = request.node.get_closest_marker("openai_cassette")
    options = dict(marker.kwargs) if marker else {}
    given = marker.args[0] if marker and marker.args else options.pop("path", None)
    folder = request.path.parent
    if given is not None:
        return folder / given, options
    inside = request.node.nodeid.partition("::")[2].replace("::", ".") or request.node.name
    return folder / _FOLDER / request.path.stem / f"{_file_name(inside)}.jsonl", options


def _file_name(name: str) -> str:
    """Return a file name for a test; names that are changed for it get a digest, so that each is unique."""
    safe = _UNSAFE.sub("-", name)[:_LONGEST_NAME]
    if safe == name:
        return name
    return f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]}"
