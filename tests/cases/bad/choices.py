"""Which member of a union is meant: by the value that tells the members apart, though its key be misspelt."""

from enum import Enum
from typing import Literal

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
chat, responses = client.chat, client.responses

# a misspelt key of the value that decides
chat.create_chat_completion([{"rle": "tool", "tool_cal_id": "x", "content": "hi"}], "m")
# E:31: messages[0]: unknown key "rle" for ChatCompletionRequestToolMessage; did you mean "role"?  [openai-arg]
# E:46: messages[0]: unknown key "tool_cal_id" for ChatCompletionRequestToolMessage; did you mean "tool_call_id"?  [openai-arg]
chat.create_chat_completion([{"role": "user", "content": [{"typ": "text", "txt": "hi"}]}], "m")
# E:60: messages[0].content[0]: unknown key "typ" for ChatCompletionRequestMessageContentPartText; did you mean "type"?  [openai-arg]
# E:75: messages[0].content[0]: unknown key "txt" for ChatCompletionRequestMessageContentPartText; did you mean "text"?  [openai-arg]
responses.create_response([{"typ": "function_call_output", "callid": "c", "output": "hi"}], "m")
# E:29: input[0]: unknown key "typ" for InputItem; did you mean "type"?  [openai-arg]
# E:60: input[0]: unknown key "callid" for InputItem; did you mean "call_id"?  [openai-arg]
responses.create_response("hi", "m", tools=[{"tpye": "web_search", "filtres": None}])
# E:46: tools[0]: unknown key "tpye" for WebSearchTool; did you mean "type"?  [openai-arg]
# E:68: tools[0]: unknown key "filtres" for WebSearchTool; did you mean "filters"?  [openai-arg]
responses.create_response("hi", "m", text={"format": {"typ": "json_schema", "nam": "x", "schema": {}}})
# E:55: text.format: unknown key "typ" for TextResponseFormatJsonSchema; did you mean "type"?  [openai-arg]
# E:77: text.format: unknown key "nam" for TextResponseFormatJsonSchema; did you mean "name"?  [openai-arg]

# a wrong value: only what a caller may write is named
responses.create_response([{"role": "critic_", "content": "hi"}], "m")
# E:37: input[0].role: expected one of 'user', 'assistant', 'system', 'developer'; got 'critic_'  [openai-arg]
responses.create_response([{"type": "message", "role": "function", "content": "hi"}], "m")
# E:56: input[0].role: expected one of 'user', 'assistant', 'system', 'developer'; got 'function'  [openai-arg]
responses.create_response([{"type": "mesage", "rol": "user", "content": "hi"}], "m")
# E:37: input[0].type: expected one of 'message', 'file_search_call', 'computer_call', 'computer_call_output', 'web_search_call', ... (26 more); got 'mesage'; did you mean 'message'?  [openai-arg]
client.conversations.create_conversation(items=[{"type": "message", "role": "usr", "content": "hi"}])
# E:77: items[0].role: expected one of 'user', 'assistant', 'system', 'developer'; got 'usr'; did you mean 'user'?  [openai-arg]

# keys that are missing
responses.create_response([{"role": "user"}], "m")
# E:28: input[0]: missing key "content" for InputItem  [openai-arg]
responses.create_response([{"content": "hi"}], "m")
# E:28: input[0]: missing key "role" for InputItem; expected one of 'assistant', 'user', 'system', 'developer'  [openai-arg]
responses.create_response([{"contnt": "hi"}], "m")
# E:28: input[0]: missing key "role" for InputItem; expected one of 'assistant', 'user', 'system', 'developer'  [openai-arg]
responses.create_response([{}], "m")
# E:28: input[0]: missing key "type" for InputItem; expected one of 'compaction_trigger', 'configuration_update', 'item_reference', 'message', 'compaction', ... (26 more)  [openai-arg]
responses.create_response(
    [{"role": "user", "content": [{"typ": "input_image", "image_ulr": "http://localhost/a.png"}]}], "m"
    # E:36: input[0].content[0]: unknown key "typ" for InputImageContent; did you mean "type"?  [openai-arg]
    # E:58: input[0].content[0]: unknown key "image_ulr" for InputImageContent; did you mean "image_url"?  [openai-arg]
)


class Role(str, Enum):
    user = "user"


class Model(Enum):
    small = "gpt-4o-mini"


# mypy knows the names of an enum's members, not what is sent for them
chat.create_chat_completion([{"role": Role.user, "content": "hello"}], "gpt-4o")
# E:39: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got "Role"  [openai-arg]
chat.create_chat_completion([{"role": "user", "content": "hello"}], Model.small)
# E:69: model: expected "ModelIdsShared", got "Model"  [openai-arg]


def of_several_literals(role: Literal["system", "bogus"], wrong: Literal["sytem", "bogus"], text: str) -> None:
    message: ChatCompletionRequestMessage = {"role": role, "content": text}
    # E:54: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'bogus' in "Literal['system', 'bogus']"  [openai-arg]
    chat.create_chat_completion([message, {"role": role, "content": text}], "m")
    # E:52: messages[1].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'bogus' in "Literal['system', 'bogus']"  [openai-arg]
    responses.create_response([{"role": role, "content": text}], "m")
    # E:41: input[0].role: expected one of 'user', 'assistant', 'system', 'developer'; got 'bogus' in "Literal['system', 'bogus']"  [openai-arg]
    message = {"role": wrong, "content": text}
    # E:24: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got "Literal['sytem', 'bogus']"  [openai-arg]


def of_several_members(role: Literal["user", "tool"]) -> None:
    chat.create_chat_completion([{"role": role, "content": "hi"}], "m")
    # E:43: messages[0].role: "Literal['user', 'tool']" leaves several members; narrow it to one value first  [openai-arg]
