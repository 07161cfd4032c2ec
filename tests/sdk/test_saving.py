"""Saving to pipes, descriptors, and files that can be overwritten but not replaced."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from typed_openai._encoding.descriptors import descriptor_of
from typed_openai._encoding.saving import save

CONTENT = [b"ID3", bytes(range(256)) * 300, b"end"]
WHOLE = b"".join(CONTENT)
OTHER = 65534
"""A user and group without rights."""

superuser = pytest.mark.skipif(os.getuid() != 0, reason="only the superuser may act for others")


def broken() -> Iterator[bytes]:
    yield b"half"
    raise ConnectionError("cut")


@pytest.fixture
def fixed(tmp_path: Path) -> Iterator[Path]:
    """A writable file in a folder where no other file can be made."""
    folder = tmp_path / "fixed"
    folder.mkdir()
    path = folder / "old.bin"
    path.write_bytes(b"old" * 100_000)
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.chown(path, OTHER, OTHER)
        for one in (*tmp_path.parents[:3], tmp_path):
            one.chmod(one.stat().st_mode | 0o055)  # one of them may be the folder of all temporary files
        os.seteuid(OTHER)
    try:
        yield path
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


def test_a_writable_file_in_an_unwritable_folder_is_overwritten(fixed: Path) -> None:
    before = fixed.stat().st_ino
    save(CONTENT, fixed)
    assert fixed.read_bytes() == WHOLE
    assert fixed.stat().st_ino == before


def test_such_a_file_keeps_its_content_until_the_new_one_is_complete(fixed: Path) -> None:
    with pytest.raises(ConnectionError):
        save(broken(), fixed)
    assert fixed.read_bytes() == b"old" * 100_000


def test_a_new_file_in_an_unwritable_folder_is_an_error_before_anything_is_read(fixed: Path) -> None:
    pieces = iter(CONTENT)
    with pytest.raises(PermissionError) as caught:
        save(pieces, fixed.with_name("new.bin"))
    assert caught.value.filename == str(fixed.with_name("new.bin"))
    assert next(pieces) == CONTENT[0]


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EXDEV, errno.EPERM])
def test_a_file_that_cannot_be_replaced_is_overwritten(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, target: Path) -> Path:
        # As for a mount point, such as a single file that is mounted into a container.
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refuse)
    target = tmp_path / "mounted.bin"
    target.write_bytes(b"old" * 100_000)
    before = target.stat().st_ino
    save(CONTENT, target)
    assert target.read_bytes() == WHOLE
    assert target.stat().st_ino == before
    assert list(tmp_path.iterdir()) == [target]


@superuser
def test_a_replaced_file_keeps_its_owner_and_mode(tmp_path: Path) -> None:
    target = tmp_path / "owned.bin"
    target.write_bytes(b"old")
    os.chown(target, OTHER, OTHER)
    target.chmod(0o640)
    save(CONTENT, target)
    found = target.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (OTHER, OTHER, 0o640)
    assert target.read_bytes() == WHOLE


def run(script: str, path: str) -> subprocess.CompletedProcess[bytes]:
    program = "import sys; from typed_openai._encoding.saving import save; save([b'12', b'3'], sys.argv[1])"
    environment = {**os.environ, "PY": sys.executable, "PROGRAM": program, "TARGET": path}
    return subprocess.run(["bash", "-c", script], capture_output=True, env=environment, check=False)


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/dev/../dev/stdout"])
def test_standard_output_is_written_to_where_it_stands(path: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"before ")
    script = f'"$PY" -c "$PROGRAM" "$TARGET" >> {log}; echo -n " after" >> {log}'
    assert run(script, path).returncode == 0
    assert log.read_bytes() == b"before 123 after"
    assert run('"$PY" -c "$PROGRAM" "$TARGET" | cat', path).stdout == b"123"


def test_a_process_substitution_gets_the_content(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    done = run(f'"$PY" -c "$PROGRAM" >(cat > {taken}); while [ ! -s {taken} ]; do sleep 0.01; done', "")
    assert (done.returncode, done.stderr) == (0, b"")
    assert taken.read_bytes() == b"123"


def test_a_link_to_a_descriptor_is_followed_and_a_closed_one_is_named(tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to("/dev/stdout")
    assert descriptor_of(link) == 1
    assert descriptor_of(tmp_path / "missing") is None
    assert descriptor_of(f"/proc/{os.getppid()}/fd/1") is None
    with pytest.raises(OSError, match="/dev/fd/999999") as caught:
        save(CONTENT, "/dev/fd/999999")
    assert caught.value.errno == errno.EBADF
