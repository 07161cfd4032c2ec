"""The scripts of the scheduled update, from a published description to a tagged release, in a clone."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("spec", "sdk", "stubs", "mypy_plugin")

pytestmark = [
    pytest.mark.slow(seconds=60),
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform == "win32", reason="the workflow runs on Linux"),
]

GH = """\
#!/bin/sh
echo "$@" >> gh.log
"""
TOWNCRIER = """\
#!/bin/sh
echo "$@" > towncrier.log
"""


def run(
    folder: Path, *command: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **(env or {})}
    )


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A copy of the checkout as a repository of its own, with a remote."""
    folder = tmp_path / "clone"
    ignored = shutil.ignore_patterns(".venv", ".git", ".*_cache", "dist", "build")
    shutil.copytree(ROOT, folder, ignore=ignored)
    who = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    run(tmp_path, "git", "init", "-q", "--bare", "remote")
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "git", "add", "-A")
    run(folder, "git", *who, "commit", "-q", "-m", "Begin")
    run(folder, "git", "remote", "add", "origin", str(tmp_path / "remote"))
    assert run(folder, "git", "push", "-q", "origin", "main").returncode == 0
    return folder


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, str]:
    """The environment with programs of the workflow's machine that only write down their arguments."""
    folder = tmp_path / "programs"
    folder.mkdir()
    for name, text in {"gh": GH, "towncrier": TOWNCRIER}.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def update(clone: Path, description: Path | str, gate: str = "true") -> tuple[str, str, int]:
    """The outcome, the report and the exit status of an update."""
    path = os.pathsep.join(str(clone / one) for one in SOURCES)
    arguments = (str(description), "--gate", gate, "--report", "update.md")
    env = {"PYTHONPATH": path, "PYTHON": sys.executable}
    done = run(clone, ".ci/update", *arguments, env=env)
    assert done.stdout, done.stderr
    return done.stdout.splitlines()[-1], (clone / "update.md").read_text(), done.returncode


def edited(tmp_path: Path, old: str, new: str) -> Path:
    """The description as if somebody had published a change."""
    folder = tmp_path / "published"
    shutil.copytree(ROOT / "spec" / "openai", folder)
    file = folder / "paths" / "embeddings.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return folder


def added(tmp_path: Path) -> Path:
    """The description with an operation that nobody has a sentence for."""
    published = edited(
        tmp_path, "paths:\n", "paths:\n  /embeddings/newest:\n    get: {operationId: newest}\n"
    )
    text = (published / "paths" / "embeddings.yaml").read_text()
    reply = (
        "{responses: {'200': {content: {application/json: {schema: {type: object}}}}}, operationId: newest}"
    )
    (published / "paths" / "embeddings.yaml").write_text(text.replace("{operationId: newest}", reply))
    return published


def test_what_breaks_nothing_goes_from_publication_to_a_tagged_release(
    clone: Path, tmp_path: Path, programs: dict[str, str]
) -> None:
    tests = "tests/contract tests/cli/test_cli_spec_coverage.py"
    gate = f"{sys.executable} -m pytest -q -p no:cacheprovider {tests}"
    outcome, report, status = update(clone, added(tmp_path), gate)
    assert (outcome, status) == ("compatible", 0), report
    assert "GET /embeddings/newest added" in report
    assert "operation newest" in (clone / "tests" / "cli" / "undocumented.txt").read_text()

    assert run(clone, ".ci/propose", env={**programs, "OUTCOME": outcome}).returncode == 0
    create, merge, release = (clone / "gh.log").read_text().splitlines()
    assert create.startswith("pr create --head update/")
    assert merge.startswith("pr merge update/")
    assert release == "workflow run release.yml"
    pushed = run(clone, "git", "show", "--stat", "--format=%s", "origin/" + create.split()[3]).stdout
    assert pushed.startswith("Take the API's description of ")
    assert "spec/openai/paths/embeddings.yaml" in pushed
    assert "tests/contract/listed/operations/embeddings.txt" in pushed
    assert "update.md" not in pushed

    assert run(clone, ".ci/version", env=programs).returncode == 0
    assert (clone / "towncrier.log").read_text().startswith("build --yes --version 0.")
    tag = run(clone, "git", "describe", "--exact-match").stdout.strip()
    version = tag.removeprefix("v")
    assert f'version = "{version}"' in (clone / "pyproject.toml").read_text()
    assert f'__version__ = "{version}"' in (clone / "sdk" / "typed_openai" / "__init__.py").read_text()


def test_what_breaks_callers_waits_for_a_person(
    clone: Path, tmp_path: Path, programs: dict[str, str]
) -> None:
    published = edited(tmp_path, "operationId: createEmbedding", "operationId: createVector")
    (published / "paths" / "embeddings.yaml").write_text(
        (published / "paths" / "embeddings.yaml").read_text().replace("  /embeddings:", "  /vectors:")
    )
    outcome, report, status = update(clone, published)
    assert (outcome, status) in {("breaking", 0), ("refused", 1)}
    assert "embedding" in report
    if outcome == "breaking":
        run(clone, ".ci/propose", env={**programs, "OUTCOME": outcome})
        assert len((clone / "gh.log").read_text().splitlines()) == 1


@pytest.mark.parametrize(
    ("gate", "breaking", "expected"),
    [
        ("true", [], ("compatible", "The gate passes.")),
        ("true", [{}], ("breaking", "The gate passes.")),
        ("false", [], ("breaking", "**The gate fails.**")),
    ],
)
def test_what_the_gate_refuses_or_breaks_callers_waits_for_a_person(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    gate: str,
    breaking: list[object],
    expected: tuple[str, str],
) -> None:
    spec = importlib.util.spec_from_file_location("taking", ROOT / ".ci" / "taking.py")
    assert spec is not None
    assert spec.loader is not None
    taking = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(taking)
    change = {"kind": "added", "subject": "operation", "place": "GET /things"}
    printed = json.dumps({"changes": [change], "breaking": breaking, "missing": []})
    monkeypatch.setattr(taking, "ROOT", tmp_path)
    monkeypatch.setattr(taking, "UNDOCUMENTED", tmp_path / "undocumented.txt")
    monkeypatch.setattr(
        taking, "run", lambda *command, env=None: subprocess.CompletedProcess(command, 0, printed, "")
    )
    (tmp_path / "changelog.d").mkdir()
    outcome, report = taking.taken([], gate)
    assert (outcome, report.splitlines()[0]) == expected


def test_the_same_facts_change_nothing(clone: Path) -> None:
    assert update(clone, clone / "spec" / "openai") == ("none", "No fact has changed.\n", 0)
    assert run(clone, "git", "status", "--porcelain").stdout == ""


def test_a_page_in_place_of_a_description_is_refused(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "page.yaml").write_text("<!doctype html><html><body>Moved</body></html>")
    outcome, report, status = update(clone, tmp_path / "page.yaml")
    assert (outcome, status) == ("refused", 1)
    assert "page.yaml" in report
    assert run(clone, "git", "status", "--porcelain").stdout == ""
