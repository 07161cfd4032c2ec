"""``--spec`` of ``typed-openai call`` and ``serve``: another API's operations from the shell."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai.testing import serve

pytestmark = pytest.mark.filterwarnings("ignore::typed_openai.DescriptionWarning")

COMMAND = str(Path(sys.executable).with_name("typed-openai"))
TRAITS = str(Path(__file__).parents[1] / "fixtures" / "traits.yaml")


def run(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OPENAI_API_KEY": "sk-environment", "PYTHONWARNINGS": "ignore", **variables}
    return subprocess.run(
        [COMMAND, *words], capture_output=True, text=True, env=environment, check=False, timeout=60
    )


@pytest.mark.slow(seconds=1)
def test_an_operation_of_another_api_is_called_with_the_key_of_a_named_variable() -> None:
    with serve(spec=TRAITS, api_key="door-key") as server:
        words = ("call", "--spec", TRAITS, "--base-url", server.base_url, "users.replace_user", "u")
        fields = ("--home", '{"street": "s"}', "--name", "n", "--password", "p")
        done = run(*words, *fields, "--key-from", "DOOR", DOOR="door-key")
        assert (done.returncode, done.stderr) == (0, "")
        assert "id" in json.loads(done.stdout)
        without = run(*words, *fields)
        assert without.returncode == 1
        assert "name the environment variable that holds it: --key-from VARIABLE" in without.stderr
        missing = run(*words, *fields, "--key-from", "NO_DOOR")
        assert (missing.returncode, missing.stderr.count("NO_DOOR is not set")) == (2, 1)
        assert len(server.requests) == 1


def test_help_and_mistakes_are_of_the_other_api() -> None:
    assert "users.replace_user" in run("call", f"--spec={TRAITS}", "users", "--help").stdout
    wrong = run("call", "--spec", TRAITS, "chat.create_chat_completion")
    assert (wrong.returncode, wrong.stderr.count('"Traits" has no operation')) == (2, 1)
    assert "cannot be read" in run("call", "--spec", "missing.yaml", "x").stderr


@pytest.mark.usefixtures("interruptible")
def test_serve_fakes_another_api() -> None:
    command = [COMMAND, "serve", "--port", "0", "--spec", TRAITS]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            introduction = process.stdout.readline()
            assert introduction.startswith('A fake of "Traits" 1 is running at http://127.0.0.1:')
            url = next(one for one in introduction.split() if one.startswith("http"))
            done = run("call", "--spec", TRAITS, "--base-url", url, "keys.openly")
            assert (done.returncode, done.stderr) == (0, "")
            process.send_signal(signal.SIGINT)
            assert "GET /api/v1/v1/keys/none 204 keys.openly" in process.stdout.read()
        finally:
            process.kill()


def test_without_a_name_explain_lists_what_is_not_understood_with_its_place(tmp_path: Path) -> None:
    spec = tmp_path / "odd.json"
    document = {"openapi": "3.0.3", "info": {"title": "Odd", "version": "1"}, "paths": {}}
    document["paths"] = {"/a": {"get": 5, "put": {"operationId": "putIt", "responses": {}}}, "/b": {"get": 6}}
    spec.write_text(json.dumps(document))
    listed = run("explain", "--spec", str(spec))
    assert listed.stdout.startswith("Odd  1, 1 operations")
    told = listed.stderr.splitlines()
    assert [one.partition(": expected")[0] for one in told[:2]] == [
        "lost: /paths/~1a/get",
        "lost: /paths/~1b/get",
    ]
    assert told[2:] == ["2 problems (2 lost) in the description; the rest works"]
    one = run("explain", "--spec", str(spec), "putIt")
    assert one.stderr.endswith(
        f"note: 2 problems in the description; typed-openai explain --spec {spec} lists them\n"
    )


@pytest.mark.parametrize("words", [("explain",), ("generate", "--package", "other_api", "--out", "made")])
def test_a_folder_of_other_things_is_no_description(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "values.yaml").write_text("[not: {a description")
    done = run(*words, "--spec", str(tmp_path))
    assert done.returncode == 2
    assert f"{tmp_path}: expected an OpenAPI file" in done.stderr
    assert "values" not in done.stderr


def test_a_package_of_nothing_is_told(tmp_path: Path) -> None:
    spec = tmp_path / "empty.json"
    spec.write_text(json.dumps({"openapi": "3.0.3", "info": {"title": "E", "version": "1"}, "paths": {}}))
    done = run("generate", "--spec", str(spec), "--package", "empty_api", "--out", str(tmp_path / "made"))
    assert done.returncode == 0
    assert "the description has no operations" in done.stderr
