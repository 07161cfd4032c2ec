"""A call as a curl command: it is readable, shows no credential, and sends the same request."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

import typed_openai
from typed_openai.client import Client
from typed_openai.errors import CallError
from typed_openai.testing import serve

CERTIFICATE = Path(__file__).parents[1] / "faults" / "localhost.pem"
KEY = "sk-0123456789abcdef0123456789"
MESSAGES = [{"role": "user", "content": 'It\'s $HOME, `ls` \\ "x" !\n\u00e4 @file'}]
curl = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key=KEY, base_url=server.base_url, timeout=20)


def run(command: str, cwd: Path | None = None) -> str:
    """Return the output of the command, run by a shell that has the key."""
    environment = {"PATH": os.environ["PATH"], "OPENAI_API_KEY": KEY, "OPENAI_ADMIN_KEY": "admin-" + KEY}
    done = subprocess.run(
        ["sh", "-c", f"{command} --silent --show-error --noproxy '*'"],
        env=environment,
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


def test_a_call_reads_as_a_command_of_several_lines() -> None:
    client = Client(api_key=KEY, base_url="https://api.example.com/v1")
    assert client.as_curl("createEmbedding", "it's", "m", dimensions=3).splitlines() == [
        "curl https://api.example.com/v1/embeddings \\",
        "  --request POST \\",
        '  --header "Authorization: Bearer $OPENAI_API_KEY" \\',
        "  --header 'Accept: application/json' \\",
        "  --header 'Content-Type: application/json' \\",
        "  --data-raw '{",
        """  "input": "it'"'"'s",""",
        '  "model": "m",',
        '  "dimensions": 3',
        "}'",
    ]


def test_the_command_names_the_key_that_the_operation_needs_and_needs_none_itself() -> None:
    client = Client()
    assert '"Authorization: Bearer $OPENAI_ADMIN_KEY"' in client.as_curl("admin-api-keys-list")
    assert '"Authorization: Bearer $OPENAI_API_KEY"' in client.as_curl("models.list_models")
    assert typed_openai.as_curl("listModels") == client.as_curl("listModels")


def test_no_credential_is_shown() -> None:
    client = Client(
        api_key=KEY,
        base_url=f"https://gateway.example.com/v1?api-key={KEY}",
        http_headers={"X-Api-Key": KEY, "Cookie": KEY, "X-Plain": "shown"},
    )
    for options in ({}, {"openai_api_key": KEY}, {"extra_headers": {"Authorization": f"Basic {KEY}"}}):
        command = client.as_curl("listModels", **options)
        assert KEY not in command
        assert "--header 'X-Api-Key: ***'" in command
        assert "--header 'X-Plain: shown'" in command
        assert "api-key=***" in command
    assert "--header 'Authorization: ***'" in command
    assert "$OPENAI_API_KEY" not in command


def test_wrong_calls_and_bodies_that_cannot_be_shown_are_refused(client: Client) -> None:
    with pytest.raises(CallError, match='did you mean "dimensions"'):
        client.as_curl("createEmbedding", "a", "m", dimension=3)
    with pytest.raises(CallError, match="has no operation"):
        client.as_curl("createEmbeddings")


def test_nothing_is_sent(server: Any, client: Client) -> None:
    client.as_curl("createChatCompletion", MESSAGES, "m", stream_to=print)
    assert server.seen == []


CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("createChatCompletion", (MESSAGES, "m"), {"temperature": 0.1, "seed": 2**60, "metadata": {"a": "'"}}),
    ("listModels", (), {}),
    ("retrieveFile", ("a/b c'\u00e4",), {}),
    ("listFiles", (), {"limit": 3, "after": "x y&z", "extra_headers": {"X-More": 'a "b" $c'}}),
    ("listRuns", ("t",), {}),
    ("admin-api-keys-list", (), {}),
]


@curl
@pytest.mark.parametrize(("operation", "args", "kwargs"), CALLS, ids=[one[0] for one in CALLS])
def test_the_command_sends_what_the_call_sends(
    server: Any, operation: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> None:
    client = Client(api_key=KEY, admin_api_key="admin-" + KEY, base_url=server.base_url, timeout=20)
    server.reply({"ok": True})
    client.call(operation, *args, **kwargs)
    assert json.loads(run(client.as_curl(operation, *args, **kwargs))) == {"ok": True}
    ours, theirs = server.seen
    assert (ours.method, ours.path) == (theirs.method, theirs.path)
    assert (json.loads(ours.body) if ours.body else None) == (
        json.loads(theirs.body) if theirs.body else None
    )
    transport = {"user-agent", "host", "accept-encoding", "connection", "content-length", "idempotency-key"}
    assert {name: one for name, one in ours.headers.items() if name not in transport} == {
        name: one for name, one in theirs.headers.items() if name not in transport
    }


@curl
def test_a_form_is_sent_with_its_file_as_the_embedded_server_wants_it(tmp_path: Path) -> None:
    path = tmp_path / "a \"b\" 'c'; d,e\\f.jsonl"
    path.write_bytes(b'{"n": 1}\n')
    with serve() as fake:
        client = Client(api_key=KEY, base_url=fake.base_url)
        expiry = {"anchor": "created_at", "seconds": 3600}
        reply = json.loads(run(client.as_curl("createFile", path, "batch", expires_after=expiry)))
        assert reply["object"] == "file"
        (seen,) = fake.requests
        assert seen.status == 200
        body: Any = seen.body
        assert (body["file"].content, body["file"].content_type) == (path.read_bytes(), "application/jsonl")
        assert {**body, "file": None} == {"file": None, "purpose": "batch", "expires_after": expiry}


@curl
def test_content_from_memory_is_read_from_the_current_folder(server: Any, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_bytes(b"content")
    client = Client(api_key=KEY, base_url=server.base_url)
    server.reply({})
    run(client.as_curl("createFile", ("notes.txt", b"content"), "user_data"), tmp_path)
    assert b'filename="notes.txt"' in server.seen[0].body
    assert b"content" in server.seen[0].body


@curl
def test_a_stream_is_shown_as_it_comes() -> None:
    with serve() as fake:
        client = Client(api_key=KEY, base_url=fake.base_url)
        command = client.as_curl("createChatCompletion", MESSAGES, "gpt-4o-mini", stream=True)
        assert "--no-buffer" in command
        assert run(command).endswith("data: [DONE]\n\n")


def test_the_way_to_the_server_is_shown_without_passwords(tmp_path: Path) -> None:
    bundle = shutil.copy(CERTIFICATE, tmp_path)
    options = {
        "proxies": {
            "https": "http://user:pass-word@proxy.example.com:3128",
            "http": "http://other.example.com",
        },
        "cert": (str(bundle), str(bundle)),
    }
    url = "https://api.example.com/v1"
    command = Client(base_url=url, http_options={**options, "verify": False}).as_curl("listModels")
    assert "--proxy 'http://user:***@proxy.example.com:3128'" in command
    assert "--insecure" in command
    assert f"--cert {bundle} --key {bundle}" in command
    assert "pass-word" not in command
    assert f"--cacert {bundle}" in Client(base_url=url, http_options={"verify": bundle}).as_curl("listModels")


def test_a_body_that_is_made_while_it_is_sent_is_refused() -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        for content in (iter([b"a"]), pipe):
            with pytest.raises(CallError, match="a streamed request body cannot be shown"):
                Client().as_curl("createFile", ("a.txt", content), "batch")


def test_a_get_with_a_body_is_a_get(tmp_path: Path) -> None:
    spec = tmp_path / "search.yaml"
    spec.write_text(
        "{openapi: 3.1.0, info: {title: Search, version: '1'}, servers: [{url: 'https://a.test'}], "
        "paths: {/a: {get: "
        "{operationId: search, requestBody: {required: true, content: {application/json: {schema: "
        "{properties: {q: {type: string}}}}}}, responses: {'204': {description: Ok}}}}}}"
    )
    command = Client(spec=spec).as_curl("search", q="x")
    assert "--request GET" in command
    assert "--data-raw" in command
