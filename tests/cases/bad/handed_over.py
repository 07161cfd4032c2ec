"""Methods of ours that are handed to others: their arguments, and what they give."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from typed_openai import Client, models, paginate
from typed_openai.types import ChatCompletionRequestMessage, ChatCompletionTool, Response

client = Client()
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def again(
    method: Callable[Arguments, Response], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Response:
    return method(*args, **kwargs)


def again_of_any(
    method: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    return method(*args, **kwargs)


# lists that do not come in pages
paginate(client.files.retrieve_file, "f")
# E:10: files.retrieve_file is not paginated; it returns "OpenAIFile"  [openai-arg]
paginate(models.list_models)
# E:10: models.list_models is not paginated; it returns everything at once: iterate over ["data"]  [openai-arg]
paginate(client.files.list_files, limt=3)
# E:40: unexpected keyword "limt" for files.list_files; did you mean "limit"?  [openai-arg]
for item in paginate(client.files.list_files, limit=3):
    print(item["idd"])
    # E:16: unknown key "idd" for OpenAIFile; did you mean "id"?  [openai-arg]

for model in paginate(models.list_models):
# E:23: models.list_models is not paginated; it returns everything at once: iterate over ["data"]  [openai-arg]
    print(model)
for item in paginate(client.files.list_files()):
# E:22: paginate calls files.list_files itself: write paginate(client.files.list_files, ...), the arguments after it  [openai-arg]
    print(item)

# what they give
again(client.files.retrieve_file, "f")
# E:7: expected a function that returns "Response"; files.retrieve_file returns "OpenAIFile"  [openai-arg]
again(client.responses.create_response, "hi", modle="m")
# E:53: unexpected keyword "modle" for responses.create_response; did you mean "model"?  [openai-arg]
list(map(client.files.retrieve_file, [1, 2]))
# E:10: Argument 1 to "map" has incompatible type "retrieve_file"; expected "Callable[[int], OpenAIFile]"  [openai-arg]


def timed(
    times: int, method: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> tuple[Result, float]:
    return method(*args, **kwargs), times / 2


timed(3, client.chat.create_chat_completion, [{"role": "usr", "content": "hi"}], "m")
# E:56: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
timed("3", client.chat.create_chat_completion, [{"role": "user", "content": "hi"}], "m")
# E:7: times: expected "int", got "str"  [openai-arg]


async def soon(pool: ThreadPoolExecutor) -> Response:
    wrong: Future[Response] = pool.submit(client.files.retrieve_file, "f")
    # E:31: wrong: expected "Future[Response]", got "Future[OpenAIFile]"  [openai-arg]
    pool.submit(client.files.retrieve_file, fil_id="f")
    # E:52: unexpected keyword "fil_id" for files.retrieve_file; did you mean "file_id"?  [openai-arg]
    await asyncio.to_thread(client.chat.create_chat_completion, [{"role": "user", "contnt": "hi"}], "m")
    # E:83: messages[0]: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?  [openai-arg]
    await asyncio.to_thread(client.files.retrieve_file("f"))
    # E:29: to_thread calls files.retrieve_file itself: write to_thread(client.files.retrieve_file, ...), the arguments after it  [openai-arg]
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, client.chat.create_chat_completion, [{"role": "usr", "content": "hi"}], "m")
    # E:84: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    await loop.run_in_executor(None, client.files.retrieve_file, 3)
    # E:66: file_id: expected "str", got "int"  [openai-arg]
    return await asyncio.to_thread(client.files.retrieve_file, "f")
    # E:12: return value: expected "Response", got "OpenAIFile"  [openai-arg]


def count(message: ChatCompletionRequestMessage, times: int = 0, *, tools: list[ChatCompletionTool] | None = None) -> int:
    return times


# functions of the user's own that take our types
again_of_any(count, {"role": "usr", "content": "x"})
# E:30: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
again_of_any(count, {"role": "user", "content": "x"}, tools=[{"type": "function"}])
# E:62: tools[0]: missing key "function" for ChatCompletionTool  [openai-arg]
ThreadPoolExecutor().submit(count, {"role": "usr", "content": "x"})
# E:45: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
partial(count, {"role": "usr", "content": "x"})
# E:25: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
counted = partial(count, times=3)
counted({"role": "usr", "content": "x"})
# E:18: message.role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
