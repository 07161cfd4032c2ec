"""What the API is about to drop, or has dropped: operations, arguments, fields, components, values."""

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage, Reasoning

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]

client.videos.list_videos()
# E:1: videos.list_videos is deprecated; no replacement announced; the Videos API was due to shut down on 24 September 2026  [openai-deprecated]
client.assistants.get_assistant("asst_1")
# E:1: assistants.get_assistant is deprecated; use the Responses API (client.responses.create_response), with prompts or instructions in place of assistants  [openai-deprecated]
chat.create_chat_completion(hello, "gpt-4o", max_tokens=100)
# E:57: max_tokens: deprecated; use max_completion_tokens  [openai-deprecated]
chat.create_chat_completion(hello, "gpt-4o", user="me", seed=3)
# E:51: user: deprecated; use safety_identifier to tell users apart, prompt_cache_key for caching  [openai-deprecated]
# E:62: seed: deprecated; no replacement; equal results were never guaranteed  [openai-deprecated]
chat.create_chat_completion(hello, "gpt-4o", functions=[{"name": "look"}], function_call="auto")
# E:56: functions: deprecated; use tools  [openai-deprecated]
# E:90: function_call: deprecated; use tool_choice  [openai-deprecated]
client.responses.create_response("hello", "gpt-4o", reasoning={"generate_summary": "auto"})
# E:84: reasoning.generate_summary: deprecated; use summary  [openai-deprecated]
reasoning: Reasoning = {"generate_summary": "auto"}
# E:45: reasoning.generate_summary: deprecated; use summary  [openai-deprecated]
client.responses.create_response("hello", "gpt-4o", reasoning=reasoning)
chat.create_chat_completion([{"role": "function", "name": "look", "content": "a cat"}], "gpt-4o")
# E:30: messages[0]: ChatCompletionRequestFunctionMessage is deprecated; use ChatCompletionRequestToolMessage (role "tool")  [openai-deprecated]
hello.append({"role": "function", "name": "look", "content": "a cat"})
# E:14: item: ChatCompletionRequestFunctionMessage is deprecated; use ChatCompletionRequestToolMessage (role "tool")  [openai-deprecated]
hello.append({"role": "assistant", "function_call": {"name": "look", "arguments": "{}"}})
# E:53: item.function_call: deprecated; use tool_calls  [openai-deprecated]
