"""Choices of tools that a kit does not have, and answers to no call in lists that a function has built."""

from typed_openai import Client, Tools, tool
from typed_openai.types import ChatCompletionRequestMessage, ChatCompletionTool, InputItem

client = Client()


@tool
def look(city: str) -> str:
    return city


@tool(name="erase")
async def delete(city: str) -> str:
    return city


kit = Tools(look, delete, max_turns=3)
client.responses.create_response(
    "Hi", "gpt-5.5", tools=kit.responses, tool_choice={"type": "function", "name": "lok"}
    # E:84: tool_choice.name: expected the name of a function tool: one of 'look', 'erase'; got 'lok'; did you mean 'look'?  [openai-tools]
)
client.responses.create_response(
    "Hi",
    "gpt-5.5",
    tools=[*kit.responses, {"type": "web_search"}],
    tool_choice={"type": "function", "name": "delete"},
    # E:46: tool_choice.name: expected the name of a function tool: one of 'look', 'erase'; got 'delete'  [openai-tools]
)
client.chat.create_chat_completion(
    [{"role": "user", "content": "Hi"}],
    "gpt-5.5",
    tools=kit.chat,
    tool_choice={"type": "function", "function": {"name": "Look"}},
    # E:59: tool_choice.function.name: expected the name of a function tool: one of 'look', 'erase'; got 'Look'; did you mean 'look'?  [openai-tools]
)
Tools().run(client.responses.create_response, "Hi", "gpt-5.5", tool_choice="required")
# E:76: tool_choice: 'required' needs "tools", which is empty  [openai-tools]


def chosen() -> None:
    tools: list[ChatCompletionTool] = [{"type": "function", "function": {"name": "look"}}]
    client.chat.create_chat_completion(
        [{"role": "user", "content": "Hi"}],
        "gpt-5.5",
        tools=tools,
        tool_choice={"type": "function", "function": {"name": "lok"}},
        # E:63: tool_choice.function.name: expected the name of a function tool: 'look'; got 'lok'; did you mean 'look'?  [openai-tools]
    )


def appended() -> None:
    messages: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "Hi"}]
    print(len(messages), messages)
    completion = client.chat.create_chat_completion(messages, "gpt-5.5", tools=kit.chat)
    if completion["choices"][0]["message"].get("tool_calls"):
        print("called")
    messages.append({"role": "tool", "tool_call_id": "call_1", "content": "Rome"})
    # E:54: messages[1].tool_call_id: answers 'call_1', which no item of messages asks for  [openai-dependent]
    client.chat.create_chat_completion(messages, "gpt-5.5")


def extended(flag: bool) -> None:
    for _ in range(3):
        items: list[InputItem] = [{"role": "user", "content": "Hi"}]
        items.extend([{"type": "function_call_output", "call_id": "call_1", "output": "Rome"}])
        # E:67: input[1].call_id: answers 'call_1', which no item of input asks for  [openai-dependent]
        items += [{"role": "user", "content": "And?"}]
        if flag:
            client.responses.create_response(items, "gpt-5.5")
        client.responses.create_response([*items, {"role": "user", "content": "Now?"}], "gpt-5.5")


def unanswered() -> None:
    messages: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "Hi"}]
    messages.append(
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
                # E:24: messages[1].tool_calls[0].id: no item after this one has the "tool_call_id" 'call_1'  [openai-dependent]
            ],
        }
    )
    client.chat.create_chat_completion(messages, "gpt-5.5")
