"""The pytest fixture ``openai_cassette``: each test that asks for it has a cassette of its own.

pytest loads this module in every environment with this package. It is short for that reason: cassettes and
clients are imported when a test asks for them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from typed_openai.testing import Cassette

_OPTION: Final = "--openai-cassettes"
_MODES: Final = ("once", "replay", "record", "extend")
_MARKER: Final = (
    "openai_cassette(path=None, mode=, paced=, ignore=, only=, strict=): the file and the options of a test's"
    " cassette; a relative path starts at the folder of the test"
)
_SETTINGS: Final = ("path", "mode", "paced", "ignore", "only", "strict")

_FOLDER: Final = "cassettes"
_KEY_VARIABLE: Final = "OPENAI_API_KEY"
_NO_KEY: Final = "no-key-while-replaying"
_UNSAFE: Final = re.compile(r"[^\w.,=+@\[\]-]")
_LONGEST_NAME: Final = 120
_DIGEST: Final = 8


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option with the mode of all cassettes."""
    group = parser.getgroup("typed-openai")
    group.addoption(
        _OPTION,
        choices=_MODES,
        help="mode of the cassettes of all tests, except those whose marker has one (default: that of"
        " TYPED_OPENAI_CASSETTES, or once)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse the marker of a test that has no cassette: its calls would reach the server."""
    is_marked = any(one.name == "openai_cassette" for one in item.own_markers)
    if is_marked and "openai_cassette" not in getattr(item, "fixturenames", ()):
        raise pytest.UsageError(f"{item.nodeid}: openai_cassette: the test does not use the fixture")


class _TestFailed(Exception):
    """Ends a cassette whose test failed, so that it is not written."""


@pytest.fixture
def openai_cassette(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cassette]:
    """Record the calls of the test to ``cassettes/<file>/<test>.jsonl``, or replay them from there.

    While replaying, no key is needed. A test that makes a request which is not recorded fails, even if the
    code under test catches the error. A test that fails leaves its cassette as it was.
    """
    from typed_openai.testing import cassette  # noqa: PLC0415  only tests that ask for it need it

    options = _settings(request)
    path = options.pop("path")
    failed = request.session.testsfailed
    try:
        with cassette(path, test=request.node.nodeid, **options) as tape:
            if not tape.records and not os.environ.get(_KEY_VARIABLE):
                monkeypatch.setenv(_KEY_VARIABLE, _NO_KEY)
            yield tape
            if request.session.testsfailed != failed:
                raise _TestFailed
    except _TestFailed:
        return
    if tape.unexpected:
        raise tape.unexpected[0]


def _settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options of a test's cassette: those of its marker, its path, and the mode of all tests."""
    marker = request.node.get_closest_marker("openai_cassette")
    given = dict(zip(("path",), marker.args, strict=False)) | marker.kwargs if marker else {}
    wrong = [f'"{name}"' for name in given if name not in _SETTINGS]
    if marker and len(marker.args) > 1:
        wrong.append("a second positional argument")
    if wrong:
        raise pytest.UsageError(f"openai_cassette: expected {', '.join(_SETTINGS)}; got {wrong[0]}")
    path = given.get("path") or Path(_FOLDER, request.path.stem, f"{_file_name(request)}.jsonl")
    mode = given.get("mode") or request.config.getoption(_OPTION)
    return {**given, "path": request.path.parent / path, "mode": mode}


def _file_name(request: pytest.FixtureRequest) -> str:
    """Return a file name for a test; a name that is changed for it gets a digest, so that each is unique."""
    name: str = request.node.nodeid.partition("::")[2].replace("::", ".") or request.node.name
    safe = _UNSAFE.sub("-", name)[:_LONGEST_NAME]
    if safe == name:
        return name
    return f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]}"
