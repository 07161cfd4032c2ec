"""mypy and pyright, both strict, on the stubs: they pass themselves, and lines with mistakes are rejected.

The proof in ``tests/proof`` runs the typing cases.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from tests.proof.checkers import MYPY, PYRIGHT, Checker

from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api
from typed_openai_stubgen import generate

pytestmark = pytest.mark.slow(seconds=15)

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "stubs" / "typed_openai-stubs"

STRICT: Final = {"typeCheckingMode": "strict", "reportDeprecated": False}
"""Pyright's configuration."""

# Every line that ends in "# refused" must be an error for both checkers, and no other line.
BAD = """
from typed_openai import OMIT, Client, StreamingClient, StreamMessage, paginate, types
from typed_openai.params import CreateChatCompletionParams, CreateChatCompletionStreamingParams

client = Client()
hello: list[types.ChatCompletionRequestMessage] = [{"role": "user", "content": "hi"}]

client.chat.create_chat_completion(hello, "gpt-4o", temprature=1)  # refused
client.chat.create_chat_completion(hello)  # refused
client.chat.create_chat_completion("hi", "gpt-4o")  # refused
client.chat.create_chat_completion([{"role": "usr", "content": "hi"}], "gpt-4o")  # refused
client.chat.create_chat_completion([{"role": "user", "contents": "hi"}], "gpt-4o")  # refused
client.chat.create_chat_completion(hello, "gpt-4o", stream=True, stream_to=1)  # refused
client.chat.create_chat_completion(hello, "gpt-4o", stream="yes")  # refused
client.chat.create_chat_completions(hello, "gpt-4o")  # refused
client.vector_stores.create_vector_store(file_ids="file-1")  # refused
client.vector_stores.create_vector_store(file_ids=["file-1"])
client.vector_stores.create_vector_store(file_ids=("file-1",))
client.files.create_file(b"", "no such purpose")  # refused
client.files.create_file(3, "batch")  # refused
client.models.list_models(timeout="soon")  # refused
client.models.list_models()["date"]  # refused
client.cat.create_chat_completion(hello, "gpt-4o")  # refused

# arrays of objects are any iterable of objects, and nothing else that can be iterated over
client.chat.create_chat_completion((one for one in hello), "gpt-4o")
client.chat.create_chat_completion(hello[0], "gpt-4o")  # refused
client.chat.create_chat_completion(b"hi", "gpt-4o")  # refused
client.chat.create_chat_completion(("hi" for _ in hello), "gpt-4o")  # refused
client.chat.create_chat_completion({"role": "user", "content": "hi"}, "gpt-4o")  # refused

# params
params: CreateChatCompletionParams = {"messages": hello, "model": "gpt-4o"}
client.chat.create_chat_completion(**params)["id"]
client.chat.create_chat_completion(**params, stream=True)["id"]  # refused
client.chat.create_chat_completion(**params, temprature=1)  # refused
client.chat.create_chat_completion(**params, model="gpt-4o")  # refused
client.responses.create_response(**params)  # refused
params["stream"] = True  # refused
params["top_p"] = "a lot"  # refused
streaming: CreateChatCompletionStreamingParams = {**params, "stream": True, "stream_options": OMIT}
client.chat.create_chat_completion(**streaming)["id"]  # refused

# results by literals
client.audio.create_translation(b"", "whisper-1", response_format="text")["text"]  # refused
client.audio.create_translation(b"", "whisper-1", response_format="json")["text"]
client.audio.create_translation(b"", "whisper-1", response_format="vttx")  # refused
base64: str = client.embeddings.create_embedding("", "m", encoding_format="base64")["data"][0]["embedding"]
floats: str = client.embeddings.create_embedding("", "m")["data"][0]["embedding"]  # refused
client.audio.create_speech("hi", "tts-1", "alloy", stream_format="sse").read()  # refused
client.audio.create_speech("hi", "tts-1", "alloy", stream_format="audio").read()

# lists in pages
for file in paginate(client.files.list_files, limit=2, timeout=3):
    file["byte"]  # refused
paginate(client.files.list_files, limt=2)  # refused
paginate(client.files.list_files, limit="2")  # refused
paginate(client.files.list_files, 2)  # refused
paginate(client.threads.list_messages)  # refused
paginate(client.models.list_models)  # refused
paginate(client.files.retrieve_file, "file-1")  # refused
paginate(client.chat.create_chat_completion, hello, "gpt-4o")  # refused
paginate(client)  # refused


# receivers of streams
def of_chat(message: StreamMessage[types.CreateChatCompletionStreamResponse]) -> None: ...
def of_responses(message: StreamMessage[types.ResponseStreamEvent]) -> None: ...
def of_any(message: StreamMessage[object]) -> None: ...
class Chat(StreamingClient[types.CreateChatCompletionStreamResponse, list[str]]): ...
class Responses(StreamingClient[types.ResponseStreamEvent, str]): ...
class Anything(StreamingClient[object, int]): ...


client.chat.create_chat_completion(hello, "gpt-4o", stream_to=of_chat)
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=of_any)
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=print)
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=of_responses)  # refused
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=Responses(""))  # refused
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=Chat)  # refused
client.responses.create_response("hi", "gpt-4o", stream_to=of_chat)  # refused
client.responses.create_response("hi", "gpt-4o", stream_to=Responses("")).wait().upper()
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=Chat([])).wait().append("")
client.chat.create_chat_completion(hello, "gpt-4o", stream_to=Chat([])).wait().upper()  # refused
counted: int = client.chat.create_chat_completion(hello, "gpt-4o", stream_to=Anything(0)).wait()
""".lstrip()


CHECKERS: Final = [MYPY, replace(PYRIGHT, files={"pyrightconfig.json": json.dumps(STRICT)})]
both = pytest.mark.parametrize("checker", CHECKERS, ids=lambda one: one.name)


@both
def test_bad_lines_are_refused_and_no_others(checker: Checker, tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text(BAD)
    refused = {number for number, line in enumerate(BAD.splitlines(), 1) if line.endswith("# refused")}
    assert set(checker.lines(tmp_path)["bad.py"]) == refused


def test_pyright_marks_each_form_of_a_deprecated_operation(tmp_path: Path) -> None:
    call = 'Client().threads.create_run("thread_1", "asst_1"{})\n'
    forms = ("", ", stream=True", ", stream_to=print", ", stream=bool()")
    (tmp_path / "old.py").write_text("from typed_openai import Client\n" + "".join(map(call.format, forms)))
    settings = {"pyrightconfig.json": json.dumps({"reportDeprecated": "error"})}
    marked = replace(PYRIGHT, files=settings).lines(tmp_path)["old.py"]
    assert list(marked) == [2, 3, 4, 5]
    reason = packaged().operation("threads", "create_run").deprecation
    assert all(reason in one for one in marked.values())


@both
def test_committed_stubs_pass_themselves(checker: Checker, tmp_path: Path) -> None:
    _write(tmp_path, {str(p.relative_to(COMMITTED)): p.read_text() for p in COMMITTED.rglob("*.pyi")})
    assert checker.lines(tmp_path) == {}


@both
def test_stubs_of_a_strangers_api_pass_themselves(checker: Checker, tmp_path: Path, small_api: Api) -> None:
    _write(tmp_path, generate(small_api))
    assert checker.lines(tmp_path) == {}


def _write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = folder / "typed_openai" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        # Unlike for users, mypy checks what it has read.
        target.write_text(text.replace("# mypy: semantic-analysis-only\n", "\n"))
