"""The plugin's option ``warn``: findings of these codes are printed as warnings and do not fail mypy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest
from tests.plugin.test_plugin_codes import CODES, DOCUMENT, documented

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

Check: TypeAlias = "Callable[..., Run]"

HEAD = "from typed_openai import Client\n\nchat = Client().chat\n"
LIMIT = 'chat.create_chat_completion([{"role": "user", "content": "x"}], "m", temperature=3)'
LIMIT_TEXT = "temperature: expected at most 2, got 3  [openai-limit]"
KEYWORD = 'chat.create_chat_completion([{"role": "user", "content": "x"}], "m", temprature=1)'
UNKNOWN = 'Client().call("listModelz")'
MYPY_OWN = 'number: int = "a"'
ALL = f"warn = {', '.join(CODES)}"


@pytest.fixture
def check(tmp_path: Path, run_mypy: RunMypy) -> Check:
    def run(source: str, options: str = ALL, mypy_options: str = "") -> Run:
        name = f"{tmp_path.name.replace('-', '_')}_{len([*tmp_path.glob('*.py')])}.py"
        (tmp_path / name).write_text(f"{HEAD}{source}\n")
        return run_mypy([name], folder=tmp_path, options=f"{mypy_options}\n[typed_openai_mypy]\n{options}")

    return run


def texts(run: Run) -> list[str]:
    """The part after the place of each line."""
    return [re.sub(r"^.*?:\d+(:\d+)?: ", "", line) for line in run.diagnostics]


@pytest.fixture(scope="module")
def warned(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run over the wrong examples of all codes, each code a warning."""
    folder = tmp_path_factory.mktemp("warned")
    for code, example in documented().items():
        (folder / f"warned_{code.replace('-', '_')}.py").write_text(example.wrong)
    names = sorted(one.name for one in folder.glob("*.py"))
    return run_mypy(names, folder=folder, options=f"[typed_openai_mypy]\n{ALL}")


@pytest.mark.slow(seconds=1)
def test_warnings_do_not_fail_mypy(warned: Run) -> None:
    assert warned.status == 0
    assert all(": note: warning: " in line for line in warned.diagnostics)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("code", CODES)
def test_a_warning_has_the_place_the_text_and_the_code_of_the_error(code: str, warned: Run) -> None:
    name = f"warned_{code.replace('-', '_')}.py"
    printed = [line.replace(name, "example.py") for line in warned.diagnostics if line.startswith(name)]
    expected = documented()[code].printed.replace(": error: ", ": note: warning: ").splitlines()
    assert printed == expected
    assert expected


def test_the_page_on_codes_shows_warnings_as_they_are_printed() -> None:
    shown = re.search(r"<!-- warning -->\n```text\n(.*?)```", DOCUMENT.read_text(), flags=re.DOTALL)
    assert shown
    assert shown[1] == documented()["openai-limit"].printed.replace(": error: ", ": note: warning: ")


@pytest.mark.slow(seconds=1)
def test_other_codes_stay_errors(check: Check) -> None:
    run = check(f"{LIMIT}\n{KEYWORD}\n{MYPY_OWN}", "warn = openai-limit")
    limit, keyword, own = texts(run)
    assert limit == f"note: warning: {LIMIT_TEXT}"
    assert keyword.startswith("error: ")
    assert keyword.endswith("[openai-arg]")
    assert own.startswith("error: Incompatible types in assignment")
    assert run.status == 1


@pytest.mark.slow(seconds=1)
def test_errors_of_mypy_s_own_are_warnings_where_the_plugin_says_them(check: Check) -> None:
    run = check(f"{KEYWORD}\n{UNKNOWN}", "warn = openai-arg")
    assert run.status == 0
    keyword, unknown = texts(run)
    assert keyword.startswith('note: warning: unexpected keyword "temprature"')
    assert unknown.startswith('note: warning: the API has no operation "listModelz"')
    assert check(MYPY_OWN, "warn = openai-arg").status == 1


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("ignore", ["# type: ignore", "# type: ignore[CODE]"])
@pytest.mark.parametrize(
    ("source", "code"), [(LIMIT, "openai-limit"), (KEYWORD, "openai-arg"), (UNKNOWN, "openai-arg")]
)
def test_an_ignore_silences_a_warning_and_is_used(check: Check, source: str, code: str, ignore: str) -> None:
    run = check(f"{source}  {ignore.replace('CODE', code)}")
    assert (run.diagnostics, run.status) == ([], 0)


@pytest.mark.slow(seconds=1)
def test_an_unused_ignore_of_a_warning_is_reported(check: Check) -> None:
    run = check("chat.list_chat_completions()  # type: ignore[openai-limit]")
    (text,) = texts(run)
    assert text.startswith('error: Unused "type: ignore" comment')
    assert run.status == 1


def test_an_ignore_of_another_code_does_not_silence_a_warning(check: Check) -> None:
    run = check(f"{LIMIT}  # type: ignore[openai-schema]")
    assert f"note: warning: {LIMIT_TEXT}" in texts(run)
    assert any("Unused" in text for text in texts(run))


@pytest.mark.slow(seconds=4)
@pytest.mark.parametrize("code", ["openai-limit", "openai-arg"])
def test_mypy_s_disable_error_code_silences_warnings(check: Check, code: str) -> None:
    run = check(f"{LIMIT}\n{UNKNOWN}", mypy_options=f"disable_error_code = {code}")
    assert len(run.diagnostics) == 1
    assert f"[{code}]" not in run.diagnostics[0]
    in_file = check(f"# mypy: disable-error-code={code}\n{LIMIT}\n{UNKNOWN}")
    assert texts(in_file) == texts(run)


def test_a_warning_is_printed_once_where_mypy_checks_a_function_twice(check: Check) -> None:
    source = f"""\
def later() -> None:
    print(Deferred().value)
    {LIMIT}
    {KEYWORD}

class Deferred:
    def __init__(self) -> None:
        self.value = made()

def made() -> int:
    return 1
"""
    assert len(check(source).diagnostics) == 2


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "example.py").write_text(f"{HEAD}{LIMIT}\n")
    return tmp_path


@pytest.mark.slow(seconds=4)
def test_mypy_s_cache_notices_a_change_of_the_option(folder: Path, run_mypy: RunMypy) -> None:
    def run(options: str) -> tuple[int, list[str]]:
        done = run_mypy(["example.py"], folder=folder, cache=folder / "cache", options=options)
        return done.status, texts(done)

    warn = "[typed_openai_mypy]\nwarn = openai-limit"
    error, warning = (1, [f"error: {LIMIT_TEXT}"]), (0, [f"note: warning: {LIMIT_TEXT}"])
    assert [run(""), run(warn), run(warn), run("")] == [error, warning, warning, error]


@pytest.fixture
def dmypy(folder: Path, run_mypy: RunMypy) -> Iterator[Callable[..., Run]]:
    def run(*arguments: str) -> Run:
        status = ["--status-file", str(folder / "dmypy.json")]
        return run_mypy.bare("mypy.dmypy", *status, *arguments, folder=folder)

    yield run
    run("stop")


@pytest.mark.slow(seconds=4)
def test_the_daemon_notices_a_change_of_the_option(
    folder: Path, run_mypy: RunMypy, dmypy: Callable[..., Run]
) -> None:
    def run(options: str) -> tuple[int, list[str]]:
        config = run_mypy.configure(folder, options=options)
        done = dmypy("run", "--", "--config-file", str(config), "example.py")
        return done.status, texts(done)

    assert run("") == (1, [f"error: {LIMIT_TEXT}"])
    assert run("[typed_openai_mypy]\nwarn = openai-limit") == (0, [f"note: warning: {LIMIT_TEXT}"])
