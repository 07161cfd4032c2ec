"""``typed-openai batch``: rows of a file as batches, from the shell."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from typed_openai.cli import main
from typed_openai.testing import BatchScript, Server, serve


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.chdir(tmp_path)
    with serve() as running:
        monkeypatch.setenv("OPENAI_API_KEY", "test")
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        yield running


RUN = ["batch", "run", "job", "--poll", "0.001", "--model", "gpt-5.5", "--input"]


def requests(folder: str = "job") -> list[dict[str, object]]:
    return [json.loads(one) for one in Path(folder, "requests/0001.jsonl").read_text().splitlines()]


def test_rows_of_a_table_are_sent_and_their_results_printed(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.csv").write_text('id,text\nx,"Hello, you"\ny,{World}\n')
    assert (
        main([*RUN, "rows.csv", "--prompt", "Translate {{{text}}}", "--arguments", '{"temperature": 0}']) == 0
    )
    assert capsys.readouterr().out == "2 of 2 requests done, 0 failed; 1 of 1 batches ended\n"
    assert [one["custom_id"] for one in requests()] == ["x", "y"]
    assert [one["body"] for one in requests()] == [
        {"input": "Translate {Hello, you}", "temperature": 0, "model": "gpt-5.5"},
        {"input": "Translate {{World}}", "temperature": 0, "model": "gpt-5.5"},
    ]
    assert main(["batch", "results", "job"]) == 0
    printed = [json.loads(one) for one in capsys.readouterr().out.splitlines()]
    assert [(one["id"], one["reply"]["object"]) for one in printed] == [("x", "response"), ("y", "response")]


def test_rows_may_be_objects_and_a_prompt_a_message(server: Server) -> None:
    Path("rows.jsonl").write_text('{"q": "Hi", "n": [1]}\n\n{"q": "Ho", "n": 2}\n')
    Path("prompt.txt").write_text("{q} {n}")
    operation = ["--operation", "chat.create_chat_completion"]
    assert main([*RUN, "rows.jsonl", "--prompt", "@prompt.txt", *operation]) == 0
    assert [one["custom_id"] for one in requests()] == ["row-1", "row-3"]
    messages = [[{"role": "user", "content": "Hi [1]"}], [{"role": "user", "content": "Ho 2"}]]
    bodies = [one["body"] for one in requests()]
    assert bodies == [{"messages": one, "model": "gpt-5.5"} for one in messages]


def test_the_same_command_continues(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\n")
    command = [*RUN, "rows.csv", "--prompt", "{text}"]
    assert main([*command, "--no-wait"]) == 0
    assert main(["batch", "status", "job"]) == 0
    assert main(command) == 0
    assert main(command) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0] == "0 of 1 requests done, 0 failed; 0 of 1 batches ended"
    assert out[1].startswith("0001.jsonl: 1 requests, sent batch_")
    assert out[-1] == "1 of 1 requests done, 0 failed; 1 of 1 batches ended"
    assert [one.operation for one in server.requests].count("batches.create_batch") == 1


def test_failures_are_printed_and_sent_again(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\ny,World\n")
    server.script_batches(BatchScript(failures={"y": 500}))
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 1
    capsys.readouterr()
    assert main(["batch", "results", "job", "--failed"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    error = {"code": None, "message": "scripted failure 500", "status": 500}
    assert json.loads(line) == {"id": "y", "error": error}
    server.script_batches(BatchScript())
    assert main(["batch", "again", "job", "--poll", "0.001"]) == 0
    assert main(["batch", "results", "job", "--failed"]) == 0


@pytest.mark.parametrize(
    ("rows", "prompt", "message"),
    [
        ("id,text\nx,Hello\ny\n", "{text}", "rows.csv:3: expected 2 values, as in line 1"),
        ("id,text\nx,Hello\nx,World\n", "{text}", "rows.csv:3: id: 'x' is used twice"),
        ("id,text\nx,Hello\n", "{txt}", 'rows.csv:2: no column "txt"; the row has id, text'),
        (
            "id,text\nx,Hello\n",
            "{text} {",
            'rows.csv:2: the template has a single "{"; write "{{" for a brace',
        ),
        ("id,text\n,Hello\n", "{text}", "rows.csv:2: id: expected 1 to 512 characters, got 0"),
        ("id,text,id\nx,Hello,y\n", "{text}", 'rows.csv:1: the column "id" is there twice'),
        ("id,text\n", "{text}", "rows.csv: the file has no rows"),
        ("", "{text}", "rows.csv: the file has no rows"),
        ('id,text\n"x,Hello\n', "{text}", "rows.csv:2: unexpected end of data"),
    ],
)
def test_wrong_rows_are_named_before_anything_is_sent(
    server: Server, capsys: pytest.CaptureFixture[str], rows: str, prompt: str, message: str
) -> None:
    Path("rows.csv").write_text(rows)
    assert main([*RUN, "rows.csv", "--prompt", prompt]) != 0
    assert message in capsys.readouterr().err
    assert server.requests == ()


@pytest.mark.parametrize("value", ["null", "1.5", "true", "[1]"])
def test_an_id_that_is_no_text_is_named(
    server: Server, capsys: pytest.CaptureFixture[str], value: str
) -> None:
    Path("rows.jsonl").write_text(f'{{"id": 1, "q": "Hi"}}\n{{"id": {value}, "q": "Ho"}}\n')
    assert main([*RUN, "rows.jsonl", "--prompt", "{q}"]) == 2
    assert "rows.jsonl:2: id: expected a text or an integer, got " in capsys.readouterr().err
    assert server.requests == ()


def test_rows_may_be_long(server: Server) -> None:
    Path("rows.csv").write_text(f"id,text\nx,{'y' * 200_000}\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 0


def test_another_prompt_for_a_row_that_was_sent_is_refused(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\ny,World\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 0
    sent = len(server.requests)
    Path("rows.csv").write_text("id,text\nz,New\nx,Hello\ny,Worlds\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 2
    assert "rows.csv:4: id: 'y' is used for another request in the folder" in capsys.readouterr().err
    assert len(server.requests) == sent
    assert "New" not in Path("job/requests/0001.jsonl").read_text()
    assert not Path("job/requests/0002.jsonl").exists()


def test_a_row_that_is_not_utf_8_is_named(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    Path("rows.csv").write_bytes(b"id,text\nx,Hello\ny,\xff\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 1
    assert "rows.csv:3: the row or the line of names is not UTF-8" in capsys.readouterr().err
    assert server.requests == ()


def test_rows_that_were_added_to_the_file_are_sent(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 0
    Path("rows.csv").write_text("id,text\nx,Hello\ny,World\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 of 2 requests done, 0 failed; 2 of 2 batches ended"


def test_failed_requests_are_told_how_to_be_sent_again(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\n")
    server.script_batches(BatchScript(failures={"x": 500}))
    assert main([*RUN, "rows.csv", "--prompt", "{text}"]) == 1
    assert capsys.readouterr().err.endswith("again with: typed-openai batch again job\n")


@pytest.mark.parametrize("seconds", ["-1", "nan", "soon", "1e9"])
def test_a_wrong_pause_is_refused_before_anything_is_sent(server: Server, seconds: str) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\n")
    assert main([*RUN, "rows.csv", "--prompt", "{text}", "--poll", seconds]) == 2
    assert server.requests == ()


def test_a_killed_command_continues_as_the_same_command(server: Server) -> None:
    Path("rows.csv").write_text("id,text\n" + "".join(f"r{number},t{number}\n" for number in range(30)))
    server.script_batches(BatchScript(polls=1_000_000))
    command = [str(Path(sys.executable).with_name("typed-openai")), *RUN, "rows.csv", "--prompt", "{text}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        while "batches.retrieve_batch" not in [one.operation for one in server.requests]:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    engine = server._service.work.batches
    for batch in engine._batches.values():
        batch.script = BatchScript()
    assert main(command[1:]) == 0
    assert len(engine.ended) == 1
    assert len(engine.ended[0]) == 30


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["batch", "results", "nowhere"], "nowhere: not the folder of a batch job: no journal.jsonl"),
        ([*RUN, "rows.xml", "--prompt", "x"], "rows.xml: expected a file .jsonl, .csv or .tsv"),
        ([*RUN, "rows.csv", "--prompt", "x", "--arguments", "["], "--arguments: not JSON"),
        ([*RUN, "rows.csv", "--prompt", "x", "--operation", "responses.creat_response"], "did you mean"),
        ([*RUN, "rows.csv", "--prompt", "x", "--operation", "chat"], "expected GROUP.METHOD, such as"),
    ],
)
def test_a_wrong_command_is_explained(
    server: Server, capsys: pytest.CaptureFixture[str], command: list[str], message: str
) -> None:
    Path("rows.csv").write_text("id,text\nx,Hello\n")
    assert main(command) != 0
    assert message in capsys.readouterr().err
