"""Tools, and the loop that answers their calls."""

from dataclasses import dataclass
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


@tool
def look(name: str, database: Injected[Database] | None = None) -> str:
    return name


def approve(call: ToolCall) -> bool:
    return call.name != "remove"


client = Client()
async_client = AsyncClient()
assert_type(weather({"city": "Rome"}), float)
kit = Tools(weather, look, inject={"database": Database()}, approve=approve, max_turns=4)
run = kit.run(client.responses.create_response, "How warm is it?", "gpt-5.5", store=False)
assert_type(run.reply, types.Response)
kit.run(client.chat.create_chat_completion, [{"role": "user", "content": "Hi"}], "gpt-5.5", max_turns=3)
response = client.responses.create_response("How warm is it?", "gpt-5.5", tools=kit.responses)
for call in kit.calls(response):
    assert_type(call, ToolCall)
    assert_type(kit.call(call), object)
    if weather.is_called_by(call):
        assert_type(kit.call(call), float)
        assert_type(call.apply(lambda place, unit="C": (place, unit)), tuple[Place, str])
for made in kit.calls(response, weather):
    assert_type(kit.call(made), float)


@dataclass
class Query:
    table: str
    limit: int


query = tool(Query)
find = tool(name="find")(Place)
queries = Tools(query, find, max_parallel=1)
for question in queries.calls(response, query):
    assert_type(queries.call(question), Query)
for place in queries.calls(response, find):
    assert_type(queries.call(place), Place)
client.chat.create_chat_completion([{"role": "user", "content": "Hi"}], "gpt-5.5", tools=kit.chat)


async def main() -> None:
    slow = Tools(weather, delete, inject={"database": Database()}, approve=approve)
    found = await slow.run(async_client.responses.create_response, "How warm is it?", "gpt-5.5")
    assert_type(found.reply, types.Response)
