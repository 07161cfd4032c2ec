"""Strings that should hold JSON and do not, and strings with JSON that are used as objects."""

from typing import Final

from typed_openai import Client
from typed_openai.types import ChatCompletionMessageToolCall, FunctionToolCall

client = Client()
chat = client.chat
ARGUMENTS: Final = "{'city': 'Rome'}"

chat.create_chat_completion(
    [
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "1", "type": "function", "function": {"name": "f", "arguments": ARGUMENTS}},
                # E:88: messages[0].tool_calls[0].function.arguments: expected a string with a JSON object, got "{'city': 'Rome'}"  [openai-json]
                {"id": "2", "type": "function", "function": {"name": "f", "arguments": "[1, 2]"}},
                # E:88: messages[0].tool_calls[1].function.arguments: expected a string with a JSON object, got one with a JSON array  [openai-json]
                {"id": "3", "type": "function", "function": {"name": "f", "arguments": "null"}},
                # E:88: messages[0].tool_calls[2].function.arguments: expected a string with a JSON object, got one with a JSON null  [openai-json]
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": "a"},
        {"role": "tool", "tool_call_id": "2", "content": "b"},
        {"role": "tool", "tool_call_id": "3", "content": "c"},
    ],
    "gpt-4o",
)
client.responses.create_response(
    [
        {"type": "function_call", "call_id": "1", "name": "f", "arguments": "city=Rome"},
        # E:77: input[0].arguments: expected a string with a JSON object, got 'city=Rome'  [openai-json]
        {"type": "function_call_output", "call_id": "1", "output": "a"},
    ],
    "gpt-4o",
)
call: ChatCompletionMessageToolCall = {
    "id": "1",
    "type": "function",
    "function": {"name": "f", "arguments": "Rome"},
    # E:44: call.function.arguments: expected a string with a JSON object, got 'Rome'  [openai-json]
}
item: FunctionToolCall = {"type": "function_call", "call_id": "1", "name": "f", "arguments": '"Rome"'}
# E:94: item.arguments: expected a string with a JSON object, got one with a JSON string  [openai-json]
item["arguments"] = "3"
# E:21: item.arguments: expected a string with a JSON object, got one with a JSON integer  [openai-json]

# as objects
print(call["function"]["arguments"]["city"])
# E:37: "arguments" is JSON text; parse it first: json.loads(...)["city"]  [openai-arg]
arguments = call["function"]["arguments"]
print(arguments["city"], arguments.get("city"))
# E:17: "arguments" is JSON text; parse it first: json.loads(...)["city"]  [openai-arg]
# E:36: "arguments" is JSON text; parse it first: json.loads(...).get  [openai-arg]
for made in client.responses.create_response("hello", "gpt-4o")["output"]:
    if made["type"] == "function_call":
        print(made["arguments"]["city"], made["arguments"].items())
        # E:33: "arguments" is JSON text; parse it first: json.loads(...)["city"]  [openai-arg]
        # E:60: "arguments" is JSON text; parse it first: json.loads(...).items  [openai-arg]
