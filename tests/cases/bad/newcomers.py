"""Names that only the official client has."""

import typed_openai
from typed_openai import NOT_GIVEN, Client, types
# E:1: Module "typed_openai" has no attribute "NOT_GIVEN"; use OMIT  [attr-defined]
from typed_openai import AsyncOpenAI as Asynchronous
# E:1: Module "typed_openai" has no attribute "AsyncOpenAI"; use typed_openai.aio.AsyncClient  [attr-defined]

client = Client()


class Mine(Client):
    pass


# resources and methods
client.chat.completions.create(model="gpt-4o", messages=[])
# E:13: "Chat" has no attribute "completions"; use client.chat.create_chat_completion for chat.completions.create of openai  [openai-arg]
client.beta.threads.create()
# E:8: "Client" has no attribute "beta"; use client.threads.create_thread for beta.threads.create of openai  [openai-arg]
client.responses.parse(model="gpt-4o", input="hi")
# E:18: "Responses" has no attribute "parse"; use typed_openai.ask for responses.parse, client.responses.create_response for responses.create of openai  [openai-arg]
client.chat.completions.with_raw_response.create()
# E:13: "Chat" has no attribute "completions"; use client.chat.create_chat_completion for chat.completions.create, response_info(reply) for with_raw_response of openai  [openai-arg]
Mine().audio.speech.create()
# E:14: "Audio" has no attribute "speech"; use client.audio.create_speech for audio.speech.create of openai  [openai-arg]
chat = client.chat
chat.completions
# E:6: "Chat" has no attribute "completions"; use client.chat.create_chat_completion for chat.completions.create of openai  [openai-arg]
typed_openai.embeddings.create(input="x")
# E:25: "Embeddings" has no attribute "create"; use client.embeddings.create_embedding for embeddings.create of openai  [openai-arg]
typed_openai.beta.assistants
# E:14: Module "typed_openai" has no attribute "beta"; use client.assistants.create_assistant for beta.assistants.create of openai  [openai-arg]

# the package
typed_openai.OpenAI()
# E:14: Module "typed_openai" has no attribute "OpenAI"; use Client  [openai-arg]
print(NOT_GIVEN, Asynchronous)


def wrapped(given: Client) -> None:
    given.files.content("id")
    # E:17: "Files" has no attribute "content"; use client.files.download_file for files.content of openai  [openai-arg]
    given.vector_stores.files.upload_and_poll(vector_store_id="x", file=b"")
    # E:25: "VectorStores" has no attribute "files"; use typed_openai.poll for vector_stores.files.upload_and_poll, client.vector_stores.create_vector_store_file for vector_stores.files.create of openai  [openai-arg]


# names that neither has
client.chatt
# E:1: "Client" has no attribute "chatt"; maybe "chat" or "chatkit"?  [attr-defined]
client.webhooks.unwrap("")
# E:8: "Client" has no attribute "webhooks"; use typed_openai.unwrap_webhook for webhooks.unwrap of openai  [openai-arg]

# attributes beside the methods, and modules of types
client.with_raw_response.chat.completions.create()
# E:8: "Client" has no attribute "with_raw_response"; use client.chat.create_chat_completion for chat.completions.create, response_info(reply) for with_raw_response of openai  [openai-arg]
client.models.with_raw_response.list()
# E:15: "Models" has no attribute "with_raw_response"; use client.models.list_models for models.list, response_info(reply) for with_raw_response of openai  [openai-arg]
client.with_streaming_response
# E:8: "Client" has no attribute "with_streaming_response"; use response_info(stream) for with_streaming_response of openai  [openai-arg]
client.copy(timeout=3)
# E:8: "Client" has no attribute "copy"; use client.with_options(...) for copy of openai  [openai-arg]
client.beta.threads.runs.steps.list("thread", run_id="run")
# E:8: "Client" has no attribute "beta"; use client.threads.list_run_steps for beta.threads.runs.steps.list of openai  [openai-arg]
client.beta.chat.completions.parse()
# E:8: "Client" has no attribute "beta"; use typed_openai.ask for beta.chat.completions.parse, client.chat.create_chat_completion for beta.chat.completions.create of openai  [openai-arg]
types.chat.ChatCompletion
# E:7: Module "typed_openai.types" has no attribute "chat"; the types of all groups are in types itself  [openai-arg]
