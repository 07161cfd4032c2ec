"""The pages that a reader follows from top to bottom: their examples run, type-check and print as shown."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.docs.pages import DOCS, PAGES, ROOT, Block, blocks, programs, run

import typed_openai
from typed_openai import OpenAIError
from typed_openai.testing import serve
from typed_openai_spec.files.texts import parse_yaml

pytestmark = pytest.mark.slow(seconds=25)

OF_THEIR_OWN = ("codes.md", "overrides.md", "servers.md", "updating.md")
"""Pages whose examples need more around them, or are wrong on purpose: other tests run those."""

FOLLOWED = tuple(one for one in PAGES if one not in OF_THEIR_OWN)

LANGUAGES = {"python", "sh", "text", "toml", "yaml", "console", "py"}
"""``console`` is a session that needs the network or the reader's shell, ``py`` code for another package."""

WIDEST = 88
"""The maximum number of characters in a line of Python."""

SHOWN_ONLY = {"pip install", "cp", "python -m zipapp", "pyinstaller", "eval", "export"}
"""The commands that a console shows and nothing runs."""

PLUGIN = '[tool.mypy]\nplugins = ["typed_openai_mypy.plugin"]\n'


@pytest.fixture(scope="module")
def checkers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment in which all pages share mypy's cache of the stubs."""
    return {"MYPY_CACHE_DIR": str(tmp_path_factory.mktemp("mypy"))}


@pytest.mark.parametrize("page", FOLLOWED)
def test_the_page_can_be_followed(page: str, checkers: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()  # git looks for no configuration above
    (tmp_path / ".mypy_cache").symlink_to(checkers["MYPY_CACHE_DIR"])  # where typed-openai check looks
    with serve() as server:
        environment = {**checkers, "OPENAI_API_KEY": "test", "OPENAI_BASE_URL": server.base_url}
        printed = ""
        for block in blocks(page):
            if block.file:
                block.write(tmp_path)
            elif block.language == "text":
                assert block.text in printed
            else:
                printed = follow(block, tmp_path, environment, printed)
        assert {one.status for one in server.requests} <= {200}


def follow(block: Block, folder: Path, environment: Mapping[str, str], printed: str) -> str:
    """Run a block, and return the output of its last command."""
    if block.language == "python":
        done = subprocess.run(
            [sys.executable, "-c", block.text],
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), block.text
        return done.stdout
    if block.language == "sh":
        for command in block.text.splitlines():
            printed = run(command, folder, environment)
    return printed


@pytest.mark.parametrize("page", FOLLOWED)
def test_code_fits_a_page(page: str) -> None:
    lines = [line for one in blocks(page) if one.language == "python" for line in one.text.splitlines()]
    assert [line for line in lines if len(line) > WIDEST] == []


@pytest.mark.parametrize("page", [*PAGES, "../README.md"])
def test_every_block_is_of_a_kind_that_is_tested(page: str) -> None:
    for block in blocks(page):
        assert block.language in LANGUAGES
        if block.language == "console":
            lines = [line.removeprefix("$ ") for line in block.text.splitlines()]
            assert all(any(line.startswith(one) for one in SHOWN_ONLY) for line in lines)
        elif block.language == "py":
            ast.parse(block.text)
        elif block.language == "toml":
            tomllib.loads(block.text)
        elif block.language == "yaml":
            parse_yaml(block.text.encode(), page)


def test_the_programs_of_all_pages_are_strictly_typed(checkers: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PLUGIN)
    found = {name: text for page in FOLLOWED for name, text in programs(page)}
    assert len(found) >= 30
    for name, text in found.items():
        (tmp_path / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "."]
    environment = {**os.environ, **checkers}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == ""


# The lists in the pages


def test_the_page_on_errors_draws_the_tree_of_the_classes() -> None:
    drawn = re.search(r"```\n(OpenAIError\n.*?)```", (DOCS / "errors.md").read_text(), re.DOTALL)
    assert drawn is not None
    lines = [re.match(r"( *)(\w+)", line) for line in drawn[1].splitlines()]
    assert all(lines)
    found = {line[2]: len(line[1]) // 2 for line in lines if line}
    exported = {name: getattr(typed_openai, name) for name in typed_openai.__all__}
    real = {
        name: one.__mro__.index(OpenAIError)
        for name, one in exported.items()
        if isinstance(one, type) and issubclass(one, OpenAIError)
    }
    assert found == real


def test_the_page_on_checking_lists_every_option_of_the_plugin() -> None:
    listed = (ROOT / "tests/contract/listed/plugin/options.txt").read_text().splitlines()
    options = [tomllib.loads(one.text) for one in blocks("checking.md") if one.language == "toml"]
    (shown,) = (one["tool"]["typed_openai_mypy"] for one in options if "typed_openai_mypy" in one["tool"])
    assert set(shown) == {line for line in listed if line.strip() and not line.startswith(" ")}


def test_the_hook_of_the_page_on_checking_exists() -> None:
    hooks = parse_yaml((ROOT / ".pre-commit-hooks.yaml").read_bytes(), "hooks")
    (shown,) = (
        parse_yaml(one.text.encode(), "page")
        for one in blocks("checking.md")
        if one.file == ".pre-commit-config.yaml"
    )
    used = {hook["id"] for repo in shown["repos"] for hook in repo["hooks"]}
    assert used <= {hook["id"] for hook in hooks}
    assert all(" ".join(hook["args"]) in (DOCS / "checking.md").read_text() for hook in hooks)
