"""``typed-openai call``: operations from the shell, their arguments, results and mistakes."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from typed_openai import StreamTruncatedError, cli
from typed_openai.cli.call.output import Output
from typed_openai.cli.call_options import OPTIONS
from typed_openai.testing import Server, UploadedFile, serve
from typed_openai_spec.index.reader import packaged

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
COMMAND = Path(sys.executable).with_name("typed-openai")
Run: TypeAlias = Callable[..., "subprocess.CompletedProcess[bytes]"]

HELLO = '[{"role": "user", "content": "Say hällo."}]'
CHAT = ("chat.create_chat_completion", "--messages", HELLO, "--model", "gpt-4o-mini")


@pytest.fixture
def here(
    server: Server, environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Server:
    """The server that commands in this process use, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, environment[name])
    return server


def lines(text: bytes) -> list[str]:
    return text.decode().splitlines()


def test_a_call_prints_its_result_on_one_line_in_a_pipe(call: Run, server: Server) -> None:
    done = call(*CHAT, "--temperature", "0.5", "--stop", "a", "--stop", "b", "--store")
    assert (done.returncode, done.stderr) == (0, b"")
    assert len(lines(done.stdout)) == 1
    assert json.loads(done.stdout)["choices"][0]["message"]["role"] == "assistant"
    assert server.requests[0].body == {
        "messages": [{"role": "user", "content": "Say hällo."}],
        "model": "gpt-4o-mini",
        "temperature": 0.5,
        "stop": ["a", "b"],
        "store": True,
    }


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        (("createEmbedding", '["a", "b"]', "m"), {"input": ["a", "b"], "model": "m"}),
        (("createEmbedding", "[not json", "m"), {"input": "[not json", "model": "m"}),
        (("createEmbedding", "17", "m"), {"input": "17", "model": "m"}),
        (("createEmbedding", "--input:=[17]", "--model=m"), {"input": [17], "model": "m"}),
        (("createEmbedding", "@@home", "m"), {"input": "@home", "model": "m"}),
        (("createEmbedding", "@text.txt", "m"), {"input": "from a file", "model": "m"}),
        (("createEmbedding", "--input", "@-", "--model", "m"), {"input": "from stdin", "model": "m"}),
        (("createEmbedding", "@list.json", "m"), {"input": ["in", "a list"], "model": "m"}),
        (
            ("responses.create_response", "--input=a", "--model=m", "--include", "file_search_call.results"),
            {"input": "a", "model": "m", "include": ["file_search_call.results"]},
        ),
        (
            ("responses.create_response", "a", "m", "--max-output-tokens", "16", "--store", "false"),
            {"input": "a", "model": "m", "max_output_tokens": 16, "store": False},
        ),
        (
            ("responses.create_response", "a", "m", "--instructions", "null", "--temperature", "null"),
            {"input": "a", "model": "m", "instructions": "null", "temperature": None},
        ),
        (
            ("createEmbedding", "a", "m", "--extra-body", '{"mine": 1}', "--no-check"),
            {"input": "a", "model": "m", "mine": 1},
        ),
        (
            ("createEmbedding", "a", "m", "--no-check", "--mine", "[1]", "--yours=text", "--dimensions=many"),
            {"input": "a", "model": "m", "mine": [1], "yours": "text", "dimensions": "many"},
        ),
    ],
)
def test_values_are_what_their_types_say(
    here: Server, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sent: object
) -> None:
    Path("text.txt").write_text("from a file")
    Path("list.json").write_text('["in", "a list"]\n')
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"from stdin")))
    cli.main(["call", *words])
    assert json.loads(here.requests[0].content) == sent


def test_files_are_given_by_their_path_or_as_standard_input(
    call: Run, server: Server, tmp_path: Path
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(name.encode())
    done = call("images.create_image_edit", "--prompt", "p", "--image", "@a.png", "--image", "@b.png")
    assert done.returncode == 0, done.stderr
    done = call("files.create_file", "@-", "--purpose", "batch", stdin=b'{"a": 1}\n')
    assert json.loads(done.stdout)["filename"] == "stdin"
    first, second = (one.arguments for one in server.requests)
    assert first["image"] == [
        UploadedFile("a.png", b"a.png", "image/png"),
        UploadedFile("b.png", b"b.png", "image/png"),
    ]
    assert second["file"] == UploadedFile("stdin", b'{"a": 1}\n')


def test_a_stream_is_printed_as_lines_of_json_or_as_its_text(call: Run) -> None:
    done = call(*CHAT, "--stream")
    chunks = [json.loads(line) for line in lines(done.stdout)]
    spoken = "".join(one["choices"][0]["delta"].get("content") or "" for one in chunks)
    assert len(chunks) > 2
    assert call(*CHAT, "--only-text").stdout.decode() == spoken + "\n"


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    "words",
    [
        ("responses.create_response", "hi", "m"),
        ("completions.create_completion", "m", "hi"),
        ("threads.create_run", "thread_1", "asst_1"),
        ("audio.create_transcription", "@-", "m"),
    ],
    ids=lambda words: str(words[0]),
)
def test_the_index_tells_where_a_stream_has_its_text(call: Run, words: tuple[str, ...]) -> None:
    done = call(*words, "--only-text", stdin=b"RIFF")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"Hello!")
    assert done.stdout.count(b"\n") == 1


@pytest.mark.slow(seconds=1)
def test_a_file_that_comes_is_saved_or_passed_on(call: Run, tmp_path: Path) -> None:
    speech = ("audio.create_speech", "hi", "tts-1", "alloy")
    passed = call(*speech)
    saved = call(*speech, "--output", "speech.mp3")
    assert (passed.returncode, saved.returncode, passed.stderr, saved.stdout) == (0, 0, b"", b"")
    assert passed.stdout
    assert (tmp_path / "speech.mp3").read_bytes() == passed.stdout
    assert call(*CHAT, "-o", "reply.json").stdout == b""
    assert json.loads((tmp_path / "reply.json").read_text())["object"] == "chat.completion"


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "expected an operation, such as chat.create_chat_completion; see --help"),
        (CHAT[:3], 'missing required argument "model" for chat'),
        ((*CHAT, "--temprature", "1"), 'unexpected keyword "temprature" for chat.create_chat_comp'),
        ((*CHAT, "--temperature", "hot"), "temperature: expected number or null, got string"),
        ((*CHAT, "--temperature", "3"), "temperature: expected at most 2, got 3"),
        ((*CHAT, "--model"), "--model: expected a value after it"),
        ((*CHAT, "--model", "--stream"), "--model: expected a value after it"),
        ((*CHAT, "--model", "b"), "--model: given 2 times, but takes one value"),
        ((*CHAT[:1], "--messages", "[{", "--model", "m"), "messages: not JSON: "),
        ((*CHAT[:1], "--messages:=[{", "--model", "m"), "messages: not JSON: "),
        ((*CHAT, "--stop", "@gone.json"), "stop: cannot read 'gone.json': No such file"),
        ((CHAT[0], '[{"role": "usr"}]', "m"), "messages[0].role: expected one of 'assistant', "),
        ((CHAT[0], '[{"role": "usr"}]', "m"), "; got 'usr'; did you mean 'user'?"),
        (("files.create_file", "README.md", "batch"), "file, got string; a file is given as @path"),
        (("files.create_file", "@gone.txt", "batch"), "file: no such file: 'gone.txt'"),
        (("images.create_image_edit", "p"), "images: required, but missing; expected array or image: "),
        (("models.list_models", "a"), "models.list_models takes 0 positional arguments, got 1"),
        (("models.list_model",), 'no operation "models.list_model"; did you mean "models.list_models"?'),
        (("models",), '"models" is a group'),
        (("--limit", "3"), "--limit: no such option; an operation's arguments follow its name"),
        (("--timout=3", "models.list_models"), "--timout: no such option; did you mean --timeout?"),
        (("models.list_models", "--timeout", "soon"), "--timeout: expected SECONDS, got 'soon'"),
        (("models.list_models", "--max-retries", "-1"), "--max-retries: expected N, got '-1'"),
        (("models.list_models", "--timeout", "-1"), "--timeout: expected SECONDS, got '-1'"),
        ((CHAT[0], "notjson", "m"), "messages: not JSON: Expecting value"),
        (("audio.create_speech", "a", "b", "alloy", "--stream"), "it streams with --stream-format sse"),
        ((*CHAT, "--strem"), "--strem: no such argument of chat.create_chat_completion; it streams "),
        (("models.list_models", "--output"), "--output: expected FILE after it"),
        (("models.list_models", "--output", "no/such/folder/x"), "there is no directory 'no/such/folder'"),
        (("models.list_models", "--output", "."), "is a directory"),
        (("models.list_models", "--dry-run=yes"), "--dry-run: takes no value"),
        (("models.list_models", "--openai-api-key", "sk-1"), "others can see a command's arguments"),
        (("models.list_models", "--api-key=sk-1"), "others can see a command's arguments"),
        (("models.list_models", "--only-text"), "--only-text: models.list_models does not stream"),
        (("audio.create_speech", "a", "b", "alloy", "--only-text"), "streams no text with these arguments"),
        (("audio.create_transcription", "@-", "m", "--on-progress", "x"), 'unexpected keyword "on_progress"'),
    ],
)  # fmt: skip
def test_a_wrong_command_line_is_told_before_anything_is_sent(
    here: Server, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    assert cli.main(["call", *words]) == 2
    written = capsys.readouterr()
    assert said in written.err
    assert written.out == ""
    assert written.err.startswith("typed-openai call: error: ")
    assert here.requests == ()


def test_every_mistake_is_told_at_once(call: Run) -> None:
    done = call(*CHAT, "--temperature", "3", "--n", "x", "--verbosity", "loud")
    assert done.returncode == 2
    places = [line.split(": ")[3] for line in lines(done.stderr)]
    assert places == ["n", "temperature", "verbosity"]


def test_what_the_api_refuses_ends_in_one(call: Run, server: Server) -> None:
    server.fail_next(401, body={"error": {"message": "no such key", "code": "invalid_api_key"}})
    done = call("models.list_models")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"typed-openai: error: models.list_models: 401" in done.stderr
    assert b"no such key" in done.stderr


def test_a_missing_key_is_no_mistake_of_the_command_line(
    call: Run, environment: dict[str, str], server: Server
) -> None:
    del environment["OPENAI_API_KEY"]
    done = call("models.list_models")
    assert done.returncode == 1
    said = "models.list_models needs a key: set the environment variable OPENAI_API_KEY"
    assert lines(done.stderr) == [f"typed-openai call: error: {said}"]


def test_the_options_of_the_call_reach_it(call: Run, server: Server, environment: dict[str, str]) -> None:
    environment["OPENAI_BASE_URL"] = "http://127.0.0.1:9/v1"
    server.fail_next(500, times=2, headers={"retry-after": "0"})
    options = ("--base-url", server.base_url, "--timeout", "5", "--max-retries", "2")
    done = call("models.list_models", *options, "--extra-headers", '{"x-mine": "yes"}')
    assert done.returncode == 0, done.stderr
    assert [one.status for one in server.requests] == [500, 500, 200]
    assert server.requests[0].headers["x-mine"] == "yes"


def test_a_dry_run_prints_a_command_and_sends_nothing(call: Run, server: Server) -> None:
    done = call(*CHAT, "--dry-run")
    assert done.stdout.startswith(b"curl ")
    assert b"$OPENAI_API_KEY" in done.stdout
    assert b"gpt-4o-mini" in done.stdout
    assert server.requests == ()


def test_a_dry_run_goes_where_output_says_and_names_standard_input(
    call: Run, server: Server, tmp_path: Path
) -> None:
    done = call("files.create_file", "@-", "--purpose", "batch", "--dry-run", "-o", "command.sh", stdin=b"x")
    assert (done.returncode, done.stdout) == (0, b"")
    assert 'file=@"-"' in (tmp_path / "command.sh").read_text()
    assert server.requests == ()


@pytest.mark.parametrize("option", ["--only-text", "--stream"])
def test_a_stream_that_fails_leaves_the_file_that_was_there(
    here: Server, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    Path("text.txt").write_text("the old text")
    Path("text.txt").chmod(0o640)
    here.fail_next(200, body=b"")
    assert cli.main(["call", *CHAT, option, "--output", "text.txt"]) == 1
    assert Path("text.txt").read_text() == "the old text"
    assert cli.main(["call", *CHAT, option, "--output", "text.txt"]) == 0
    assert Path("text.txt").read_text() != "the old text"
    assert Path("text.txt").stat().st_mode & 0o777 == 0o640
    assert [one.name for one in Path().iterdir()] == ["text.txt"]
    assert capsys.readouterr().err


class Cut:
    """A stream whose connection breaks after its first text."""

    def __enter__(self) -> Cut:
        return self

    def __exit__(self, *args: object) -> None:
        pass

    def __iter__(self) -> Iterator[str]:
        yield "Hel"
        raise StreamTruncatedError("it broke")


def test_an_error_after_text_on_a_terminal_begins_on_its_own_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    standard = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(standard, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout", standard)
    cut: Any = Cut()
    with pytest.raises(StreamTruncatedError):
        Output(None).write_texts(cut, cut)
    assert standard.buffer.getvalue() == b"Hel\n"


@pytest.mark.slow(seconds=1)
def test_the_help_shows_operations_and_arguments_with_their_types(call: Run) -> None:
    assert b"chat, chatkit," in call("--help").stdout
    assert b"  files.create_file\n          Upload a file" in call("files", "--help").stdout
    shown = call("createFile", "--help").stdout.decode()
    assert shown.startswith("usage: typed-openai call files.create_file --file ... --purpose ...")
    assert "  --file @file\n" in shown
    assert "--purpose assistants|batch|fine-tune|" in shown
    assert "(required)" in shown
    assert "--timeout SECONDS" in shown


@pytest.mark.parametrize("group", packaged().groups)
def test_the_help_has_every_argument_of_every_operation(
    group: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in packaged().groups[group]:
        assert cli.main(["call", f"{group}.{name}", "--help"]) == 0
        shown = capsys.readouterr().out
        for one in packaged().operation(group, name).arguments:
            assert re.search(rf"\n  --{one.name.replace('_', '-')}\s", shown)


def test_no_argument_is_called_as_an_option_of_the_command() -> None:
    arguments = {one.name.replace("_", "-") for each in packaged().operations() for one in each.arguments}
    assert arguments & {*OPTIONS, "api-key", "key"} == set()


def on_terminal(words: tuple[str, ...], environment: dict[str, str]) -> tuple[int, str]:
    """Return the exit status and the output in a terminal, of standard output and standard error together."""
    ours, theirs = pty.openpty()
    from_command = subprocess.Popen(
        [COMMAND, "call", *words], stdout=theirs, stderr=theirs, stdin=theirs, env=environment
    )
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 1 << 16)
        except OSError:  # raised by Linux when the other side is closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return from_command.wait(30), shown.decode().replace("\r\n", "\n")


def test_a_terminal_gets_indented_json_and_no_files(environment: dict[str, str], server: Server) -> None:
    status, shown = on_terminal(("models.list_models",), environment)
    assert (status, shown[:4]) == (0, "{\n  ")
    server.clear()
    status, shown = on_terminal(("audio.create_speech", "a", "b", "alloy"), environment)
    assert (status, server.requests) == (2, ())
    assert "the result is a file: give --output FILE" in shown


def test_a_terminal_gets_no_commands_from_the_server(environment: dict[str, str], server: Server) -> None:
    server.fail_next(200, body={"object": "list", "data": [], "title": "\x1b[2J\x9b2J\u202eevil"})
    _, shown = on_terminal(("models.list_models",), environment)
    assert "evil" in shown
    assert not set(shown) & {"\x1b", "\x9b", "\u202e"}
    assert json.loads(shown)["title"] == "\x1b[2J\x9b2J\u202eevil"


def test_progress_is_drawn_on_a_terminal_and_gone_at_the_end(
    environment: dict[str, str], tmp_path: Path
) -> None:
    big = tmp_path / "big.bin"
    big.write_bytes(bytes(3 << 20))
    status, shown = on_terminal(("files.create_file", f"@{big}", "--purpose", "batch"), environment)
    assert status == 0, shown
    assert "upload" in shown
    assert "3.0 MiB of 3.0 MiB" in shown
    last = shown.rindex("upload")
    assert shown[last:].partition("\r\x1b[K")[2].startswith("{\n")


def test_a_reader_that_has_had_enough_ends_the_command_quietly(
    environment: dict[str, str], server: Server
) -> None:
    command = f"{shlex.quote(str(COMMAND))} call models.list_models | true"
    server.fail_next(200, body={"object": "list", "data": ["a" * 200_000]})
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_closes_a_stream_and_ends_in_130(environment: dict[str, str]) -> None:
    with serve(delay=5) as slow:
        environment["OPENAI_BASE_URL"] = slow.base_url
        command = [str(COMMAND), "call", *CHAT, "--stream"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        ) as running:
            assert running.stdout is not None
            assert running.stdout.readline()
            running.send_signal(signal.SIGINT)
            assert running.wait(20) == 130
            assert running.stderr is not None
            assert running.stderr.read() == b""


def test_what_the_page_on_commands_shows_works(here: Server, capsys: pytest.CaptureFixture[str]) -> None:
    Path("data.jsonl").write_text("{}\n")
    shown = re.findall(r"^typed-openai (call .*)$", PAGE.read_text(), flags=re.MULTILINE)
    assert len(shown) >= 5
    for line in shown:
        assert cli.main(shlex.split(line)) == 0, line
    assert capsys.readouterr().err == ""
    assert {one.status for one in here.requests} == {200}
