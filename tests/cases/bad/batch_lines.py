"""Calls that are added to batch jobs are checked as the calls themselves."""

from typed_openai import BatchJob, Client
from typed_openai.aio import AsyncClient

client = Client()
chat = BatchJob("chat", client.chat.create_chat_completion)
chat.add("row-1", [{"role": "user", "content": "Hello"}], "gpt-5.5", temperature=3)
# E:82: temperature: expected at most 2, got 3  [openai-limit]
chat.add("row-2", [{"role": "user", "content": "Hello"}], "gpt-5.5", max_tokens=5)
# E:81: max_tokens: deprecated; use max_completion_tokens  [openai-deprecated]
chat.add("row-3", [{"role": "usr", "content": "Hello"}], "gpt-5.5")
# E:29: messages[0].role: expected one of 'developer', 'system', 'user', 'assistant', 'tool', 'function'; got 'usr'; did you mean 'user'?  [openai-arg]
chat.add("row-4", [{"role": "user", "content": "Hello"}], "gpt-5.5", temperature=1)

responses = BatchJob("responses", AsyncClient().responses.create_response)
responses.add("row-1", "Hello", "gpt-5.5", top_logprobs=50)
# E:57: top_logprobs: expected at most 20, got 50  [openai-limit]
responses.add("row-2", "Hello", "gpt-5.5", stream=True)
# E:51: stream: expected one of False, None; got True  [openai-arg]

with BatchJob("embeddings", client.embeddings.create_embedding) as embeddings:
    embeddings.add("row-1", "Hello", "text-embedding-3-small", dimensions=0)
    # E:75: dimensions: expected at least 1, got 0  [openai-limit]
    embeddings.add("row-2", model="text-embedding-3-small")
    # E:5: missing required argument "input" for BatchJob.add  [openai-arg]
    embeddings.add(3, "Hello", "text-embedding-3-small")
    # E:20: argument 1: expected "str", got "int"  [openai-arg]
