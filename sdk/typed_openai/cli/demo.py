"""``typed-openai demo``: a one-minute demonstration, offline and without a key.

It first uses the real client with the embedded server: a chat call, a streamed one, an answer of a Python
type, a tool that the model calls, an upload and a transcription. Then it runs mypy with the plugin on a
small file with five mistakes.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final, TypedDict

from typed_openai.client import Client
from typed_openai.errors import OpenAIError
from typed_openai.outputs import Bounds, ask
from typed_openai.testing import serve
from typed_openai.tool_functions import tool
from typed_openai.tool_kits import Tools

_QUESTION: Final = "Why is the sky blue?"
_MODEL: Final = "gpt-4o-mini"
# The start of a WAV file, which is enough for the embedded server.
_AUDIO: Final = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00"

_CONFIG: Final = """\
[mypy]
strict = True
show_column_numbers = True
plugins = typed_openai_mypy.plugin
"""

_MISTAKES: Final = """\
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

chat = Client(api_key="none").chat
question: ChatCompletionRequestMessage = {"role": "user", "content": "Why is the sky blue?"}

chat.create_chat_completion([question], "gpt-4o-mini", temprature=0.2)
chat.create_chat_completion([question])
chat.create_chat_completion([{"role": "usr", "content": "Why?"}], "gpt-4o-mini")
chat.create_chat_completion([question, {"role": "user", "contnt": "Why?"}], "gpt-4o-mini")
chat.create_chat_completion(
    [
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "https://a.example/b", "detail": 3}}],
        }
    ],
    "gpt-4o-mini",
)
"""
_MISTAKES_MADE: Final = 5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``demo``."""
    subparsers.add_parser(
        "demo",
        help="show the client and the plugin at work, offline and without a key",
        description="Show the client and the plugin at work, offline and without a key.",
        epilog="Exit status: 0 if everything worked, else 1.",
    )


def run(args: argparse.Namespace) -> int:
    """Run both parts; the exit status is 0 only if everything worked."""
    del args
    with serve() as server:
        print(f"Embedded server at {server.base_url}\n")
        with Client(api_key="demo", base_url=server.base_url) as client:
            worked = [_shown(name, step, client) for name, step in _STEPS]
    return 0 if all(worked) and _show_plugin() else 1


def _shown(name: str, step: Callable[[Client], str], client: Client) -> bool:
    """Print the result of a step, or its error."""
    try:
        outcome = step(client)
    except OpenAIError as error:
        print(f"{name}\n    failed: {error}\n")
        return False
    print(f"{name}\n    {outcome}\n")
    return True


def _chat(client: Client) -> str:
    reply = client.chat.create_chat_completion([{"role": "user", "content": _QUESTION}], _MODEL)
    return f"{_MODEL}: {reply['choices'][0]['message']['content']}"


def _stream(client: Client) -> str:
    pieces = []
    with client.chat.create_chat_completion(
        [{"role": "user", "content": _QUESTION}], _MODEL, stream=True
    ) as chunks:
        for chunk in chunks:
            pieces += [choice["delta"].get("content") or "" for choice in chunk["choices"]]
    return f"{len(pieces)} chunks: {''.join(pieces)}"


class _Person(TypedDict):
    name: str
    born: Annotated[int, Bounds(ge=1800, le=1900)]


def _answer(client: Client) -> str:
    answer = ask(_Person, client.responses.create_response, "Who wrote the first program?", _MODEL)
    person = answer.value
    return f"a Person: {person['name']}, born in {person['born']}"


@tool
def _weather(city: str) -> str:
    """Look up the weather in a city."""
    return f"It is sunny in {city}."


def _call_tool(client: Client) -> str:
    run = Tools(_weather).run(client.responses.create_response, "How is the weather in Rome?", _MODEL)
    return f"{run.turns} requests, and the tool's answer: {', '.join(run.outputs.values())}"


def _upload(client: Client) -> str:
    file = client.files.create_file(("question.jsonl", b'{"question": "Why?"}\n'), "batch")
    return f"{file['id']}: {file['filename']}, {file['bytes']} bytes, for {file['purpose']}"


def _transcribe(client: Client) -> str:
    transcription = client.audio.create_transcription(("question.wav", _AUDIO), "whisper-1")
    return str(transcription["text"])


_STEPS: Final[tuple[tuple[str, Callable[[Client], str]], ...]] = (
    (f'client.chat.create_chat_completion([{{"role": "user", ...}}], "{_MODEL}")', _chat),
    (f'client.chat.create_chat_completion([{{"role": "user", ...}}], "{_MODEL}", stream=True)', _stream),
    (f'ask(Person, client.responses.create_response, "Who wrote ...", "{_MODEL}").value', _answer),
    (f'Tools(weather).run(client.responses.create_response, "How is ...", "{_MODEL}")', _call_tool),
    ('client.files.create_file(("question.jsonl", ...), "batch")', _upload),
    ('client.audio.create_transcription(("question.wav", ...), "whisper-1")', _transcribe),
)


def _show_plugin() -> bool:
    """Print the file with the mistakes and mypy's output; return True if each got exactly one line."""
    if importlib.util.find_spec("mypy") is None:
        print('mypy is not installed; expected it for the second half: pip install "typed-openai[mypy]"')
        return False
    print("Five mistakes:\n")
    for number, line in enumerate(_MISTAKES.splitlines(), start=1):
        print(f"{number:4}  {line}")
    lines = _mypy_lines()
    print(f"\nand what mypy says with the plugin ({len(lines)} lines):\n")
    print("\n".join(lines))
    return len(lines) == _MISTAKES_MADE and all(line.endswith("[openai-arg]") for line in lines)


def _mypy_lines() -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "mypy.ini").write_text(_CONFIG)
        (Path(folder) / "mistakes.py").write_text(_MISTAKES)
        command = [sys.executable, "-m", "mypy", "--no-error-summary", "--cache-dir", ".cache", "mistakes.py"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  # a command of this package
    return (done.stdout + done.stderr).splitlines()
