"""The repository's own files agree: workflows, tox, the versions of the gate, and changelog fragments."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).parents[2]
PROJECT: Final[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text())
CONSTRAINTS: Final = ROOT / ".ci" / "constraints.txt"
WORKFLOWS: Final = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FRAGMENTS: Final = sorted((ROOT / "changelog.d").glob("+*"))

COMMAND: Final = re.compile(r"\.ci/(?P<script>\w+)(?: -m \"not slow\")?|tox -e (?P<env>\w+)")
OTHERS: Final = ("python -m pip install -q tox", "git push --atomic --follow-tags origin HEAD:main")


def steps(path: Path) -> Iterator[str]:
    """The commands of a workflow."""
    for job in yaml.safe_load(path.read_text())["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_runs_the_commands_that_contributors_run(path: Path) -> None:
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    commands = [one for one in steps(path) if one not in OTHERS]
    assert commands
    for command in commands:
        found = COMMAND.fullmatch(command)
        assert found, command
        assert found["env"] is None or f"testenv:{found['env']}" in tox.sections()
        assert found["script"] is None or (ROOT / ".ci" / found["script"]).stat().st_mode & 0o111


def test_the_gate_runs_on_every_python_that_is_declared_and_on_three_systems() -> None:
    declared = [
        one.rpartition(" ")[2] for one in PROJECT["project"]["classifiers"] if re.search(r":: 3\.\d+$", one)
    ]
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert jobs["gate"]["strategy"]["matrix"]["python"] == declared
    systems = jobs["systems"]["strategy"]["matrix"]
    assert systems["python"] == declared
    assert {"ubuntu-latest", *systems["system"]} == {"ubuntu-latest", "macos-latest", "windows-latest"}


def required(name: str, extras: frozenset[str], seen: set[tuple[str, frozenset[str]]]) -> set[str]:
    """The distributions that one needs here, with all that those need."""
    if (name, extras) in seen:
        return set()
    seen.add((name, extras))
    found = set()
    for line in requires(name) or ():
        one = Requirement(line)
        wanted = one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras | {""})
        if wanted:
            inner = canonicalize_name(one.name)
            found |= {inner, *required(inner, frozenset(one.extras), seen)}
    return found


def test_the_gate_installs_an_exact_version_of_everything() -> None:
    lines = [one for one in CONSTRAINTS.read_text().splitlines() if not one.startswith("#")]
    pinned = {canonicalize_name(name): version for name, version in (one.split("==") for one in lines)}
    assert all(pinned.values())
    try:
        needed = required("typed-openai", frozenset({"dev"}), set())
    except PackageNotFoundError as missing:
        pytest.skip(f"not installed with the dev extra: {missing}")
    assert sorted(needed - pinned.keys() - {"typed-openai"}) == [], "run .ci/pin"


def test_the_gate_passes_its_arguments_to_the_readme_s_command(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    readme = '# T\n\n<!-- test command -->\n```\ntrue && printf "%s\\n" "$PIP_CONSTRAINT" -q\n```\n'
    (folder / "README.md").write_text(readme)
    done = subprocess.run(
        [folder / ".ci" / "run", "-m", "not slow"], capture_output=True, text=True, check=True
    )
    _, constraint, *arguments = done.stdout.splitlines()
    assert constraint == (folder / ".ci" / "constraints.txt").as_uri()
    assert arguments == ["-q", "-m", "not slow"]


@pytest.mark.parametrize("path", FRAGMENTS, ids=lambda path: path.name)
def test_a_fragment_of_the_changelog_is_a_list_of_a_known_kind(path: Path) -> None:
    kinds = [one["directory"] for one in PROJECT["tool"]["towncrier"]["type"]]
    _, kind, suffix = path.name.split(".")
    assert kind in kinds
    assert suffix == "md"
    text = path.read_text()
    assert text.startswith("- ")
    assert all(line.startswith(("- ", "  ")) for line in text.splitlines())
