"""Calls that name an operation in text have the types of the operation's own method."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mypy.version import __version__ as mypy_version

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

HEADER = """\
from typing import Any, Final, Literal
import typed_openai
from typed_openai import Client
from typed_openai.aio import AsyncClient
from typed_openai.types import CreateChatCompletionRequest

class Mine(Client): ...

client, mine, tasks = Client(), Mine(), AsyncClient()
name, ident = input(), input()
payload: dict[str, Any] = {}
NAME: Final = "listModels"
typed: CreateChatCompletionRequest = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
"""
HELLO = '[{"role": "user", "content": "x"}]'
CHAT = f'{{"model": "m", "messages": {HELLO}}}'

# An expression, and the type that mypy reveals for it.
TYPES = {
    'client.call("createEmbedding", "text", "m")["model"]': "str",
    'client.call("embeddings.create_embedding", "text", "m")["object"]': "Literal['list']",
    f'client.call("createChatCompletion", {HELLO}, "m")["id"]': "str",
    f'next(iter(client.call("createChatCompletion", {HELLO}, "m", stream=True)))["object"]': (
        "Literal['chat.completion.chunk']"
    ),
    "client.call(NAME)['object']": "Literal['list']",
    'mine.call("listModels")["object"]': "Literal['list']",
    'typed_openai.call("listModels")["object"]': "Literal['list']",
    "client.call(name, 1, colour=2)": "Any",
    f'client.as_curl("createChatCompletion", {HELLO}, "m")': "str",
    f'mine.as_curl("chat.create_chat_completion", {HELLO}, "m", stream=True)': "str",
    "typed_openai.as_curl(NAME)": "str",
    "client.as_curl(name, 1, colour=2)": "str",
    'client.request("GET", "/models")["object"]': "Literal['list']",
    'typed_openai.request("GET", "/models")["object"]': "Literal['list']",
    'client.request("get", f"/models/{ident}")["id"]': "str",
    'client.request("GET", f"/files/{ident}/content")': "typed_openai.binary.BinaryReply",
    f'client.request("POST", "/chat/completions", json={CHAT})["id"]': "str",
    f'next(iter(client.request("POST", "/chat/completions", json={CHAT}, stream=True)))["object"]': (
        "Literal['chat.completion.chunk']"
    ),
    'client.request("POST", "/chat/completions", json={"stream": True, **typed})': "Any",
    'client.request("POST", "/chat/completions", json=payload)': "Any",
    'client.request("POST", "/embeddings", json=payload)': "Any",
    'client.request("POST", "/moderations", json=payload)["model"]': "str",
    'client.request("POST", "/moderations", json={**payload, "input": 3})["model"]': "str",
    'client.request("GET", "/fine_tuning/jobs", params={"limit": 3})["data"][0]["id"]': "str",
    'client.request("POST", "/rerank", json={"query": "x"})': "Any",
    'client.request("GET", f"/{name}/models")': "Any",
    'client.request(name, "/models")': "Any",
    'client.request("GET", name)': "Any",
    'client.request("GET", "/models", json=None)["object"]': "Literal['list']",
}

# An expression of a coroutine, and the type.
AWAITED_TYPES = {
    '(await tasks.call("createEmbedding", "text", "m"))["model"]': "str",
    f'(await anext(await tasks.call("createChatCompletion", {HELLO}, "m", stream=True)))["object"]': (
        "Literal['chat.completion.chunk']"
    ),
    '(await tasks.request("GET", f"/models/{ident}"))["id"]': "str",
    'await tasks.request("GET", f"/files/{ident}/content")': (
        "typed_openai.aio.async_binary.AsyncBinaryReply"
    ),
    "await tasks.call(name, 1, colour=2)": "Any",
    'tasks.as_curl("createEmbedding", "text", "m")': "str",
}

ALL_TYPES = TYPES | AWAITED_TYPES

# An expression, and the message: the column of the mistake is that of the mark.
MISTAKES = {
    'client.call(@"createChatCompletions")': (
        'the API has no operation "createChatCompletions"; did you mean "createChatCompletion"?'
    ),
    'client.call(@"chat.create_chat_completon")': (
        'the API has no operation "chat.create_chat_completon"; did you mean "chat.create_chat_completion"?'
    ),
    'client.call(@"create_chat_completion")': (
        'the API has no operation "create_chat_completion"; did you mean "chat.create_chat_completion"?'
    ),
    'typed_openai.call("listModels", colour=@1)': 'unexpected keyword "colour" for models.list_models',
    'client.call("createChatCompletion", [{"role": @"usr", "content": "x"}], "m")': (
        "messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; "
        "got 'usr'; did you mean 'user'?"
    ),
    f'client.call("createChatCompletion", {HELLO}, "m", temperature=@3)': (
        "temperature: expected at most 2, got 3"
    ),
    'client.as_curl(@"createChatCompletions")': (
        'the API has no operation "createChatCompletions"; did you mean "createChatCompletion"?'
    ),
    'typed_openai.as_curl("createEmbedding", @3, "m")': (
        'input: expected "str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]", got "int"; '
        "put it in a list"
    ),
    'client.as_curl("createEmbedding", "x", "m", colour=@1)': (
        'unexpected keyword "colour" for embeddings.create_embedding'
    ),
    '@client.as_curl("createEmbedding", "x")': (
        'missing required argument "model" for embeddings.create_embedding'
    ),
    '@client.call("createEmbedding", "x")': (
        'missing required argument "model" for embeddings.create_embedding'
    ),
    'client.request("POST", "/embeddings", json={@"modl": "m", "input": "x"})': (
        'json: unknown key "modl" for CreateEmbeddingRequest; did you mean "model"?'
    ),
    'client.request("POST", "/chat/completions", json={"model": "m", "messages": [{"role": @"usr"}]})': (
        "json.messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', "
        "'function'; got 'usr'; did you mean 'user'?"
    ),
    f'client.request("POST", "/chat/completions", json={{"model": "m", "messages": {HELLO}, "n": @0}})': (
        "json.n: expected at least 1, got 0"
    ),
    'client.request("POST", "/embeddings", json=@typed)': (
        'json: expected "CreateEmbeddingRequest", got "CreateChatCompletionRequest"'
    ),
    '@client.request("POST", "/embeddings")': 'missing required argument "json" for Client.request',
    'client.request("POST", @"/chat/completion")': (
        'the API has no path "POST /chat/completion"; did you mean "/chat/completions"?'
    ),
    'client.request("GET", @f"/file/{ident}/content")': (
        'the API has no path "GET /file/.../content"; did you mean "/files/{file_id}/content"?'
    ),
    'client.request(@"PUT", "/models")': 'the API has no "PUT /models"; that path takes GET',
    'client.request("GET", "/files", json=@{"purpose": "batch"})': (
        "json: GET /files takes no body; its query goes into params"
    ),
    'client.request("DELETE", "/files/f", json=@payload)': "json: DELETE /files/{file_id} takes no body",
    'client.request("GET", "/fine_tuning/jobs", params={@"limt": 3})': (
        'params: unknown key "limt" for the query; did you mean "limit"?'
    ),
    'client.request("GET", "/fine_tuning/jobs", params={"limit": @"3"})': (
        'params.limit: expected "int", got "str"'
    ),
    '(await tasks.request("GET", "/models/m"))[@"idd"]': 'unknown key "idd" for Model; did you mean "id"?',
    'await tasks.call(@"retrieveModl", "m")': (
        'the API has no operation "retrieveModl"; did you mean "retrieveModel"?'
    ),
    'await tasks.call("retrieveModel", model=@3)': 'model: expected "str", got "int"',
    'await tasks.request("GET", @"/model")': ('the API has no path "GET /model"; did you mean "/models"?'),
    '@client.request("DELETE", "/assistants/a")': (
        "assistants.delete_assistant is deprecated; use the Responses API "
        "(client.responses.create_response), with prompts or instructions in place of assistants"
    ),
}


@pytest.fixture(scope="module")
def printed(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """The output of mypy, by line: first the types, then the mistakes."""
    folder = tmp_path_factory.mktemp("dynamic")
    lines = [f"reveal_type({one})" for one in ALL_TYPES] + [one.replace("@", "") for one in MISTAKES]
    # As in a notebook: a coroutine function would make the synchronous calls mistakes.
    options = ["--disable-error-code=top-level-await"]
    (folder / "example.py").write_text(HEADER + "\n".join(lines) + "\n")
    return run_mypy(["example.py", *options], folder=folder).by_line(HEADER)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("number", range(len(ALL_TYPES)), ids=list(ALL_TYPES))
def test_what_is_known_gives_the_operation_s_type_and_what_is_not_gives_any(
    number: int, printed: dict[int, list[str]]
) -> None:
    (line,) = printed[number]
    assert line.endswith(f'note: Revealed type is "{[*ALL_TYPES.values()][number]}"')


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=list(MISTAKES))
def test_each_mistake_is_told_once_at_its_place(number: int, printed: dict[int, list[str]]) -> None:
    written, text = [*MISTAKES.items()][number]
    if text.startswith("json.n:") and mypy_version.startswith("1.20"):
        pytest.skip("this mypy asks no plugin about the display of a TypedDict")
    (line,) = printed[len(ALL_TYPES) + number]
    assert line.startswith(f"{written.index('@') + 1}: error: {text}  [openai-")


@pytest.mark.slow(seconds=2)
def test_without_the_plugin_nothing_is_known_of_such_calls(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(HEADER + 'reveal_type(client.call("createChatCompletions"))\n')
    (line,) = run_mypy(["example.py"], folder=tmp_path, plugin=None).diagnostics
    assert line.endswith('Revealed type is "Any"')
