"""Spans of APIs that are not OpenAI's are generic, unless an override names what a model does."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.telemetry.conftest import CHAT, KEY, Recorded

from typed_openai._calls.endpoints import Endpoint, packaged
from typed_openai._security.credentials import Headers
from typed_openai._telemetry.observed_calls import observed_call
from typed_openai._transport.seam import HttpRequest
from typed_openai.cli import main
from typed_openai.client import Client
from typed_openai_spec.model import Result

FIXTURES = Path(__file__).parents[1] / "fixtures"

ASKING = """\
openapi: 3.1.0
info: {title: Asking, version: "1"}
servers: [{url: https://asking.test/v2}]
paths:
  /ask:
    post:
      operationId: ask
      requestBody:
        content:
          application/json:
            schema: {type: object, properties: {model: {type: string}}}
      responses: {"200": {description: "", content: {application/json: {schema: {type: object}}}}}
  /asked/{id}:
    get:
      operationId: asked
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: "", content: {application/json: {schema: {type: object}}}}}
"""


def test_another_description_has_generic_spans(server: Any, recorded: Recorded, tmp_path: Path) -> None:
    server.reply(CHAT)
    (tmp_path / "asking.yaml").write_text(ASKING)
    client: Any = recorded.client(server, spec=str(tmp_path / "asking.yaml"))
    client.asked.asked("17")
    assert recorded.span.name == "asked.asked"
    assert {one for one in recorded.found if one.startswith("gen_ai")} == set()
    assert recorded.found["http.request.method"] == "GET"
    assert recorded.found["url.template"] == "/asked/{id}"
    assert recorded.found["http.response.status_code"] == 200
    assert recorded.points("gen_ai.client.operation.duration") == []


def test_an_override_makes_the_spans_of_another_description_those_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "asking.yaml").write_text(ASKING)
    endpoint = Client(spec=str(tmp_path / "asking.yaml"))._endpoints.by_id("ask")
    named = Endpoint(replace(endpoint.operation, gen_ai="chat"), packaged().index)
    request = HttpRequest("ask.ask", "POST", "https://asking.test/v2/ask", Headers({}), fields={"model": "m"})
    call = observed_call(request, Result("json"), named, is_openai=False)
    assert (call.name, call.is_generated, call.counts_tokens) == ("chat m", True, True)
    assert call.measured == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "m",
        "server.address": "asking.test",
        "server.port": 443,
    }


def test_a_generated_package_can_be_instrumented(
    server: Any, recorded: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["--spec", str(FIXTURES / "library.yaml"), "--package", "traced_library"]
    assert main(["generate", *words, "--out", str(tmp_path)]) == 0
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        library = importlib.import_module("traced_library")
        aio = importlib.import_module("traced_library.aio")
        monkeypatch.setenv("TRACED_LIBRARY_API_KEY", KEY)
        monkeypatch.setenv("TRACED_LIBRARY_BASE_URL", server.base_url)
        server.reply([])
        recorded.instrumented(library).request("GET", "/books")
        recorded.instrumented(library.Client()).request("GET", "/books")
        recorded.instrumented(aio.AsyncClient())
    finally:
        for name in [one for one in sys.modules if one.startswith("traced_library")]:
            del sys.modules[name]
    assert [one.name for one in recorded.spans] == [recorded.spans[0].name] * 2


def test_a_client_of_openais_own_description_is_openais(server: Any, recorded: Recorded) -> None:
    server.reply({"object": "list", "data": []})
    recorded.instrumented(Client(api_key=KEY, base_url=server.base_url)).models.list_models()
    assert recorded.found["gen_ai.provider.name"] == "openai"
