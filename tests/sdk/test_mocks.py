"""Clients as specifications of mocks, and questions to their classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import MagicMock, create_autospec, patch

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


def test_a_group_of_the_class_can_be_patched_with_an_autospec() -> None:
    with patch.object(Client, "chat", autospec=True) as chat:
        chat.create_chat_completion.return_value = {"choices": []}
        assert Client().chat.create_chat_completion([], "gpt-4o") == {"choices": []}
        with pytest.raises(TypeError, match="temprature"):
            Client().chat.create_chat_completion([], "gpt-4o", temprature=1)
        with pytest.raises(AttributeError, match="completions"):
            _ = Client().chat.completions
    assert isinstance(Client().chat, resources.Chat)


@pytest.mark.parametrize("make", [lambda: resources.Chat, lambda: Client.chat, lambda: Client().chat])
def test_an_operation_can_be_patched_with_an_autospec(make: Any) -> None:
    owner = make()
    with patch.object(owner, "create_chat_completion", autospec=True) as create:
        create.return_value = {"choices": []}
        client = Client()
        called = owner if isinstance(owner, resources.Chat) else client.chat
        assert called.create_chat_completion([], "gpt-4o") == {"choices": []}
        with pytest.raises(TypeError, match="temprature"):
            called.create_chat_completion([], "gpt-4o", temprature=1)


def test_an_autospec_of_a_client_checks_arguments() -> None:
    client: Any = create_autospec(Client(api_key="k"))
    client.chat.create_chat_completion.return_value = {"choices": []}
    assert client.chat.create_chat_completion([], "gpt-4o") == {"choices": []}
    with pytest.raises(TypeError, match="temprature"):
        client.chat.create_chat_completion([], "gpt-4o", temprature=1)
