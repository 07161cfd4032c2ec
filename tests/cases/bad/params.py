"""Arguments given as a TypedDict of an operation's params."""

from typing import TypedDict, Unpack

from typed_openai import Client
from typed_openai.params import CreateChatCompletionParams, CreateChatCompletionStreamingParams

client = Client()


class Loose(TypedDict):
    messages: int
    model: str


# where the dict is written
unknown: CreateChatCompletionParams = {
    "messages": [{"role": "user", "content": "hi"}],
    "model": "gpt-4o",
    "temprature": 1,
    # E:5: unknown: unknown key "temprature" for CreateChatCompletionParams; did you mean "temperature"?  [openai-arg]
}
wrong: CreateChatCompletionParams = {"messages": [{"role": "user", "content": 3}], "model": "gpt-4o"}
# E:79: wrong.messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
missing: CreateChatCompletionParams = {"messages": [{"role": "user", "content": "hi"}]}
# E:39: missing: missing key "model" for CreateChatCompletionParams  [openai-arg]
made = CreateChatCompletionParams(messages=[{"role": "usr", "content": "hi"}], model="gpt-4o")
# E:54: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


# where it is used
def use(
    params: CreateChatCompletionParams, loose: Loose, **kwargs: Unpack[CreateChatCompletionStreamingParams]
) -> None:
    params["temperature"] = "hot"
    # E:29: params.temperature: expected "float | None", got "str"  [openai-arg]
    client.chat.create_chat_completion(**params, temprature=1)
    # E:61: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    client.chat.create_chat_completion(**params, model="gpt-4o")
    # E:56: argument "model" is given twice for chat.create_chat_completion  [openai-arg]
    client.chat.create_chat_completion(**params, stream="yes")
    # E:57: stream: expected "bool | None", got "str"  [openai-arg]
    client.chat.create_chat_completion(**loose)
    # E:42: messages: expected "Iterable[ChatCompletionRequestMessage]", got "int"  [openai-arg]
    client.chat.create_chat_completion(**kwargs, stream=True)
    # E:57: argument "stream" is given twice for chat.create_chat_completion  [openai-arg]
    client.embeddings.create_embedding("text", "text-embedding-3-small", encoding_format="base46")
    # E:90: encoding_format: expected one of 'float', 'base64'; got 'base46'; did you mean 'base64'?  [openai-arg]
