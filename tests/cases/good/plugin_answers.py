"""Answers of Python types, which need the plugin only for messages inside a list."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Annotated, Literal, NotRequired, TypedDict

from typing_extensions import assert_type

from typed_openai import (
    Bounds,
    Client,
    accumulate,
    aio,
    ask,
    finished_items,
    output_items,
    output_text,
    parse,
    response_format,
    text_deltas,
    text_format,
    text_of,
    types,
)
from typed_openai.aio import AsyncClient


class Color(Enum):
    RED = "red"


class Circle(TypedDict):
    kind: Literal["circle"]
    radius: Annotated[float, "In meters.", Bounds(gt=0)]
    color: NotRequired[Color]


@dataclass
class Box:
    kind: Literal["box"]
    sides: tuple[float, ...]


client = Client()
async_client = AsyncClient()

answer = ask(Circle | Box, client.responses.create_response, "Draw.", "gpt-5.5", temperature=1)
assert_type(answer.value, Circle | Box)
assert_type(answer.reply, types.Response)
listed = ask(
    list[Circle], client.chat.create_chat_completion, [{"role": "user", "content": "Draw."}], "gpt-5.5"
)
assert_type(listed.value, list[Circle])
assert_type(listed.reply["choices"][0]["index"], int)
bound = partial(client.responses.create_response, model="gpt-5.5")
assert_type(ask(Box, bound, "Draw.").value, Box)

response = client.responses.create_response("Draw.", "gpt-5.5", text={"format": text_format(Circle)})
assert_type(parse(response, Circle), Circle)
assert_type(output_text(response), str)
assert_type(output_items(response, "function_call"), list[types.FunctionToolCall])
completion = client.chat.create_chat_completion(
    [{"role": "user", "content": "Draw."}], "gpt-5.5", response_format=response_format(list[Circle])
)
assert_type(parse(completion, list[Circle]), list[Circle])
assert_type(text_of(completion), str)


stream = client.responses.create_response("Draw.", "gpt-5.5", stream=True)
assert_type(finished_items(stream, "function_call"), Iterator[types.FunctionToolCall])
assert_type(text_deltas(accumulate(stream), phase="commentary"), Iterator[str])
chunks = client.chat.create_chat_completion([{"role": "user", "content": "Hi"}], "gpt-5.5", stream=True)
assert_type(text_deltas(chunks), Iterator[str])


def verdict(reply: types.Response) -> None:
    assert_type(parse(reply, Literal["yes", "no"]), Literal["yes", "no"])


async def main() -> None:
    found = await ask(Box, async_client.responses.create_response, "Draw.", "gpt-5.5")
    assert_type(found.value, Box)
    other = await aio.ask(
        Box, async_client.chat.create_chat_completion, [{"role": "user", "content": "Draw."}], "gpt-5.5"
    )
    assert_type(other.value, Box)
    events = await async_client.responses.create_response("Draw.", "gpt-5.5", stream=True)
    assert_type(text_deltas(events), AsyncIterator[str])
    assert_type(finished_items(accumulate(events), "message"), AsyncIterator[types.OutputMessage])
