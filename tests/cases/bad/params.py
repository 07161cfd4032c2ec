"""Arguments given as a TypedDict of an operation's params."""

from typing import TypedDict, Unpack

from typed_openai import Client
from typed_openai.params import (
    CreateChatCompletionParams,
    CreateChatCompletionStreamingParams,
    CreateEmbeddingParams,
    ListFilesParams,
)

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
    # E:56: argument "model" is passed twice for chat.create_chat_completion  [openai-arg]
    client.chat.create_chat_completion(**params, stream="yes")
    # E:57: stream: expected "bool | None", got "str"  [openai-arg]
    client.chat.create_chat_completion(**loose)
    # E:42: messages: expected "Iterable[ChatCompletionRequestMessage]", got "int"  [openai-arg]
    client.chat.create_chat_completion(**kwargs, stream=True)
    # E:57: argument "stream" is passed twice for chat.create_chat_completion  [openai-arg]
    client.embeddings.create_embedding("text", "text-embedding-3-small", encoding_format="base46")
    # E:90: encoding_format: expected one of 'float', 'base64', None; got 'base46'; did you mean 'base64'?  [openai-arg]


# used for another operation, or not unpacked
def misuse(params: CreateChatCompletionParams, embedding: CreateEmbeddingParams, files: ListFilesParams) -> None:
    client.chat.create_chat_completion(**embedding)
    # E:42: "CreateEmbeddingParams" holds the arguments of embeddings.create_embedding, not of chat.create_chat_completion; missing: "messages"; unexpected: "dimensions", "input"  [openai-arg]
    client.embeddings.create_embedding(**params)
    # E:42: "CreateChatCompletionParams" holds the arguments of chat.create_chat_completion, not of embeddings.create_embedding; missing: "input"; unexpected: "audio", "frequency_penalty", "function_call", "functions", "logit_bias", ... (28 more)  [openai-arg]
    client.models.list_models(**files)
    # E:33: "ListFilesParams" holds the arguments of files.list_files, not of models.list_models; unexpected: "after", "limit", "order", "purpose"  [openai-arg]
    client.chat.create_chat_completion(**files)
    # E:42: "ListFilesParams" holds the arguments of files.list_files, not of chat.create_chat_completion; missing: "messages", "model"; unexpected: "after", "limit", "order", "purpose"  [openai-arg]
    client.chat.create_chat_completion(params)
    # E:40: "CreateChatCompletionParams" holds the arguments of chat.create_chat_completion; unpack it with **  [openai-arg]
    client.chat.create_chat_completion(embedding)
    # E:40: "CreateEmbeddingParams" holds the arguments of embeddings.create_embedding, not of chat.create_chat_completion  [openai-arg]
    client.chat.create_chat_completion(*params)
    # E:41: * passes the keys of "CreateChatCompletionParams" as text; ** passes its values as arguments  [openai-arg]
    params["messages"].append({"role": "user", "content": "hi"})
    # E:24: "Sequence[ChatCompletionRequestMessage]" has no attribute "append"; make a list of it first: list(...)  [openai-arg]
    params["messages"][0] = {"role": "user", "content": "hi"}
    # E:5: "Sequence[ChatCompletionRequestMessage]" is only to be read; make a list of it first: list(...)  [openai-arg]
    params.update(temprature=1)
    # E:30: update takes a dict, not keywords: {'temprature': ...}  [openai-arg]
