"""The plugin's error codes: the documented examples, and the ways to disable each code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from typed_openai_mypy import codes

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

DOCUMENT = Path(__file__).parents[2] / "docs" / "codes.md"
SECTION = re.compile(r"^## (openai-\S+)$", re.MULTILINE)
BLOCK = re.compile(r"```(python|text)\n(.*?)```", re.DOTALL)
CODES = [one.code for one in codes.ALL]
OWN = [one.code for one in (*codes.BEYOND, *codes.READING)]


class Example(NamedTuple):
    """A wrong program, mypy's output for it, and the right program."""

    wrong: str
    printed: str
    right: str

    def ignored(self, code: str) -> str:
        """The wrong program with a comment on each line that has errors."""
        wrong = {int(one.split(":")[1]) for one in self.printed.splitlines()}
        lines = enumerate(self.wrong.splitlines(), 1)
        comment = f"  # type: ignore[{code}]"
        return "\n".join(f"{line}{comment}" if at in wrong else line for at, line in lines) + "\n"


def documented() -> dict[str, Example]:
    _, *parts = SECTION.split(DOCUMENT.read_text())
    return {
        name: Example(*(text for _, text in BLOCK.findall(section)))
        for name, section in zip(parts[::2], parts[1::2], strict=True)
    }


@dataclass(frozen=True)
class Check:
    """Returns mypy's output for a program in a new file, as mypy compares sizes and whole seconds."""

    run_mypy: RunMypy
    folder: Path

    def __call__(self, source: str, options: str = "") -> list[str]:
        number = len([*self.folder.glob("*.py")])
        name = f"{self.folder.name.replace('-', '_')}_{number}.py"
        (self.folder / name).write_text(source)
        lines = self.run_mypy([name], folder=self.folder, options=options).diagnostics
        return [line.replace(name, "example.py") for line in lines]


@pytest.fixture
def check(run_mypy: RunMypy, tmp_path: Path) -> Check:
    return Check(run_mypy, tmp_path)


@pytest.fixture(scope="module")
def printed(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The output of mypy for all examples, by the names of their files."""
    folder = tmp_path_factory.mktemp("examples")
    programs = {
        f"{kind}_{code.replace('-', '_')}.py": source
        for code, one in documented().items()
        for kind, source in (("wrong", one.wrong), ("right", one.right), ("ignored", one.ignored(code)))
    }
    for name, source in programs.items():
        (folder / name).write_text(source)
    lines = run_mypy([*programs], folder=folder).diagnostics
    return {
        name: [line.replace(name, "example.py") for line in lines if line.startswith(name)]
        for name in programs
    }


def test_every_code_is_documented_and_nothing_else_is() -> None:
    assert list(documented()) == CODES


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("code", CODES)
def test_the_wrong_example_gives_what_the_document_says(code: str, printed: dict[str, list[str]]) -> None:
    said = documented()[code].printed.splitlines()
    assert printed[f"wrong_{code.replace('-', '_')}.py"] == said
    assert said
    assert all(line.endswith(f"[{code}]") for line in said)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("code", CODES)
def test_the_right_example_is_silent(code: str, printed: dict[str, list[str]]) -> None:
    assert printed[f"right_{code.replace('-', '_')}.py"] == []


ALL_WRONG = "".join(documented()[one].wrong for one in OWN)


@pytest.mark.slow(seconds=15)
@pytest.mark.parametrize(
    ("options", "first_line", "off"),
    [
        *((f"[typed_openai_mypy]\ndisable = {one}", "", {one}) for one in OWN),
        (f"disable_error_code = {OWN[0]}, {OWN[2]}", "", {OWN[0], OWN[2]}),
        ("", f'# mypy: disable-error-code="{OWN[1]},{OWN[3]}"', {OWN[1], OWN[3]}),
        ("[typed_openai_mypy]\ndisable = openai-arg", "", set()),
    ],
)
def test_a_code_is_switched_off(check: Check, options: str, first_line: str, off: set[str]) -> None:
    lines = check(f"{first_line}\n{ALL_WRONG}", options)
    assert {line.rpartition("[")[2].rstrip("]") for line in lines} == {*OWN} - off


@pytest.mark.parametrize("code", CODES)
def test_an_ignore_silences_its_line(code: str, printed: dict[str, list[str]]) -> None:
    assert printed[f"ignored_{code.replace('-', '_')}.py"] == []


def test_an_unused_ignore_is_reported(check: Check) -> None:
    lines = check("".join(f"print({at})  # type: ignore[{one}]\n" for at, one in enumerate(OWN)))
    unused = [line.split(":")[1] for line in lines if 'Unused "type: ignore' in line]
    assert unused == [str(number) for number in range(1, len(OWN) + 1)]


@pytest.mark.parametrize("code", ["misc", "openai-async"])
def test_an_asynchronous_use_is_ignored_by_either_code(check: Check, code: str) -> None:
    awaited = "async def f() -> None: await Client().models.list_models()"
    assert check(f"from typed_openai import Client\n{awaited}  # type: ignore[{code}]\n") == []


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("options", "first_line"),
    [
        ("[typed_openai_mypy]\ndisable = openai-async", ""),
        ("", "# mypy: disable-error-code=openai-async"),
    ],
)
def test_without_its_code_mypy_tells_an_asynchronous_use(check: Check, options: str, first_line: str) -> None:
    (line,) = check(f"{first_line}\n{ASYNCHRONOUS}", options)
    assert line.endswith("[misc]")


ASYNCHRONOUS = """\
from typed_openai import Client

async def f() -> None: await Client().models.list_models()
"""


MISTAKE_IN_A_LOOP = """\
from typed_openai import Client

async def f(client: Client) -> None:
    async for event in client.responses.create_response("hello", "gpt-4o", stream=True):
        len("abc").unknown
    async with client:
        len("abc").unknown
"""


def test_a_mistake_inside_an_asynchronous_statement_is_its_own(check: Check) -> None:
    told = [(line.split(":")[1], line.rpartition("[")[2]) for line in check(MISTAKE_IN_A_LOOP)]
    ours, native = "openai-async]", "attr-defined]"
    assert told == [("4", ours), ("5", native), ("6", ours), ("7", native)]


def test_where_mypy_tells_a_deprecated_operation_it_is_told_once(check: Check) -> None:
    source = "from typed_openai import Client\n\nprint(Client().videos.list_videos())\n"
    (alone,) = check(source)
    assert alone.endswith("[openai-deprecated]")
    (native,) = check(f"# mypy: enable-error-code=deprecated\n{source}")
    assert native.endswith("[deprecated]")
    assert "[openai-deprecated]" not in native


def test_mypy_leaves_a_deprecated_overload_to_the_plugin(check: Check) -> None:
    """mypy's own message would have the keys of all types in the signature, in 80,000 characters."""
    source = 'from typed_openai import Client\n\nprint(Client().threads.create_run("t", "a", stream=True))\n'
    for first in ("", "# mypy: enable-error-code=deprecated\n"):
        (alone,) = check(first + source)
        assert "threads.create_run is deprecated; use " in alone
        assert alone.endswith("[openai-deprecated]")
