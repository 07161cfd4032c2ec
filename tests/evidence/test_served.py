"""The objects in replies of the embedded server have keys that servers were seen to send together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.evidence.judging import Judge
from tests.evidence.shapes import Shape

from typed_openai import Client
from typed_openai.testing import serve
from typed_openai.testing.habits import Habits
from typed_openai_spec.index.reader import packaged

MESSAGES: Any = [{"role": "user", "content": "Hi"}]

CALLS: dict[str, Callable[[Client], Any]] = {
    "createChatCompletion": lambda client: client.chat.create_chat_completion(MESSAGES, "gpt-4o"),
    "createResponse": lambda client: client.responses.create_response("Hi", "gpt-4o"),
    "createEmbedding": lambda client: client.embeddings.create_embedding("Hi", "text-embedding-3-small"),
    "createFile": lambda client: client.files.create_file(("a.txt", b"x"), "assistants"),
    "createModeration": lambda client: client.moderations.create_moderation("Hi"),
    "createConversation": lambda client: client.conversations.create_conversation(),
    "createImage": lambda client: client.images.create_image("A cat"),
    "createVectorStore": lambda client: client.vector_stores.create_vector_store(),
    "listFiles": lambda client: client.files.list_files(),
    "listBatches": lambda client: client.batches.list_batches(),
}


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_keys_occur_together_as_recorded(operation: str, seed: int | None) -> None:
    index = packaged()
    habits = Habits.of(index)
    with serve(seed=seed) as server:
        reply = CALLS[operation](Client("test", base_url=server.base_url))
    unseen = []
    for component, value in Judge(index.api()).objects(Shape(operation, "reply", reply, 2026)):
        forms = [set(one.keys) for one in habits.manner(component).forms]
        if forms and set(value) not in forms:
            unseen.append((component, sorted(value)))
    assert unseen == []
