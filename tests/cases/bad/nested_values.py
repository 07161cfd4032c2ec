"""Keys, literals and values inside the displays that are passed."""

from typing import Final, Literal

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage, ChatCompletionRequestUserMessage

client = Client()
chat = client.chat
user: ChatCompletionRequestUserMessage = {"role": "user", "content": "hello"}

# keys
chat.create_chat_completion([{"role": "user", "content": "hello", "nme": "me"}], "gpt-4o")
# E:67: messages[0]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]
chat.create_chat_completion([{"role": "user", "contnt": "hello"}], "gpt-4o")
# E:47: messages[0]: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
chat.create_chat_completion([{"role": "user", "text": "hello"}], "gpt-4o")
# E:47: messages[0]: unknown key "text" for ChatCompletionRequestUserMessage; the missing key is "content"  [openai-arg]
chat.create_chat_completion([{"role": "user"}], "gpt-4o")
# E:30: messages[0]: missing key "content" for ChatCompletionRequestUserMessage  [openai-arg]
chat.create_chat_completion([{"role": "tool", "content": "42"}], "gpt-4o")
# E:30: messages[0]: missing key "tool_call_id" for ChatCompletionRequestToolMessage  [openai-arg]
chat.create_chat_completion([{"content": "hello"}], "gpt-4o")
# E:30: messages[0]: missing key "role" for ChatCompletionRequestMessage; expected one of 'assistant', 'developer', 'system', 'user', 'function', 'tool'  [openai-arg]
chat.create_chat_completion([{"rol": "user", "content": "hello"}], "gpt-4o")
# E:31: messages[0]: unknown key "rol" for ChatCompletionRequestUserMessage; did you mean "role"?  [openai-arg]
chat.create_chat_completion([{}], "gpt-4o")
# E:30: messages[0]: missing key "role" for ChatCompletionRequestMessage; expected one of 'assistant', 'developer', 'system', 'user', 'function', 'tool'  [openai-arg]

# discriminators
chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o")
# E:39: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
chat.create_chat_completion([{"role": 1, "content": "hello"}], "gpt-4o")
# E:39: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 1  [openai-arg]
chat.create_chat_completion([{"role": "user", "content": [{"type": "txt", "text": "hello"}]}], "gpt-4o")
# E:68: messages[0].content[0].type: expected one of 'text', 'image_url', 'input_audio', 'file'; got 'txt'; did you mean 'text'?  [openai-arg]

# values
chat.create_chat_completion([{"role": "user", "content": 3}], "gpt-4o")
# E:58: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
chat.create_chat_completion([user, {"role": "user", "content": None}], "gpt-4o")
# E:64: messages[1].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "None"  [openai-arg]
chat.create_chat_completion([None], "gpt-4o")
# E:30: messages[0]: expected "ChatCompletionRequestMessage", got "None"  [openai-arg]
chat.create_chat_completion(user, "gpt-4o")
# E:29: messages: expected "Iterable[ChatCompletionRequestMessage]", got "ChatCompletionRequestUserMessage"; put it in a list  [openai-arg]
chat.create_chat_completion([{**user, "content": 3}], "gpt-4o")
# E:50: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
chat.create_chat_completion([user, *[{"role": "user", "content": 3}]], "gpt-4o")
# E:66: messages[1:][0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
chat.create_chat_completion([dict(role="user", content=3)], "gpt-4o")
# E:56: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
chat.create_chat_completion([ChatCompletionRequestUserMessage(role="user", content=3)], "gpt-4o")
# E:84: content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
chat.create_chat_completion([ChatCompletionRequestUserMessage(role="user", contnt="hello")], "gpt-4o")
# E:83: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]

# deep ones
chat.create_chat_completion(
    [
        user,
        {
            "role": "user",
            "content": [
                {"type": "image_url", "image_url": {"url": "https://example.com/cat.png", "detail": "hi"}},
                # E:101: messages[1].content[0].image_url.detail: expected one of 'auto', 'low', 'high', None; got 'hi'; did you mean 'high'?  [openai-arg]
                {"type": "text", "txt": "What is it?"},
                # E:34: messages[1].content[1]: unknown key "txt" for ChatCompletionRequestMessageContentPartText; did you mean "text"?  [openai-arg]
                {"type": "text"},
                # E:17: messages[1].content[2]: missing key "text" for ChatCompletionRequestMessageContentPartText  [openai-arg]
            ],
        },
    ],
    model="gpt-4o",
    tools=[
        {"type": "function", "function": {"name": "f", "parametrs": {}}},
        # E:56: tools[0].function: unknown key "parametrs" for FunctionObject; did you mean "parameters"?  [openai-arg]
        {"type": "function", "function": {"name": "f", "strict": "yes"}},
        # E:66: tools[1].function.strict: expected "bool | None", got "str"  [openai-arg]
        {"type": "functon", "function": {"name": "f"}},
        # E:18: tools[2].type: expected one of 'function', 'custom'; got 'functon'; did you mean 'function'?  [openai-arg]
    ],
    response_format={"type": "json_schema", "json_schema": {"nme": "answer", "schema": {}}},
    # E:61: response_format.json_schema: unknown key "nme" for ResponseFormatJsonSchemaJsonSchema; did you mean "name"?  [openai-arg]
)
client.vector_stores.search_vector_store(
    "vs_1",
    "query",
    filters={
        "type": "and",
        "filters": [
            {"type": "eq", "key": "language", "value": "en"},
            {"type": "or", "filters": [{"type": "eq", "kee": "year", "value": 2024}]},
            # E:55: filters.filters[1].filters[0]: unknown key "kee" for ComparisonFilter; did you mean "key"?  [openai-arg]
            {"type": "equals", "key": "year", "value": 2024},
            # E:22: filters.filters[2].type: expected one of 'eq', 'ne', 'gt', 'gte', 'lt', ... (5 more); got 'equals'  [openai-arg]
        ],
    },
)
client.responses.create_response(
    [
        {"role": "user", "content": "hello"},
        {"role": "usr", "content": "hello"},
        # E:18: input[1].role: expected one of 'user', 'assistant', 'system', 'developer'; got 'usr'; did you mean 'user'?  [openai-arg]
        {"type": "message", "role": "user", "content": [{"type": "input_text", "txt": "hello"}]},
        # E:80: input[2].content[0]: unknown key "txt" for InputTextContent; did you mean "text"?  [openai-arg]
        {"type": "function_call_output", "call_id": "c", "outptu": "42"},
        # E:58: input[3]: unknown key "outptu" for InputItem; did you mean "output"?  [openai-arg]
        {"type": "functon_call_output", "call_id": "c", "output": "42"},
        # E:18: input[4].type: expected one of 'message', 'file_search_call', 'computer_call', 'computer_call_output', 'web_search_call', ... (26 more); got 'functon_call_output'; did you mean 'function_call_output'?  [openai-arg]
        {"type": "message", "role": "user", "content": [{"type": "input_image", "detail": "hgih"}]},
        # E:91: input[5].content[0].detail: expected one of 'low', 'high', 'auto', 'original'; got 'hgih'; did you mean 'high'?  [openai-arg]
    ],
    "gpt-4o-mini",
    tools=[
        {"type": "web_serch"},
        # E:18: tools[0].type: expected one of 'function', 'file_search', 'computer', 'computer_use_preview', 'web_search', ... (13 more); got 'web_serch'; did you mean 'web_search'?  [openai-arg]
        {"type": "function", "name": "f", "parameters": {}, "strict": "yes"},
        # E:71: tools[1].strict: expected "bool | None", got "str"  [openai-arg]
        {"type": "file_search", "vector_store_ids": ["vs_1", 2]},
        # E:62: tools[2].vector_store_ids[1]: expected "str", got "int"  [openai-arg]
    ],
    reasoning={"efort": "low"},
    # E:16: reasoning: unknown key "efort" for Reasoning; did you mean "effort"?  [openai-arg]
    text={"format": {"type": "json_shema", "name": "answer", "schema": {}}},
    # E:30: text.format.type: expected one of 'text', 'json_schema', 'json_object'; got 'json_shema'; did you mean 'json_schema'?  [openai-arg]
)
client.assistants.create_assistant("gpt-4o", name="Tutor", tools=[{"type": "code_interpeter"}])
# E:1: assistants.create_assistant is deprecated; use the Responses API (client.responses.create_response), with prompts or instructions in place of assistants  [openai-deprecated]
# E:76: tools[0].type: expected one of 'code_interpreter', 'file_search', 'function'; got 'code_interpeter'; did you mean 'code_interpreter'?  [openai-arg]


# variables that are too wide or of the wrong type
def variables(
    role: str,
    either: Literal["user", "system"],
    number: int,
    text: str | None,
    plain: dict[str, str],
    plains: list[dict[str, str]],
    users: list[ChatCompletionRequestUserMessage],
    key: str,
) -> None:
    chat.create_chat_completion([{"role": role, "content": "hello"}], "gpt-4o")
    # E:43: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got "str"  [openai-arg]
    chat.create_chat_completion([{"role": either, "content": "hello"}], "gpt-4o")
    chat.create_chat_completion([{"role": "user", "content": number}], "gpt-4o")
    # E:62: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    chat.create_chat_completion([{"role": "user", "content": text}], "gpt-4o")
    # E:62: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "str | None"; exclude None first  [openai-arg]
    chat.create_chat_completion([plain], "gpt-4o")
    # E:34: messages[0]: expected "ChatCompletionRequestMessage", got "dict[str, str]"; annotate it as "ChatCompletionRequestMessage"  [openai-arg]
    chat.create_chat_completion(plains, "gpt-4o")
    # E:33: messages: expected "Iterable[ChatCompletionRequestMessage]", got "list[dict[str, str]]"; annotate it as "list[ChatCompletionRequestMessage]"  [openai-arg]
    chat.create_chat_completion([{**plain, "role": "user"}], "gpt-4o")
    # E:37: messages[0]: "dict[str, str]" cannot be unpacked into ChatCompletionRequestUserMessage: its keys are not known  [openai-arg]
    chat.create_chat_completion([{key: "user"}], "gpt-4o")
    # E:35: messages[0]: a key of ChatCompletionRequestMessage must be a string literal  [openai-arg]
    messages: list[ChatCompletionRequestMessage] = users
    # E:52: messages: expected "list[ChatCompletionRequestMessage]", got "list[ChatCompletionRequestUserMessage]"; "list" is invariant: annotate it as "list[ChatCompletionRequestMessage]"  [openai-arg]


USER: Final = "user"
chat.create_chat_completion([{"role": USER, "content": 3}], "gpt-4o")
# E:56: messages[0].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]


# the discriminator decides, whatever other literals are there
respond = client.responses.create_response
respond("hello", "gpt-4o", tools=[{"type": "web_searhc", "search_context_size": "low"}])
# E:44: tools[0].type: expected one of 'function', 'file_search', 'computer', 'computer_use_preview', 'web_search', ... (13 more); got 'web_searhc'; did you mean 'web_search'?  [openai-arg]
respond([{"type": "function_cal_output", "call_id": "x", "output": "42", "status": "completed"}], "gpt-4o")
# E:19: input[0].type: expected one of 'message', 'file_search_call', 'computer_call', 'computer_call_output', 'web_search_call', ... (26 more); got 'function_cal_output'; did you mean 'function_call_output'?  [openai-arg]
respond([{"role": "user", "content": [{"type": "iput_image", "detail": "low"}]}], "gpt-4o")
# E:48: input[0].content[0].type: expected one of 'input_text', 'input_image', 'input_file'; got 'iput_image'; did you mean 'input_image'?  [openai-arg]
respond([{"type": None}], "gpt-4o")
# E:19: input[0].type: expected one of 'message', 'file_search_call', 'computer_call', 'computer_call_output', 'web_search_call', ... (26 more); got None  [openai-arg]
respond([{}], "gpt-4o")
# E:10: input[0]: missing key "type" for InputItem; expected one of 'compaction_trigger', 'configuration_update', 'item_reference', 'message', 'compaction', ... (26 more)  [openai-arg]
respond([{"idd": "x"}], "gpt-4o")
# E:11: input[0]: unknown key "idd" for ItemReferenceParam; did you mean "id"?  [openai-arg]
respond("hello", "gpt-4o", tools=[{"type": None}])
# E:44: tools[0].type: expected one of 'function', 'file_search', 'computer', 'computer_use_preview', 'web_search', ... (13 more); got None  [openai-arg]
respond("hello", "gpt-4o", tools=[{}])
# E:35: tools[0]: missing key "type" for Tool; expected one of 'apply_patch', 'computer', 'shell', 'image_generation', 'local_shell', ... (13 more)  [openai-arg]


def chosen(which: bool) -> None:
    chat.create_chat_completion([{"role": "user" if which else "system", "content": "hello"}], "gpt-4o")
    chat.create_chat_completion([{"role": "user" if which else "sytem", "content": "hello"}], "gpt-4o")
    # E:64: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'sytem'; did you mean 'system'?  [openai-arg]


# of several members, the one with the fewest and deepest mistakes
client.evals.create_eval(
    {"type": "custom", "item_schema": {}},
    [
        {
            "type": "label_model",
            "name": "label",
            "model": "gpt-4o",
            "input": [
                {"role": "develoer", "content": {"type": "input_text", "text": "x"}},
                # E:26: testing_criteria[0].input[0].role: expected one of 'user', 'assistant', 'system', 'developer'; got 'develoer'; did you mean 'developer'?  [openai-arg]
                {"role": "user", "content": {"tpe": "input_image", "image_url": "x"}},
                # E:46: testing_criteria[0].input[1].content: unknown key "tpe" for EvalItemInputImage; did you mean "type"?  [openai-arg]
            ],
            "labels": ["a"],
            "passing_labels": ["a"],
        }
    ],
)

# other keys than the right ones are one mistake
chat.create_chat_completion([user], "m", tools=[{"type": "function", "name": "f", "parameters": {}}])
# E:70: tools[0]: missing key "function" for ChatCompletionTool; write {'function': {'name': ..., 'parameters': ...}}  [openai-arg]
respond("hello", "m", tools=[{"type": "function", "function": {"name": "f", "parameters": {}}}])
# E:51: tools[0]: missing keys "name", "parameters" for FunctionTool; unknown key "function"  [openai-arg]
respond("hello", "m", text={"format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}})
# E:63: text.format: missing keys "name", "schema" for TextResponseFormatJsonSchema; unknown key "json_schema"  [openai-arg]
respond("hello", "m", tools=[{"type": "function", "name": "f", "parameters": {}, "strict": "yes", "foo": 1}])
# E:92: tools[0].strict: expected "bool | None", got "str"  [openai-arg]
# E:99: tools[0]: unknown key "foo" for FunctionTool  [openai-arg]


# the index of an item that comes after a list is not known
def indexes(users: list[ChatCompletionRequestMessage]) -> None:
    chat.create_chat_completion([*users, {"role": "usr", "content": "hello"}], "gpt-4o")
    # E:51: messages[...].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    chat.create_chat_completion([user, *users, {"role": "user", "content": 3}], "gpt-4o")
    # E:76: messages[...].content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
    chat.create_chat_completion(users + [{"role": "usr", "content": "hello"}], "gpt-4o")
    # E:51: messages[...].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
