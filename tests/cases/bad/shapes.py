"""One thing in the place of another: a dict for a list of objects, a list for an object, a name for an object."""

from collections.abc import Iterator

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
chat, responses = client.chat, client.responses
history = [{"role": "user", "content": "hi"}]

# a list is missing around
chat.create_chat_completion({"role": "user", "content": "hi"}, "m")
# E:29: messages: expected "Iterable[ChatCompletionRequestMessage]", got "dict[str, str]"; put it in a list  [openai-arg]
chat.create_chat_completion([{"role": "user", "content": {"type": "text", "text": "hi"}}], "m")
# E:58: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "dict[str, str]"; put it in a list  [openai-arg]
responses.create_response(input={"type": "message", "role": "user", "content": "hi"}, model="m")
# E:33: input: expected "str | Iterable[InputItem]", got "dict[str, str]"; put it in a list  [openai-arg]
responses.create_response("hi", "m", tools={"type": "web_search"})
# E:44: tools: expected "Iterable[Tool]", got "dict[str, str]"; put it in a list  [openai-arg]
responses.create_response("hi", "m", include="reasoning.encrypted_content")
# E:46: include: expected "Sequence[IncludeEnum] | None", got "str"; put it in a list  [openai-arg]
client.vector_stores.create_vector_store(file_ids="f")
# E:51: file_ids: expected "Sequence[str]", got "str"; put it in a list  [openai-arg]
messages: list[ChatCompletionRequestMessage] = {"role": "user", "content": "hi"}
# E:48: messages: expected "list[ChatCompletionRequestMessage]", got "dict[str, str]"; put it in a list  [openai-arg]
messages.extend({"role": "user", "content": "hi"})
# E:17: items: expected "Iterable[ChatCompletionRequestMessage]", got "dict[str, str]"; put it in a list  [openai-arg]

# there is a list too much
responses.create_response("hi", "m", text=[{"format": {"type": "text"}}])
# E:43: text: expected "ResponseTextParam", got "list[dict[str, dict[str, str]]]"; give the item itself, not a list  [openai-arg]
messages.append([{"role": "user", "content": "hi"}])
# E:17: item: expected "ChatCompletionRequestMessage", got "list[dict[str, str]]"; give the item itself, not a list  [openai-arg]
message: ChatCompletionRequestMessage = [{"role": "user", "content": "hi"}]
# E:41: message: expected "ChatCompletionRequestMessage", got "list[dict[str, str]]"; give the item itself, not a list  [openai-arg]

# a name, where an object with it belongs
chat.create_chat_completion(messages, "m", response_format="json_object")
# E:60: response_format: expected "ResponseFormatText | ResponseFormatJsonSchema | ResponseFormatJsonObject", got "str"; write {'type': 'json_object'}  [openai-arg]
responses.create_response("hi", "m", tools=["web_search"], reasoning="high")
# E:45: tools[0]: expected "Tool", got "str"; write {'type': 'web_search'}  [openai-arg]
# E:70: reasoning: expected "Reasoning | None", got "str"; write {'effort': 'high'}  [openai-arg]
chat.create_chat_completion(
    [{"role": "user", "content": [{"type": "image_url", "image_url": "http://localhost/a.png"}]}], "m"
    # E:70: messages[0].content[0].image_url: expected "ChatCompletionRequestMessageContentPartImageImageUrl", got "str"; write {'url': 'http://localhost/a.png'}  [openai-arg]
)

# nothing of the kind helps
chat.create_chat_completion("hi", "m")
# E:29: messages: expected "Iterable[ChatCompletionRequestMessage]", got "str"  [openai-arg]
chat.create_chat_completion([("user", "hi")], "m")
# E:30: messages[0]: expected "ChatCompletionRequestMessage", got "tuple[str, str]"  [openai-arg]


# variables that are too wide
def wide(role: str, effort: str, names: Iterator[str], plain: list[dict[str, str]], one: dict[str, str]) -> None:
    chat.create_chat_completion(history, "m")
    # E:33: messages: expected "Iterable[ChatCompletionRequestMessage]", got "list[dict[str, str]]"; annotate it as "list[ChatCompletionRequestMessage]"  [openai-arg]
    chat.create_chat_completion([*plain, {"role": "user", "content": "hi"}], "m")
    # E:35: messages[0:]: expected "Iterable[ChatCompletionRequestMessage]", got "list[dict[str, str]]"; annotate it as "list[ChatCompletionRequestMessage]"  [openai-arg]
    chat.create_chat_completion([one], "m")
    # E:34: messages[0]: expected "ChatCompletionRequestMessage", got "dict[str, str]"; annotate it as "ChatCompletionRequestMessage"  [openai-arg]
    chat.create_chat_completion(one, "m")
    # E:33: messages: expected "Iterable[ChatCompletionRequestMessage]", got "dict[str, str]"; put it in a list, and annotate it as "ChatCompletionRequestMessage"  [openai-arg]
    chat.create_chat_completion(messages, "m", reasoning_effort=effort)
    # E:65: reasoning_effort: expected one of 'none', 'minimal', 'low', 'medium', 'high', ... (3 more); got "str"; annotate it as "ReasoningEffort"  [openai-arg]
    client.files.create_file("a.txt", purpose=role)
    # E:47: purpose: expected one of 'assistants', 'batch', 'fine-tune', 'vision', 'user_data', 'evals'; got "str"; annotate it as a Literal of these  [openai-arg]
    client.vector_stores.create_vector_store(file_ids=names)
    # E:55: file_ids: expected "Sequence[str]", got "Iterator[str]"; make it a list: list(...)  [openai-arg]
    client.vector_stores.create_vector_store(file_ids={"f"})
    # E:55: file_ids: expected "Sequence[str]", got "set[str]"; make it a list: list(...)  [openai-arg]
