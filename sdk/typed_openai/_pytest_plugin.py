"""Fixtures and markers for pytest, which loads this module in every environment with this package.

It is short for that reason: the server and the client are imported when a test asks for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from typed_openai.client import Client
    from typed_openai.testing import Server

_MARKERS: Final = (
    "openai_server(seed, strict, delay, api_key, spec, verify): settings of the fixture openai_server;"
    " verify=False allows unused scripts",
    "openai_script(operation, reply=, text=, events=, tool_call=, fail=, times=, when=): an answer of the"
    " fixture openai_server",
)
_SETTINGS: Final = ("seed", "strict", "delay", "api_key", "spec", "verify")
_KEY: Final = "test"


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for one in _MARKERS:
        config.addinivalue_line("markers", one)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse scripts of a test that has no server."""
    is_scripted = any(one.name == "openai_script" for one in item.own_markers)
    if is_scripted and "openai_server" not in getattr(item, "fixturenames", ()):
        raise pytest.UsageError(f"{item.nodeid}: openai_script: the test does not use openai_server")


@pytest.fixture
def openai_server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Run an embedded server, whose scripts must all be used.

    ``OPENAI_BASE_URL`` and ``OPENAI_API_KEY`` are set to it, for clients that are created without arguments.
    """
    from typed_openai.testing import serve  # noqa: PLC0415  only tests that ask for it need it

    settings = _settings(request.node)
    verify = settings.pop("verify", True)
    failed = request.session.testsfailed
    with serve(**settings) as server:
        if "spec" not in settings:
            monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
            for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
                monkeypatch.setenv(name, settings.get("api_key") or _KEY)
        _add_scripts(request.node, server)
        yield server
        # A test that has failed says more than the scripts that it left.
        if not verify or request.session.testsfailed != failed:
            server.clear()
        server.verify()


@pytest.fixture
def openai_client(request: pytest.FixtureRequest, openai_server: Server) -> Iterator[Client]:
    """Create a client of the embedded server."""
    from typed_openai.client import Client  # noqa: PLC0415  only tests that ask for it need it

    settings = _settings(request.node)
    key, spec = settings.get("api_key") or _KEY, settings.get("spec")
    # Another API has no such key.
    admin_key = key if spec is None else None
    with Client(key, spec=spec, base_url=openai_server.base_url, admin_api_key=admin_key) as client:
        yield client


def _settings(node: Any) -> dict[str, Any]:
    """Return the settings of the nearest marker."""
    marker = node.get_closest_marker("openai_server")
    if marker is None:
        return {}
    wrong = sorted(set(marker.kwargs) - set(_SETTINGS))
    if marker.args or wrong:
        given = f'"{wrong[0]}"' if wrong else "a positional argument"
        raise pytest.UsageError(f"openai_server: expected {', '.join(_SETTINGS)}; got {given}")
    return dict(marker.kwargs)


def _add_scripts(node: Any, server: Server) -> None:
    """Add the scripts of a test's markers, from outside to inside and from top to bottom."""
    from typed_openai.testing.script_entries import add_entry  # noqa: PLC0415  as above
    from typed_openai.testing.scripted_answers import ScriptError  # noqa: PLC0415  as above

    for marker in reversed(list(node.iter_markers("openai_script"))):
        place = f"{node.nodeid}: openai_script"
        if len(marker.args) > 1:
            raise ScriptError(f"{place}: expected one positional argument, the operation")
        operation = {"operation": marker.args[0]} if marker.args else {}
        add_entry(server, {**operation, **marker.kwargs}, place)
