"""Tools, and the loop that answers their calls."""

from typing import Annotated, TypedDict

from typing_extensions import assert_type

from typed_openai import Client, Injected, ToolCall, Tools, tool, types
from typed_openai.aio import AsyncClient


class Database: ...


class Place(TypedDict):
    city: str


@tool
def weather(place: Place, unit: Annotated[str, "C or F."] = "C") -> float:
    return 20.5


@tool(name="remove", repeatable=True)
async def delete(name: str, database: Injected[Database]) -> None: ...


def approve(call: ToolCall) -> bool:
    return call.name != "remove"


client = Client()
async_client = AsyncClient()
assert_type(weather({"city": "Rome"}), float)
kit = Tools(weather, delete, inject={"database": Database()}, approve=approve, max_turns=4)
run = kit.run(client.responses.create_response, "How warm is it?", "gpt-5.5", store=False)
assert_type(run.reply, types.Response)
kit.run(client.chat.create_chat_completion, [{"role": "user", "content": "Hi"}], "gpt-5.5", max_turns=3)
response = client.responses.create_response("How warm is it?", "gpt-5.5", tools=kit.responses)
for call in kit.calls(response):
    kit.call(call)
client.chat.create_chat_completion([{"role": "user", "content": "Hi"}], "gpt-5.5", tools=kit.chat)


async def main() -> None:
    found = await kit.run(async_client.responses.create_response, "How warm is it?", "gpt-5.5")
    assert_type(found.reply, types.Response)
