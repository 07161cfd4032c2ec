"""The client inside archives and executables: zipapps, zip imports, PyInstaller, optimised byte code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

PACKAGES: Final = (
    "certifi",
    "charset_normalizer",
    "idna",
    "requests",
    "typed_openai",
    "typed_openai_spec",
    "typing_extensions",
    "urllib3",
)

PROGRAM: Final = """\
import asyncio, sys, typed_openai
from typed_openai import Client, types
from typed_openai.aio import AsyncClient
from typed_openai.testing import serve

with serve() as server:
    client = Client("k", base_url=server.base_url)
    events = client.responses.create_response("Hi", "gpt-4o", stream=True)
    print([event["type"] for event in events][-1])
    print(client.models.retrieve_model("m")["id"], types.Model.__name__)
    other = AsyncClient("k", base_url=server.base_url)
    print(asyncio.run(other.call("retrieveModel", "m"))["id"])
print(typed_openai.__file__, file=sys.stderr)
"""

PRINTED: Final = "response.completed\nm Model\nm\n"


def sources(package: str) -> tuple[Path, list[Path]]:
    """The folder that a package is imported from, and its files."""
    found = find_spec(package)
    assert found is not None
    assert found.origin is not None
    if not found.submodule_search_locations:
        return Path(found.origin).parent, [Path(found.origin)]
    folder = Path(found.origin).parent
    return folder.parent, [one for one in folder.rglob("*") if one.suffix not in {".pyc", ".so"}]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zipapp of the program and all that it imports."""
    path = tmp_path_factory.mktemp("zipapp") / "app.pyz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as app:
        app.writestr("__main__.py", PROGRAM)
        for package in PACKAGES:
            root, files = sources(package)
            for one in files:
                app.write(one, one.relative_to(root).as_posix())
    return path


def run(*command: str, **environment: str) -> tuple[str, str]:
    """Run a program without the environment's own packages in reach, and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


@pytest.mark.slow(seconds=1)
def test_a_zipapp_calls_the_api(archive: Path) -> None:
    printed, place = run(sys.executable, "-I", str(archive))
    assert printed == PRINTED
    assert place.startswith(str(archive))


@pytest.mark.slow(seconds=1)
def test_a_program_imports_the_client_from_a_zip(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    printed, place = run(sys.executable, "-S", str(tmp_path / "program.py"), PYTHONPATH=str(archive))
    assert printed == PRINTED
    assert place.startswith(str(archive))


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("option", ["-O", "-OO"])
def test_optimised_byte_code_calls_the_api(option: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, option, "-X", f"pycache_prefix={tmp_path}", str(tmp_path / "program.py")]
    assert run(*command)[0] == PRINTED


@pytest.mark.slow(seconds=25)
@pytest.mark.skipif(
    sys.platform == "linux" and shutil.which("objdump") is None,
    reason="PyInstaller needs objdump of binutils",
)
def test_an_executable_of_pyinstaller_calls_the_api(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    options = ["--log-level=ERROR", "--distpath=dist", "--workpath=build", "--specpath=."]
    command = [sys.executable, "-m", "PyInstaller", *options, "program.py"]
    subprocess.run(command, cwd=tmp_path, check=True)
    printed, place = run(str(tmp_path / "dist" / "program" / "program"))
    assert printed == PRINTED
    assert place.startswith(str(tmp_path / "dist"))
