"""The example of every operation in ``typed-openai explain`` runs, in Python and in the shell."""

from __future__ import annotations

import contextlib
import io
import shlex
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from typed_openai import cli
from typed_openai.cli.explain.describing import Describer
from typed_openai.testing import Server, serve
from typed_openai_spec.index.reader import packaged

FILES = ("image.png", "speech.wav", "video.mp4", "data.jsonl")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serve() as running:
        yield running


@pytest.fixture
def user(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server that a program in this process uses, in a folder with files to upload."""
    monkeypatch.chdir(tmp_path)
    for name in FILES:
        Path(name).write_bytes(b"content")
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    for name in ("OPENAI_API_KEY", "OPENAI_ADMIN_KEY"):
        monkeypatch.setenv(name, "test")
    server.clear()
    return server


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("group", packaged().groups)
def test_the_examples_of_every_operation_run(group: str, user: Server) -> None:
    describer = Describer(packaged())
    for name in packaged().groups[group]:
        operation = packaged().operation(group, name)
        code = {one.key: one.code for one in describer.operation(operation).sections if one.code}
        words = shlex.split(code["shell"].replace("\\\n", ""))
        assert words[0] == "typed-openai"
        user.clear()
        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            exec(compile(code["python"], operation.qualified_name, "exec"), {})
            assert cli.main(words[1:]) == 0, code["shell"]
        by_python, by_shell = user.requests
        assert by_python.operation == by_shell.operation == operation.qualified_name
        assert by_python.arguments == by_shell.arguments


@pytest.mark.slow(seconds=2)
def test_mypy_finds_nothing_wrong_with_the_examples(tmp_path: Path) -> None:
    describer = Describer(packaged())
    lines = ["from pathlib import Path", "from typed_openai import Client"]
    for number, operation in enumerate(packaged().operations()):
        code = next(one.code for one in describer.operation(operation).sections if one.key == "python")
        _, _, body = code.partition("from typed_openai import Client\n")
        lines += [f"def example_{number}() -> None:", textwrap.indent(body, "    ")]
    (tmp_path / "examples.py").write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "mypy.ini").write_text("[mypy]\nplugins = typed_openai_mypy.plugin\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "examples.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    found = done.stdout.splitlines()
    assert [line for line in found if "[openai-deprecated]" not in line] == []
    assert len(found) == sum(one.deprecated for one in packaged().operations()), done.stderr
