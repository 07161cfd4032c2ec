"""A wrong call keeps its return type, so the next mistake is reported too."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from typed_openai import Client

client = Client()


class Settings:
    model: int = 3


# a literal argument says which overload is meant, whatever else is wrong
for chunk in client.chat.create_chat_completion([{"role": "usr", "content": "x"}], "m", stream=True):
# E:59: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
    chunk["chices"]
    # E:11: unknown key "chices" for CreateChatCompletionStreamResponse; did you mean "choices"?  [openai-arg]
next(client.chat.create_chat_completion([{"role": "user", "content": "x"}], Settings.model, stream=True))["chices"]
# E:77: model: expected "ModelIdsShared", got "int"  [openai-arg]
# E:107: unknown key "chices" for CreateChatCompletionStreamResponse; did you mean "choices"?  [openai-arg]
next(client.chat.create_chat_completion([{"role": "user", "content": "x"}], ["m"], stream=True))["chices"]
# E:77: model: expected "ModelIdsShared", got "list[str]"; use the item itself, not a list  [openai-arg]
# E:98: unknown key "chices" for CreateChatCompletionStreamResponse; did you mean "choices"?  [openai-arg]


# a method that is handed over has the overload of its literal arguments
async def later(pool: ThreadPoolExecutor) -> None:
    reply = await asyncio.to_thread(client.embeddings.create_embedding, "x", modl="m")
    # E:83: unexpected keyword "modl" for embeddings.create_embedding; did you mean "model"?  [openai-arg]
    reply["dta"]
    # E:11: unknown key "dta" for CreateEmbeddingResponse; did you mean "data"?  [openai-arg]
    pool.submit(client.embeddings.create_embedding, "x", 3).result()["dta"]
    # E:58: model: expected "str", got "int"  [openai-arg]
    # E:70: unknown key "dta" for CreateEmbeddingResponse; did you mean "data"?  [openai-arg]
    number: int = await asyncio.to_thread(client.embeddings.create_embedding, "x", 3)
    # E:19: Incompatible types in assignment (expression has type "CreateEmbeddingResponse", variable has type "int")  [assignment]
    # E:84: model: expected "str", got "int"  [openai-arg]
