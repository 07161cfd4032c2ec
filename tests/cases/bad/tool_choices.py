"""Choices of tools that are not there, and tools with one name."""

from functools import partial
from typing import Final

from typed_openai import Client
from typed_openai.params import CreateChatCompletionParams
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]
LOOK: Final = "look"

chat.create_chat_completion(
    hello,
    "gpt-4o",
    tools=[
        {"type": "function", "function": {"name": LOOK}},
        {"type": "custom", "custom": {"name": "paint"}},
        {"type": "function", "function": {"name": "look"}},
        # E:51: tools[2].function.name: expected a unique name; got 'look', as in tools[0]  [openai-tools]
        {"type": "custom", "custom": {"name": "look"}},
    ],
    tool_choice={"type": "function", "function": {"name": "lock"}},
    # E:59: tool_choice.function.name: expected the name of a function tool: 'look'; got 'lock'; did you mean 'look'?  [openai-tools]
)
chat.create_chat_completion(
    hello,
    "gpt-4o",
    tools=[{"type": "function", "function": {"name": "look"}}],
    tool_choice={"type": "custom", "custom": {"name": "look"}},
    # E:55: tool_choice.custom.name: no custom tool in "tools"  [openai-tools]
)
chat.create_chat_completion(
    hello,
    "gpt-4o",
    tools=[{"type": "function", "function": {"name": "look"}}],
    tool_choice={
        "type": "allowed_tools",
        "allowed_tools": {
            "mode": "auto",
            "tools": [
                {"type": "function", "function": {"name": "look"}},
                {"type": "function", "function": {"name": "go"}},
                # E:59: tool_choice.allowed_tools.tools[1].function.name: expected the name of a function tool: 'look'; got 'go'  [openai-tools]
            ],
        },
    },
)

# no tools at all
chat.create_chat_completion(hello, "gpt-4o", tool_choice="auto")
# E:58: tool_choice: 'auto' needs "tools", which is not given  [openai-tools]
chat.create_chat_completion(hello, "gpt-4o", tool_choice="none")
# E:58: tool_choice: 'none' needs "tools", which is not given  [openai-tools]
chat.create_chat_completion(hello, "gpt-4o", tool_choice="required", tools=[])
# E:58: tool_choice: 'required' needs "tools", which is empty  [openai-tools]
chat.create_chat_completion(hello, "gpt-4o", tool_choice={"type": "function", "function": {"name": "look"}})
# E:58: tool_choice: needs "tools", which is not given  [openai-tools]
client.responses.create_response("hello", "gpt-4o", tool_choice="required")
# E:65: tool_choice: 'required' needs "tools", which is not given  [openai-tools]
client.responses.create_response("hello", "gpt-4o", tool_choice={"type": "file_search"})
# E:65: tool_choice: needs "tools", which is not given  [openai-tools]

# responses
client.responses.create_response(
    "hello",
    "gpt-4o",
    tools=[
        {"type": "function", "name": "look", "parameters": None, "strict": None},
        {"type": "mcp", "server_label": "shop", "server_url": "https://shop.test"},
        {"type": "mcp", "server_label": "shop", "server_url": "https://other.test"},
        # E:41: tools[2].server_label: expected a unique name; got 'shop', as in tools[1]  [openai-tools]
    ],
    tool_choice={"type": "mcp", "server_label": "shops"},
    # E:49: tool_choice.server_label: expected the name of a mcp tool: 'shop'; got 'shops'; did you mean 'shop'?  [openai-tools]
)
client.responses.create_response(
    "hello",
    "gpt-4o",
    tools=[{"type": "function", "name": "look", "parameters": None, "strict": None}],
    tool_choice={"type": "code_interpreter"},
    # E:17: tool_choice: no code_interpreter tool in "tools"  [openai-tools]
)
client.responses.create_response(
    "hello",
    "gpt-4o",
    tools=[{"type": "function", "name": "look", "parameters": None, "strict": None}, {"type": "file_search", "vector_store_ids": ["vs_1"]}],
    tool_choice={
        "type": "allowed_tools",
        "mode": "required",
        "tools": [{"type": "file_search"}, {"type": "image_generation"}, {"type": "function", "name": "lok"}],
        # E:44: tool_choice.tools[1]: no image_generation tool in "tools"  [openai-tools]
        # E:103: tool_choice.tools[2].name: expected the name of a function tool: 'look'; got 'lok'; did you mean 'look'?  [openai-tools]
    },
)

# by name, by path, handed over, and in a display
client.call(
    "responses.create_response",
    "hello",
    "gpt-4o",
    tools=[{"type": "function", "name": "look", "parameters": None, "strict": None}],
    tool_choice={"type": "function", "name": "lok"},
    # E:46: tool_choice.name: expected the name of a function tool: 'look'; got 'lok'; did you mean 'look'?  [openai-tools]
)
client.request(
    "POST",
    "/responses",
    json={
        "input": "hello",
        "model": "gpt-4o",
        "tools": [{"type": "function", "name": "look", "parameters": None, "strict": None}],
        "tool_choice": {"type": "function", "name": "lok"},
        # E:53: json.tool_choice.name: expected the name of a function tool: 'look'; got 'lok'; did you mean 'look'?  [openai-tools]
    },
)
partial(chat.create_chat_completion, hello, "gpt-4o", tools=[], tool_choice="required")
# E:77: tool_choice: 'required' needs "tools", which is empty  [openai-tools]
params: CreateChatCompletionParams = {
    "messages": hello,
    "model": "gpt-4o",
    "tools": [{"type": "function", "function": {"name": "look"}}],
    "tool_choice": {"type": "function", "function": {"name": "lok"}},
    # E:62: params.tool_choice.function.name: expected the name of a function tool: 'look'; got 'lok'; did you mean 'look'?  [openai-tools]
}
chat.create_chat_completion(
    hello,
    "gpt-4o",
    functions=[{"name": "look"}],
    # E:15: functions: deprecated; use tools  [openai-deprecated]
    function_call={"name": "lok"},
    # E:19: function_call: deprecated; use tool_choice  [openai-deprecated]
    # E:28: function_call.name: expected a name in "functions": 'look'; got 'lok'; did you mean 'look'?  [openai-tools]
)
chat.create_chat_completion(hello, "gpt-4o", function_call="auto")
# E:60: function_call: 'auto' needs "functions", which is not given  [openai-tools]
# E:60: function_call: deprecated; use tool_choice  [openai-deprecated]
