"""Arrays of objects may be any iterable; what a caller holds as a narrower list fits a wider one."""

from collections import deque
from collections.abc import Iterator, Sequence

from typed_openai import Client, types

client = Client()
users: list[types.ChatCompletionRequestUserMessage] = [{"role": "user", "content": "hello"}]
system: types.ChatCompletionRequestSystemMessage = {"role": "system", "content": ("Be", "brief.")[1]}


def conversation(texts: Sequence[str]) -> Iterator[types.ChatCompletionRequestMessage]:
    yield system
    for text in texts:
        yield {"role": "user", "content": text}


client.chat.create_chat_completion(users, "gpt-4o")
client.chat.create_chat_completion(tuple(users), "gpt-4o")
client.chat.create_chat_completion((system, *users), "gpt-4o")
client.chat.create_chat_completion(deque(users, maxlen=10), "gpt-4o")
client.chat.create_chat_completion(conversation(["hello", "there"]), "gpt-4o")
client.chat.create_chat_completion(({"role": "user", "content": one} for one in ("a", "b")), "gpt-4o")
client.chat.create_chat_completion({one["content"]: one for one in [system]}.values(), "gpt-4o")

parts: tuple[types.InputTextContent, ...] = ({"type": "input_text", "text": "hello"},)
said: list[types.EasyInputMessage] = [{"role": "user", "content": list(parts)}]
client.responses.create_response(said, "gpt-4o")
client.responses.create_response((one for one in said), "gpt-4o")

client.embeddings.create_embedding(("a", "b"), "text-embedding-3-small")
client.embeddings.create_embedding((1, 2, 3), "text-embedding-3-small")
client.vector_stores.create_vector_store(file_ids=("file-1", "file-2"))
