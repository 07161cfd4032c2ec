"""Errors that a part of a call has in itself keep mypy's words; ours stand beside them."""

from typed_openai import Client

client = Client()
chat = client.chat


def shout(number: int) -> str:
    return "!" * number


chat.create_chat_completion([{"role": "user", "content": shout("a")}], "gpt-4o")
# E:64: Argument 1 to "shout" has incompatible type "str"; expected "int"  [arg-type]
chat.create_chat_completion([{"role": "user", "content": shout("a")}], "gpt-4o", temprature=0.5)
# E:64: Argument 1 to "shout" has incompatible type "str"; expected "int"  [arg-type]
# E:93: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
chat.create_chat_completion([{"role": "usr", "content": shout("a")}], "gpt-4o")
# E:39: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
# E:63: Argument 1 to "shout" has incompatible type "str"; expected "int"  [arg-type]
chat.create_chat_completion([{"role": "user", "content": 1 + "a"}], "gpt-4o")
# E:62: Unsupported operand types for + ("int" and "str")  [operator]
chat.create_chat_completion([{"role": "user", "content": undefined}], "gpt-4o")
# E:58: Name "undefined" is not defined  [name-defined]
chat.create_chat_completion([{"role": "user", "content": "a".upcase()}], "gpt-4o")
# E:58: "str" has no attribute "upcase"  [attr-defined]
chat.create_chat_completion([{"role": "user", "content": "a"}], shout(), temprature=shout("a"))
# E:65: Missing positional argument "number" in call to "shout"  [call-arg]
# E:85: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
# E:91: Argument 1 to "shout" has incompatible type "str"; expected "int"  [arg-type]
chat.create_chat([{"role": "user", "content": "a"}], "gpt-4o")
# E:1: "Chat" has no attribute "create_chat"  [attr-defined]
client.chats.create_chat_completion([{"role": "user", "content": "a"}], "gpt-4o")
# E:1: "Client" has no attribute "chats"; maybe "chat"?  [attr-defined]
number: int = chat.create_chat_completion([{"role": "user", "content": "a"}], "gpt-4o")
# E:15: Incompatible types in assignment (expression has type "CreateChatCompletionResponse", variable has type "int")  [assignment]
chat.create_chat_completion(shout("a") and [{"role": "usr", "content": "a"}], "gpt-4o")
# E:35: Argument 1 to "shout" has incompatible type "str"; expected "int"  [arg-type]
# E:54: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
