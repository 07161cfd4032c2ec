"""``typed-openai check``: mypy with the plugin, without configuration, in the output formats for CI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from typed_openai import cli
from typed_openai.cli import mypy_command, reports

COMMAND = Path(sys.executable).with_name("typed-openai")
HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
BAD = """\
from typed_openai import Client

Client().models.list_models(colour=1)
x: int = "a"
"""
OURS = 'unexpected keyword "colour" for models.list_models'

# The parts of the schema of SARIF 2.1.0 (OASIS) that every reader relies on.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["tool", "results"],
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "properties": {
                                    "rules": {
                                        "type": "array",
                                        "uniqueItems": True,
                                        "items": {"type": "object", "required": ["id"]},
                                    }
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "invocations": {
                        "type": "array",
                        "items": {"type": "object", "required": ["executionSuccessful"]},
                    },
                    "results": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["message", "ruleId", "level", "locations"],
                            "properties": {
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "ruleIndex": {"type": "integer", "minimum": 0},
                                "message": {
                                    "type": "object",
                                    "required": ["text"],
                                    "properties": {"text": {"type": "string", "minLength": 1}},
                                },
                                "locations": {"type": "array", "minItems": 1},
                            },
                        },
                    },
                },
            },
        },
    },
}


@pytest.fixture
def folder(project: Path) -> Path:
    (project / "bad.py").write_text(BAD)
    (project / "good.py").write_text("import typed_openai\n")
    return project


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "check", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow(seconds=2)
def test_text_is_mypy_s_own_and_so_is_the_exit_status(folder: Path) -> None:
    done = run(folder)
    assert done.returncode == 1
    assert f"bad.py:3: error: {OURS}  [openai-arg]" in done.stdout
    assert "[assignment]" in done.stdout
    assert "Found 2 errors in 1 file (checked 2 source files)" in done.stdout
    assert run(folder, "good.py").returncode == 0
    assert run(folder, "missing.py").returncode == 2


@pytest.mark.slow(seconds=2)
def test_options_of_mypy_follow_two_dashes(folder: Path) -> None:
    done = run(folder, "good.py", "--", "--no-error-summary", "--python-version=3.12")
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mypy.ini", "[mypy]\ndisable_error_code = assignment\nfiles = bad.py\n"),
        ("setup.cfg", "[mypy]\ndisable_error_code = assignment\nfiles = bad.py\n"),
        (
            "pyproject.toml",
            "[tool.mypy]\ndisable_error_code = ['assignment']\nfiles = ['bad.py']\n[tool.x]\n",
        ),
        (
            "pyproject.toml",
            "[tool.other]\n[tool.mypy]  # here\nplugins = [\n  'pydantic.mypy',\n]\n"
            "disable_error_code = 'assignment'\nfiles = 'bad.py'\n[[tool.mypy.overrides]]\n"
            "module = 'x'\nignore_missing_imports = true\n",
        ),
        (
            "mypy.ini",
            "[mypy]\nplugins = typed_openai_mypy.plugin\ndisable_error_code = assignment\nfiles = bad.py\n",
        ),
        (
            "mypy.ini",
            "[mypy]\nplugins = pydantic.mypy, own.py\ndisable_error_code = assignment\nfiles = bad.py\n",
        ),
    ],
)
def test_the_project_s_own_configuration_holds(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / "own.py").write_text(
        "from mypy.plugin import Plugin\n\ndef plugin(version):\n    return Plugin\n"
    )
    done = run(folder)
    assert done.stdout.splitlines() == [
        f"bad.py:3: error: {OURS}  [openai-arg]",
        "Found 1 error in 1 file (checked 1 source file)",
    ]
    assert (folder / name).read_text() == text


@pytest.mark.slow(seconds=1)
def test_the_plugin_s_own_options_hold_in_a_copied_configuration(folder: Path) -> None:
    (folder / "mypy.ini").write_text("[mypy]\n")
    (folder / "pyproject.toml").write_text("[tool.typed_openai_mypy]\ndisable = ['openai-arg']\n")
    assert "Unexpected keyword argument" in run(folder).stdout


@pytest.mark.slow(seconds=1)
def test_another_configuration_can_be_named(folder: Path) -> None:
    (folder / "mypy.ini").write_text("[mypy]\ndisable_error_code = assignment\n")
    (folder / "other.ini").write_text("[mypy]\nshow_column_numbers = True\n")
    for words in (["--config-file=other.ini"], ["--config-file", "other.ini"]):
        assert "bad.py:3:36: error" in run(folder, "bad.py", "--", *words).stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [("pyproject.toml", "[tool.mypy]\nstrict = tru\n"), ("mypy.ini", "strict\n")],
)
def test_a_configuration_that_cannot_be_read_is_told(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    done = run(folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{name}: not a configuration of mypy" in done.stderr


def test_where_the_plugin_cannot_be_added_it_is_told_how(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("tool.mypy.strict = true\n")
    done = run(folder)
    assert done.returncode == 2
    assert 'add it: plugins = ["typed_openai_mypy.plugin"]' in done.stderr


@pytest.mark.parametrize("place", [".mypy.ini", ".config/mypy/config", "settings/mypy/config"])
def test_the_user_s_configuration_holds_where_the_project_has_none(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / place).parent.mkdir(parents=True, exist_ok=True)
    (home / place).write_text("[mypy]\nshow_column_numbers = true\nfiles = bad.py\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "settings"))
    monkeypatch.chdir(folder)
    found = mypy_command.find_config([])
    assert found is not None
    assert found.path == home / place
    (folder / "pyproject.toml").write_text("[tool.mypy]\n")
    assert mypy_command.find_config([]) == mypy_command.Config(folder / "pyproject.toml", "[tool.mypy]\n", {})


@pytest.mark.slow(seconds=1)
def test_the_user_s_configuration_is_what_mypy_runs_with(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".mypy.ini").write_text("[mypy]\nshow_column_numbers = true\ncolour = 3\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    done = run(folder, "bad.py")
    assert f"bad.py:3:36: error: {OURS}" in done.stdout
    assert (
        done.stderr
        == f"{os.path.relpath(home / '.mypy.ini', folder)}: [mypy]: Unrecognized option: colour = 3\n"
    )


@pytest.mark.parametrize(
    ("words", "targets"),
    [
        (["bad.py"], []),
        (["missing.py"], []),
        (["--strict"], ["."]),
        (["--output", "json"], ["."]),
        (["--python-version=3.12"], ["."]),
        (["--cache-dir", ".git"], ["."]),
        (["--strict", "bad.py"], []),
        (["--exclude", "x", "bad.py"], []),
        (["-p", "package"], []),
        (["--module=one"], []),
        (["-c", "x = 1"], []),
    ],
)
def test_this_folder_is_checked_where_nothing_else_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], targets: list[str]
) -> None:
    monkeypatch.chdir(folder)
    arguments = mypy_command.mypy_arguments(words, None, folder)
    assert [one for one in arguments if one not in words and not one.startswith("--")] == targets


def test_mypy_s_json_can_be_asked_for_in_two_ways(folder: Path) -> None:
    first, second = (
        run(folder, *words)
        for words in (["--output", "json", "bad.py"], ["bad.py", "--", "--output", "json"])
    )
    assert first.stdout == second.stdout
    assert [json.loads(line)["code"] for line in first.stdout.splitlines()] == ["openai-arg", "assignment"]


def test_annotations_are_workflow_commands(folder: Path) -> None:
    done = run(folder, "--output", "github", "bad.py")
    assert done.returncode == 1
    first, second = done.stdout.splitlines()
    assert first == f"::error file=bad.py,line=3,col=36,title=openai-arg::{OURS}"
    assert second.startswith("::error file=bad.py,line=4,col=10,title=assignment::")


def test_what_a_workflow_command_may_not_hold_is_escaped() -> None:
    one = reports.Finding("a,b:c.py", 3, 0, 0, "note", "100% of\nthem", "")
    expected = "::notice file=a%2Cb%3Ac.py,line=3,title=::100%25 of%0Athem\n"
    assert reports.github([one], 1) == expected


def test_sarif_has_what_its_readers_need(folder: Path) -> None:
    done = run(folder, "--output", "sarif", "bad.py")
    assert done.returncode == 1
    log = json.loads(done.stdout)
    jsonschema.validate(log, SARIF)
    (result,) = [one for one in log["runs"][0]["results"] if one["ruleId"] == "openai-arg"]
    assert result["level"] == "error"
    assert result["message"]["text"] == OURS
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "bad.py", "uriBaseId": "%SRCROOT%"}
    assert (place["region"]["startLine"], place["region"]["startColumn"]) == (3, 36)
    rules = [one["id"] for one in log["runs"][0]["tool"]["driver"]["rules"]]
    assert rules[result["ruleIndex"]] == "openai-arg"
    assert json.loads(run(folder, "--output", "sarif", "good.py").stdout)["runs"][0]["results"] == []


def test_places_in_sarif_are_uris(tmp_path: Path) -> None:
    found = [
        reports.Finding(name, 1, 1, 2, "error", "x", "y") for name in ("a b/#1%:é.py", str(tmp_path / "a b"))
    ]
    results = json.loads(reports.sarif(found, 1))["runs"][0]["results"]
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results]
    assert places == ["a%20b/%231%25%3A%C3%A9.py", (tmp_path / "a b").as_uri()]


def test_what_stops_mypy_is_told_in_a_report_without_results(folder: Path) -> None:
    done = run(folder, "--output", "sarif", "missing.py")
    assert done.returncode == 2
    log = json.loads(done.stdout)
    jsonschema.validate(log, SARIF)
    (invocation,) = log["runs"][0]["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    (told,) = invocation["toolExecutionNotifications"]
    assert told["level"] == "error"
    assert "missing.py" in told["message"]["text"]
    assert "missing.py" in done.stderr


@pytest.mark.parametrize(
    "text",
    ["strict\n", "[typed_openai_mypy]\ndisable = nonsense\n"],
    ids=["of mypy", "of the plugin"],
)
def test_a_broken_configuration_is_in_the_report(folder: Path, text: str) -> None:
    (folder / "mypy.ini").write_text(text)
    done = run(folder, "--output", "github", "bad.py")
    assert done.returncode == 2
    (line,) = done.stdout.splitlines()
    assert line.startswith("::error title=typed-openai check::")
    assert "mypy.ini" in line
    log = json.loads(run(folder, "--output", "sarif", "bad.py").stdout)
    jsonschema.validate(log, SARIF)
    (told,) = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert "mypy.ini" in told["message"]["text"]


def test_without_mypy_it_tells_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert cli.main(["check"]) == 2
    assert 'pip install "typed-openai[mypy]"' in capsys.readouterr().err


@pytest.mark.slow(seconds=1)
def test_the_hook_of_pre_commit_runs_this_command(folder: Path) -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text())
    assert hook["entry"].split()[1] in cli.COMMANDS
    assert hook["language"] == "python"
    done = run(folder, *hook["args"], "good.py")  # as pre-commit passes the files
    assert (done.returncode, done.stderr) == (0, "")
    assert any(one.startswith("mypy") for one in hook["additional_dependencies"])
