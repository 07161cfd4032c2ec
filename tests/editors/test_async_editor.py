"""The answers of pyright and jedi about the async client."""

from __future__ import annotations

from pathlib import Path

import jedi  # type: ignore[import-untyped]  # it has neither types nor stubs
import pytest
from tests.editors.answers import HEAD, completions, hover, parameters, signatures
from tests.editors.language_server import LanguageServer, place

from typed_openai_spec.index.reader import packaged

BEGIN = """\
from typed_openai.aio import AsyncClient, paginate

tasks = AsyncClient()

async def main() -> None:
    """
CHAT = "tasks.chat.create_chat_completion"
STREAM = "async for event in await tasks.responses.create_response('Hi', 'm', stream=True):\n        "


def quoted(names: str) -> set[str]:
    return {f'"{one}"' for one in names.split()}


COMPLETIONS = {
    "groups": ("tasks.|", {"aclose", "chat", "responses", "with_options"}),
    "keywords": (f'{CHAT}([], "gpt-4o", temp|)', {"temperature="}),
    "settings": ("AsyncClient(max_|)", {"max_concurrency=", "max_retries=", "max_streams="}),
    "roles": (f'{CHAT}([{{"role": "|"}}], "gpt-4o")', quoted("assistant system tool user")),
    "keys of a reply": (f'reply = await {CHAT}([], "m")\n    reply["|"]', quoted("choices created id")),
    "keys of the event that the type leaves": (
        f'{STREAM}if event["type"] == "response.output_text.delta":\n            event["|"]',
        quoted("delta item_id output_index"),
    ),
    "keys of an item": (
        'async for file in paginate(tasks.files.list_files):\n        file["|"]',
        quoted("bytes filename id"),
    ),
    "methods of a stream": (
        "stream = await tasks.responses.create_response('Hi', 'm', stream=True)\n    stream.|",
        {"aclose"},
    ),
}

HOVERS = {
    "operation": (
        "tasks.files.list_fi|les()",
        (
            "(method) def list_files(",
            "-> CoroutineType[Any, Any, ListFilesResponse]",
            "List the uploaded files",
            "    limit: Greatest number",
        ),
    ),
    "overloaded operation that streams": (
        f'{CHAT}|([], "gpt-4o", stream=True)',
        ("AsyncStream[CreateChatCompletionStreamResponse]", "    temperature: Randomness"),
    ),
    "group": ("tasks.ch|at", ("chat: AsyncChat", "create_chat_completion, ")),
    "reply": (f'rep|ly = await {CHAT}([], "gpt-4o")', ("reply: CreateChatCompletionResponse",)),
}


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(("source", "expected"), COMPLETIONS.values(), ids=COMPLETIONS)
def test_pyright_completes(pyright_server: LanguageServer, source: str, expected: set[str]) -> None:
    assert expected <= set(completions(pyright_server, BEGIN + source))


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("group", packaged().groups)
def test_a_group_completes_to_its_operations(pyright_server: LanguageServer, group: str) -> None:
    shown = completions(pyright_server, f"{BEGIN}tasks.{group}.|")
    assert [one for one in shown if not one.startswith("__")] == sorted(packaged().groups[group])


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(("source", "expected"), HOVERS.values(), ids=HOVERS)
def test_pyright_shows_when_hovering(
    pyright_server: LanguageServer, source: str, expected: tuple[str, ...]
) -> None:
    shown = hover(pyright_server, BEGIN + source)
    assert [one for one in expected if one not in shown] == [], shown


@pytest.mark.slow(seconds=1)
def test_pyright_shows_the_required_arguments_first(pyright_server: LanguageServer) -> None:
    shown = parameters(signatures(pyright_server, f"{BEGIN}tasks.audio.create_speech(|)")[0])
    assert [one.partition(":")[0] for one in shown[:4]] == ["input", "model", "voice", "*"]


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("tasks.|", {"chat", "responses", "aclose"}),
        ("tasks.chat.|", set(packaged().groups["chat"])),
        (f'{CHAT}([], "gpt-4o", temp|)', {"temperature="}),
        pytest.param(
            'reply = await tasks.files.list_files()\n    reply["|"]',
            {'"data', '"has_more'},
            marks=pytest.mark.xfail(reason="jedi does not know what a coroutine gives"),
        ),
    ],
)
def test_jedi_completes(project: jedi.Project, source: str, expected: set[str]) -> None:
    where = place(HEAD + BEGIN + source)
    script = jedi.Script(where.text, path=Path(project.path) / "example.py", project=project)
    assert expected <= {one.name for one in script.complete(where.line + 1, where.character)}
