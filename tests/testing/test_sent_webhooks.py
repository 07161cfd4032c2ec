"""Webhooks of the embedded server: finished work is reported to a URL, signed as the API signs."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from typed_openai import Client, unwrap_webhook
from typed_openai.cli import main
from typed_openai.testing import BatchScript, Server, serve

SECRET = "whsec_c2VjcmV0IGZvciB0ZXN0cw=="  # made up
LINE = {
    "custom_id": "a",
    "method": "POST",
    "url": "/v1/embeddings",
    "body": {"input": "x", "model": "text-embedding-3-small"},
}


class Receiver:
    """A server for webhooks; ``statuses`` are its first answers."""

    def __init__(self, *statuses: int) -> None:
        self.got: list[tuple[bytes, dict[str, str]]] = []
        self.statuses = list(statuses)
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the base class calls it
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((body, {name.lower(): one for name, one in self.headers.items()}))
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hooks?a=1"
        Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def events(self, secret: str = SECRET) -> list[Any]:
        return [unwrap_webhook(body, headers, secret) for body, headers in self.got]


@contextmanager
def receiving(*statuses: int) -> Iterator[Receiver]:
    receiver = Receiver(*statuses)
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()


def waited(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def server(receiver: Receiver) -> Iterator[Server]:
    with serve(webhook=receiver.url, webhook_secret=SECRET) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Client:
    return Client(api_key="test", base_url=server.base_url)


def batch(client: Client, *lines: object) -> str:
    content = b"".join(json.dumps(one).encode() + b"\n" for one in lines)
    file = client.files.create_file(("in.jsonl", content), "batch")
    return str(client.batches.create_batch("24h", "/v1/embeddings", file["id"])["id"])


def test_work_that_ends_is_reported_without_being_retrieved(
    client: Client, server: Server, receiver: Receiver
) -> None:
    response = client.responses.create_response("Hi", "gpt-5.5", background=True)
    tuning = client.fine_tuning.create_fine_tuning_job("gpt-4o-mini", "file-1")
    ids = {
        "response.completed": response["id"],
        "fine_tuning.job.succeeded": tuning["id"],
        "batch.completed": batch(client, LINE),
    }
    waited(lambda: len(server.webhooks) == 3)
    events = receiver.events()
    assert {one["type"]: one["data"]["id"] for one in events} == ids
    assert {one.event: one.object_id for one in server.webhooks} == ids
    assert all(one.is_accepted and one.tries == 1 for one in server.webhooks)
    assert all(abs(one["created_at"] - time.time()) < 60 for one in events)
    assert len({headers["webhook-id"] for _, headers in receiver.got}) == 3
    assert client.batches.retrieve_batch(ids["batch.completed"])["status"] == "completed"
    assert all(one.operation != "responses.get_response" for one in server.requests)  # nothing is recorded


def test_the_event_says_how_a_batch_has_ended(client: Client, server: Server, receiver: Receiver) -> None:
    wrong = batch(client, {**LINE, "url": "/v1/wrong"})
    server.script_batches(BatchScript(expire_after=0))
    expired = batch(client, LINE)
    server.script_batches(BatchScript(polls=100_000))
    cancelled = batch(client, LINE)
    client.batches.cancel_batch(cancelled)
    waited(lambda: len(server.webhooks) == 3)
    assert {one["data"]["id"]: one["type"] for one in receiver.events()} == {
        wrong: "batch.failed",
        expired: "batch.expired",
        cancelled: "batch.cancelled",
    }


def test_a_run_of_an_evaluation_is_reported_under_the_name_of_its_event(
    client: Client, server: Server, receiver: Receiver
) -> None:
    source: Any = {"type": "jsonl", "source": {"type": "file_id", "id": "file-1"}}
    run = client.evals.create_eval_run("eval_1", source)
    waited(lambda: server.webhooks)
    assert (server.webhooks[0].event, server.webhooks[0].object_id) == ("eval.run.succeeded", run["id"])


def test_work_that_is_complete_at_once_is_not_reported(client: Client, server: Server) -> None:
    client.responses.create_response("Hi", "gpt-5.5")
    client.models.list_models()
    client.chat.create_chat_completion([{"role": "user", "content": "Hi"}], "gpt-5.5")
    response = client.responses.create_response("Hi", "gpt-5.5", background=True)
    waited(lambda: server.webhooks)
    time.sleep(0.2)
    assert [one.object_id for one in server.webhooks] == [response["id"]]


def test_a_webhook_is_sent_again_with_the_same_id_until_it_is_accepted() -> None:
    with receiving(500, 302) as receiver, serve(webhook=receiver.url) as server:
        client = Client(api_key="test", base_url=server.base_url)
        client.responses.create_response("Hi", "gpt-5.5", background=True)
        waited(lambda: server.webhooks)
        assert (server.webhooks[0].tries, server.webhooks[0].status) == (3, 200)
        assert {headers["webhook-id"] for _, headers in receiver.got} == {server.webhooks[0].webhook_id}
        assert len(receiver.events(server.webhook_secret)) == 3


def test_a_streamed_response_in_the_background_is_reported_after_its_last_event(
    client: Client, server: Server
) -> None:
    plain = list(client.responses.create_response("Hi", "gpt-5.5", stream=True))
    assert plain
    with client.responses.create_response("Hi", "gpt-5.5", stream=True, background=True) as events:
        first = next(events)
        assert first["type"] == "response.created"
        assert not server.webhooks
        assert [one["type"] for one in events][-1] == "response.completed"
    waited(lambda: server.webhooks)
    time.sleep(0.2)
    assert [(one.event, one.object_id) for one in server.webhooks] == [
        ("response.completed", first["response"]["id"])
    ]


def test_a_stream_that_the_client_leaves_is_reported_when_it_would_have_ended(receiver: Receiver) -> None:
    with serve(webhook=receiver.url, webhook_secret=SECRET, delay=0.05) as server:
        client = Client(api_key="test", base_url=server.base_url)
        states = ["created", *["in_progress"] * 8, "failed"]
        script: list[Any] = [
            {"type": f"response.{one}", "response": {"id": "resp_1", "background": True}} for one in states
        ]
        server.stream("responses.create_response", events=script)
        start = time.monotonic()
        with client.responses.create_response("Hi", "gpt-5.5", stream=True, background=True) as events:
            next(events)
        waited(lambda: server.webhooks)
        assert time.monotonic() - start >= 9 * 0.05
        assert [(one.event, one.object_id) for one in server.webhooks] == [("response.failed", "resp_1")]


def test_a_streamed_response_that_is_cancelled_is_reported_as_cancelled_alone(receiver: Receiver) -> None:
    with serve(webhook=receiver.url, webhook_secret=SECRET, delay=0.01) as server:
        client = Client(api_key="test", base_url=server.base_url)
        with client.responses.create_response("Hi", "gpt-5.5", stream=True, background=True) as events:
            first: Any = next(events)
            client.responses.cancel_response(first["response"]["id"])
            waited(lambda: server.webhooks)
            list(events)
        time.sleep(0.2)
        assert [one.event for one in server.webhooks] == ["response.cancelled"]


def test_cleared_work_is_not_reported(client: Client, server: Server, receiver: Receiver) -> None:
    server.script_batches(BatchScript(polls=10))
    batch(client, LINE)
    server.clear()
    response = client.responses.create_response("Hi", "gpt-5.5", background=True)
    waited(lambda: server.webhooks)
    assert [one.object_id for one in server.webhooks] == [response["id"]]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"webhook": "https://example.com/hooks"}, "webhook: expected a URL on this machine"),
        ({"webhook": "http://192.0.2.1/"}, "webhook: expected a URL on this machine"),
        ({"webhook": "https://127.0.0.1/"}, "webhook: expected a URL on this machine"),
        ({"webhook": "127.0.0.1:9000"}, "webhook: expected a URL on this machine"),
        ({"webhook": "http://127.0.0.1:port/"}, "webhook: expected a URL on this machine"),
        ({"webhook": "http://127.0.0.1/", "webhook_secret": "whsec_plain!"}, "webhook_secret: "),
        ({"webhook_secret": SECRET}, "webhook_secret: there is no webhook to sign"),
    ],
)
def test_a_wrong_setting_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}") as caught, serve(**settings):
        pass
    assert "plain!" not in str(caught.value)


def test_the_command_reports_webhooks_and_its_new_secret(receiver: Receiver) -> None:
    command = [str(Path(sys.executable).with_name("typed-openai")), "serve", "--port", "0", "--webhook"]
    with subprocess.Popen([*command, receiver.url], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            lines = iter(process.stdout.readline, "")
            introduction = next(lines)
            url = next(word for word in introduction.split() if word.startswith("http://"))
            secret = next(one for one in lines if one.startswith("Webhooks")).split()[-1]
            client = Client(api_key="test", base_url=url)
            made = client.responses.create_response("Hi", "gpt-5.5", background=True)
            told = next(one for one in lines if one.startswith("webhook "))
        finally:
            process.kill()
    assert told == f"webhook response.completed {made['id']} 200\n"
    assert receiver.events(secret)[0]["data"]["id"] == made["id"]


def test_the_command_explains_a_wrong_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--port", "0", "--webhook", "http://example.com/"]) == 1
    assert "--webhook: expected a URL on this machine" in capsys.readouterr().err
    assert main(["serve", "--port", "0", "--webhook-secret", "x"]) == 1
    assert "--webhook-secret: there is no webhook" in capsys.readouterr().err


def test_clear_forgets_files_uploads_and_batches() -> None:
    with serve() as server:
        client = Client(api_key="test", base_url=server.base_url)
        server.script_batches(BatchScript(failures={"a": 500}))
        first = batch(client, LINE)
        upload = client.uploads.create_upload(3, "x.jsonl", "text/jsonl", "batch")
        client.uploads.add_upload_part(upload["id"], b"abc")
        files = [one["id"] for one in client.files.list_files()["data"]]
        server.clear()
        assert not {one["id"] for one in client.files.list_files()["data"]} & set(files)
        assert client.files.download_file(files[0]).read() != json.dumps(LINE).encode() + b"\n"
        assert first not in [one["id"] for one in client.batches.list_batches()["data"]]
        second = batch(client, LINE)
        assert [one["id"] for one in client.batches.list_batches()["data"]] == [second]
        states = [client.batches.retrieve_batch(second) for _ in range(2)]
        assert states[-1]["request_counts"] == {"total": 1, "completed": 1, "failed": 0}
        assert client.uploads.complete_upload(upload["id"], ["part_unknown"])["status"]  # a generated one
