"""The completions, hover texts, signatures and definitions that pyright shows in an editor."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.editors.answers import (
    Target,
    active_parameter,
    completions,
    definitions,
    hover,
    parameters,
    signatures,
)
from tests.editors.language_server import LanguageServer

from typed_openai_spec.index.reader import packaged

CHAT = "client.chat.create_chat_completion"
IN_IMAGE = f'{CHAT}([{{"role": "user", "content": [{{"type": "image_url", "image_url": {{'
AFTER_IMAGE = '}}]}], "gpt-4o")'
STREAM = "for event in client.responses.create_response('Hi', 'gpt-4o', stream=True):\n    "
IF_DELTA = f'{STREAM}if event["type"] == "response.output_text.delta":\n        '


@dataclass(frozen=True)
class Completion:
    """A source, the ``first`` completions in order, others that must be present, and absent ones."""

    source: str
    first: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


def quoted(names: str) -> tuple[str, ...]:
    return tuple(f'"{one}"' for one in names.split())


COMPLETIONS = {
    "groups": Completion(
        "client.|",
        ("agents", "as_curl", "assistants", "audio", "batches"),
        ("chat", "responses"),
        ("_call", "_send"),
    ),
    "groups by their first letters": Completion("client.vec|", ("vector_stores",), absent=("chat",)),
    "groups of the default client": Completion(
        "import typed_openai\ntyped_openai.|", among=("chat", "responses", "Client"), absent=("Any",)
    ),
    "operations": Completion("client.chat.|", ("create_chat_completion", "delete_chat_completion")),
    "operations of the default client": Completion(
        "import typed_openai\ntyped_openai.files.cr|", ("create_file",)
    ),
    "components": Completion("types.ChatCompletionRequestUserM|", ("ChatCompletionRequestUserMessage",)),
    "components to import": Completion(
        "from typed_openai.types import OpenAIF|", ("OpenAIFile",), absent=("_Item",)
    ),
    "keywords": Completion("client.files.list_files(lim|)", ("limit=",)),
    "keywords of an overloaded operation": Completion(f'{CHAT}([], "gpt-4o", temp|)', ("temperature=",)),
    "the callback of a streaming operation": Completion(
        f'{CHAT}([], "gpt-4o", stream_|)', ("stream_options=", "stream_to=")
    ),
    "options of every call": Completion("client.files.list_files(time|)", ("timeout=",)),
    "keys in a list of dicts": Completion(f'{CHAT}([{{"ro|"}}], "gpt-4o")', quoted("role")),
    "further keys in a dict": Completion(
        f'{CHAT}([{{"role": "user", "|"}}], "gpt-4o")', among=quoted("content name"), absent=quoted("role")
    ),
    "keys of an annotated list": Completion(
        'history: list[types.ChatCompletionRequestMessage] = [{"|"}]', among=quoted("role content")
    ),
    "keys deep inside": Completion(
        f'{IN_IMAGE}"|"{AFTER_IMAGE}',
        quoted("detail url"),
    ),
    "roles": Completion(
        f'{CHAT}([{{"role": "|"}}], "gpt-4o")', quoted("assistant developer function system tool user")
    ),
    "roles of a response's input": Completion(
        'client.responses.create_response([{"role": "|"}], "gpt-4o")',
        among=quoted("assistant developer system user"),
    ),
    "types of content parts": Completion(
        f'{CHAT}([{{"role": "user", "content": [{{"type": "|"}}]}}], "gpt-4o")',
        among=quoted("file image_url input_audio text"),
    ),
    "details of an image": Completion(
        f'{IN_IMAGE}"detail": "|"{AFTER_IMAGE}',
        quoted("auto high low"),
    ),
    "types of tools": Completion(
        'client.responses.create_response("Hi", "gpt-4o", tools=[{"type": "|"}])',
        among=quoted("code_interpreter file_search function mcp shell"),
    ),
    "models": Completion(f'{CHAT}([], "|")', among=quoted("gpt-4o gpt-4o-mini")),
    "models by keyword": Completion(
        'client.embeddings.create_embedding("Hi", model="|")',
        quoted("text-embedding-3-large text-embedding-3-small text-embedding-ada-002"),
    ),
    "constants of an argument": Completion(
        'client.files.create_file(b"", purpose="|")',
        quoted("assistants batch evals fine-tune user_data vision"),
    ),
    "keys of a reply": Completion(
        f'reply = {CHAT}([], "gpt-4o")\nreply["|"]', among=quoted("choices created id")
    ),
    "keys deep inside a reply": Completion(
        f'reply = {CHAT}([], "gpt-4o")\nreply["choices"][0]["message"]["|"]',
        among=quoted("content refusal role tool_calls"),
    ),
    "keys of a reply's optional part": Completion(
        f'reply = {CHAT}([], "gpt-4o")\nreply.get("|")', among=quoted("service_tier usage")
    ),
    "keys of a chunk": Completion(
        f'for chunk in {CHAT}([], "gpt-4o", stream=True):\n    chunk["choices"][0]["delta"].get("|")',
        among=quoted("content role"),
    ),
    "types of a stream's events": Completion(
        f'{STREAM}if event["type"] == "|":\n        pass',
        among=quoted("error response.completed response.output_text.delta"),
    ),
    "types of a stream's events in a match": Completion(
        f'{STREAM}match event["type"]:\n        case "|":\n            pass',
        among=quoted("error response.completed response.output_text.delta"),
    ),
    "keys of the event that the type leaves": Completion(
        f'{IF_DELTA}event["|"]',
        among=quoted("delta item_id output_index"),
        absent=quoted("response part arguments"),
    ),
}

# The limits of pyright, which the stubs cannot remove. A newer pyright may.
LIMITS = {
    "a key of another role is offered too: pyright takes the keys of all members of a union": Completion(
        f'{CHAT}([{{"role": "user", "|"}}], "gpt-4o")', absent=quoted("tool_call_id")
    ),
    "nothing inside a dict as long as required arguments of an overloaded operation are missing": Completion(
        f'{CHAT}([{{"role": "|"}}])', among=quoted("user")
    ),
    "nothing inside a bracket that is not closed: editors close brackets as one types": Completion(
        f'{CHAT}([{{"role": "|"', among=quoted("user")
    ),
}


def check(server: LanguageServer, case: Completion) -> None:
    shown = completions(server, case.source)
    assert tuple(shown[: len(case.first)]) == case.first
    assert set(case.among) <= set(shown)
    assert not set(case.absent) & set(shown)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("case", COMPLETIONS.values(), ids=COMPLETIONS)
def test_completion_offers(pyright_server: LanguageServer, case: Completion) -> None:
    check(pyright_server, case)


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=why, marks=pytest.mark.xfail(reason=why)) for why, case in LIMITS.items()]
)
def test_completion_has_limits(pyright_server: LanguageServer, case: Completion) -> None:
    check(pyright_server, case)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("group", packaged().groups)
def test_a_group_completes_to_its_operations(pyright_server: LanguageServer, group: str) -> None:
    shown = completions(pyright_server, f"client.{group}.|")
    assert [one for one in shown if not one.startswith("__")] == sorted(packaged().groups[group])


HOVERS = {
    "operation": (
        "client.files.list_fi|les()",
        ("def list_files(", "-> ListFilesResponse", "List the uploaded files", "    limit: Greatest number"),
    ),
    "overloaded operation": (
        f'{CHAT}|([], "gpt-4o")',
        ("-> CreateChatCompletionResponse", "Generate the model's next message", "    temperature: R"),
    ),
    "overloaded operation that streams": (
        f'{CHAT}|([], "gpt-4o", stream=True)',
        ("-> Stream[CreateChatCompletionStreamResponse]", "    temperature: Randomness", "/chat/create"),
    ),
    "group": ("client.ch|at", ("chat: Chat", "The operations under client.chat: create_chat_completion, ")),
    "group of the default client": (
        "import typed_openai\ntyped_openai.fi|les",
        ("files: Files", "The operations under client.files: create_file, "),
    ),
    "component": ("types.OpenAI|File", ("class OpenAIFile(", "Reply of client.files.create_file, ")),
    "component that is an alias": (
        "types.ChatCompletionRequest|Message",
        ("ChatCompletionRequestUserMessage | ", f"Argument of {CHAT}(messages=...)."),
    ),
    "member of a union": ("types.ResponseTextDelta|Event", ("One of ResponseStreamEvent.",)),
    "keyword": (f'{CHAT}([], "gpt-4o", temper|ature=1)', ("float | Omit | None", "Randomness of sampling")),
    "key": (f'{CHAT}([{{"role": "user", "cont|ent": "Hi"}}], "gpt-4o")', ("(key) content: str | ",)),
    "reply": (f'rep|ly = {CHAT}([], "gpt-4o")', ("reply: CreateChatCompletionResponse",)),
    "deprecated operation": (
        "client.assistants.create_assis|tant('m')",
        ("Deprecated: ", "client.responses.create_response"),
    ),
}


@pytest.mark.parametrize(("source", "expected"), HOVERS.values(), ids=HOVERS)
def test_hover_shows(pyright_server: LanguageServer, source: str, expected: tuple[str, ...]) -> None:
    shown = hover(pyright_server, source)
    assert [one for one in expected if one not in shown] == [], shown


# A source with a cursor, the parameters before "*", and the parameter at the cursor.
SIGNATURES = {
    "required ones by name": (
        "client.audio.create_speech(|)",
        ("input: str", "model: ", "voice: VoiceIdsOrCustomVoice"),
        "input: str",
    ),
    "overloads": (
        f"{CHAT}([], |)",
        ("messages: ", "model: ModelIdsShared"),
        "model: ModelIdsShared",
    ),
    "path parameters first": (
        'client.vector_stores.get_vector_store_file("vs_1", |)',
        ("vector_store_id: str", "file_id: str"),
        "file_id: str",
    ),
    "a keyword": (
        "client.embeddings.create_embedding('Hi', 'm', dimensions=|)",
        ("input: ", "model: "),
        "dimensions: int | Omit = ...",
    ),
}


@pytest.mark.parametrize(("source", "before_star", "active"), SIGNATURES.values(), ids=SIGNATURES)
def test_signature_help_has_the_required_arguments_first(
    pyright_server: LanguageServer, source: str, before_star: tuple[str, ...], active: str
) -> None:
    first = signatures(pyright_server, source)[0]
    shown = parameters(first)
    assert shown.index("*") == len(before_star)
    assert all(one.startswith(wanted) for one, wanted in zip(shown, before_star, strict=False))
    assert active_parameter(first) == active
    assert first["documentation"]["value"]


def test_signature_help_has_one_signature_unless_an_argument_decides_the_result(
    pyright_server: LanguageServer,
) -> None:
    assert len(signatures(pyright_server, "client.files.list_files(|)")) == 1
    assert len(signatures(pyright_server, f"{CHAT}(|)")) > 1


DEFINITIONS = {
    "component": (
        "types.OpenAI|File",
        Target("typed_openai-stubs/_components.pyi", "class OpenAIFile(TypedDict):"),
    ),
    "operation": (
        "client.files.list_fi|les()",
        Target("typed_openai-stubs/resources.pyi", "def list_files("),
    ),
    "overloaded operation": (
        f'{CHAT}|([], "gpt-4o")',
        Target("typed_openai-stubs/resources.pyi", "def create_chat_completion("),
    ),
    "group": ("client.ch|at", Target("typed_openai-stubs/client.pyi", "chat: _resources.Chat")),
    "client": ("Cli|ent()", Target("typed_openai-stubs/client.pyi", "class Client:")),
    "asynchronous operation": (
        "from typed_openai.aio import AsyncClient\nAsyncClient().files.list_fi|les()",
        Target("aio/async_resources.pyi", "async def list_files("),
    ),
}


@pytest.mark.parametrize(("source", "expected"), DEFINITIONS.values(), ids=DEFINITIONS)
def test_definition_is_in_the_stubs(pyright_server: LanguageServer, source: str, expected: Target) -> None:
    assert definitions(pyright_server, source)[0] == expected
