"""Mistakes in rarer forms: special methods, generic functions, overloads and unions of the user's own."""

from collections.abc import Callable
from functools import reduce
from typing import Generic, TypeVar, overload

from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage as Message
from typed_openai.types import CreateChatCompletionResponse as Response

client = Client()
one: Message = {"role": "user", "content": "hello"}
several: list[Message] = [one]

# special methods


class History:
    def __lt__(self, other: Message) -> bool:
        return True

    def __getitem__(self, key: Message) -> int:
        return 3

    def __delitem__(self, key: Message) -> None: ...

    def __setitem__(self, key: Message, value: Message) -> None: ...


history = History()
print(history < {"role": "usr", "content": "hello"})
# E:26: operand.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
print({"role": "user", "contnt": "hello"} > history)
# E:24: operand: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
text: str = history[{"role": "usr", "content": "hello"}]
# E:13: Incompatible types in assignment (expression has type "int", variable has type "str")  [assignment]
# E:30: key.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
del history[{"role": "user", "content": 3}]
# E:41: key.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
del history[one], history[{"role": "usr", "content": "hello"}]
# E:36: key.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
history[{"role": "usr", "content": "hello"}] = {"role": "user", "contnt": "hello"}
# E:18: key.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
# E:65: value: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
history[{"role": "usr", "content": "hello"}], number = one, 3
# E:18: key.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


class Messages(list[Message]):
    pass


messages = Messages()
messages[0] = {"role": "usr", "content": "hello"}
# E:24: value.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
pairs: set[tuple[Message, int]] = {({"role": "usr", "content": "hello"}, 1)}
# E:46: pairs[...][0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]

# lambdas whose parameters are of the API by inference
T = TypeVar("T")


def fold(step: Callable[[T, str], T], first: T) -> T:
    return first


longer = reduce(lambda a, b: a + [{"role": "usr", "content": b}], ["hello"], several)
# E:44: a[...].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
longer.append({"role": "user", "contnt": "hello"})
# E:32: item: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
print(reduce(lambda a, b: [*a, {"role": "usr", "content": b}], ["hello"], several))
# E:41: lambda()[...].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
print(reduce(lambda a, b: {"role": "usr", "content": b}, ["hello"], one))
# E:36: lambda().role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
print(fold(lambda a, b: [*a, {"role": "user", "content": b, "nme": "Ann"}], several))
# E:61: step()[...]: unknown key "nme" for ChatCompletionRequestUserMessage; did you mean "name"?  [openai-arg]

# type variables that stand for one of several types
Value = TypeVar("Value", int, str)
Ours = TypeVar("Ours", Message, Response)


def asked(value: Value) -> Value:
    client.models.retrieve_model(3)
    # E:34: model: expected "str", got "int"  [openai-arg]
    client.chat.create_chat_completion([{"role": "usr", "content": "hello"}], "gpt-4o", temprature=1)
    # E:50: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    # E:100: unexpected keyword "temprature" for chat.create_chat_completion; did you mean "temperature"?  [openai-arg]
    return value


def same(value: Ours, times: int = 1) -> Ours:
    return value


same({"role": "usr", "content": "hello"})
# E:15: value.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
same({"role": "user", "content": 3}, times="3")
# E:34: value.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"  [openai-arg]
# E:44: times: expected "int", got "str"  [openai-arg]

Bound = TypeVar("Bound", bound=Message)


class Box(Generic[Bound]):
    def __init__(self, value: Bound, times: int = 1) -> None: ...


Box({"role": "usr", "content": "hello"})
# E:14: value.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]

# overloads of the user's own


@overload
def send(message: Message, times: int) -> int: ...
@overload
def send(message: Message, times: str) -> str: ...
def send(message: Message, times: int | str) -> int | str:
    return times


@overload
def put(message: Message) -> int: ...
@overload
def put(message: list[Message]) -> str: ...
def put(message: Message | list[Message]) -> int | str:
    return 3


send(one, None)
# E:11: times: expected "int | str", got "None"  [openai-arg]
send({"role": "usr", "content": "hello"}, None)
# E:15: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
# E:43: times: expected "int | str", got "None"  [openai-arg]
send(one)
# E:1: missing required argument "times" for send  [openai-arg]
send(one, tims=3)
# E:16: unexpected keyword "tims" for send; did you mean "times"?  [openai-arg]
put({"role": "usr", "content": "hello"})
# E:14: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
put([{"role": "usr", "content": "hello"}]).foo
# E:1: "str" has no attribute "foo"  [attr-defined]
# E:15: message[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
put(3)
# E:5: message: expected "ChatCompletionRequestMessage | list[ChatCompletionRequestMessage]", got "int"  [openai-arg]

# unions of classes that share only what is wrong


class Short:
    def __init__(self, message: Message) -> None: ...

    def send(self, message: Message) -> int:
        return 3


class Long:
    def __init__(self, message: Message, times: int = 1) -> None: ...

    def send(self, message: Message, times: int = 1) -> str:
        return ""


def either(sender: Short | Long, sender_type: type[Short] | type[Long]) -> None:
    sender.send({"role": "usr", "content": "hello"}).foo
    # E:5: Item "int" of "int | str" has no attribute "foo"  [union-attr]
    # E:5: Item "str" of "int | str" has no attribute "foo"  [union-attr]
    # E:26: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    sender.send(one, times="3")
    # E:28: times: expected "int", got "str"  [openai-arg]
    # E:28: unexpected keyword "times" for Short.send  [openai-arg]
    sender_type({"role": "usr", "content": "hello"})
    # E:26: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]


# an argument that is given twice, and equal messages on a line
def take(message: Message, times: int = 1) -> None: ...


take({"role": "usr", "content": "hello"}, message={"role": "usr", "content": "hello"})
# E:15: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
# E:51: argument "message" is passed twice for take  [openai-arg]
# E:60: message (passed again).role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
client.models.retrieve_model(3, model=4)
# E:30: model: expected "str", got "int"  [openai-arg]
# E:39: argument "model" is passed twice for models.retrieve_model  [openai-arg]
# E:39: model (passed again): expected "str", got "int"  [openai-arg]
print(client.models.retrieve_model(3), client.models.delete_model(3))
# E:36: model: expected "str", got "int"  [openai-arg]
# E:67: model: expected "str", got "int" (again in column 67)  [openai-arg]
