"""``typed-openai spec update`` interrupted, or unable to write: no user's change is lost, all is reported."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai.cli.spec.journal import STAGE
from typed_openai_spec.index.reader import Index

DESCRIPTION = """\
openapi: 3.1.0
info: {title: Small, version: "1.0"}
servers: [{url: "https://api.test/v1"}]
paths:
  /things:
    get: {operationId: listThings, responses: {"204": {description: Nothing.}}}
"""
MORE = """\
    put: {operationId: replaceThings, responses: {"204": {description: Nothing.}}}
"""
PROGRAM = """\
import os, pathlib, signal, sys
from typed_openai import cli
replace, done = pathlib.Path.replace, []
def disturbed(self, target):
    done.append(target)
    if len(done) == 3:
        os.kill(os.getpid(), getattr(signal, sys.argv[1]))
    return replace(self, target)
pathlib.Path.replace = disturbed
sys.exit(cli.main(sys.argv[2:]))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a small description."""
    root = tmp_path / "checkout"
    (root / "spec" / "openai").mkdir(parents=True)
    (root / "spec" / "overrides" / "docs").mkdir(parents=True)
    first = tmp_path / "first.yaml"
    first.write_text(DESCRIPTION)
    assert cli.main(["spec", "update", str(first), "--facts-only", "--root", str(root)]) == 0
    return root


def described(root: Path) -> str:
    """Write the second version of the description next to the checkout and return its path."""
    path = root.parent / "second.yaml"
    path.write_text(DESCRIPTION.replace('"1.0"', '"2.0"') + MORE)
    return str(path)


def take(root: Path, *words: str) -> int:
    return cli.main(["spec", "update", *words, "--root", str(root)])


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def disturbed(root: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Update the checkout, with a signal when some of the files are written."""
    words = ["spec", "update", described(root), "--facts-only", "--root", str(root)]
    command = [sys.executable, "-c", PROGRAM, name, *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


def killed(root: Path) -> None:
    assert disturbed(root, "SIGKILL").returncode == -signal.SIGKILL


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(("name", "status"), [("SIGTERM", -signal.SIGTERM), ("SIGINT", 130)])
def test_an_update_that_was_interrupted_too_late_tells_what_it_has_written(
    checkout: Path, name: str, status: int, interruptible: None
) -> None:
    done = disturbed(checkout, name)
    assert done.returncode == status
    assert f"changed: {checkout / 'stubs' / 'typed_openai-stubs'}" in done.stdout
    assert Index(checkout / "spec" / "typed_openai_spec" / "packaged").api().version == "2.0"


@pytest.mark.slow(seconds=1)
def test_edits_after_an_interrupted_update_are_never_rolled_back(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(checkout)
    killed(checkout)
    source_of_things = checkout / "spec" / "openai" / "SOURCE"
    for name, content in before.items():  # like "git checkout ."
        (checkout / name).write_bytes(content)
    source_of_things.write_text("credit: Somebody else\n")
    described = (path for path in (checkout / "spec" / "openai").rglob("*.yaml"))
    edited = next(path for path in described if "Small" in path.read_text())
    edited.write_text(f"# Edited.\n{edited.read_text().replace('Small', 'Tiny')}")
    assert cli.main(["spec", "build", "--check", "--root", str(checkout)]) == 1
    assert "an interrupted update left changed files here" in capsys.readouterr().err
    assert cli.main(["spec", "build", "--root", str(checkout)]) == 1
    assert "changed since: " in capsys.readouterr().err
    assert edited.read_text().startswith("# Edited.")
    shutil.rmtree(checkout / STAGE)
    assert cli.main(["spec", "build", "--root", str(checkout)]) == 0
    assert edited.read_text().startswith("# Edited.")


@pytest.mark.slow(seconds=2)
def test_an_interrupted_update_is_undone_by_the_next_one_and_told(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(checkout)
    killed(checkout)
    assert take(checkout, described(checkout), "--facts-only", "--dry-run") == 0
    assert "an interrupted update left changed files here" in capsys.readouterr().err
    assert cli.main(["spec", "build", "--root", str(checkout)]) == 0
    assert "an interrupted update was undone: 2 files" in capsys.readouterr().err
    assert contents(checkout) == before


def test_what_cannot_be_written_is_told_before_the_changes_are(
    checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(checkout)
    capsys.readouterr()
    monkeypatch.setattr(os, "access", lambda path, mode: "stubs" not in str(path))
    assert take(checkout, described(checkout), "--facts-only") == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "cannot write " in err
    assert err.endswith("may not be written; nothing was changed\n")
    assert contents(checkout) == before


def test_a_folder_in_canonical_form_is_taken(
    checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(checkout / "spec" / "openai", tmp_path / "folder")
    before = contents(checkout / "stubs")
    assert take(checkout, str(tmp_path / "folder"), "--facts-only") == 0
    assert contents(checkout / "stubs") == before
    assert take(checkout, str(checkout / "spec" / "typed_openai_spec" / "packaged")) == 2
    assert "found the index that was compiled from one" in capsys.readouterr().err
    (tmp_path / "empty").mkdir()
    assert take(checkout, str(tmp_path / "empty")) == 2
    assert "a folder that contains api.yaml" in capsys.readouterr().err
