"""Arguments without what they depend on."""

from typing import Final

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage, ChatCompletionRequestUserMessage, ImageGenTool

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]
OFF: Final = False

chat.create_chat_completion(hello, "gpt-4o", stream_options={"include_usage": True})
# E:61: stream_options: needs "stream" to be True, which is not given  [openai-dependent]
chat.create_chat_completion(hello, "gpt-4o", stream_options={"include_usage": True}, stream=OFF)
# E:61: stream_options: needs "stream" to be True; got False  [openai-dependent]
chat.create_chat_completion(hello, "gpt-4o", top_logprobs=2)
# E:59: top_logprobs: needs "logprobs" to be True, which is not given  [openai-dependent]
chat.create_chat_completion(hello, "gpt-4o", top_logprobs=2, logprobs=False)
# E:59: top_logprobs: needs "logprobs" to be True; got False  [openai-dependent]
chat.create_chat_completion(hello, "gpt-4o", parallel_tool_calls=True)
# E:66: parallel_tool_calls: needs "tools", which is not given  [openai-dependent]
chat.create_chat_completion(hello, "gpt-audio", modalities=["text", "audio"])
# E:60: modalities: 'audio' needs "audio", which is not given  [openai-dependent]
chat.create_chat_completion(hello, "gpt-audio", modalities=["audio"], audio=None)
# E:60: modalities: 'audio' needs "audio"; got None  [openai-dependent]
client.responses.create_response("hello", "gpt-4o", previous_response_id="r", conversation="c")
# E:74: previous_response_id: cannot be given together with "conversation"  [openai-dependent]
client.images.create_image("a cat", model="gpt-image-1", background="transparent", output_format="jpeg")
# E:69: background: 'transparent' needs "output_format" to be one of 'png', 'webp'; got 'jpeg'  [openai-dependent]
tool: ImageGenTool = {"type": "image_generation", "background": "transparent", "output_format": "jpeg"}
# E:65: tool.background: 'transparent' needs "output_format" to be one of 'png', 'webp'; got 'jpeg'  [openai-dependent]

# tool calls that no message answers
chat.create_chat_completion(
    [
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
                {"id": "call_2", "type": "function", "function": {"name": "look", "arguments": "{}"}},
                # E:24: messages[0].tool_calls[1].id: no item after this one has the "tool_call_id" 'call_2'  [openai-dependent]
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
    ],
    "gpt-4o",
)
client.responses.create_response(
    [
        {"type": "function_call", "call_id": "call_1", "name": "look", "arguments": "{}"},
        # E:46: input[0].call_id: no item after this one has the "call_id" 'call_1'  [openai-dependent]
        {"type": "function_call_output", "call_id": "call_2", "output": "a cat"},
    ],
    "gpt-4o",
)


# answers to calls that nobody made, and calls that what follows cannot answer
def converse(user: ChatCompletionRequestUserMessage) -> None:
    chat.create_chat_completion(
        [
            user,
            {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
            # E:46: messages[1].tool_call_id: answers 'call_1', which no item of messages asks for  [openai-dependent]
        ],
        "gpt-4o",
    )
    chat.create_chat_completion(
        [
            {
                "role": "assistant",
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}},
                    # E:28: messages[0].tool_calls[0].id: no item after this one has the "tool_call_id" 'call_1'  [openai-dependent]
                ],
            },
            user,
        ],
        "gpt-4o",
    )
    client.responses.create_response(
        [
            {"role": "user", "content": "What is there?"},
            {"type": "function_call_output", "call_id": "call_1", "output": "a cat"},
            # E:57: input[1].call_id: answers 'call_1', which no item of input asks for  [openai-dependent]
        ],
        "gpt-4o",
    )
