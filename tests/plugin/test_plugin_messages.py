"""The text of the messages, with any names and values in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from typed_openai_mypy.api import fullnames
from typed_openai_mypy.messages import key_messages
from typed_openai_mypy.messages.fragments import choice, key_path, literal
from typed_openai_spec import spelling

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy


def test_a_message_stays_one_line_and_under_four_hundred_characters() -> None:
    path = "messages[0]" + ".content" * 60
    text = key_messages.unknown_key(path, "a\nb" * 300, "Owner" * 30, "near" * 40, None)
    assert len(text) < 400
    assert "\n" not in text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (["high"], "'high'"),
        (["auto", "low", "high"], "one of 'auto', 'low', 'high'"),
        (["a", "b", "a"], "one of 'a', 'b'"),
        ([1, True, None], "one of 1, True, None"),
        (list("abcdefghij"), "one of 'a', 'b', 'c', 'd', 'e', ... (5 more)"),
    ],
)
def test_a_choice_is_listed_in_order_and_cut_when_long(values: list[object], text: str) -> None:
    assert choice(values) == text


def test_a_long_value_is_cut_inside_its_quotes() -> None:
    shown = literal("x" * 1000)
    assert shown.startswith("'xxx")
    assert shown.endswith("...'")
    assert len(shown) <= 64


def test_the_nearest_word_does_not_depend_on_the_order_of_the_known_ones() -> None:
    assert spelling.nearest("temprature", ["top_p", "temperature"]) == "temperature"
    assert spelling.nearest("aa", ["ab", "ac"]) == spelling.nearest("aa", ["ac", "ab"])
    assert spelling.nearest("colour", ["limit"]) is None


@pytest.mark.parametrize(
    ("path", "key", "inner"),
    [
        ("messages[0]", "content", "messages[0].content"),
        ("", "content", "content"),
        ("headers", "X-Trace", "headers['X-Trace']"),
    ],
)
def test_a_path_is_written_as_code_would_be(path: str, key: str, inner: str) -> None:
    assert key_path(path, key) == inner


@pytest.mark.parametrize(
    ("fullname", "label"),
    [
        ("typed_openai.resources.Chat.create_chat_completion", "chat.create_chat_completion"),
        ("typed_openai.resources.FineTuning.list_fine_tuning_jobs", "fine_tuning.list_fine_tuning_jobs"),
        ("typed_openai.resources.VectorStores.search", "vector_stores.search"),
        ("typed_openai.client.Client.__init__", "Client"),
        ("typed_openai.client.Client.call", "Client.call"),
    ],
)
def test_a_function_is_called_what_people_call_it(fullname: str, label: str) -> None:
    assert fullnames.call_label(fullname, {"FineTuning": "fine_tuning"}) == label


def test_an_import_of_the_types_of_a_group_says_where_they_are(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text("from typed_openai.types.chat import ChatCompletion\n")
    found = run_mypy(["example.py"], folder=tmp_path).diagnostics[0]
    assert found.endswith('chat"; the types of all groups are in types itself  [import-not-found]')
