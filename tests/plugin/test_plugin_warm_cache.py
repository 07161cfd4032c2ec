"""Errors are the same whether the stubs are read from the cache or not.

mypy sorts the keys of a TypedDict when it writes its cache, so that surplus positional arguments then meet
other keyword arguments.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

pytestmark = pytest.mark.slow(seconds=20)

WRONG = """\
from typing import Unpack
from typed_openai import Client
from typed_openai.params import CreateChatCompletionParams, CreateEmbeddingParams
from typed_openai.types import ChatCompletionRequestMessage

def ask(**params: Unpack[CreateChatCompletionParams]) -> None: ...
def embed(texts: list[str], **params: Unpack[CreateEmbeddingParams]) -> None: ...
def talk(messages: list[ChatCompletionRequestMessage]) -> None:
    ask(messages, "m")
    ask(messages, [{"role": "user"}], 0.5, "none")
    embed(["a"], "m", "float", 3)
    embed(["a"], "m", "float", model=3)
    Client().models.list_models("m", [3])
"""
LINES = [9, 10, 11, 12, 12, 13]


def test_surplus_arguments_have_one_line_from_a_cold_and_a_warm_cache(
    run_mypy: RunMypy, tmp_path: Path
) -> None:
    example, cache = tmp_path / "example.py", tmp_path / "cache"
    example.write_text(WRONG)
    cold = run_mypy(["example.py"], folder=tmp_path, cache=cache).diagnostics
    example.write_text(f"{WRONG}\n# changed\n")
    warm = run_mypy(["example.py"], folder=tmp_path, cache=cache).diagnostics
    assert [int(one.split(":")[1]) for one in warm] == LINES, warm
    assert cold == warm
