"""The command line: ``serve`` as a process of its own, and the messages for wrong usage."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from typed_openai import cli
from typed_openai.errors import OpenAIError
from typed_openai.testing import serve
from typed_openai_spec.problems import DescriptionError

COMMAND = str(Path(sys.executable).with_name("typed-openai"))


@contextmanager
def serving(*options: str) -> Iterator[subprocess.Popen[str]]:
    command = [COMMAND, "serve", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.usefixtures("interruptible")
def test_serve_says_where_it_is_and_a_line_for_each_request_until_it_is_interrupted() -> None:
    with serving("--port", "0") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        introduction = process.stdout.readline()
        url = next(word for word in introduction.split() if word.startswith("http://"))
        assert url.endswith("/v1")
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            connection.request("GET", "/v1/models", headers={"Authorization": "Bearer secret"})
            assert json.loads(connection.getresponse().read())["object"] == "list"
            connection.request("GET", "/v1/models?a%0ab=1", headers={"Authorization": "Bearer secret"})
            assert connection.getresponse().status == 400
        process.send_signal(signal.SIGINT)
        output, errors = process.stdout.read(), process.stderr.read()
        process.wait(30)
        *rest, first, second = output.splitlines()
        assert f"export OPENAI_BASE_URL={url}" in "\n".join(rest)
        assert first == "GET /v1/models 200 models.list_models"
        assert second.startswith("GET /v1/models 400 models.list_models: ")
        assert (process.returncode, errors) == (130, "")
        assert "secret" not in output


def test_serve_on_a_port_that_is_taken_is_one_line_and_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with serve() as server:
        port = str(urlsplit(server.url).port)
        assert cli.main(["serve", "--port", port]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"typed-openai: error: cannot listen on 127.0.0.1 port {port}: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serve", "--port", "http"], 'expected a number from 0 to 65535, got "http"'),
        (["serve", "--port", "65536"], "from 0 to 65535"),
        (["serve", "--delay", "-1"], "expected a number of seconds"),
        (["serve", "--delay", "nan"], "expected a number of seconds"),
        (["serve", "now"], "unrecognized arguments: now"),
        (["srve"], "invalid choice"),
        ([], "usage: typed-openai"),
    ],
)
def test_a_wrong_command_line_ends_in_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    assert said in capsys.readouterr().err


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    output = capsys.readouterr().out
    listed = {line.split()[0] for line in output.splitlines() if line.startswith("    ")}
    assert set(cli.COMMANDS) <= listed


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("typed-openai ")


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [
        (OpenAIError("the server\nis away"), 1, "typed-openai: error: the server is away\n"),
        (DescriptionError("a.yaml: no such file"), 1, "typed-openai: error: a.yaml: no such file\n"),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_a_commands_error_is_one_line(
    raised: BaseException,
    status: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    (tmp_path / "failing_command.py").write_text(
        "def add_parser(subparsers): subparsers.add_parser('fail')\ndef run(args): raise RAISED\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(cli, "COMMANDS", {"fail": "failing_command"})
    monkeypatch.setattr("failing_command.RAISED", raised, raising=False)
    assert cli.main(["fail"]) == status
    assert capsys.readouterr().err == said
    sys.modules.pop("failing_command")


def test_a_command_that_lacks_a_package_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        cli, "COMMANDS", {"serve": "typed_openai.cli.serve", "odd": "no_such_package.command"}
    )
    assert cli.main(["odd"]) == 1
    assert '"odd" needs the module "no_such_package"' in capsys.readouterr().err
    assert cli.main(["--help"]) == 0
    assert "no_such_package" in capsys.readouterr().out


def test_serving_loads_neither_the_client_nor_a_yaml_reader() -> None:
    script = "import sys, typed_openai.cli.serve; print({'requests', 'yaml', 'mypy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


@pytest.mark.usefixtures("interruptible")
def test_a_script_file_answers_and_each_request_is_printed_with_its_verdict(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(
        "- operation: models.list_models\n  reply: {data: [{id: mine}]}\n"
        "- {fail: 503, operation: files.list_files}\n"
    )
    with serving("--port", "0", "--script", str(script), "--lenient", "--seed", "3") as process:
        assert process.stdout is not None
        introduction = process.stdout.readline()
        url = next(word for word in introduction.split() if word.startswith("http://"))
        with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
            for path in ("/v1/models", "/v1/files", "/openai/v1/models?api-version=preview", "/v1/nothing"):
                connection.request("GET", path, headers={"api-key": "secret"})
                reply = connection.getresponse()
                content = json.loads(reply.read())
                if path == "/v1/models":
                    assert [one["id"] for one in content["data"]] == ["mine"]
        process.send_signal(signal.SIGINT)
        output = process.stdout.read()
    assert [line for line in output.splitlines() if line.startswith("GET")] == [
        "GET /v1/models 200 models.list_models: scripted reply",
        "GET /v1/files 503 files.list_files: scripted failure 503",
        "GET /openai/v1/models 200 models.list_models",
        "GET /v1/nothing 404: unknown URL /v1/nothing",
    ]
    assert "secret" not in output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {fail: 500}\n- {operation: models.list_models, reply: {data: 1}}",
            ":2: models.list_models: data: expected array, got integer",
        ),
        ("- {operation: models.list_model, reply: {}}", ':1: unknown operation "models.list_model"; did you'),
        ("- {operation: models.list_models}", ":1: expected one of reply, text, events, tool_call, fail;"),
        ("- {operation: models.list_models, reply: {}, fail: 500}", "got reply and fail"),
        ("- {fail: 99}", ":1: status: expected an HTTP status from 100 to 599, got 99"),
        ("- 5", ":1: expected a mapping, got int"),
        ("{}", ": expected a list of scripts, found a mapping"),
        ("- [", "not valid YAML"),
        ('[\n {"fail": 500},\n {"fail": 99}]', ":3: status: expected an HTTP status from 100 to 599, got 99"),
    ],
)
def test_a_wrong_script_is_one_line_with_its_place(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "script.yaml"
    path.write_text(text)
    assert cli.main(["serve", "--port", "0", "--script", str(path)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"typed-openai: error: {path}")
    assert said in line


def test_a_missing_script_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["serve", "--port", "0", "--script", str(tmp_path / "none.yaml")]) == 1
    assert "none.yaml" in capsys.readouterr().err


def test_a_script_in_json_needs_no_yaml(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('[{"fail": 500},\n\n {"operation": "models.list_models", "reply": {"data": []}}]')
    script = (
        "import sys; from pathlib import Path; from typed_openai.cli.script_files import entries_of;"
        f" print([line for _, line in entries_of(Path({str(path)!r}))], 'yaml' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[1, 3] False\n"


def test_broken_json_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "script.json"
    path.write_text('[{"fail": 500}')
    assert cli.main(["serve", "--port", "0", "--script", str(path)]) == 1
    assert "script.json: not valid JSON: " in capsys.readouterr().err
