"""Keywords, positionals and unpacked arguments of calls."""

import functools
from typing import Any, TypedDict

import typed_openai
from typed_openai import Client, StreamingClient, StreamMessage
from typed_openai.types import (
    ChatCompletionRequestMessage,
    CreateChatCompletionRequest,
    ResponseStreamEvent,
)

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]


class Options(TypedDict, total=False):
    temperature: str
    n: int


# a misspelt keyword, with and without streaming, through the client, a resource, a method, the module
chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)
# E:57: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", temprature=0.5, stream=True)
# E:57: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
client.chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)
# E:64: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
Client().chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)
# E:66: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
typed_openai.chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)
# E:70: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
create = chat.create_chat_completion
create(hello, "gpt-4o", temprature=0.5)
# E:36: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
client.vector_stores.search_vector_store("vs_1", "query", max_result=5)
# E:70: unexpected keyword "max_result" for vector_stores.search_vector_store; did you mean "max_num_results"?  [openai-arg]
client.fine_tuning.list_paginated_fine_tuning_jobs(limt=5)
# E:57: unexpected keyword "limt" for fine_tuning.list_paginated_fine_tuning_jobs; did you mean "limit"?  [openai-arg]

# a keyword that resembles no other
client.models.list_models(colour="red")
# E:34: unexpected keyword "colour" for models.list_models  [openai-arg]

# missing arguments; a misspelt required one is one mistake
chat.create_chat_completion(hello)
# E:1: missing required argument "model" for chat.create_chat_completion  [openai-arg]
chat.create_chat_completion()
# E:1: missing required arguments "messages", "model" for chat.create_chat_completion  [openai-arg]
chat.create_chat_completion(messages=hello, modle="gpt-4o")
# E:51: unexpected keyword "modle" for chat.create_chat_completion; did you mean "model"?  [openai-arg]
chat.create_chat_completion(messages=hello, engine="gpt-4o")
# E:52: unexpected keyword "engine" for chat.create_chat_completion; the missing argument is "model"  [openai-arg]
client.embeddings.create_embedding(input="text")
# E:1: missing required argument "model" for embeddings.create_embedding  [openai-arg]
client.models.retrieve_model()
# E:1: missing required argument "model" for models.retrieve_model  [openai-arg]

# too many, or the same twice
chat.create_chat_completion(hello, "gpt-4o", True)
# E:46: too many positional arguments for chat.create_chat_completion; it takes 2: messages, model  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", 0.5, 1.0)
# E:46: too many positional arguments for chat.create_chat_completion; it takes 2: messages, model  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", model="o3")
# E:52: argument "model" is passed twice for chat.create_chat_completion  [openai-arg]

# wrong values
chat.create_chat_completion(hello, "gpt-4o", temperature="hot")
# E:58: temperature: expected "float | None", got "str"  [openai-arg]
chat.create_chat_completion(hello, 4)
# E:36: model: expected "ModelIdsShared", got "int"  [openai-arg]
chat.create_chat_completion(None, "gpt-4o")
# E:29: messages: expected "Iterable[ChatCompletionRequestMessage]", got "None"  [openai-arg]
chat.create_chat_completion("hello", "gpt-4o")
# E:29: messages: expected "Iterable[ChatCompletionRequestMessage]", got "str"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stop=["a", 1])
# E:57: stop[1]: expected "str", got "int"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", metadata={"user": 1})
# E:64: metadata['user']: expected "str", got "int"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", reasoning_effort="hgih")
# E:63: reasoning_effort: expected one of 'none', 'minimal', 'low', 'medium', 'high', ... (3 more); got 'hgih'; did you mean 'high'?  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", tool_choice="atuo")
# E:58: tool_choice: expected one of 'none', 'auto', 'required' or ChatCompletionAllowedToolsChoice, ... (2 more); got 'atuo'; did you mean 'auto'?  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream="yes")
# E:53: stream: expected "bool | None", got "str"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", logit_bias={"8043": "low"})
# E:66: logit_bias['8043']: expected "int", got "str"  [openai-arg]
client.images.create_image("a cat", quality="best")
# E:45: quality: expected one of 'standard', 'hd', 'low', 'medium', 'high', ... (4 more); got 'best'  [openai-arg]
client.embeddings.create_embedding(["a", 1], "text-embedding-3-small")
# E:42: input[1]: expected "str", got "int"  [openai-arg]
client.embeddings.create_embedding(3, "text-embedding-3-small")
# E:36: input: expected "str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]", got "int"; put it in a list  [openai-arg]
client.responses.create_response("tell me a joke", "gpt-4o-mini", truncation="never")
# E:78: truncation: expected one of 'auto', 'disabled', None; got 'never'  [openai-arg]
client.audio.create_transcription(5, "whisper-1")
# E:35: file: expected "FileInput", got "int"  [openai-arg]
client.files.create_file(b"...", "batch", on_progress=5)
# E:55: on_progress: expected "Callable[[Progress], object]", got "int"  [openai-arg]
client.models.list_models(on_progress=print)
# E:39: unexpected keyword "on_progress" for models.list_models  [openai-arg]
client.audio.create_transcription(("speech.wav", b"..."), "whisper-1", timestamp_granularities=["wrd"])
# E:97: timestamp_granularities[0]: expected one of 'word', 'segment'; got 'wrd'; did you mean 'word'?  [openai-arg]


# where to stream to: the keyword is known, whatever is given
def takes_a_number(number: int) -> None: ...


def takes_responses(message: StreamMessage[ResponseStreamEvent]) -> None: ...


class OfResponses(StreamingClient[ResponseStreamEvent, int]): ...


def either(which: bool) -> None:
    chat.create_chat_completion(hello, "gpt-4o", stream=which, stream_to=print)
    # E:57: stream: expected True; got "bool"; with "stream_to", leave out "stream"  [openai-arg]


chat.create_chat_completion(hello, "gpt-4o", stream_to=takes_a_number)
# E:56: stream_to: expected "Callable[[StreamMessage[...]], object] | StreamingClient[...]", got "Callable[[int], None]"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream_to=takes_responses)
# E:56: stream_to: expected "Callable[[StreamMessage[...]], object] | StreamingClient[...]", got "Callable[[StreamMessage[ResponseStreamEvent]], None]"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream_to=OfResponses(0))
# E:56: stream_to: expected "Callable[[StreamMessage[...]], object] | StreamingClient[...]", got "OfResponses"; it receives "ResponseStreamEvent"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream_to=5)
# E:56: stream_to: expected "Callable[[StreamMessage[...]], object] | StreamingClient[...]", got "int"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", strem_to=print)
# E:55: unexpected keyword "strem_to" for chat.create_chat_completion; did you mean "stream_to"?  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream=False, stream_to=print)
# E:53: stream: expected True; got False; with "stream_to", leave out "stream"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream=False, stream_to=takes_a_number)
# E:53: stream: expected True; got False; with "stream_to", leave out "stream"  [openai-arg]
# E:70: stream_to: expected "Callable[[StreamMessage[...]], object] | StreamingClient[...]", got "Callable[[int], None]"  [openai-arg]
chat.create_chat_completion(hello, "gpt-4o", stream="yes", stream_to=print)
# E:53: stream: expected True; got 'yes'  [openai-arg]
client.responses.create_response("hello", "gpt-4o", stream_to=takes_a_number)
# E:63: stream_to: expected "Callable[[StreamMessage[ResponseStreamEvent]], object] | StreamingClient[ResponseStreamEvent, Any]", got "Callable[[int], None]"  [openai-arg]
client.responses.create_response("hello", "gpt-4o", stream=False, stream_to=print)
# E:60: stream: expected True; got False; with "stream_to", leave out "stream"  [openai-arg]

# literals that are spread over overloads
client.audio.create_translation(b"", "whisper-1", response_format="vttx")
# E:67: response_format: expected one of 'json', 'text', 'srt', 'verbose_json', 'vtt'; got 'vttx'; did you mean 'vtt'?  [openai-arg]
client.audio.create_speech("hello", "tts-1", "alloy", stream_format="aduio")
# E:69: stream_format: expected one of 'sse', 'audio'; got 'aduio'; did you mean 'audio'?  [openai-arg]

# options of the client, not of the API
client.models.list_models(timeout="soon")
# E:35: timeout: expected "float | Timeout | None", got "str"  [openai-arg]
client.models.list_models(extra_headers={"X-Trace": 1})
# E:53: extra_headers['X-Trace']: expected "str | None", got "int"  [openai-arg]
Client(api_ky="sk-...")
# E:15: unexpected keyword "api_ky" for Client; did you mean "api_key"?  [openai-arg]
Client(max_retries="2")
# E:20: max_retries: expected "int", got "str"  [openai-arg]

# two mistakes, one line each
chat.create_chat_completion(hello, "gpt-4o", temprature=0.5, max_tokens="many")
# E:57: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
# E:73: max_tokens: expected "int | None", got "str"  [openai-arg]
chat.create_chat_completion(temprature=0.5, model=4)
# E:1: missing required argument "messages" for chat.create_chat_completion  [openai-arg]
# E:40: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
# E:51: model: expected "ModelIdsShared", got "int"  [openai-arg]


# unpacked
def unpacked(
    numbers: dict[str, int],
    options: Options,
    everything: dict[str, Any],
    positionals: tuple[list[ChatCompletionRequestMessage]],
    strings: list[str],
    request: CreateChatCompletionRequest,
) -> None:
    chat.create_chat_completion(hello, "gpt-4o", **numbers)
    # E:52: "dict[str, int]" has one type for all arguments of chat.create_chat_completion; pass all arguments in one "CreateChatCompletionParams", or each by its name  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", **options)
    # E:52: temperature: expected "float | None", got "str"  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", **options, temprature=0.5)
    # E:52: temperature: expected "float | None", got "str"  [openai-arg]
    # E:72: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    chat.create_chat_completion(*positionals)
    # E:5: missing required argument "model" for chat.create_chat_completion  [openai-arg]
    chat.create_chat_completion(*strings)
    # E:34: values of "*" for messages: expected "Iterable[ChatCompletionRequestMessage]", got "str"  [openai-arg]
    chat.create_chat_completion(**everything, temprature=0.5)
    # E:58: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    chat.create_chat_completion(**request, temprature=0.5)
    # E:55: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", **{"temprature": 1})
    # E:67: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", **{"temperature": "hot"})
    # E:68: temperature: expected "float | None", got "str"  [openai-arg]
    chat.create_chat_completion(hello, **{"modle": "gpt-4o"})
    # E:52: unexpected keyword "modle" for chat.create_chat_completion; did you mean "model"?  [openai-arg]
    chat.create_chat_completion(hello, "gpt-4o", **{"temperature": 0.5})
    # E:52: "dict[str, float]" has one type for all arguments of chat.create_chat_completion; pass all arguments in one "CreateChatCompletionParams", or each by its name  [openai-arg]
    chat.create_chat_completion(hello, 3, **{"temperature": 0.5})
    # E:40: model: expected "ModelIdsShared", got "int"  [openai-arg]
    # E:45: "dict[str, float]" has one type for all arguments of chat.create_chat_completion; pass all arguments in one "CreateChatCompletionParams", or each by its name  [openai-arg]


# inside other calls
print(chat.create_chat_completion(hello, "gpt-4o", temprature=0.5))
# E:63: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
print(len(chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)["choices"]))
# E:67: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
max(1, chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)["created"])
# E:64: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
sum([chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)["created"]])
# E:62: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
later = functools.partial(lambda: chat.create_chat_completion(hello, "gpt-4o", temprature=0.5))
# E:91: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
print(f"{client.models.list_models(a=1)} {client.models.list_models(b=1)} {client.models.list_models(c=1)}")
# E:38: unexpected keyword "a" for models.list_models  [openai-arg]
# E:71: unexpected keyword "b" for models.list_models  [openai-arg]
# E:104: unexpected keyword "c" for models.list_models  [openai-arg]


async def awaited(client: Client) -> object:
    models = await client.models.list_models()
    # E:14: the client is synchronous: remove "await" before "ListModelsResponse"; to run it in a thread: "await asyncio.to_thread(client.models.list_models, ...)"  [openai-async]
    return client.models.list_models(y=models)
    # E:12: client.models.list_models blocks the event loop: use AsyncClient, or "await asyncio.to_thread(client.models.list_models, ...)"  [openai-blocking]
    # E:40: unexpected keyword "y" for models.list_models  [openai-arg]


def optional(maybe: Client | None) -> None:
    maybe.chat.create_chat_completion(hello, "gpt-4o", temprature=0.5)
    # E:11: "Client | None" may be None; exclude None first  [openai-arg]
    # E:67: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
