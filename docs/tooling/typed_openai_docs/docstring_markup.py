"""Docstrings -> Markdown: prose as HTML with links, examples and other literal text as blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from textwrap import dedent
from typing import Final

from typed_openai_docs.markup import Link

_PROMPT: Final = ">>> "
_CODE: Final = re.compile(r"(?::\w+:)?(`+)~?([^`]+)\1")


def markdown(doc: str, link: Link) -> str:
    """Return a docstring, without its indentation, as Markdown; ``link`` maps a name to its URL."""
    return "\n\n".join(_blocks(doc, link))


def _blocks(text: str, link: Link) -> Iterator[str]:
    for paragraph in re.split(r"\n(?:[ \t]*\n)+", text):
        if paragraph.startswith(_PROMPT):
            yield fenced(paragraph, "pycon")
        elif paragraph.startswith(" "):
            yield fenced(dedent(paragraph), "text")
        elif paragraph:
            yield f"<p>{inline(re.sub(r'::$', ':', paragraph), link)}</p>"


def fenced(text: str, language: str) -> str:
    """Return a block of code."""
    return f"```{language}\n{text}\n```"


def inline(text: str, link: Link) -> str:
    """Return a paragraph as HTML. Text in backticks is code; with or without a role it may be a link."""
    words, last = " ".join(text.split()), 0
    parts = []
    for found in _CODE.finditer(words):
        code, url = f"<code>{escape(found[2], quote=False)}</code>", link(found[2])
        parts += [
            escape(words[last : found.start()], quote=False),
            f'<a href="{escape(url)}">{code}</a>' if url else code,
        ]
        last = found.end()
    return "".join([*parts, escape(words[last:], quote=False)])
