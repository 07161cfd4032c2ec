"""Our types outside of calls of the client: assignments, returns, yields, functions of the user's own."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from typed_openai import Client
from typed_openai.types import (
    ChatCompletionRequestMessage,
    ChatCompletionRequestUserMessage,
    CreateChatCompletionResponse,
    Response,
    VectorStoreExpirationAfter,
)

Messages = list[ChatCompletionRequestMessage]
client = Client()

message: ChatCompletionRequestMessage = {"role": "user", "content": 3}
# E:69: message.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
messages: Messages = [{"role": "user", "content": "hello"}, {"role": "user", "contnt": "hello"}]
# E:78: messages[1]: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
pair: tuple[ChatCompletionRequestMessage, int] = ({"role": "user", "content": 3}, 1)
# E:79: pair[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
named: dict[str, Messages] = {"first": [{"role": "user", "content": 3}]}
# E:69: named['first'][0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
function: Callable[[], ChatCompletionRequestMessage] = lambda: {"role": "user", "content": 3}
# E:92: function().content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]

messages = [{"role": "usr", "content": "hello"}]
# E:22: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
messages += [{"role": "user", "content": 3}]
# E:42: messages[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
messages[0] = {"role": "user", "content": 3}
# E:43: messages[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
messages.append({"role": "user", "content": 3})
# E:45: item.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
messages.insert(0, {"role": "user", "content": 3})
# E:48: item.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
messages.extend([{"role": "user", "content": 3}])
# E:46: items[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
messages.extend({"role": "user", "content": number} for number in range(3))
# E:45: items[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
client.chat.create_chat_completion(messages + [{"role": "user", "content": 3}], "gpt-4o")
# E:76: messages[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]

user: ChatCompletionRequestUserMessage = {"role": "user", "content": "hello"}
user["content"] = 3
# E:19: user.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
user["contnt"] = "hello"
# E:6: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
user["rol"]
# E:6: unknown key "rol" for ChatCompletionRequestUserMessage; did you mean "role"?  [openai-arg]
user.update({"content": 3})
# E:25: content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
user = ChatCompletionRequestUserMessage(role="user")
# E:8: missing key "content" for ChatCompletionRequestUserMessage  [openai-arg]


class Conversation:
    start: ChatCompletionRequestMessage = {"role": "usr", "content": "hello"}
    # E:52: start.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]

    def __init__(self) -> None:
        self.messages: Messages = [{"role": "user", "content": 3}]
        # E:64: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]

    def restart(self) -> None:
        self.messages = [{"role": "user", "content": 3}]
        # E:54: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
        self.messages.append({"role": "user", "content": 3})
        # E:58: item.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


def send(message: ChatCompletionRequestMessage = {"role": "user", "content": 3}) -> None:
# E:78: message.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    """Takes one of our types."""


send({"role": "user", "content": [{"type": "text", "txt": "hello"}]})
# E:52: message.content[0]: unknown key "txt" for ChatCompletionRequestMessageContentPartText; did you mean "text"?  [openai-arg]
send(message={"role": "user", "content": 3})
# E:42: message.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


def one() -> ChatCompletionRequestMessage:
    return {"role": "user", "content": 3}
    # E:40: return value.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


def several() -> Messages:
    return [{"role": "user", "content": "hello"}, {"role": "user"}]
    # E:51: return value[1]: missing key "content" for ChatCompletionRequestUserMessage  [openai-arg]


async def soon() -> ChatCompletionRequestMessage:
    return {"role": "user", "content": 3}
    # E:40: return value.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


def iterated() -> Iterator[ChatCompletionRequestMessage]:
    yield {"role": "user", "content": 3}
    # E:39: yielded value.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


async def streamed() -> AsyncIterator[ChatCompletionRequestMessage]:
    yield {"role": "user", "content": 3}
    # E:39: yielded value.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


def read(reply: CreateChatCompletionResponse) -> None:
    print(reply["choices"][0]["mesage"]["content"])
    # E:31: unknown key "mesage" for CreateChatCompletionResponseChoicesItem; did you mean "message"?  [openai-arg]
    print(reply["choices"]["message"])
    # E:28: a list is indexed by numbers, not by "message"; take an item first: [0]["message"]  [openai-arg]


def read_response(response: Response) -> None:
    print(response["output"][0]["content"])
    # E:11: output[0].content may be absent; use .get("content") or check "content" in output[0] first  [openai-absent]
    # E:33: only 2 of 28 members have the key "content": OutputMessage, ReasoningItem; check "type" first  [openai-arg]
    print(response["output"][0]["contnt"])
    # E:33: unknown key "contnt" for OutputMessage | FileSearchToolCall | FunctionToolCall | ... (25 more); did you mean "content"?  [openai-arg]


# as mypy sees them: narrowed, looped over
def branches(texts: list[str | None], numbers: list[int], which: bool, text: str | int) -> None:
    chat = client.chat
    chat.create_chat_completion([{"role": "user", "content": "a" if which else 3}], "gpt-4o")
    # E:80: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    chat.create_chat_completion([{"role": "user", "content": n} for n in numbers], "gpt-4o")
    # E:62: messages[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    chat.create_chat_completion([{"role": "user", "content": t} for t in texts], "gpt-4o")
    # E:62: messages[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "str | None"; exclude None first  [openai-arg]
    chat.create_chat_completion([{"role": "user", "content": t, "nme": t} for t in texts if t], "gpt-4o")
    # E:65: messages[...]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]
    print([chat.create_chat_completion([{"role": "user", "content": t, "nme": t}], "m") for t in texts if t])
    # E:72: messages[0]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]
    print(isinstance(text, str) and chat.create_chat_completion([{"role": "usr", "content": text}], "m"))
    # E:75: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    chat.create_chat_completion([{"role": "user", "content": text if isinstance(text, str) else text}], "m")
    # E:97: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    chat.create_chat_completion([] or [{"role": "user", "content": 3}], "m")
    # E:68: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    if isinstance(text, str):
        chat.create_chat_completion([{"role": "usr", "content": text}], "gpt-4o")
        # E:47: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    else:
        chat.create_chat_completion([{"role": "user", "content": text}], "gpt-4o")
        # E:66: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    replies: Iterable[CreateChatCompletionResponse] = (
        chat.create_chat_completion([{"role": "user", "content": n}], "gpt-4o") for n in numbers
        # E:66: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    )


# errors that mypy remembers and prints when it has left the branch
def remembered(texts: list[str | None], text: str | None, number: str | int) -> None:
    chat = client.chat
    print(text and chat.create_chat_completion([{"role": "user", "content": text, "nme": text}], "m"))
    # E:83: messages[0]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]
    print([number] + [chat.create_chat_completion([{"role": "user", "content": t, "nme": t}], "m") for t in texts if t])
    # E:83: messages[0]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]
    dict(a=[chat.create_chat_completion([{"role": "user", "content": t, "nme": t}], "m") for t in texts if t])
    # E:73: messages[0]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]
    print(chat.create_chat_completion([{"role": "user", "content": text, "nme": ""}], "m") if text else None)
    # E:74: messages[0]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]


# mypy finds its way to the wrong value: nothing around it is blamed
def found_by_mypy(*texts: str, expiries: dict[str, VectorStoreExpirationAfter]) -> list[VectorStoreExpirationAfter]:
    expiries.update([("x", {"anchor": "last_active_at", "days": "7"})])
    # E:65: Incompatible types (expression has type "str", TypedDict item "days" has type "int")  [typeddict-item]
    client.chat.create_chat_completion(texts, "m")
    # E:40: messages: expected "Iterable[ChatCompletionRequestMessage]", got "tuple[str, ...]"  [openai-arg]
    return list(reversed([{"anchor": "last_active_at", "days": "7"}]))
    # E:64: Incompatible types (expression has type "str", TypedDict item "days" has type "int")  [typeddict-item]
