"""Kits and lists whose contents are right, or not certain: not a word of them."""

from collections.abc import Callable

from typed_openai import Client, Tools, tool
from typed_openai.types import ChatCompletionRequestMessage, ChatCompletionTool, InputItem

client = Client()


@tool
def look(city: str) -> str:
    return city


@tool(name="erase")
def delete(city: str) -> str:
    return city


kit = Tools(look, delete)
client.responses.create_response(
    "Hi", "gpt-5.5", tools=kit.responses, tool_choice={"type": "function", "name": "erase"}
)
kit.run(client.responses.create_response, "Hi", "gpt-5.5", tool_choice={"type": "function", "name": "look"})
kit.run(client.responses.create_response, "Hi", "gpt-5.5", tool_choice="required")
kit.run(client.responses.create_response, "Hi", "gpt-5.5", tool_choice="none", max_turns=2)
kit.run(
    client.chat.create_chat_completion,
    [{"role": "user", "content": "Hi"}],
    "gpt-5.5",
    tools=[{"type": "function", "function": {"name": "own"}}],
    tool_choice={"type": "function", "function": {"name": "own"}},
)


class Agent:
    def __init__(self, kit: Tools) -> None:
        self.kit = kit

    def ask(self) -> None:
        self.kit.run(client.responses.create_response, "Hi", "gpt-5.5", tool_choice="required")
        self.kit.run(
            client.responses.create_response, "Hi", "gpt-5.5", tool_choice={"type": "function", "name": "any"}
        )


def of_arguments(kit: Tools, several: list[ChatCompletionTool], flag: bool) -> None:
    kit.run(
        client.responses.create_response, "Hi", "gpt-5.5", tool_choice={"type": "function", "name": "any"}
    )
    client.responses.create_response(
        "Hi", "gpt-5.5", tools=kit.responses, tool_choice={"type": "function", "name": "any"}
    )
    changing = Tools(look)
    if flag:
        changing = Tools(delete)
    changing.run(
        client.responses.create_response, "Hi", "gpt-5.5", tool_choice={"type": "function", "name": "erase"}
    )
    tools: list[ChatCompletionTool] = [*several]
    client.chat.create_chat_completion(
        [{"role": "user", "content": "Hi"}],
        "gpt-5.5",
        tools=tools,
        tool_choice={"type": "function", "function": {"name": "any"}},
    )


def with_the_call(several: list[ChatCompletionRequestMessage]) -> None:
    messages: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "Hi"}]
    completion = client.chat.create_chat_completion(messages, "gpt-5.5", tools=kit.chat)
    messages.append(completion["choices"][0]["message"])
    messages.append({"role": "tool", "tool_call_id": "call_1", "content": "Rome"})
    client.chat.create_chat_completion(messages, "gpt-5.5")
    messages = [*several, {"role": "tool", "tool_call_id": "call_1", "content": "Rome"}]
    client.chat.create_chat_completion(messages, "gpt-5.5")


def fill(items: list[InputItem]) -> None:
    items.append({"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"})


def changed_elsewhere(flag: bool, keep: Callable[[Callable[[], None]], None]) -> None:
    filled: list[InputItem] = [{"role": "user", "content": "Hi"}]
    fill(filled)
    filled.append({"type": "function_call_output", "call_id": "call_1", "output": "Rome"})
    client.responses.create_response(filled, "gpt-5.5")

    perhaps: list[InputItem] = [{"role": "user", "content": "Hi"}]
    if flag:
        perhaps.append({"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"})
    perhaps.append({"type": "function_call_output", "call_id": "call_1", "output": "Rome"})
    client.responses.create_response(perhaps, "gpt-5.5")

    cleared: list[InputItem] = [{"type": "function_call_output", "call_id": "call_1", "output": "Rome"}]
    keep(lambda: cleared.clear())
    client.responses.create_response(cleared, "gpt-5.5")

    named: list[InputItem] = [{"type": "function_call_output", "call_id": "call_1", "output": "Rome"}]
    other = named
    other.clear()
    client.responses.create_response(named, "gpt-5.5")

    kept: list[InputItem] = [{"type": "function_call_output", "call_id": "call_1", "output": "Rome"}]
    client.responses.create_response(kept, "gpt-5.5", previous_response_id="resp_1")

    again: list[InputItem] = [{"role": "user", "content": "Hi"}]
    for _ in range(2):
        client.responses.create_response(again, "gpt-5.5")
        again = [{"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"}]
        again.append({"type": "function_call_output", "call_id": "call_1", "output": "Rome"})
