"""The scenes that the documentation has pictures of: a source, a question, the part of the answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.editors.answers import (
    HEAD,
    active_parameter,
    completions,
    plain,
    signatures,
    target_path,
)
from tests.editors.language_server import LanguageServer

RULE: Final = "---"
"""Separates the code of an answer from the text below it."""
ELLIPSIS: Final = "..."

_LABELS_SHOWN = 8


@dataclass(frozen=True)
class Scene:
    """One picture: its file's ``name``, its caption, the question, and the source below the usual head.

    ``lines`` is the number of lines of code that are shown before an ellipsis.
    """

    name: str
    title: str
    kind: str
    source: str
    lines: int = 9


SCENES: Final = (
    Scene("groups", "Completion of the groups of operations", "completion", "client.|"),
    Scene("operations", "Completion of a group's operations", "completion", "client.vector_stores.|"),
    Scene(
        "keywords",
        "Completion of keywords inside a call",
        "completion",
        'client.responses.create_response(\n    "Tell me a joke.", "gpt-4o-mini", max_|\n)',
    ),
    Scene(
        "signature",
        "Signature help: required arguments first, the one at the cursor marked and explained",
        "signature",
        "client.audio.create_speech(|)",
        lines=7,
    ),
    Scene(
        "keys",
        "Completion of keys in a dict in the list of messages",
        "completion",
        'client.chat.create_chat_completion([{"|"}], "gpt-4o-mini")',
    ),
    Scene(
        "literals",
        "Completion of the types of content parts deep inside a message",
        "completion",
        "client.chat.create_chat_completion(\n"
        '    [{"role": "user", "content": [{"type": "|"}]}], "gpt-4o-mini"\n)',
    ),
    Scene(
        "models",
        "Completion of the models that a call takes",
        "completion",
        'client.embeddings.create_embedding("Hello", "|")',
    ),
    Scene(
        "events",
        "Completion of the keys of an event once its type is known",
        "completion",
        'for event in client.responses.create_response("Hi.", "o3", stream=True):\n'
        '    if event["type"] == "response.output_text.delta":\n        print(event["|"])',
    ),
    Scene(
        "hover",
        "Hover over an operation: signature, summary, arguments, reference",
        "hover",
        'client.embeddings.create_embed|ding("Hello", "text-embedding-3-small")',
        lines=7,
    ),
    Scene(
        "component",
        "Hover over a component: what it is and where it is used",
        "hover",
        "history: list[types.ChatCompletionRequestMess|age] = []",
    ),
    Scene(
        "definition",
        "The definition of a component, found in the stubs",
        "definition",
        "file: types.OpenAI|File = client.files.retrieve_file(file_id)",
        lines=10,
    ),
)


@dataclass(frozen=True)
class Answer:
    """All lines of a real answer, and those that a picture shows."""

    all: list[str]
    shown: list[str]


def answer(server: LanguageServer, scene: Scene) -> Answer:
    """Ask the server the question of a scene."""
    return _ASK[scene.kind](server, scene)


def _completion(server: LanguageServer, scene: Scene) -> Answer:
    labels = completions(server, scene.source)
    return Answer(labels, labels[:_LABELS_SHOWN])


def _hover(server: LanguageServer, scene: Scene) -> Answer:
    code, _, text = server.ask("hover", HEAD + scene.source)["contents"]["value"].partition("\n---\n")
    signature, doc = plain(code).strip().splitlines(), plain(text).strip().splitlines()
    shown = cut(signature, scene.lines)
    return Answer([*signature, ELLIPSIS, RULE, *doc], [*shown, RULE, *doc] if doc else shown)


def _signature(server: LanguageServer, scene: Scene) -> Answer:
    first = signatures(server, scene.source)[0]
    active = first["parameters"][first["activeParameter"]]
    lines = [first["label"], active_parameter(first), plain(active["documentation"]["value"]).strip()]
    return Answer(lines, lines)


def _definition(server: LanguageServer, scene: Scene) -> Answer:
    location = server.ask("definition", HEAD + scene.source)[0]
    path: Path = target_path(location)
    lines = path.read_text().splitlines()
    start = location["range"]["start"]["line"]
    name = f"{path.parent.name}/{path.name}"
    below = range(start + 1, len(lines))
    end = next(number for number in below if lines[number][:1] not in ("", " ")) - 1
    return Answer([name, *lines, ELLIPSIS], [name, *cut(lines[start:end], scene.lines)])


def cut(lines: list[str], count: int) -> list[str]:
    """Return the first lines and the last one, at most ``count`` in all."""
    return lines if len(lines) <= count else [*lines[: count - 2], ELLIPSIS, lines[-1]]


_ASK: Final[dict[str, Callable[[LanguageServer, Scene], Answer]]] = {
    "completion": _completion,
    "hover": _hover,
    "signature": _signature,
    "definition": _definition,
}
