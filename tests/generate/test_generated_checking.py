"""Type checkers accept generated packages; the plugin reports the mistakes in using each API."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.generate.conftest import FIXTURES, PACKAGES
from tests.generate.programs import BAD, GOOD, TOLD

from typed_openai.cli import main

if TYPE_CHECKING:
    from tests.generate.conftest import RunTool

pytestmark = pytest.mark.slow(seconds=8)

INI = """\
[mypy]
strict = True
plugins = typed_openai_mypy.plugin
[typed_openai_mypy]
"""

# The additional attributes of a TypedDict from typing_extensions, and the one that pydantic reads.
_TYPED_DICT_PARTS = (
    r"\w+\.(types|params)\.\w+\.__(closed|extra_items|mutable_keys|readonly_keys|pydantic_config)__"
)
_STUB_ONLY = r"(shop|library)\._(components|recursive)"
_GROUPS = r"\w+\.(client\.|aio\.async_client\.Async)Client\.(items|upload|groups|users)"
"""On the class, a descriptor stands for each group of a client."""

_LAZY_LISTS = r"(shop|library)\.(types|params)\.__all__"
_ALIASES_OF_LITERALS = r"library\.types\.\w+Enum|shop\.types\.Color"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("mypy-cache"))


def told(printed: str) -> list[str]:
    """Return the errors in ``bad.py`` as ``line: text``; any other line unchanged."""
    lines = [one for one in printed.splitlines() if not one.startswith(("Found ", "Success: "))]
    return [one.removeprefix("bad.py:").replace(" error:", "") for one in lines]


def test_mypy_accepts_stubs_and_good_programs_and_tells_each_mistake(
    tmp_path: Path, run_tool: RunTool, cache: str
) -> None:
    (tmp_path / "mypy.ini").write_text(f"{INI}packages = {', '.join(PACKAGES)}\n")
    (tmp_path / "good.py").write_text(GOOD)
    (tmp_path / "bad.py").write_text(BAD)
    packages = [word for one in PACKAGES for word in ("-p", one)]
    run = run_tool("mypy", "--cache-dir", cache, *packages, "-m", "good", "-m", "bad", folder=tmp_path)
    assert told(run.stdout) == TOLD.splitlines(), run.stderr


def test_pyright_accepts_stubs_and_good_programs(tmp_path: Path, projects: Path, run_tool: RunTool) -> None:
    (tmp_path / "good.py").write_text(GOOD)
    settings = {"extraPaths": [str(projects / one) for one in PACKAGES]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    stubs = map(str, projects.rglob("*.pyi"))
    run = run_tool("pyright", "--pythonpath", sys.executable, "good.py", *stubs, folder=tmp_path)
    assert run.stdout.endswith("0 errors, 0 warnings, 0 informations\n"), run.stdout


def test_stubs_say_what_is_there_at_run_time(tmp_path: Path, run_tool: RunTool) -> None:
    allowed = [_TYPED_DICT_PARTS, _STUB_ONLY, _LAZY_LISTS, _ALIASES_OF_LITERALS, _GROUPS]
    (tmp_path / "allowed").write_text("\n".join(allowed))
    options = ["--concise", "--allowlist", "allowed", "--ignore-unused-allowlist"]
    run = run_tool("mypy.stubtest", "shop", "library", *options, folder=tmp_path)
    assert run.returncode == 0, run.stdout


def test_a_package_that_was_generated_anew_is_noticed(tmp_path: Path, run_tool: RunTool, cache: str) -> None:
    (tmp_path / "use.py").write_text("import again\n\nagain.find.find(eq='long')\n")
    options = INI.replace("strict", "mypy_path = p\nstrict")
    (tmp_path / "mypy.ini").write_text(f"{options}packages = again\n")

    def lines(limit: int) -> list[str]:
        text = (FIXTURES / "filters.yaml").read_text().replace("maxLength: 3", f"maxLength: {limit}")
        (tmp_path / "again.yaml").write_text(text)
        spec = str(tmp_path / "again.yaml")
        assert main(["generate", "--spec", spec, "--package", "again", "--out", str(tmp_path / "p")]) == 0
        run = run_tool("mypy", "--cache-dir", cache, "use.py", folder=tmp_path)
        return [one for one in run.stdout.splitlines() if ": error:" in one]

    assert lines(3) == ["use.py:3: error: eq: expected at most 3 characters, got 4  [openai-limit]"]
    assert lines(4) == []
    assert lines(2) == ["use.py:3: error: eq: expected at most 2 characters, got 4  [openai-limit]"]


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("packages = shopp", 'packages: mypy finds no package "shopp"; expected: packages = my_api'),
        ("packages = pytest", "was not made by typed-openai generate: it has no index of an API; expected:"),
        ("packages = a.b", "packages: 'a.b' is not a valid package name; expected: packages = my_api"),
        ("packages =", "packages: '' is not a list of generated packages; expected: packages = my_api"),
        ("packages = shop\nextra_fields = Itm.x", 'the API has no component "Itm"; did you mean "Item"?'),
    ],
)
def test_a_mistake_in_the_option_stops_mypy(
    tmp_path: Path, run_tool: RunTool, cache: str, option: str, words: str
) -> None:
    (tmp_path / "mypy.ini").write_text(f"{INI}{option}\n")
    run = run_tool("mypy", "--cache-dir", cache, "-c", "", folder=tmp_path)
    assert run.returncode == 2
    (line,) = [one for one in run.stdout.splitlines() if one.startswith("typed_openai_mypy: error: ")]
    assert words in line
