"""Results that a literal argument decides, and those of an argument that is no literal."""

from typing import Literal, assert_type

from typed_openai import BinaryReply, Client, Stream, types

client = Client()
SOUND = ("speech.mp3", b"...")

assert_type(
    client.audio.create_transcription(SOUND, "whisper-1", response_format="json"),
    types.CreateTranscriptionResponseJson,
)
assert_type(client.audio.create_transcription(SOUND, "whisper-1", response_format="vtt"), str)
assert_type(
    client.audio.create_transcription(SOUND, "whisper-1", response_format="verbose_json"),
    types.CreateTranscriptionResponseVerboseJson,
)
assert_type(
    client.audio.create_transcription(SOUND, "gpt-4o-transcribe-diarize", response_format="diarized_json"),
    types.CreateTranscriptionResponseDiarizedJson,
)
assert_type(client.audio.create_translation(SOUND, "whisper-1", response_format="srt"), str)
assert_type(
    client.audio.create_translation(SOUND, "whisper-1", response_format="verbose_json"),
    types.CreateTranslationResponseVerboseJson,
)

assert_type(client.audio.create_speech("hello", "tts-1", "alloy", stream_format="audio"), BinaryReply)
with client.audio.create_speech("hello", "gpt-4o-mini-tts", "alloy", stream_format="sse") as speech:
    assert_type(speech, Stream[types.CreateSpeechResponseStreamEvent])

vectors = client.embeddings.create_embedding("hello", "text-embedding-3-small", encoding_format="float")
assert_type(vectors["data"][0]["embedding"], list[float])
packed = client.embeddings.create_embedding("hello", "text-embedding-3-small", encoding_format="base64")
assert_type(packed["data"][0]["embedding"], str)

with client.images.create_image("a cat", stream=True) as images:
    assert_type(images, Stream[types.ImageGenStreamEvent])


def of_either(encoding: Literal["float", "base64"], streaming: Literal["sse", "audio"]) -> None:
    found = client.embeddings.create_embedding("hello", "text-embedding-3-small", encoding_format=encoding)
    assert_type(found, types.CreateEmbeddingResponse | types.CreateEmbeddingBase64Response)
    spoken = client.audio.create_speech("hello", "tts-1", "alloy", stream_format=streaming)
    assert_type(spoken, BinaryReply | Stream[types.CreateSpeechResponseStreamEvent])
    spoken.close()


of_either("base64", "audio")


def in_a_format(kind: Literal["text", "verbose_json"]) -> str:
    """Whatever the format is, there is no stream where none is asked for."""
    told = client.audio.create_transcription(SOUND, "whisper-1", response_format=kind, stream=False)
    return told if isinstance(told, str) else told["text"]


in_a_format("text")
