"""An update changes all files or none, even if it is interrupted."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai.cli.spec.journal import STAGE, recover, tell_interrupted
from typed_openai.cli.spec.statuses import WorkFailed
from typed_openai.cli.spec.swapping import sole_writer, swap_files
from typed_openai_spec.problems import DescriptionError

BEFORE = {
    "a/kept.txt": b"kept",
    "a/changed.txt": b"before",
    "a/gone.txt": b"gone",
    "b/changed.txt": b"before",
}
AFTER = {"a/kept.txt": b"kept", "a/changed.txt": b"after", "b/changed.txt": b"after", "c/d/new.txt": b"new"}
CHANGES = {name: AFTER.get(name) for name in ("a/gone.txt", "a/changed.txt", "c/d/new.txt", "b/changed.txt")}

# Swaps the files of a folder, with an action before the rename of that number, such as killing itself.
PROGRAM = """\
import os, pathlib, signal, sys, resource
from typed_openai.cli.spec.statuses import WorkFailed
from typed_openai.cli.spec.swapping import sole_writer, swap_files

CHANGES, root, number = {changes!r}, pathlib.Path(sys.argv[1]), int(sys.argv[2])
replace, done = pathlib.Path.replace, []

def disturbed(self, target):
    done.append(target)
    if len(done) == number:
        {act}
    return replace(self, target)

pathlib.Path.replace = disturbed
with sole_writer(root):
    swap_files(root, {{root / name: content for name, content in CHANGES.items()}})
    print("swapped")
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, content in BEFORE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "spec").mkdir()
    return tmp_path


def contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def swap(root: Path, number: int, act: str) -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(changes=CHANGES, act=act)
    command = [sys.executable, "-c", program, str(root), str(number)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_files_are_changed_made_and_removed(root: Path) -> None:
    (root / "a/changed.txt").chmod(0o640)
    swap_files(root, {root / name: content for name, content in CHANGES.items()})
    assert contents(root) == AFTER
    assert (root / "a/changed.txt").stat().st_mode & 0o777 == 0o640
    assert not (root / STAGE).exists()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_swap_that_was_killed_is_undone_by_the_next_command(root: Path, number: int) -> None:
    done = swap(root, number, "os.kill(os.getpid(), signal.SIGKILL)")
    assert done.returncode == -signal.SIGKILL
    assert contents(root) != BEFORE
    with sole_writer(root):
        assert contents(root) == BEFORE
    assert not (root / STAGE).exists()
    assert not (root / "c").exists()


def test_what_was_undone_is_told(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    swap(root, 2, "os.kill(os.getpid(), signal.SIGKILL)")
    tell_interrupted(root)
    assert "left changed files here" in capsys.readouterr().err
    recover(root)
    assert capsys.readouterr().err == "an interrupted update was undone: 2 files\n"
    tell_interrupted(root)
    recover(root)
    assert capsys.readouterr().err == ""


def test_what_somebody_has_brought_back_is_no_longer_undone(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    swap(root, 3, "os.kill(os.getpid(), signal.SIGKILL)")
    for name, content in BEFORE.items():
        (root / name).write_bytes(content)
    recover(root)
    assert contents(root) == BEFORE
    assert capsys.readouterr().err == "an interrupted update was undone: 1 file\n"


# A changed file, one that was to be changed, a removed one, and a new one.
@pytest.mark.parametrize("name", ["a/changed.txt", "b/changed.txt", "a/gone.txt", "c/d/new.txt"])
def test_what_was_edited_after_an_interrupted_swap_is_never_lost(root: Path, name: str) -> None:
    swap(root, 3, "os.kill(os.getpid(), signal.SIGKILL)")
    (root / name).write_bytes(b"edited")
    left = contents(root)
    with pytest.raises(
        WorkFailed, match=f"1 file has been changed since: .*{name}; nothing was touched"
    ) as no:
        recover(root)
    assert contents(root) == left
    # Both solutions that the message suggests.
    former = BEFORE.get(name)
    if former is None:
        assert "it did not exist before the update" in str(no.value)
        (root / name).rename(root / "moved.txt")
    else:
        kept = Path(str(no.value).rpartition(" is in ")[2])
        (root / name).write_bytes(kept.read_bytes())
    recover(root)
    assert {key: one for key, one in contents(root).items() if key != "moved.txt"} == BEFORE


def test_without_the_journal_all_files_stay_as_they_are(root: Path) -> None:
    swap(root, 3, "os.kill(os.getpid(), signal.SIGKILL)")
    (root / "a/changed.txt").write_bytes(b"edited")
    shutil.rmtree(root / STAGE)
    left = contents(root)
    with sole_writer(root):
        assert contents(root) == left


@pytest.mark.parametrize(
    "said",
    [
        "[",
        "{}",
        '{"files": {"../out.txt": {"old": null, "new": null}}, "folders": []}',
        '{"files": {}, "folders": ["/tmp"]}',
    ],
)
def test_a_journal_of_another_kind_undoes_nothing(root: Path, said: str) -> None:
    (root / STAGE).mkdir()
    (root / STAGE / "journal.json").write_text(said)
    with pytest.raises(WorkFailed, match="not a valid journal"):
        recover(root)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told_before_anything_is_done(root: Path) -> None:
    (root / "b").chmod(0o500)
    with pytest.raises(WorkFailed, match=r"cannot write .*b/changed\.txt: .*nothing was changed"):
        swap_files(root, {root / name: content for name, content in CHANGES.items()})
    assert contents(root) == BEFORE


def test_a_folder_that_is_said_to_be_read_only_is_not_tried(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path).name != "b")
    with pytest.raises(
        WorkFailed, match=r"cannot write .*b/changed\.txt: .*b may not be written; nothing was"
    ):
        swap_files(root, {root / name: content for name, content in CHANGES.items()})
    assert contents(root) == BEFORE
    assert not (root / STAGE).exists()


def test_an_undoing_that_was_cut_short_is_done_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swap(root, 3, "os.kill(os.getpid(), signal.SIGKILL)")
    replace = Path.replace

    def cut_short(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        replace(self, target)
        raise OSError("cut short")

    monkeypatch.setattr(Path, "replace", cut_short)
    with pytest.raises(OSError, match="cut short"):
        recover(root)
    recover(root)
    assert contents(root) == BEFORE


def test_what_was_killed_before_the_swap_is_swept_up(root: Path) -> None:
    (root / STAGE / "new").mkdir(parents=True)
    (root / STAGE / "new" / "0").write_bytes(b"after")
    with sole_writer(root):
        assert contents(root) == BEFORE
    assert not (root / STAGE).exists()


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_signal_waits_until_all_is_swapped(root: Path, number: int) -> None:
    done = swap(root, number, "os.kill(os.getpid(), signal.SIGTERM)")
    assert (done.returncode, done.stdout) == (-signal.SIGTERM, "")
    assert not (root / STAGE).exists()
    with sole_writer(root):
        assert contents(root) == AFTER


def test_ctrl_c_waits_until_all_is_swapped(root: Path, interruptible: None) -> None:
    done = swap(root, 2, "os.kill(os.getpid(), signal.SIGINT)")
    assert "KeyboardInterrupt" in done.stderr
    assert done.stdout == ""
    assert contents(root) == AFTER


@pytest.mark.parametrize("number", [1, 2, 3])
def test_what_fails_in_the_middle_is_undone_at_once(root: Path, number: int) -> None:
    done = swap(root, number, "raise OSError('no more')")
    assert "OSError: no more" in done.stderr
    assert contents(root) == BEFORE
    assert not (root / STAGE).exists()


def test_a_folder_in_the_place_of_a_file_is_an_error_that_leaves_all_as_it_was(root: Path) -> None:
    (root / "c/d/new.txt/inside").mkdir(parents=True)
    with pytest.raises(WorkFailed, match=re.escape("new.txt: a folder has its name; nothing was changed")):
        swap_files(root, {root / name: content for name, content in CHANGES.items()})
    assert contents(root) == BEFORE


def test_a_full_disk_leaves_all_as_it_was(root: Path) -> None:
    # No file may grow beyond this, which any user can set: it resembles a full disk.
    full = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"
    program = PROGRAM.format(changes={**CHANGES, "b/large.txt": bytes(2000)}, act="pass")
    program = program.replace(
        "with sole", f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n{full}\nwith sole"
    )
    command = [sys.executable, "-c", program, str(root), "0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert "File too large" in done.stderr
    assert contents(root) == BEFORE
    assert not (root / STAGE).exists()


def test_there_is_one_writer_at_a_time(root: Path) -> None:
    refused = pytest.raises(DescriptionError, match="expected to be the only one")
    with sole_writer(root), refused, sole_writer(root):
        pass
    with sole_writer(root):
        assert contents(root) == BEFORE


def test_ctrl_c_while_a_description_is_awaited_writes_nothing(tmp_path: Path, interruptible: None) -> None:
    for name in ("openai", "overrides"):
        (tmp_path / "spec" / name).mkdir(parents=True)
    os.mkfifo(tmp_path / "slow.yaml")
    program = "import sys; from typed_openai import cli; sys.exit(cli.main())"
    words = ["spec", "update", str(tmp_path / "slow.yaml"), "--root", str(tmp_path)]
    process = subprocess.Popen([sys.executable, "-c", program, *words], stderr=subprocess.DEVNULL)
    # Opening blocks until the command reads.
    with process, (tmp_path / "slow.yaml").open("wb"):
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    assert contents(tmp_path) == {}
    with sole_writer(tmp_path):
        assert cli.main(["spec", "build", "--check", "--root", str(tmp_path)]) == 2
