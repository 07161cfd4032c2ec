"""Azure OpenAI, by settings alone: deployments in the path, api-version, keys and Entra tokens."""

from __future__ import annotations

import asyncio
import json
from http.server import BaseHTTPRequestHandler
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from typed_openai import AuthenticationError, Client, NotFoundError, paginate
from typed_openai.aio import AsyncClient

KEY: Final = "0123456789abcdef0123456789abcdef"
VERSION: Final = "2024-10-21"
MESSAGES: Final[Any] = [{"role": "user", "content": "Hi."}]

FILTER: Final = {"hate": {"filtered": False, "severity": "safe"}}
CHOICE: Final = {
    "index": 0,
    "finish_reason": "stop",
    "message": {"role": "assistant", "content": "Hello."},
    "content_filter_results": FILTER,
}
CHUNKS: Final[list[Any]] = [
    # The first chunk has the results of the content filter, and no choice.
    {"choices": [], "prompt_filter_results": [{"prompt_index": 0, "content_filter_results": FILTER}]},
    {"choices": [{"index": 0, "delta": {"content": "Hello."}, "finish_reason": "stop"}]},
]

STREAM: Final = "".join(f"data: {json.dumps(one)}\n\n" for one in CHUNKS).encode() + b"data: [DONE]\n\n"

NOT_FOUND: Final = (404, {"error": {"code": "404", "message": "Resource not found"}})
NO_DEPLOYMENT: Final = (404, {"error": {"code": "DeploymentNotFound", "message": "It does not exist."}})
DENIED: Final = (401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key."}})


class Azure:
    """Answers by the rules of an Azure OpenAI resource with the deployment ``gpt``."""

    def __init__(self, server: Any) -> None:
        self.tokens = {"entra-1", "entra-2"}
        self._server = server
        parts = urlsplit(server.base_url)
        self.endpoint = f"{parts.scheme}://{parts.netloc}"

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        status, value = self._answer(handler)
        is_stream = isinstance(value, bytes)
        body = value if is_stream else json.dumps(value).encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "text/event-stream" if is_stream else "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _answer(self, handler: BaseHTTPRequestHandler) -> tuple[int, Any]:
        parts = urlsplit(handler.path)
        query = parse_qs(parts.query)
        version = query.get("api-version", [""])[0]
        match parts.path.split("/")[1:]:
            case ["openai", "v1", *place]:
                allowed = self._allows(handler, {*self.tokens, KEY}) and version in ("", "preview")
                return self._of(place, query) if allowed else DENIED
            case ["openai", *_] if not self._allows(handler, self.tokens):
                return DENIED
            case ["openai", *_] if version != VERSION:
                return NOT_FOUND
            case ["openai", "deployments", "gpt", *place]:
                return self._of(place, query)
            case ["openai", "deployments", *_]:
                return NO_DEPLOYMENT
            case ["openai", "files"]:
                return self._of(["files"], query)
        return NOT_FOUND

    def _allows(self, handler: BaseHTTPRequestHandler, bearers: set[str]) -> bool:
        bearer = (handler.headers["Authorization"] or "").removeprefix("Bearer ")
        return handler.headers["api-key"] == KEY or bearer in bearers

    def _of(self, place: list[str], query: dict[str, list[str]]) -> tuple[int, Any]:
        match place:
            case ["files"]:
                last = "after" in query
                return 200, {"data": [{"id": "f2" if last else "f1"}], "has_more": not last}
            case ["audio", "transcriptions"]:
                return 200, {"text": "Hello."}
            case ["chat", "completions"] if self._server.seen[-1].json.get("stream"):
                return 200, STREAM
            case ["chat", "completions"]:
                return 200, {"object": "chat.completion", "choices": [CHOICE]}
        return NOT_FOUND


@pytest.fixture
def azure(server: Any) -> Azure:
    made = Azure(server)
    server.answer(made)
    return made


def said(client: Client) -> str | None:
    reply = client.chat.create_chat_completion(MESSAGES, "gpt")
    content: str | None = reply["choices"][0]["message"]["content"]
    return content


def entra() -> str:
    """A token provider as azure-identity's ``get_bearer_token_provider`` returns."""
    return "entra-1"


@pytest.mark.parametrize("query", ["", "?api-version=preview"])
@pytest.mark.parametrize(
    "settings", [{"api_key": KEY}, {"api_key": entra}, {"http_headers": {"api-key": KEY}}]
)
def test_the_v1_api_needs_only_a_base_url(azure: Azure, settings: dict[str, Any], query: str) -> None:
    client = Client(base_url=f"{azure.endpoint}/openai/v1{query}", **settings)
    assert said(client) == "Hello."
    assert [one["id"] for one in paginate(client.files.list_files, limit=1)] == ["f1", "f2"]


@pytest.mark.parametrize("settings", [{"api_key": entra}, {"http_headers": {"api-key": KEY}}])
def test_a_dated_version_and_a_deployment_are_in_the_base_url(
    server: Any, azure: Azure, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "of-openai")
    url = f"{azure.endpoint}/openai/deployments/gpt?api-version={VERSION}"
    client = Client(base_url=url, **settings)
    assert said(client) == "Hello."
    assert server.seen[-1].path == f"/openai/deployments/gpt/chat/completions?api-version={VERSION}"
    chunks = list(client.chat.create_chat_completion(MESSAGES, "gpt", stream=True))
    assert [bool(one["choices"]) for one in chunks] == [False, True]
    assert client.audio.create_transcription(("a.wav", b"-"), "whisper") == {"text": "Hello."}
    # What belongs to no deployment has another base URL.
    whole = client.with_options(base_url=f"{azure.endpoint}/openai?api-version={VERSION}")
    assert [one["id"] for one in paginate(whole.files.list_files)] == ["f1", "f2"]
    assert "of-openai" not in str([one.headers for one in server.seen])


def test_the_environment_alone_is_enough(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{azure.endpoint}/openai/deployments/gpt?api-version={VERSION}"
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"api-key: {KEY}")
    assert said(Client()) == "Hello."


def test_the_asynchronous_client_takes_entra_tokens_too(server: Any, azure: Azure) -> None:
    async def call() -> None:
        async with AsyncClient(entra, base_url=f"{azure.endpoint}/openai/v1") as client:
            await client.chat.create_chat_completion(MESSAGES, "gpt")

    asyncio.run(call())
    assert server.seen[-1].headers["authorization"] == "Bearer entra-1"


def test_an_entra_token_that_expired_is_replaced(azure: Azure) -> None:
    tokens = iter(["expired", "entra-2"])
    assert said(Client(base_url=f"{azure.endpoint}/openai/v1", api_key=lambda: next(tokens))) == "Hello."


def test_mistakes_are_answered_with_azure_s_own_words(azure: Azure) -> None:
    dated = f"{azure.endpoint}/openai/deployments"
    headers = {"api-key": KEY}
    with pytest.raises(NotFoundError, match="It does not exist") as caught:
        said(Client(base_url=f"{dated}/other?api-version={VERSION}", http_headers=headers))
    assert caught.value.code == "DeploymentNotFound"
    with pytest.raises(NotFoundError, match="Resource not found"):
        said(Client(base_url=f"{dated}/gpt", http_headers=headers))
    with pytest.raises(AuthenticationError, match="invalid subscription key"):
        said(Client(base_url=f"{dated}/gpt?api-version={VERSION}", api_key=KEY))
