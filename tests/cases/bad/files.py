"""Files that are given as text."""

import io
from pathlib import Path
from typing import TextIO

from typed_openai import Client

client = Client()


def uploads(path: Path, text: TextIO) -> None:
    client.files.create_file(open("example.jsonl"), "batch")
    # E:30: file: expected "FileInput", got "TextIOWrapper[_WrappedBuffer]"; open it in binary mode: open(path, "rb")  [openai-arg]
    client.files.create_file(path.open(), "batch")
    # E:30: file: expected "FileInput", got "TextIOWrapper[_WrappedBuffer]"; open it in binary mode: open(path, "rb")  [openai-arg]
    client.files.create_file(text, "batch")
    # E:30: file: expected "FileInput", got "TextIO"; open it in binary mode: open(path, "rb")  [openai-arg]
    client.files.create_file(io.StringIO("hello"), "batch")
    # E:30: file: expected "FileInput", got "StringIO"; pass bytes: getvalue().encode()  [openai-arg]
    client.files.create_file(("example.jsonl", open("example.jsonl", "r")), "batch")
    # E:48: file[1]: expected "bytes | IO[bytes] | Iterator[bytes] | PathLike[str]", got "TextIOWrapper[_WrappedBuffer]"; open it in binary mode: open(path, "rb")  [openai-arg]
    client.images.create_image_edit("a cat", image=[open("cat.png"), open("dog.png", "rb")])
    # E:53: image[0]: expected "FileInput", got "TextIOWrapper[_WrappedBuffer]"; open it in binary mode: open(path, "rb")  [openai-arg]
    with open("speech.mp3") as speech:
        client.audio.create_transcription(speech, "whisper-1")
        # E:43: file: expected "FileInput", got "TextIOWrapper[_WrappedBuffer]"; open it in binary mode: open(path, "rb")  [openai-arg]
