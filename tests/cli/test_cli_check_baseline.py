"""``typed-openai check`` with a baseline, and with codes that are warnings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from typed_openai.cli import reports
from typed_openai.cli.spec.verdict import judged

pytestmark = pytest.mark.slow(seconds=12)

COMMAND = Path(sys.executable).with_name("typed-openai")
OLD = """\
from typed_openai import Client

client = Client()
client.models.list_models(colour=1)
x: int = "a"
"""
TEXT = 'unexpected keyword "colour" for models.list_models'
NEW = 'client.chat.create_chat_completion([{"role": "user", "content": "x"}], "m", temperature=3)\n'
NEW_TEXT = "temperature: expected at most 2, got 3"

Check: TypeAlias = "Callable[..., subprocess.CompletedProcess[str]]"


@pytest.fixture
def folder(project: Path) -> Path:
    write_old(project)
    return project


def write_old(folder: Path) -> None:
    (folder / "src").mkdir()
    (folder / "src" / "app.py").write_text(OLD)


@pytest.fixture
def check(folder: Path) -> Check:
    def run(*words: str, at: Path = folder) -> subprocess.CompletedProcess[str]:
        command = [str(COMMAND), "check", *words]
        return subprocess.run(command, cwd=at, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="module")
def baseline(begin_project: Callable[[Path], Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A baseline of the findings in the old program."""
    folder = begin_project(tmp_path_factory.mktemp("baseline"))
    write_old(folder)
    command = [str(COMMAND), "check", "--baseline", "known.json", "--update-baseline"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "known.json").read_bytes()


@pytest.fixture
def known(check: Check, folder: Path, baseline: bytes) -> Check:
    """The command with that baseline."""
    (folder / "known.json").write_bytes(baseline)
    return partial(check, "--baseline", "known.json")


def add(folder: Path, text: str = NEW) -> None:
    path = folder / "src" / "app.py"
    path.write_text(path.read_text() + text)


def test_an_update_writes_todays_findings(check: Check, folder: Path) -> None:
    done = check("--baseline", "known.json", "--update-baseline")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "known.json: 2 findings written (2 new, 0 removed)\n"
    entries = json.loads((folder / "known.json").read_text())["files"]["src/app.py"]
    assert [one["code"] for one in entries] == ["assignment", "openai-arg"]
    assert entries[1] == {
        "code": "openai-arg",
        "message": TEXT,
        "source": "client.models.list_models(colour=1)",
        "count": 1,
    }


def test_known_findings_are_not_printed_and_do_not_fail(known: Check) -> None:
    done = known()
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "known.json: 2 known findings not reported\n"


def test_new_findings_are_printed_and_fail(known: Check, folder: Path) -> None:
    (folder / "src" / "app.py").write_text(f"# a line more\n{OLD}{NEW}")
    done = known()
    assert done.returncode == 1
    assert done.stdout == f"src/app.py:7:89: error: {NEW_TEXT}  [openai-limit]\n"
    assert done.stderr == "known.json: 2 known findings not reported\n"


def test_a_baseline_in_another_folder_holds_for_files_outside_of_it(check: Check, folder: Path) -> None:
    (folder / "ci").mkdir()
    assert check("--baseline", "ci/known.json", "--update-baseline").returncode == 0
    assert "../src/app.py" in (folder / "ci" / "known.json").read_text()
    assert check("--baseline", "ci/known.json").returncode == 0
    assert check("--baseline", "../ci/known.json", at=folder / "src").returncode == 0
    assert check("--baseline", str(folder / "ci" / "known.json"), "src/app.py").returncode == 0


@pytest.mark.parametrize("output", ["json", "github", "sarif"])
def test_every_output_has_the_new_findings_alone(known: Check, folder: Path, output: str) -> None:
    add(folder)
    done = known("--output", output)
    assert done.returncode == 1
    assert NEW_TEXT in done.stdout
    assert TEXT not in done.stdout.replace("\\", "")
    assert done.stderr == "known.json: 2 known findings not reported\n"


def test_sarif_without_new_findings_is_a_successful_run(known: Check) -> None:
    done = known("--output", "sarif")
    assert done.returncode == 0
    (run,) = json.loads(done.stdout)["runs"]
    assert (run["results"], run["invocations"][0]["exitCode"]) == ([], 0)


def test_mypy_s_own_option_for_json_is_heeded(known: Check, folder: Path) -> None:
    add(folder)
    for words in (["--output", "json"], ["--output=json"], ["-O", "json"]):
        (line,) = known("--", *words).stdout.splitlines()
        assert json.loads(line)["code"] == "openai-limit"


def test_findings_that_no_longer_occur_are_counted_and_an_update_removes_them(
    known: Check, folder: Path
) -> None:
    (folder / "src" / "app.py").write_text(OLD.replace("colour=1", "") + NEW)
    done = known()
    assert done.returncode == 1
    expected = "1 known finding not reported; 1 no longer occurs: remove with --update-baseline"
    assert done.stderr == f"known.json: {expected}\n"
    done = known("--update-baseline")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "known.json: 2 findings written (1 new, 1 removed)\n"
    assert known().returncode == 0


def test_a_run_over_some_files_says_nothing_of_the_others(known: Check, folder: Path) -> None:
    (folder / "other.py").write_text("x: int = 1\n")
    assert known("other.py").stderr.splitlines()[-1] == "known.json: 0 known findings not reported"
    before = (folder / "known.json").read_bytes()
    assert known("other.py", "--update-baseline").returncode == 0
    assert (folder / "known.json").read_bytes() == before


def test_a_hook_of_pre_commit_can_have_a_baseline(known: Check, folder: Path) -> None:
    options = ["--", "--ignore-missing-imports", "--scripts-are-modules"]
    assert known(*options, "src/app.py").returncode == 0
    add(folder)
    assert known(*options, "src/app.py").returncode == 1


def test_a_missing_baseline_is_an_error(check: Check) -> None:
    done = check("--baseline", "known.json")
    assert (done.returncode, done.stdout) == (2, "")
    said = "known.json: no such file; expected a baseline; create it with --update-baseline"
    assert done.stderr == f"typed-openai: error: {said}\n"


def test_an_update_needs_to_know_the_file(check: Check) -> None:
    done = check("--update-baseline")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "typed-openai: error: --update-baseline: expected --baseline FILE beside it\n"


@pytest.mark.parametrize("update", [[], ["--update-baseline"]])
@pytest.mark.parametrize("text", ["{", "[tool.mypy]\n", '{"version": 2, "files": {}}'])
def test_a_file_that_is_no_baseline_is_an_error_and_never_overwritten(
    check: Check, folder: Path, text: str, update: list[str]
) -> None:
    (folder / "known.json").write_text(text)
    done = check("--baseline", "known.json", *update)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("typed-openai: error: known.json:")
    assert done.stderr.count("\n") == 1
    assert (folder / "known.json").read_text() == text
    report = check("--baseline", "known.json", "--output", "github", *update)
    assert report.stdout.startswith("::error title=typed-openai check::known.json:")


def test_a_baseline_that_cannot_be_written_is_an_error(check: Check) -> None:
    done = check("--baseline", "missing/known.json", "--update-baseline")
    assert done.returncode == 2
    expected = "missing/known.json: the baseline cannot be written: No such file or directory"
    assert done.stderr == f"typed-openai: error: {expected}\n"


def test_where_mypy_cannot_check_the_baseline_is_left_alone(known: Check, folder: Path) -> None:
    before = (folder / "known.json").read_bytes()
    (folder / "src" / "app.py").write_text("def (\n")
    for words in ([], ["--update-baseline"]):
        done = known(*words)
        assert done.returncode == 2
        assert "[syntax]" in done.stdout + done.stderr  # old versions of mypy do not print it as JSON
        assert "no longer" not in done.stderr
    assert "known.json: not updated, as mypy did not finish" in done.stderr
    assert (folder / "known.json").read_bytes() == before


# Warnings


@pytest.fixture
def warning(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.typed_openai_mypy]\nwarn = ['openai-arg']\n")
    (folder / "src" / "app.py").write_text(OLD.replace('x: int = "a"\n', ""))


@pytest.mark.usefixtures("warning")
def test_warnings_are_printed_and_do_not_fail(check: Check) -> None:
    done = check()
    assert done.returncode == 0
    assert f"src/app.py:4: note: warning: {TEXT}  [openai-arg]" in done.stdout


@pytest.mark.usefixtures("warning")
def test_reports_have_warnings_as_warnings(check: Check) -> None:
    runs = {output: check("--output", output) for output in ("json", "github", "sarif")}
    assert {one.returncode for one in runs.values()} == {0}
    said = json.loads(runs["json"].stdout)
    assert (said["severity"], said["message"], said["code"]) == ("warning", TEXT, "openai-arg")
    assert runs["github"].stdout == f"::warning file=src/app.py,line=4,col=34,title=openai-arg::{TEXT}\n"
    (result,) = json.loads(runs["sarif"].stdout)["runs"][0]["results"]
    assert (result["level"], result["message"]["text"]) == ("warning", TEXT)


@pytest.mark.usefixtures("warning")
def test_a_new_warning_is_printed_beside_a_baseline_and_does_not_fail(check: Check, folder: Path) -> None:
    (folder / "known.json").write_text('{"version": 1, "files": {}}')
    done = check("--baseline", "known.json")
    assert done.returncode == 0
    assert done.stdout == f"src/app.py:4:34: warning: {TEXT}  [openai-arg]\n"


def test_a_known_error_stays_known_as_a_warning(known: Check, folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[tool.typed_openai_mypy]\nwarn = ['openai-arg']\n")
    done = known()
    assert (done.returncode, done.stdout) == (0, "")


def said(**fields: object) -> str:
    """Return a line of mypy's JSON."""
    plain = {"file": "a.py", "line": 1, "column": 4, "message": "wrong", "hint": None, "code": "misc"}
    return json.dumps({**plain, "severity": "error", **fields}) + "\n"


def test_a_warning_at_the_place_of_an_error_is_a_finding_of_its_own() -> None:
    hint = "a note\nwarning: too big  [openai-limit]\nanother note"
    found, rest = reports.findings(said(hint=hint))
    assert rest == []
    assert [(one.severity, one.code, one.text) for one in found] == [
        ("error", "misc", "wrong\na note\nanother note"),
        ("warning", "openai-limit", "too big"),
    ]
    shown = [json.loads(line) for line in reports.as_json(found, 1).splitlines()]
    assert [(one["severity"], one["hint"]) for one in shown] == [
        ("error", "a note\nanother note"),
        ("warning", None),
    ]


@pytest.mark.parametrize(
    "message", ["warning: of others", "warning: big  [misc]", "a warning: x  [openai-arg]"]
)
def test_a_note_that_is_not_the_plugin_s_stays_a_note(message: str) -> None:
    ((note,), _) = reports.findings(said(message=message, severity="note"))
    assert (note.severity, note.text) == ("note", message)


def test_text_has_a_line_for_each_note_and_codes_where_mypy_has_them() -> None:
    found, _ = reports.findings(
        said(hint="a note") + said(severity="note", message="all by itself", column=-1) + said(code=None)
    )
    assert reports.text(found, 1).splitlines() == [
        *("a.py:1:5: error: wrong  [misc]", "a.py:1:5: note: a note"),
        *("a.py:1: note: all by itself", "a.py:1:5: error: wrong"),
    ]


def test_an_update_of_the_description_breaks_lines_whatever_the_severity_of_their_code() -> None:
    verdict = judged([], [reports.Finding("a.py", 4, 1, 0, "warning", "new", "openai-arg")])
    assert [one.severity for one in verdict.breaks] == ["error"]
