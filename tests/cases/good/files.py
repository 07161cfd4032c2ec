"""Files in and out, and results other than JSON."""

from pathlib import Path
from typing import assert_type

from typed_openai import BinaryReply, Client, FileInput, Progress, types

client = Client()
CONTENT = b"RIFF"

client.files.create_file(CONTENT, "assistants")
client.files.create_file(("data.jsonl", CONTENT), purpose="fine-tune")
client.files.create_file(Path("data.jsonl"), "batch")
client.files.create_file("data.jsonl", "batch")
with Path("data.jsonl").open("rb") as opened:
    client.files.create_file(opened, "user_data")


def upload(file: FileInput) -> str:
    return client.files.create_file(file, "vision")["id"]


client.images.create_image_variation(CONTENT)
client.images.create_image_edit("make it blue", image=[CONTENT, ("b.png", CONTENT)], model="gpt-image-2")
client.audio.create_transcription(("foobar.wav", CONTENT), "whisper-1")



def tell(progress: Progress) -> None:
    assert progress.total is None or progress.done <= progress.total


client.files.create_file(("data.jsonl", iter([CONTENT])), "batch", on_progress=tell)
client.files.create_file(("data.jsonl", Path("data.jsonl")), "batch", on_progress=lambda one: one.done)
client.audio.create_transcription(CONTENT, "whisper-1", stream_to=print, on_progress=tell)
client.request("POST", "/files", files={"file": CONTENT}, data={"purpose": "batch"}, on_progress=tell)

speech = client.audio.create_speech("Hello.", "tts-1", "alloy")
assert_type(speech, BinaryReply)
speech.save("hello.mp3", on_progress=tell)
assert_type(speech.size, int | None)
for piece in client.audio.create_speech("Hello.", "tts-1", "alloy").iterate(1024, on_progress=tell):
    assert_type(piece, bytes)
for chunk in client.audio.create_speech("Hello.", "tts-1", "alloy"):
    assert_type(chunk, bytes)

listed = client.files.list_files(purpose="batch", limit=10)
assert_type(listed, types.ListFilesResponse)
