"""Values outside the API's limits, wherever our types are used and however the values are written."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from typed_openai import Client
from typed_openai.types import (
    ChatCompletionRequestMessage as Message,
    ChatCompletionRequestUserMessage,
    CreateResponse,
)

client = Client()
chat = client.chat
hello: list[Message] = [{"role": "user", "content": "hello"}]
HOT: Final = 3
LONG: Final = "x" * 65


class Settings:
    COLD: Final = -3

    def __init__(self) -> None:
        self.most: Final[Literal[200]] = 200

    def ask(self) -> None:
        chat.create_chat_completion(hello, "gpt-4o", presence_penalty=self.COLD)
        # E:71: presence_penalty: expected at least -2, got -3  [openai-limit]
        chat.create_chat_completion(hello, "gpt-4o", n=self.most)
        # E:56: n: expected at most 128, got 200  [openai-limit]


# however a value is written
chat.create_chat_completion(hello, "gpt-4o", temperature=2.5)
# E:58: temperature: expected at most 2, got 2.5  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", temperature=-1)
# E:58: temperature: expected at least 0, got -1  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", temperature=HOT)
# E:58: temperature: expected at most 2, got 3  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", temperature=Settings.COLD)
# E:58: temperature: expected at least 0, got -3  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", safety_identifier=LONG)
# E:64: safety_identifier: expected at most 64 characters, got 65  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", safety_identifier="user-" + "x" * 60)
# E:64: safety_identifier: expected at most 64 characters, got 65  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", n=(64 * 3 - 1))
# E:49: n: expected at most 128, got 191  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", stop=["a", "b"] + ["c", "d", "e"])
# E:51: stop: expected at most 4 items, got 5  [openai-limit]
chat.create_chat_completion(hello, "gpt-4o", n=(most := 200))
# E:57: n: expected at most 128, got 200  [openai-limit]
chat.create_chat_completion(
    hello,
    "gpt-4o",
    temperature=(
        3
        # E:9: temperature: expected at most 2, got 3  [openai-limit]
    ),
    functions=[],
    # E:15: functions: deprecated; use tools  [openai-deprecated]
    # E:15: functions: expected at least 1 item, got 0  [openai-limit]
)
client.embeddings.create_embedding([], "text-embedding-3-small")
# E:36: input: expected at least 1 item, got 0  [openai-limit]
client.vector_stores.search_vector_store("vs", "text", max_num_results=0)
# E:72: max_num_results: expected at least 1, got 0  [openai-limit]


def branches(flag: bool, kind: Literal["user"], score: Literal[5]) -> None:
    chat.create_chat_completion(hello, "gpt-4o", temperature=3 if flag else 1)
    # E:62: temperature: expected at most 2, got 3  [openai-limit]
    chat.create_chat_completion(hello, "gpt-4o", temperature=1 if flag else 3, n=0 if flag else 1)
    # E:77: temperature: expected at most 2, got 3  [openai-limit]
    # E:82: n: expected at least 1, got 0  [openai-limit]
    chat.create_chat_completion([{"role": kind, "content": [] if flag else "hello"}], "gpt-4o")
    # E:60: messages[0].content: expected at least 1 item, got 0  [openai-limit]
    chat.create_chat_completion([{"role": "user", "content": []} for _ in range(score)], "gpt-4o")
    # E:62: messages[...].content: expected at least 1 item, got 0  [openai-limit]
    chat.create_chat_completion([{"role": "user", "content": []} if flag else hello[0]], "gpt-4o")
    # E:62: messages[0].content: expected at least 1 item, got 0  [openai-limit]
    chat.create_chat_completion(hello, "gpt-4o", temperature=score)
    # E:62: temperature: expected at most 2, got 5  [openai-limit]


# at any depth
chat.create_chat_completion(
    [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "cat.png"}}]}], "gpt-4o"
    # E:78: messages[0].content[0].image_url.url: expected a string of the format uri, got 'cat.png'  [openai-limit]
)
print(chat.create_chat_completion(hello, "gpt-4o", temperature=3)["choices"][0])
# E:64: temperature: expected at most 2, got 3  [openai-limit]

# wherever our types are used
message: Message = {"role": "user", "content": []}
# E:48: message.content: expected at least 1 item, got 0  [openai-limit]
messages: list[Message] = [message, {"role": "user", "content": []}]
# E:65: messages[1].content: expected at least 1 item, got 0  [openai-limit]
messages += [{"role": "user", "content": []}]
# E:42: messages[...].content: expected at least 1 item, got 0  [openai-limit]
messages.append({"role": "user", "content": []})
# E:45: item.content: expected at least 1 item, got 0  [openai-limit]
messages.extend([{"role": "user", "content": []}])
# E:46: items[0].content: expected at least 1 item, got 0  [openai-limit]
messages[0] = {"role": "user", "content": []}
# E:43: messages[...].content: expected at least 1 item, got 0  [openai-limit]
user = ChatCompletionRequestUserMessage(role="user", content=[])
# E:62: user.content: expected at least 1 item, got 0  [openai-limit]
user = ChatCompletionRequestUserMessage({"role": "user", "content": []})
# E:69: user.content: expected at least 1 item, got 0  [openai-limit]
user["content"] = []
# E:19: user.content: expected at least 1 item, got 0  [openai-limit]
user.update({"content": []})
# E:25: content: expected at least 1 item, got 0  [openai-limit]
named: dict[str, Message] = {"first": dict(role="user", content=[])}
# E:65: named.first.content: expected at least 1 item, got 0  [openai-limit]
request: CreateResponse = {"model": "gpt-4o", "temperature": 4, "reasoning": {"effort": "low"}, "input": []}
# E:62: request.temperature: expected at most 2, got 4  [openai-limit]
request["top_logprobs"] = 30
# E:27: request.top_logprobs: expected at most 20, got 30  [openai-limit]


def send(messages: Sequence[Message], more: Message = {"role": "user", "content": []}) -> Message:
# E:83: more.content: expected at least 1 item, got 0  [openai-limit]
    return {"role": "user", "content": []}
    # E:40: return value.content: expected at least 1 item, got 0  [openai-limit]


def stream() -> Iterator[Message]:
    yield {"role": "user", "content": []}
    # E:39: yielded value.content: expected at least 1 item, got 0  [openai-limit]


send([{"role": "user", "content": []}])
# E:35: messages[0].content: expected at least 1 item, got 0  [openai-limit]
send(messages=[{"role": "user", "content": []}], more={"role": "user", "content": []})
# E:44: messages[0].content: expected at least 1 item, got 0  [openai-limit]
# E:83: more.content: expected at least 1 item, got 0  [openai-limit]
later = lambda: send([{"role": "user", "content": []}])
# E:51: messages[0].content: expected at least 1 item, got 0  [openai-limit]

# methods under another name
create = chat.create_chat_completion
create(hello, "gpt-4o", n=0)
# E:27: n: expected at least 1, got 0  [openai-limit]


def renamed() -> None:
    ask = client.responses.create_response
    ask("hello", "gpt-4o", temperature=3)
    # E:40: temperature: expected at most 2, got 3  [openai-limit]
