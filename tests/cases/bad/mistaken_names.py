"""Names that another part of the API has, and names near one that is deprecated."""

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage, CreateChatCompletionRequest

client = Client()
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]

client.chat.create_chat_completion(hello, "gpt-4o", max_token=3)
# E:63: unexpected keyword "max_token" for chat.create_chat_completion; did you mean "max_completion_tokens"?  [openai-arg]
client.chat.create_chat_completion(hello, "gpt-4o", max_output_tokens=3)
# E:71: unexpected keyword "max_output_tokens" for chat.create_chat_completion; did you mean "max_completion_tokens"?  [openai-arg]
client.chat.create_chat_completion(input=hello, model="gpt-4o")
# E:42: unexpected keyword "input" for chat.create_chat_completion; did you mean "messages"?  [openai-arg]
client.responses.create_response(messages="hello", model="gpt-4o")
# E:43: unexpected keyword "messages" for responses.create_response; did you mean "input"?  [openai-arg]
client.responses.create_response("hello", "gpt-4o", response_format={"type": "text"}, verbosity="low")
# E:69: unexpected keyword "response_format" for responses.create_response; did you mean "text"?  [openai-arg]
# E:97: unexpected keyword "verbosity" for responses.create_response; did you mean "text"?  [openai-arg]
client.responses.create_response("hello", "gpt-4o", max_completion_tokens=3, reasoning_effort="low")
# E:75: unexpected keyword "max_completion_tokens" for responses.create_response; did you mean "max_output_tokens"?  [openai-arg]
# E:95: unexpected keyword "reasoning_effort" for responses.create_response; did you mean "reasoning"?  [openai-arg]
request: CreateChatCompletionRequest = {"model": "gpt-4o", "messages": hello, "max_token": 3}
# E:79: request: unknown key "max_token" for CreateChatCompletionRequest; did you mean "max_completion_tokens"?  [openai-arg]
for chunk in client.chat.create_chat_completion(hello, "gpt-4o", stream=True):
    print(chunk["choices"][0]["message"])
    # E:31: unknown key "message" for CreateChatCompletionStreamResponseChoicesItem; did you mean "delta"?  [openai-arg]
