"""The English of docstrings and comments: plain summaries, and no phrases that have to be read twice."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import Final

import pytest
from tests.architecture.sources import modules

REVIEWED: Final = (
    *("typed_openai_spec", "typed_openai", "typed_openai_stubgen", "typed_openai_mypy", "typed_openai_docs"),
)
"""The packages that keep these rules."""

QUESTION_WORDS: Final = re.compile(
    r"(how|what|whatever|when|whenever|where|wherever|whether|which|whichever|who|whoever|whom|whose|why)\b",
    re.IGNORECASE,
)
"""The first words of a clause, where a summary must be an imperative or a noun phrase."""

PHRASES: Final = (
    *("tell", "tells", "told", "tell of", "tells of", "whoever", "wherever", "whom", "somebody", "nobody"),
    *("but for", "nothing but", "perhaps", "meanwhile", "in vain", "for ever", "at hand", "a matter of"),
    *("ours", "our", "we", "gives back", "give back", "given back", "goes before"),
    *("what came", "what comes", "called otherwise", "is called so", "comes down to", "to be had"),
    *("hands on", "hand on", "takes the place", "in the place of", "the like", "address of"),
    *("where there is", "where none", "where nothing", "where one", "such that", "room", "rooms", "door"),
    *("house", "hence", "thereof", "lest"),
)
"""Archaic words, inversions and metaphors; the plain words are except, if, raise, return, URL, package."""


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("package", REVIEWED)
def test_no_docstring_begins_with_a_question_word(package: str) -> None:
    wrong = [
        f"{name}:{line}: {text.splitlines()[0]}"
        for name, module in modules().items()
        if module.package == package
        for line, text in docstrings(module.tree)
        if QUESTION_WORDS.match(text)
    ]
    assert wrong == []


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("package", REVIEWED)
def test_no_docstring_or_comment_has_a_banned_phrase(package: str) -> None:
    wrong = [
        f"{name}:{line}: {phrase!r} in {text[:100]!r}"
        for name, module in modules().items()
        if module.package == package
        for line, text in (*docstrings(module.tree), *comments(module.text))
        for phrase in banned(text)
    ]
    assert wrong == []


def test_the_rules_find_what_they_forbid() -> None:
    source = (
        '"""Whether it is so."""\nlimit = 1\n"""Seconds, but\nfor zero: for ever."""\n# Who calls tells so.\n'
    )
    assert [line for line, text in docstrings(ast.parse(source)) if QUESTION_WORDS.match(text)] == [1]
    found = {line: banned(text) for line, text in (*docstrings(ast.parse(source)), *comments(source))}
    assert found == {1: [], 3: ["but for", "for ever"], 5: ["tells"]}


def test_code_in_prose_is_not_judged() -> None:
    assert banned('Return ``tell``, "our" and :meth:`house`; the rest is but for these.') == ["but for"]


def docstrings(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield each string that stands alone, with its line: docstrings, and the texts below attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield node.lineno, text.strip()
            case _:
                pass


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Yield each block of comments with its first line. Lines in a row are one block."""
    start, lines = 0, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            if token.start[0] != start + len(lines):
                if lines:
                    yield start, " ".join(lines)
                start, lines = token.start[0], []
            lines.append(token.string.lstrip("#: "))
    if lines:
        yield start, " ".join(lines)


def banned(text: str) -> list[str]:
    """Return the banned phrases in a text, without its code and quotations."""
    prose = _QUOTED.sub("", " ".join(text.split()))
    return sorted({found.group().lower() for found in _BANNED.finditer(prose)})


_QUOTED: Final = re.compile(r"``.*?``|`[^`]*`|\"[^\"]*\"")
_BANNED: Final = re.compile(
    rf"\b({'|'.join(map(re.escape, sorted(PHRASES, key=len, reverse=True)))})\b", re.IGNORECASE
)
