"""Functions that are no tools, and wrong calls of ``run``."""

from collections.abc import Iterator
from typing import Any

from typed_openai import Client, Injected, Tools, tool

client = Client()


@tool
# E:2: scores.by_name: dict[str, int] has no strict schema; use a list of {key, value}  [openai-tools]
def scores(by_name: dict[str, int]) -> str:
    return ""


@tool
# E:2: untyped.city: the parameter has no type; annotate it  [openai-tools]
def untyped(city) -> str:  # type: ignore[no-untyped-def]
    return ""


@tool
# E:2: starred.cities: the model passes arguments by name; expected a parameter with one  [openai-tools]
# E:2: starred.more: the model passes arguments by name; expected a parameter with one  [openai-tools]
def starred(*cities: str, **more: int) -> str:
    return ""


@tool
# E:2: raw: the result cannot be written as JSON: got bytes  [openai-tools]
def raw(city: str, database: Injected[dict[str, int]]) -> bytes:
    return b""


@tool(name="slow")
# E:2: several.anything: Any has no strict schema; name the type of its values  [openai-tools]
# E:2: several: the result cannot be written as JSON: got Iterator[int]  [openai-tools]
async def several(anything: Any) -> list[Iterator[int]]:
    return []


@tool
def right(city: str, limit: int = 3) -> dict[str, int]:
    return {}


right(3)
# E:7: city: expected "str", got "int"  [openai-arg]
kit = Tools(right, max_turn=3)
# E:29: unexpected keyword "max_turn" for Tools; did you mean "max_turns"?  [openai-arg]
kit.run(client.responses.create_response, "Hi", "gpt-5.5", temprature=1)
# E:71: unexpected keyword "temprature" for responses.create_response; did you mean "temperature"?  [openai-arg]
kit.run(client.responses.create_response, "Hi", "gpt-5.5", max_turns="3")
# E:70: max_turns: expected "int", got "str"  [openai-arg]
kit.run(client.chat.create_chat_completion, [{"role": "usr", "content": "Hi"}], "gpt-5.5", max_turns=3)
# E:55: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
kit.run(client.responses.create_response, "Hi", "gpt-5.5").reply["outputs"]
# E:66: unknown key "outputs" for Response; did you mean "output"?  [openai-arg]
