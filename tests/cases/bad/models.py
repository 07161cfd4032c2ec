"""Parameters and values that the named model does not support."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, Literal

from typed_openai import Client
from typed_openai.params import CreateChatCompletionParams, CreateImageParams
from typed_openai.types import ChatCompletionRequestMessage

client = Client()
chat = client.chat
hello: list[ChatCompletionRequestMessage] = [{"role": "user", "content": "hello"}]
MODEL: Final = "o3-2025-04-16"

# reasoning models
chat.create_chat_completion(hello, "o3", temperature=0.2, top_p=0.5)
# E:54: temperature: expected 1 for the model 'o3'; got 0.2  [openai-model]
# E:65: top_p: expected 1 for the model 'o3'; got 0.5  [openai-model]
chat.create_chat_completion(hello, "gpt-5-mini", max_tokens=100)
# E:61: max_tokens: not supported by the model 'gpt-5-mini'; use max_completion_tokens  [openai-model]
chat.create_chat_completion(hello, MODEL, stop=["a"], logit_bias={"1": 1})
# E:48: stop: not supported by the model 'o3-2025-04-16'  [openai-model]
# E:66: logit_bias: not supported by the model 'o3-2025-04-16'  [openai-model]
chat.create_chat_completion(hello, "o4-mini", presence_penalty=1, frequency_penalty=-1, logprobs=True)
# E:64: presence_penalty: expected 0 for the model 'o4-mini'; got 1  [openai-model]
# E:85: frequency_penalty: expected 0 for the model 'o4-mini'; got -1  [openai-model]
# E:98: logprobs: expected False for the model 'o4-mini'; got True  [openai-model]
chat.create_chat_completion(hello, "gpt-5", reasoning_effort="none")
# E:62: reasoning_effort: expected one of 'minimal', 'low', 'medium', 'high' for the model 'gpt-5'; got 'none'  [openai-model]
chat.create_chat_completion(
    hello, "o3-mini", tools=[{"type": "function", "function": {"name": "f"}}], parallel_tool_calls=False
    # E:100: parallel_tool_calls: not supported by the model 'o3-mini'  [openai-model]
)
client.responses.create_response("hello", "gpt-5-nano", temperature=0.0)
# E:69: temperature: expected 1 for the model 'gpt-5-nano'; got 0.0  [openai-model]
client.responses.create_response("hello", "gpt-5.1-2025-11-13", reasoning={"effort": "minimal"})
# E:86: reasoning.effort: expected one of 'none', 'low', 'medium', 'high' for the model 'gpt-5.1-2025-11-13'; got 'minimal'  [openai-model]
chat.create_chat_completion(hello, "gpt-4o-search-preview", temperature=1)
# E:73: temperature: not supported by the model 'gpt-4o-search-preview'  [openai-model]
client.responses.create_response("hello", "gpt-4.1", reasoning={"effort": "low"})
# E:75: reasoning.effort: not supported by the model 'gpt-4.1'  [openai-model]

# images
client.images.create_image("a cat", model="dall-e-2", size="1792x1024", quality="hd", style="vivid")
# E:60: size: expected one of '256x256', '512x512', '1024x1024' for the model 'dall-e-2'; got '1792x1024'  [openai-model]
# E:81: quality: expected one of 'standard', 'auto' for the model 'dall-e-2'; got 'hd'  [openai-model]
# E:93: style: not supported by the model 'dall-e-2'  [openai-model]
client.images.create_image("a cat", model="dall-e-3", n=2, size="256x256", output_format="png")
# E:57: n: expected 1 for the model 'dall-e-3'; got 2  [openai-model]
# E:65: size: expected one of '1024x1024', '1792x1024', '1024x1792' for the model 'dall-e-3'; got '256x256'  [openai-model]
# E:90: output_format: not supported by the model 'dall-e-3'  [openai-model]
client.images.create_image("a cat", model="gpt-image-1", size="512x512", response_format="url")
# E:63: size: expected one of '1024x1024', '1536x1024', '1024x1536', 'auto' for the model 'gpt-image-1'; got '512x512'  [openai-model]
# E:90: response_format: not supported by the model 'gpt-image-1'  [openai-model]
client.images.create_image("a cat", model="gpt-image-2-2026-04-21", background="transparent", quality="hd")
# E:80: background: expected one of 'opaque', 'auto' for the model 'gpt-image-2-2026-04-21'; got 'transparent'  [openai-model]
# E:103: quality: expected one of 'low', 'medium', 'high', 'auto' for the model 'gpt-image-2-2026-04-21'; got 'hd'  [openai-model]
client.images.create_image_edit("a cat", image=b"", model="gpt-image-1-mini", input_fidelity="high")
# E:94: input_fidelity: not supported by the model 'gpt-image-1-mini'  [openai-model]

# embeddings and audio
client.embeddings.create_embedding("hello", "text-embedding-ada-002", dimensions=256)
# E:82: dimensions: not supported by the model 'text-embedding-ada-002'  [openai-model]
client.embeddings.create_embedding("hello", "text-embedding-3-small", dimensions=3072)
# E:82: dimensions: expected at most 1536 for the model 'text-embedding-3-small'; got 3072  [openai-model]
client.embeddings.create_embedding("hello", "text-embedding-3-large", dimensions=4096)
# E:82: dimensions: expected at most 3072 for the model 'text-embedding-3-large'; got 4096  [openai-model]
client.audio.create_transcription(b"", "gpt-4o-transcribe", response_format="verbose_json")
# E:77: response_format: expected 'json' for the model 'gpt-4o-transcribe'; got 'verbose_json'  [openai-model]
client.audio.create_transcription(b"", "gpt-4o-transcribe-diarize", prompt="names", include=["logprobs"])
# E:76: prompt: not supported by the model 'gpt-4o-transcribe-diarize'  [openai-model]
# E:93: include: not supported by the model 'gpt-4o-transcribe-diarize'  [openai-model]
client.audio.create_speech("hello", "tts-1", "alloy", instructions="slowly", stream_format="sse")
# E:68: instructions: not supported by the model 'tts-1'  [openai-model]
# E:92: stream_format: expected 'audio' for the model 'tts-1'; got 'sse'  [openai-model]


# by name, by path, handed over, in displays, and in either branch
def also(model: Literal["o3"], which: bool) -> None:
    chat.create_chat_completion(hello, model, temperature=0)
    # E:59: temperature: expected 1 for the model 'o3'; got 0  [openai-model]
    chat.create_chat_completion(hello, "o1" if which else "gpt-4o", temperature=0)
    # E:81: temperature: expected 1 for the model 'o1'; got 0  [openai-model]
    client.call("embeddings.create_embedding", "hello", "text-embedding-3-small", dimensions=2000)
    # E:94: dimensions: expected at most 1536 for the model 'text-embedding-3-small'; got 2000  [openai-model]
    client.request("POST", "/chat/completions", json={"messages": hello, "model": "o3", "temperature": 0})
    # E:104: json.temperature: expected 1 for the model 'o3'; got 0  [openai-model]
    partial(chat.create_chat_completion, model="o3", temperature=0)
    # E:66: temperature: expected 1 for the model 'o3'; got 0  [openai-model]
    ThreadPoolExecutor().submit(client.images.create_image, "a cat", model="dall-e-3", n=2)
    # E:90: n: expected 1 for the model 'dall-e-3'; got 2  [openai-model]
    image: CreateImageParams = {"prompt": "a cat", "model": "dall-e-3", "n": 2}
    # E:78: image.n: expected 1 for the model 'dall-e-3'; got 2  [openai-model]
    params: CreateChatCompletionParams = {"messages": hello, "model": "o3", "temperature": 0, "max_tokens": 1}
    # E:92: params.temperature: expected 1 for the model 'o3'; got 0  [openai-model]
    # E:109: params.max_tokens: not supported by the model 'o3'; use max_completion_tokens  [openai-model]
    print(image, params)
