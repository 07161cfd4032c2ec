"""Types of answers that no strict schema can describe, and wrong calls that ask for an answer."""

from dataclasses import dataclass, field
from enum import Flag
from typing import Any, Generic, NamedTuple, TypeAlias, TypedDict, TypeVar

from typed_openai import (
    Client,
    ask,
    finished_items,
    json_schema_of,
    output_items,
    parse,
    response_format,
    text_format,
)
from typed_openai.aio import AsyncClient

Item = TypeVar("Item")
client = Client()
async_client = AsyncClient()


class Event(TypedDict):
    name: str
    scores: dict[str, int]


Scores: TypeAlias = dict[str, int]
Json: TypeAlias = "int | list[Json] | dict[str, Json]"


class Bits(Flag):
    ONE = 1


class Pair(NamedTuple):
    first: bytes
    events: "list[Event]"


@dataclass
class Many(Generic[Item]):
    anything: Any
    item: Item
    fixed: tuple[int, str]
    unset: dict[str, int] = field(default_factory=dict, init=False)
    next: "Many[Item] | None" = None


class Answered(TypedDict):
    name: str


json_schema_of(Event)
# E:16: Event.scores: dict[str, int] has no strict schema; use a list of {key, value}  [openai-schema]
text_format(list[Pair])
# E:13: Event.scores: dict[str, int] has no strict schema; use a list of {key, value}  [openai-schema]
# E:13: Pair.first: bytes has no strict schema; use str, for example with base64  [openai-schema]
response_format(dict[str, int] | None)
# E:17: dict[str, int] has no strict schema; use a list of {key, value}  [openai-schema]
json_schema_of(Many[Bits])
# E:16: Many.anything: Any has no strict schema; name the type of its values  [openai-schema]
# E:16: Many.fixed: tuple[int, str] has no strict schema; use a NamedTuple, or tuple[X, ...] for any number of items  [openai-schema]
# E:16: Many.item: Bits has no strict schema; use a list of an Enum  [openai-schema]
json_schema_of(Scores)
# E:16: dict[str, int] has no strict schema; use a list of {key, value}  [openai-schema]
json_schema_of(Json)
# E:16: dict[str, Json] has no strict schema; use a list of {key, value}  [openai-schema]
reply = client.responses.create_response("Hi", "gpt-5.5")
parse(reply, Event)
# E:14: Event.scores: dict[str, int] has no strict schema; use a list of {key, value}  [openai-schema]
output_items(reply, "function_cal")
# E:21: argument 2: expected one of 'additional_tools', 'apply_patch_call', 'apply_patch_call_output', 'code_interpreter_call', ... (24 more); got 'function_cal'; did you mean 'function_call'?  [openai-arg]
ask(Event, client.responses.create_response, "Hi", "gpt-5.5")
# E:5: Event.scores: dict[str, int] has no strict schema; use a list of {key, value}  [openai-schema]
ask(Answered, client.responses.create_response, "Hi", "gpt-5.5", temprature=1)
# E:77: unexpected keyword "temprature" for responses.create_response; did you mean "temperature"?  [openai-arg]
ask(Answered, client.responses.create_response, "Hi", "gpt-5.5", temperature="warm")
# E:78: temperature: expected "float | None", got "str"  [openai-arg]
ask(Answered, client.chat.create_chat_completion, [{"role": "usr", "content": "Hi"}], "gpt-5.5")
# E:61: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
output_items(reply, "messages")
# E:21: argument 2: expected one of 'additional_tools', 'apply_patch_call', 'apply_patch_call_output', 'code_interpreter_call', ... (24 more); got 'messages'; did you mean 'message'?  [openai-arg]
output_items(client.files.list_files(), "message")
# E:14: argument 1: expected "Response", got "ListFilesResponse"  [openai-arg]
finished_items(client.responses.create_response("Hi", "gpt-5.5", stream=True), "function")
# E:80: argument 2: expected one of 'additional_tools', 'apply_patch_call', 'apply_patch_call_output', 'code_interpreter_call', ... (24 more); got 'function'; did you mean 'function_call'?  [openai-arg]
finished_items(reply, "function_call")
# E:16: argument 1: expected "ResponseEvents | AsyncResponseEvents", got "Response"  [openai-arg]


async def main() -> None:
    await ask(Answered, async_client.responses.create_response, "Hi", "gpt-5.5", temprature=1)
    # E:93: unexpected keyword "temprature" for responses.create_response; did you mean "temperature"?  [openai-arg]
