"""Baselines: the identity of a finding, the effect of an update, and the errors for an invalid file."""

from __future__ import annotations

import json
import linecache
from collections.abc import Iterator
from pathlib import Path

import pytest

from typed_openai.cli import baseline
from typed_openai.cli.baseline import Baseline, Entry
from typed_openai.cli.reports import Finding
from typed_openai.cli.targets import Scope, Target, targets

EVERYTHING = Scope()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    linecache.clearcache()


def write(path: Path | str, text: str) -> Path:
    """Write a file, even if Python's cache of source lines already has it."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")
    linecache.clearcache()
    return Path(path)


def finding(file: str = "a.py", line: int = 1, message: str = "wrong", code: str = "openai-arg") -> Finding:
    return Finding(file, line, 1, 2, "error", message, code)


def recorded(*found: Finding, path: str = "baseline.json") -> Baseline:
    """Return a baseline of these findings, written and read."""
    Baseline(Path(path)).updated(found, EVERYTHING).write()
    return baseline.read(Path(path))


def new(known: Baseline, *found: Finding) -> list[Finding]:
    return [*known.difference(found, EVERYTHING).new]


# The identity of a finding


@pytest.mark.parametrize(
    "text",
    [
        "# more\n\ncall(colour=1)\n",
        "if x:\n\n    call(colour=1)\n",
        "\n\ncall( colour=1 )\n",
        "\n\ncall(colour=2)\n",
        "\n\ncall(\n    colour=1)\n",
        "\n\nmade = call(colour=1)\n",
    ],
    ids=["moved", "indented", "spaced", "edited", "split", "longer"],
)
def test_a_finding_stays_known_while_its_line_moves_or_is_edited_a_little(text: str) -> None:
    write("a.py", "call(colour=1)\n")
    known = recorded(finding())
    write("a.py", text)
    assert new(known, finding(line=3)) == []


def test_an_equal_message_about_other_code_is_new() -> None:
    write("a.py", "client.models.list_models(colour=1)\n")
    known = recorded(finding())
    write("a.py", "\nprint(shown.files.create_file(x, y, colour=1))\n")
    assert new(known, finding(line=2)) == [finding(line=2)]


def test_of_several_equal_findings_as_many_are_known_as_were_recorded() -> None:
    write("a.py", "call()\ncall()\ncall()\n")
    one, two, three = (finding(line=line) for line in (1, 2, 3))
    known = recorded(one, two)
    assert known.counts.total() == 2
    assert new(known, one, two, three) == [three]
    assert new(known, one) == []
    assert known.difference([one], EVERYTHING).gone == 1


def test_the_nearest_of_several_edited_lines_is_taken() -> None:
    write("a.py", "first = call(colour=1)\nsecond = call(colour=2)\n")
    known = recorded(finding(line=1), finding(line=2))
    write("a.py", "second = call(colour=3)\n")
    difference = known.difference([finding(line=1)], EVERYTHING)
    assert (difference.new, difference.known, difference.gone) == ((), 1, 1)


@pytest.mark.parametrize(
    "other",
    [finding("b.py"), finding(message="worse"), finding(code="openai-limit")],
    ids=["file", "message", "code"],
)
def test_a_finding_of_another_file_message_or_code_is_new(other: Finding) -> None:
    for name in ("a.py", "b.py"):
        write(name, "call()\n")
    assert new(recorded(finding()), other) == [other]


def test_neither_severity_nor_notes_nor_line_numbers_in_messages_count() -> None:
    known = recorded(finding(message="defined on line 3\na note"))
    assert new(known, Finding("a.py", 9, 5, 0, "warning", "defined on line 12", "openai-arg")) == []


# Files


def test_files_are_relative_to_the_baseline_with_slashes(folder: Path) -> None:
    names = ["src/a.py", str(folder / "src" / "b.py"), "outside.py", "src\\c.py"]
    (folder / "project").mkdir()
    made = recorded(*map(finding, names), path="project/baseline.json")
    assert [one.file for one in sorted(made.counts)] == [
        "../outside.py",
        *("../src/a.py", "../src/b.py", "../src/c.py"),
    ]
    assert new(made, *map(finding, names)) == []


def test_a_baseline_is_found_known_from_any_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("src/a.py", "call()\n")
    recorded(finding("src/a.py"))
    monkeypatch.chdir(folder / "src")
    assert new(baseline.read(Path("..") / "baseline.json"), finding("a.py")) == []


def test_the_file_is_sorted_and_the_same_whatever_the_order_of_the_findings() -> None:
    write("a.py", "é = call()\nother()\n")
    found = [finding("b.py"), finding(line=2), finding(line=1), finding(code="assignment")]
    text = baseline.to_json(recorded(*found).counts)
    assert text == baseline.to_json(recorded(*reversed(found)).counts)
    assert Path("baseline.json").read_bytes() == text.encode()
    made = json.loads(text)
    assert made["version"] == 1
    assert list(made["files"]) == ["a.py", "b.py"]
    assert made["files"]["a.py"][1:] == [
        {"code": "openai-arg", "message": "wrong", "source": "other()", "count": 1},
        {"code": "openai-arg", "message": "wrong", "source": "é = call()", "count": 1},
    ]
    assert "é" in text


def test_what_utf_8_cannot_encode_is_written_and_read() -> None:
    assert new(recorded(finding(message="\udc80")), finding(message="\udc80")) == []


def test_a_long_source_line_is_cut() -> None:
    write("a.py", f"{'x' * 10_000}\n")
    (entry,) = recorded(finding()).counts
    assert len(entry.source) == 200


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorded(finding())
    before = Path("baseline.json").read_bytes()

    def replace(self: Path, target: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OSError, match="No space left"):
        recorded(finding("b.py"))
    assert Path("baseline.json").read_bytes() == before
    assert [one.name for one in folder.iterdir()] == ["baseline.json"]


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    text = baseline.to_json({Entry("src\\a.py", "x", "y", "z"): 2}).replace("\n", "\r\n")
    Path("baseline.json").write_bytes(text.encode("utf-8-sig"))
    assert baseline.read(Path("baseline.json")).counts == {Entry("src/a.py", "x", "y", "z"): 2}


ENTRY = {"code": "x", "message": "y", "source": "z", "count": 1}
NO_JSON = "not valid JSON"
NAME = "Expecting property name enclosed in double quotes"
EXPECTED = "expected a baseline as --update-baseline writes it"
DELETE = "delete the file and write it with --update-baseline"
FIELDS = "expected an object of code, message, source, count; got"
COUNT = ".count: expected a number of findings, 1 or more; got"


def of_entries(*entries: object) -> str:
    return json.dumps({"version": 1, "files": {"a.py": entries}})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", f":1:1: {NO_JSON} (Expecting value); {EXPECTED}"),
        ('{\n  "version": 1,\n<<<<<<< HEAD', f":3:1: {NO_JSON} ({NAME}); {EXPECTED}"),
        ("[]", f': "version" is missing; {EXPECTED}'),
        ("{}", f': "version" is missing; {EXPECTED}'),
        ('{"version": 2}', f": version: expected 1, got 2; {DELETE}"),
        ('{"version": "1"}', f': version: expected 1, got "1"; {DELETE}'),
        ('{"version": true}', f": version: expected 1, got true; {DELETE}"),
        ('{"version": 1}', ": files: expected an object of lists by file, got null"),
        ('{"version": 1, "files": []}', ": files: expected an object of lists by file, got []"),
        ('{"version": 1, "files": {"a.py": 3}}', ': files["a.py"]: expected a list of entries, got 3'),
        (of_entries(ENTRY, 3), f': files["a.py"][1]: {FIELDS} 3'),
        (of_entries({"code": "x"}), f': files["a.py"][0]: {FIELDS} {{"code": "x"}}'),
        (of_entries({**ENTRY, "line": 3}), f': files["a.py"][0]: {FIELDS} {{"code": "x", '),
        (of_entries({**ENTRY, "code": 3}), ': files["a.py"][0].code: expected a string, got 3'),
        (of_entries({**ENTRY, "count": 0}), f': files["a.py"][0]{COUNT} 0'),
        (of_entries({**ENTRY, "count": "1"}), f': files["a.py"][0]{COUNT} "1"'),
        (of_entries({**ENTRY, "count": True}), f': files["a.py"][0]{COUNT} true'),
        ("[" * 100_000, f": {NO_JSON} ("),
    ],
)
def test_a_wrong_file_is_an_error_with_its_place_and_what_was_expected(text: str, said: str) -> None:
    path = write("baseline.json", text)
    with pytest.raises(baseline.BaselineError) as caught:
        baseline.read(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_or_a_file_that_is_no_text_is_an_error(folder: Path) -> None:
    with pytest.raises(baseline.BaselineError, match="expected a file that can be read: Is a directory"):
        baseline.read(folder)
    (folder / "baseline.json").write_bytes(b"\xff\xfe")
    with pytest.raises(baseline.BaselineError, match="not valid JSON"):
        baseline.read(folder / "baseline.json")


# Runs over a part of the project


@pytest.fixture
def two_files() -> Baseline:
    for name in ("src/a.py", "tests/b.py"):
        write(name, "call()\n")
    return recorded(finding("src/a.py"), finding("tests/b.py"))


@pytest.mark.parametrize(
    ("words", "gone"),
    [
        ([], 2),
        (["."], 2),
        (["src"], 1),
        (["src/a.py", "tests/b.py"], 2),
        (["--strict", "src"], 1),
        (["--python-version", "3.12", "src"], 1),
        (["-p", "src"], 1),
        (["-p", "src.a"], 1),
        (["--package=tests"], 1),
        (["-m", "src.a"], 1),
        (["-m", "src"], 0),
        (["-c", "x = 1"], 0),
        (["elsewhere"], 0),
    ],
)
def test_only_entries_of_files_that_were_checked_are_gone(
    two_files: Baseline, words: list[str], gone: int
) -> None:
    scope = Scope.of(words)
    assert two_files.difference([], scope).gone == gone
    assert two_files.updated([], scope).counts.total() == 2 - gone


def test_entries_of_deleted_files_are_gone(two_files: Baseline) -> None:
    Path("tests/b.py").unlink()
    assert two_files.difference([finding("src/a.py")], Scope.of(["src"])).gone == 1


def test_an_update_adds_what_a_run_finds_outside_of_its_paths(two_files: Baseline) -> None:
    write("lib/c.py", "call()\n")
    found = [finding("src/a.py"), finding("tests/b.py"), finding("lib/c.py")]
    assert two_files.updated(found, Scope.of(["src"])).counts.total() == 3


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["a.py", "b"], [Target("", "a.py"), Target("", "b")]),
        (["--strict"], []),
        (["--output", "json"], []),
        (["--cache-dir", ".git", "a.py"], [Target("", "a.py")]),
        (["--config-file=x.ini", "a.py"], [Target("", "a.py")]),
        (["-p", "package", "--module=one"], [Target("-p", "package"), Target("--module", "one")]),
        (["-m"], [Target("-m", "")]),
    ],
)
def test_the_targets_of_a_command_line(words: list[str], expected: list[Target]) -> None:
    assert [*targets(words)] == expected
