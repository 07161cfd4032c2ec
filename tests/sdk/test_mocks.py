"""Clients as specifications of mocks, and questions to their classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, create_autospec

import pytest

from typed_openai import Client, resources

FOREIGN = Path(__file__).parents[1] / "fixtures" / "library.yaml"


def test_the_class_knows_its_groups() -> None:
    assert hasattr(Client, "chat")
    assert not hasattr(Client, "beta")
    assert Client.chat is resources.Chat
    assert "chat" in dir(Client)


@pytest.mark.parametrize("make", [lambda: create_autospec(Client), lambda: MagicMock(spec=Client)])
def test_a_mock_of_the_class_has_its_groups_and_nothing_else(make: Any) -> None:
    mock = make()
    mock.chat.create_chat_completion.return_value = {"choices": []}
    assert mock.chat.create_chat_completion([], "gpt-4o") == {"choices": []}
    with pytest.raises(AttributeError, match="beta"):
        _ = mock.beta


def test_an_autospec_checks_operations_and_their_arguments() -> None:
    client = create_autospec(Client, instance=True)
    client.chat.create_chat_completion([], "gpt-4o", temperature=1)
    client.chat.create_chat_completion.assert_called_once_with([], "gpt-4o", temperature=1)
    with pytest.raises(TypeError, match="temprature"):
        client.chat.create_chat_completion([], "gpt-4o", temprature=1)
    with pytest.raises(TypeError, match="model"):
        client.chat.create_chat_completion([])
    with pytest.raises(AttributeError, match="completions"):
        _ = client.chat.completions


def test_an_autospec_of_a_client_is_one_of_its_own_groups() -> None:
    client: Any = create_autospec(Client(spec=FOREIGN, api_key="k"), spec_set=True)
    own = dir(Client(spec=FOREIGN))
    assert "chat" not in own
    with pytest.raises(AttributeError, match="chat"):
        _ = client.chat
    assert client.groups is not None


def test_a_group_is_made_once_for_each_client() -> None:
    client, other = Client(), Client()
    assert client.chat is client.chat
    assert client.chat is not other.chat
    assert not hasattr(Client(spec=FOREIGN), "chat")
