"""A language server's answers as an editor shows them: labels in order, texts, places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from tests.editors.language_server import CURSOR, LanguageServer

HEAD: Final = "from typed_openai import Client, types\n\nclient = Client()\n"
"""The beginning of every example."""

_BY_REQUEST: Final = {"triggerKind": 1}

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Target:
    """The place of a definition: its file's name and its first line."""

    file: str
    line: str


def completions(server: LanguageServer, source: str) -> list[str]:
    """Return the labels of a completion list, in the order in which an editor shows them.

    A server offers all names that contain the typed letters; an editor shows those that begin with them
    first.
    """
    answer = server.ask("completion", HEAD + source, context=_BY_REQUEST) or {"items": []}
    typed = re.findall(r"\w*", source.partition(CURSOR)[0])[-2]
    items = sorted(
        answer["items"],
        key=lambda one: (not one["label"].startswith(typed), str(one.get("sortText", one["label"]))),
    )
    return [str(one["label"]) for one in items]


def hover(server: LanguageServer, source: str) -> str:
    """Return the text that an editor shows for the name under the mouse."""
    answer = server.ask("hover", HEAD + source)
    return plain(answer["contents"]["value"]) if answer else ""


def signatures(server: LanguageServer, source: str) -> list[Answer]:
    """The signatures of the call that the cursor is in."""
    answer = server.ask("signatureHelp", HEAD + source)
    return list(answer["signatures"]) if answer else []


def parameters(signature: Answer) -> list[str]:
    """The parameters of a signature, as its label has them."""
    label = str(signature["label"])
    return [label[start:end] for start, end in (one["label"] for one in signature["parameters"])]


def active_parameter(signature: Answer) -> str:
    """The parameter that the cursor is at."""
    return parameters(signature)[signature["activeParameter"]]


def definitions(server: LanguageServer, source: str) -> list[Target]:
    """Return the places where the name under the cursor is defined."""
    return [_target(one) for one in server.ask("definition", HEAD + source) or ()]


def target_path(location: Answer) -> Path:
    """The file of a location."""
    return Path(unquote(urlsplit(location["uri"]).path))


def _target(location: Answer) -> Target:
    path = target_path(location)
    line = path.read_text().splitlines()[location["range"]["start"]["line"]]
    return Target("/".join(path.parts[-2:]), line.strip())


def plain(markdown: str) -> str:
    """The text of the Markdown that a server sends, as an editor shows it."""
    text = re.sub(r"^```\w*\n?|^---\n", "", markdown, flags=re.MULTILINE).replace("&nbsp;", " ")
    return re.sub(r"\\([_*`<>\\])", r"\1", text).replace("`", "").replace("  \n", "\n")
