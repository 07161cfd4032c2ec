"""An empty dict in place of a missing value of the API is accepted where only its keys are looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

HEAD: Final = "from typed_openai.types import CreateChatCompletionResponse as Reply, Response\n"

PROGRAMS: Final = {
    "reveal_type((reply.get('usage') or {}).get('total_tokens'))": ["int | None"],
    "reveal_type((reply.get('usage') or {}).get('total_tokens', 0))": ["int"],
    "usage = reply.get('usage') or {}; reveal_type(usage.get('total_tokens', 0))": ["int | Any"],
    "print(reply.get('usage', {}).get('total_tokens'))": ["[openai-arg]"],
    "print((reply.get('usage') or {}).get('total_token'))": ["[openai-key]"],
    "usage = reply.get('usage') or {}; print(usage.get('total_token'))": ["[openai-key]"],
    "for one in (reply.get('usag') or {}).get('names', []): print(one)": ["[openai-key]"],
    "usage = reply.get('usage') or {}; print(usage['total_tokens'])": ["[var-annotated]"],
    "usage = reply.get('usage') or {}\n    if usage: print(usage['total_tokens'])": [],
    "usage = reply.get('usage') or {}; print(usage)  # type: ignore[var-annotated]": [],
    "print((reply.get('usage') or {}).get('total_tokens'))  # type: ignore[call-overload]": [],
    "print((reply.get('usage') or {})['total_tokens'])": ["[openai-absent]"],
    "print((reply.get('usage') or {})['total_token'])": ["[openai-arg]"],
    "print((reply.get('usage') if reply else {})['total_tokens'])": ["[openai-arg]"],
    "print((reply.get('usage') or {})['total_tokens'])  # type: ignore[index]": [],
    "print((reply.get('usage') or {})['total_tokens'])  # type: ignore[openai-absent]": [],
    "other = {}; print(other)": ["[var-annotated]"],
    "other = [] or {}; print(other, [] or {}.get('a'))": ["[var-annotated]", "[call-overload]"],
}
"""Statements with the ends of mypy's lines, or with the type that is revealed."""


GOOD: Final = """\
from typed_openai.types import CreateChatCompletionResponse, Response, ResponseStreamEvent


class Account:
    def __init__(self, reply: CreateChatCompletionResponse) -> None:
        self.usage = reply.get("usage") or {}

    @property
    def total(self) -> int:
        return self.usage.get("total_tokens", 0)


def empty(reply: CreateChatCompletionResponse, response: Response) -> int:
    usage = reply.get("usage") or {}
    details = usage.get("prompt_tokens_details") or {}
    total: int = (reply.get("usage") or {}).get("total_tokens", 0)
    maybe: int | None = (reply.get("usage") or {}).get("total_tokens")
    cached = ((reply.get("usage") or {}).get("prompt_tokens_details") or {}).get("cached_tokens", 0)
    one, other = reply.get("usage") or {}, response.get("usage") or {}
    if (again := reply.get("usage") or {}) and "total_tokens" in (response.get("usage") or {}):
        print(again["total_tokens"], one.get("total_tokens"), other.get("input_tokens"), maybe)
    call = reply["choices"][0]["message"].get("function_call") or {}
    print(call.get("name", "none"), (reply.get("usage") or dict()).get("total_tokens", 0))
    ignored = reply.get("usage") or {}  # type: ignore[var-annotated]
    print(ignored, (reply.get("usage") or {}).get("total_tokens"))  # type: ignore[call-overload]
    return total + cached + usage.get("total_tokens", 0) + details.get("cached_tokens", 0)


def narrowed(event: ResponseStreamEvent, events: list[ResponseStreamEvent]) -> None:
    if "delta" in event and "arguments" not in event:
        print(event["delta"])
    print([one["delta"] for one in events if "delta" in one])
    if "arguments" not in event:
        return
    print(event["arguments"])
"""
"""A program that mypy accepts with the plugin only, and pyright by itself."""

FUNCTION: Final = "def f{number}(reply: Reply, response: Response) -> None:\n    {statement}\n"


@pytest.fixture(scope="module")
def found(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The errors and revealed types of each statement."""
    folder = tmp_path_factory.mktemp("empty")
    starts: dict[int, str] = {}
    source = HEAD
    for number, statement in enumerate(PROGRAMS):
        starts[source.count("\n") + 1] = statement
        source += FUNCTION.format(number=number, statement=statement)
    (folder / "example.py").write_text(source)
    (folder / "other.py").write_text("from typed_openai import Client\nprint(Client())\n")
    cache = folder / "cache"
    run_mypy(["other.py"], folder=folder, cache=cache)  # so that mypy loads the types alone for the example
    lines = run_mypy(["example.py"], folder=folder, cache=cache).diagnostics
    by_statement: dict[str, list[str]] = {one: [] for one in PROGRAMS}
    for one in lines:
        start = max(first for first in starts if first <= int(one.split(":")[1]))
        if ": error: " in one or "Revealed" in one:
            by_statement[starts[start]].append(one)
    return by_statement


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(("statement", "ends"), PROGRAMS.items())
def test_each_statement_has_these_lines(found: dict[str, list[str]], statement: str, ends: list[str]) -> None:
    lines = found[statement]
    assert len(lines) == len(ends)
    assert all(one.strip('"').endswith(end) for one, end in zip(lines, ends, strict=True))


@pytest.mark.slow(seconds=5)
def test_a_program_that_pyright_accepts_is_accepted(
    run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("good")
    (folder / "example.py").write_text(GOOD)
    assert run_mypy(["example.py"], folder=folder).diagnostics == []


@pytest.mark.slow(seconds=1)
def test_a_misspelt_literal_behind_a_walrus_has_one_line(
    run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("walrus")
    source = """\
from typed_openai.types import ResponseStreamEvent

def f(event: ResponseStreamEvent) -> None:
    if (kind := event["type"]) == "response.fail":
        print(kind)
"""
    (folder / "example.py").write_text(source)
    found = run_mypy(["example.py"], folder=folder).diagnostics
    assert [one.partition("; ")[2] for one in found] == [
        "got 'response.fail'; did you mean 'response.failed'?  [openai-arg]"
    ]
