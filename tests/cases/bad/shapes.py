"""One thing in the place of another: a dict for a list of objects, a list for an object, a name for an object."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Unpack

from typed_openai import Client
from typed_openai.params import CreateChatCompletionParams
from typed_openai.types import ChatCompletionRequestMessage, ChatCompletionRequestUserMessage

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
# E:44: tools: expected "Iterable[Tool] | None", got "dict[str, str]"; put it in a list  [openai-arg]
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
# E:43: text: expected "ResponseTextParam | None", got "list[dict[str, dict[str, str]]]"; use the item itself, not a list  [openai-arg]
messages.append([{"role": "user", "content": "hi"}])
# E:17: item: expected "ChatCompletionRequestMessage", got "list[dict[str, str]]"; use the item itself, not a list  [openai-arg]
message: ChatCompletionRequestMessage = [{"role": "user", "content": "hi"}]
# E:41: message: expected "ChatCompletionRequestMessage", got "list[dict[str, str]]"; use the item itself, not a list  [openai-arg]

# a name, where an object with it belongs
chat.create_chat_completion(messages, "m", response_format="json_object")
# E:60: response_format: expected "ResponseFormatText | ResponseFormatJsonSchema | ResponseFormatJsonObject | None", got "str"; write {'type': 'json_object'}  [openai-arg]
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


# what mypy reads by itself, without regard to what is expected
def starred(texts: list[str], options: dict[str, object]) -> None:
    chat.create_chat_completion([*messages, *[{"role": "user", "content": one} for one in texts]], "m")
    # E:46: *messages: expected "Iterable[ChatCompletionRequestMessage]", got "list[dict[str, str]]"; assign it first to a variable annotated as "list[ChatCompletionRequestMessage]"  [openai-arg]
    chat.create_chat_completion([*({"role": "usr", "content": one} for one in texts)], "m")
    # E:45: messages[0:][...].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    chat.create_chat_completion([{"role": "user", "content": "hi"}] + messages, "m")
    # E:33: messages: expected "Iterable[ChatCompletionRequestMessage]", got "list[dict[str, str]]"; write [..., *messages], without the +  [openai-arg]
    chat.create_chat_completion(messages, "m", **options)
    # E:50: "dict[str, object]" has one type for all arguments of chat.create_chat_completion; pass all arguments in one "CreateChatCompletionParams", or each by its name  [openai-arg]
    chat.create_chat_completion(messages, "m", **{**options, "temperature": 0.3})
    # E:50: "dict[str, object]" has one type for all arguments of chat.create_chat_completion; pass all arguments in one "CreateChatCompletionParams", or each by its name  [openai-arg]


@dataclass
class Talk:
    begun: list[ChatCompletionRequestMessage] = field(
        default_factory=lambda: [{"role": "usr", "content": "hi"}]
        # E:43: default_factory()[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    )
    first: ChatCompletionRequestUserMessage = field(default_factory=lambda: {"role": "user", "content": "hi"})
    # E:47: first: expected "ChatCompletionRequestUserMessage", got "dict[str, str]"; instead of the lambda, use a function that returns "ChatCompletionRequestUserMessage"  [openai-arg]


# keys beside the object that they belong into, and arguments without their names
chat.create_chat_completion(messages, "m", tools=[{"type": "function", "name": "look_up"}])
# E:72: tools[0]: missing key "function" for ChatCompletionTool; write {'function': {'name': ...}}  [openai-arg]
chat.create_chat_completion(
    messages, "m", response_format={"type": "json_schema", "name": "city", "schema": {}}
    # E:60: response_format: missing key "json_schema" for ResponseFormatJsonSchema; write {'json_schema': {'name': ..., 'schema': ...}}  [openai-arg]
)


def asked(**params: Unpack[CreateChatCompletionParams]) -> None: ...


asked(messages, "m")
# E:7: too many positional arguments for asked; it takes 0; pass "messages", "model" by name  [openai-arg]
asked(messages, [{"role": "user"}], temperature="1")
# E:7: too many positional arguments for asked; it takes 0; pass "messages", "model" by name  [openai-arg]
# E:49: temperature: expected "float | None", got "str"  [openai-arg]
responses.create_response("hi", "m", 0.5, "auto")
# E:38: too many positional arguments for responses.create_response; it takes 2: input, model  [openai-arg]
client.models.list_models("m", 3)
# E:27: too many positional arguments for models.list_models; it takes 0  [openai-arg]
# one mistake: what is deprecated has a wrong value
chat.create_chat_completion(messages, "m", seed="1")
# E:49: seed: expected "int | None", got "str"  [openai-arg]
responses.create_response("hi", "m", truncation="atuo")
# E:49: truncation: expected one of 'auto', 'disabled', None; got 'atuo'; did you mean 'auto'?  [openai-arg]
