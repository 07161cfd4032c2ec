"""Arguments given as TypedDicts: ``**params`` and ``Unpack``, with the result that a value decides."""

from typing import Unpack, assert_type

from typed_openai import OMIT, Client, Stream, types
from typed_openai.params import (
    CreateChatCompletionAnyParams,
    CreateChatCompletionParams,
    CreateChatCompletionStreamingParams,
    CreateEmbeddingBase64Params,
    CreateResponseParams,
    CreateTranscriptionParams,
    CreateTranscriptionTextParams,
    CreateTranslationVerboseJsonParams,
    ListFilesParams,
)

client = Client()

params: CreateChatCompletionParams = {
    "messages": [{"role": "user", "content": "hello"}],
    "model": "gpt-4o-mini",
}
params["temperature"] = 0.5
reply = client.chat.create_chat_completion(**params)
assert_type(reply, types.CreateChatCompletionResponse)
slow = client.chat.create_chat_completion(**params, timeout=100)
assert_type(slow, types.CreateChatCompletionResponse)

# what decides the result is given beside the rest
with client.chat.create_chat_completion(**params, stream=True) as stream:
    assert_type(stream, Stream[types.CreateChatCompletionStreamResponse])
    print(len(list(stream)))

# or with the rest
streaming: CreateChatCompletionStreamingParams = {**params, "stream": True, "stream_options": OMIT}
with client.chat.create_chat_completion(**streaming) as stream:
    assert_type(stream, Stream[types.CreateChatCompletionStreamResponse])


def either(flag: bool) -> None:
    unknown: CreateChatCompletionAnyParams = {**params, "stream": flag, "stream_options": OMIT}
    answer = client.chat.create_chat_completion(**unknown)
    assert_type(
        answer, types.CreateChatCompletionResponse | Stream[types.CreateChatCompletionStreamResponse]
    )
    answer = client.chat.create_chat_completion(**params, stream=flag)
    if isinstance(answer, Stream):
        answer.close()


either(True)


def ask(**kwargs: Unpack[CreateResponseParams]) -> types.Response:
    return client.responses.create_response(**kwargs)


print(ask(input="hello", model="gpt-4o-mini", temperature=1)["id"])

sound: CreateTranscriptionParams = {"file": ("a.mp3", b"..."), "model": "whisper-1"}
assert_type(client.audio.create_transcription(**sound), types.CreateTranscriptionResponseJson)
assert_type(client.audio.create_transcription(**sound, response_format="text"), str)
text: CreateTranscriptionTextParams = {**sound, "response_format": "srt"}
assert_type(client.audio.create_transcription(**text), str)
verbose: CreateTranslationVerboseJsonParams = {
    "file": ("a.mp3", b"..."),
    "model": "whisper-1",
    "response_format": "verbose_json",
}
assert_type(client.audio.create_translation(**verbose), types.CreateTranslationResponseVerboseJson)

packed: CreateEmbeddingBase64Params = {
    "input": "hello",
    "model": "text-embedding-3-small",
    "encoding_format": "base64",
}
assert_type(client.embeddings.create_embedding(**packed)["data"][0]["embedding"], str)

page: ListFilesParams = {"limit": 10, "order": "asc"}
assert_type(client.files.list_files(**page), types.ListFilesResponse)
