"""Methods that are passed to other functions keep their types, and each mistake is reported in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import RunMypy

HEADER = """\
from asyncio import to_thread
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typed_openai import Client, paginate
from typed_openai.types import ChatCompletionRequestMessage

client, pool = Client(), ThreadPoolExecutor()
create, embed = client.chat.create_chat_completion, client.embeddings.create_embedding
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "x"}]
asked = partial(client.chat.create_chat_completion, model="m")

async def main() -> None:
    pass
"""
HELLO = '[{"role": "user", "content": "x"}]'

TYPES = {
    f'(await to_thread(create, {HELLO}, "m"))["id"]': "str",
    f'next(iter(await to_thread(create, {HELLO}, "m", stream=True)))["object"]': (
        "Literal['chat.completion.chunk']"
    ),
    f'pool.submit(create, {HELLO}, "m").result()["id"]': "str",
    'pool.submit(embed, "a", "m").result()["object"]': "Literal['list']",
    'list(pool.map(client.models.retrieve_model, ["a"]))[0]["id"]': "str",
    'asked(hello)["id"]': "str",
    'next(iter(asked(hello, stream=True)))["object"]': "Literal['chat.completion.chunk']",
    'pool.submit(partial(create, hello, "m")).result()["id"]': "str",
    'next(iter(pool.submit(partial(create, hello, "m", stream=True)).result()))["object"]': (
        "Literal['chat.completion.chunk']"
    ),
    "pool.submit(len, hello).result()": "int",
    'next(paginate(client.batches.list_batches))["id"]': "str",
    'next(paginate(client.vector_stores.list_vector_store_files, "vs", limit=3))["id"]': "str",
    'list(paginate(client.files.list_files, purpose="batch"))[0]["id"]': "str",
    "partial(int, base=8)('7')": "int",
}
MISTAKES = {
    'await to_thread(create, [{"role": @"usr", "content": "x"}], "m")': (
        "messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; "
        "got 'usr'; did you mean 'user'?"
    ),
    'await to_thread(embed, "a", "m", encoding_format=@"x")': (
        "encoding_format: expected one of 'float', 'base64', None; got 'x'"
    ),
    'await @to_thread(embed, "a")': 'missing required argument "model" for embeddings.create_embedding',
    'pool.submit(create, hello, "m", temprature=@1)': (
        'unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?'
    ),
    'pool.submit(create, hello, "m", temperature=@3)': "temperature: expected at most 2, got 3",
    "partial(create, modl=@1)": (
        'unexpected keyword "modl" for chat.create_chat_completion; did you mean "model"?'
    ),
    'partial(create, hello, modl=@"m")()': (
        'unexpected keyword "modl" for chat.create_chat_completion; did you mean "model"?'
    ),
    'partial(client.models.retrieve_model, modl=@"m")()': (
        'unexpected keyword "modl" for models.retrieve_model; did you mean "model"?'
    ),
    'partial(create, hello, "m", @"z", stream=True)': (
        "too many positional arguments for chat.create_chat_completion; it takes 2: messages, model"
    ),
    "partial(embed, @3)": (
        'input: expected "str | Sequence[str] | Sequence[int] | Sequence[Sequence[int]]", got "int"; '
        "put it in a list"
    ),
    "paginate(client.files.list_files, limt=@3)": (
        'unexpected keyword "limt" for files.list_files; did you mean "limit"?'
    ),
    'paginate(client.files.list_files, limit=@"3")': 'limit: expected "int", got "str"',
    'paginate(client.files.list_files, order=@"up")': "order: expected one of 'asc', 'desc'; got 'up'",
    "@paginate(client.vector_stores.list_vector_store_files)": (
        'missing required argument "vector_store_id" for vector_stores.list_vector_store_files'
    ),
    "asked(hello, temprature=@1)": (
        'unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?'
    ),
}


@pytest.fixture(scope="module")
def printed(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    folder = tmp_path_factory.mktemp("carried")
    lines = [f"    reveal_type({one})" for one in TYPES] + [f"    {one.replace('@', '')}" for one in MISTAKES]
    (folder / "example.py").write_text(HEADER + "\n".join(lines) + "\n")
    return run_mypy(["example.py"], folder=folder).by_line(HEADER)


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("number", range(len(TYPES)), ids=list(TYPES))
def test_the_result_is_that_of_the_call_that_is_meant(number: int, printed: dict[int, list[str]]) -> None:
    (line,) = printed[number]
    assert line.endswith(f'note: Revealed type is "{[*TYPES.values()][number]}"')


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("number", range(len(MISTAKES)), ids=list(MISTAKES))
def test_each_mistake_is_told_once_at_its_place(number: int, printed: dict[int, list[str]]) -> None:
    (line,) = printed[len(TYPES) + number]
    written, text = [*MISTAKES.items()][number]
    assert line.startswith(f"{written.index('@') + 5}: error: {text}  [openai-")


AFTER_MISTAKES = """\
    bound = partial(create, [{"role": "usr", "content": "x"}], modl="m")
    reveal_type(bound()["id"])
    reveal_type(next(iter(bound(stream=True)))["object"])
    reveal_type(bound("m")["id"])
    streaming = partial(create, [{"role": "usr", "content": "x"}], stream=True)
    reveal_type(next(iter(streaming("m")))["object"])
    unknown = partial(client.models.retrieve_model, nonsense=1)
    unknown()
    native = partial(client.models.retrieve_model, modl="m")  # type: ignore[call-arg]
    native()
"""


@pytest.mark.slow(seconds=1)
def test_a_partial_with_a_mistake_is_that_of_the_call_that_is_meant(
    run_mypy: RunMypy, tmp_path: Path
) -> None:
    (tmp_path / "example.py").write_text(HEADER + AFTER_MISTAKES)
    printed = run_mypy(["example.py"], folder=tmp_path).by_line(HEADER)
    assert [len(printed.get(number, ())) for number in (0, 4, 6, 8)] == [2, 1, 1, 0]
    kinds = {
        number: [line.rpartition("Revealed type is ")[2] for line in printed[number]]
        for number in (1, 2, 3, 5)
    }
    chunk = "Literal['chat.completion.chunk']"
    assert kinds == {1: ['"str"'], 2: [f'"{chunk}"'], 3: ['"str"'], 5: [f'"{chunk}"']}
    for number in (7, 9):
        (line,) = printed[number]
        assert 'missing required argument "model" for models.retrieve_model' in line
