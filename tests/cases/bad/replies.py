"""What the API gave is a dict: its keys, the values that they may have, and what may be None."""

from typed_openai import Client
from typed_openai.types import (
    ChatCompletionRequestMessage,
    CreateChatCompletionResponse,
    CreateEmbeddingResponse,
    Response,
)


def read(reply: CreateChatCompletionResponse, message: ChatCompletionRequestMessage) -> None:
    print(reply.choices[0].message.content)
    # E:17: "CreateChatCompletionResponse" is a dict: no attribute "choices"; write ["choices"]  [openai-arg]
    print(reply["choices"][0].mesage)
    # E:31: "CreateChatCompletionResponseChoicesItem" is a dict: no attribute "mesage"; did you mean ["message"]?  [openai-arg]
    print(reply["choices"].message)
    # E:28: a list is indexed by numbers, not by "message"; take an item first: [0]["message"]  [openai-arg]
    print(reply.model_dump())
    # E:17: "CreateChatCompletionResponse" is a dict: no attribute or key "model_dump"  [openai-arg]
    print(reply["choices"][0]["message"]["content"]["text"])
    # E:11: message.content may be None; check it first: if reply["choices"][0]["message"]["content"] is not None  [openai-arg]
    # E:53: "str | None" has no key "text"  [openai-arg]
    print("It says " + reply["choices"][0]["message"]["content"])
    # E:24: message.content may be None; check it first: if reply["choices"][0]["message"]["content"] is not None  [openai-arg]
    print(reply["choices"][0]["message"]["tool_calls"][0]["function"])
    # E:11: message.tool_calls may be absent or None; use .get("tool_calls"), and check the result: if value is not None  [openai-arg]
    # E:59: only 1 of 2 members have the key "function": ChatCompletionMessageToolCall; check "type" first  [openai-arg]
    message.content = "hello"
    # E:13: "ChatCompletionRequestDeveloperMessage" and 8 more are dicts: no attribute "content"; write ["content"]  [openai-arg]
    message["content"][0]["text"]
    # E:5: message.content may be absent or None; use .get("content"), and check the result: if value is not None  [openai-arg]
    # E:27: "str | ChatCompletionRequestMessageContentPartText | ChatCompletionRequestMessageContentPartImage | ... (3 more)" may be "str", which has no key "text"; narrow it first  [openai-arg]
    message["content"].strip()
    # E:5: message.content may be absent or None; use .get("content"), and check the result: if value is not None  [openai-arg]
    # E:24: "str | Sequence[ChatCompletionRequestUserMessageContentPart] | ... (2 more)" may be "Sequence[ChatCompletionRequestUserMessageContentPart]" or 2 more, without the attribute "strip"; narrow it first  [openai-arg]
    message["role"] = "user"
    # E:23: message.role: only 3 of 9 members take this value; narrow first  [openai-arg]


def read_response(response: Response, maybe: Response | None) -> str:
    print(response["error"]["message"])
    # E:11: response.error may be None; check it first: if response["error"] is not None  [openai-arg]
    if response["status"] == "complete":
    # E:8: response.status may be absent; use .get("status") or check "status" in response first  [openai-absent]
    # E:30: response.status: expected one of 'completed', 'failed', 'in_progress', 'cancelled', 'queued', ... (2 more); got 'complete'; did you mean 'completed'?  [openai-arg]
        print(response["id"])
    if response["output"][0]["type"] != "mesage":
    # E:41: response.output[0].type: expected one of 'message', 'file_search_call', 'function_call', 'function_call_output', 'web_search_call', ... (23 more); got 'mesage'; did you mean 'message'?  [openai-arg]
        print(response["output"]["content"])
        # E:34: a list is indexed by numbers, not by "content"; take an item first: [0]["content"]  [openai-arg]
    print(response["output"][0].content)
    # E:33: "OutputMessage" and 27 more are dicts: no attribute "content"; write ["content"]  [openai-arg]
    return maybe["id"]
    # E:18: "Response | None" may be None; exclude None first  [openai-arg]


def read_stream(client: Client, flag: bool) -> None:
    text = ""
    for event in client.responses.create_response("hi", "m", stream=True):
        if event["type"] == "response.output_text.dleta":
        # E:29: event.type: expected one of 'response.audio.delta', 'response.audio.done', 'response.audio.transcript.delta', ... (58 more); got 'response.output_text.dleta'; did you mean 'response.output_text.delta'?  [openai-arg]
            text += event["delta"]
        elif event["type"] == "response.output_text.delta":
            text += event["detla"]
            # E:27: unknown key "detla" for ResponseTextDeltaEvent; did you mean "delta"?  [openai-arg]
        print(event["delta"], event.type)
        # E:21: only 13 of 61 members have the key "delta": ResponseAudioDeltaEvent, ResponseAudioTranscriptDeltaEvent, ResponseCodeInterpreterCallCodeDeltaEvent, ... (10 more); check "type" first  [openai-arg]
        # E:37: "ResponseAudioDeltaEvent" and 60 more are dicts: no attribute "type"; write ["type"]  [openai-arg]
    for chunk in client.chat.create_chat_completion([{"role": "user", "content": "hi"}], "m", stream=True):
        text += chunk["choices"][0]["delta"]["content"]
        # E:17: delta.content may be absent or None; use .get("content"), and check the result: if value is not None  [openai-arg]
    print(client.responses.create_response("hi", "m", stream=True)["output"])
    # E:68: "Stream[ResponseStreamEvent]" is a stream, without the key "output"; iterate over it  [openai-arg]
    print(client.responses.create_response("hi", "m", stream=flag)["output"])
    # E:68: "Response | Stream[ResponseStreamEvent]" may be a stream, without the key "output"; pass stream as a literal, or narrow it first  [openai-arg]


def iterated(client: Client, messages: list[ChatCompletionRequestMessage]) -> None:
    for chunk in client.chat.create_chat_completion(messages, "m"):
        print(chunk["choices"])
        # E:21: iterating over "CreateChatCompletionResponse" yields its keys, which have no key "choices"; pass stream=True  [openai-arg]
    print([one["id"] for one in client.files.list_files()])
    # E:16: iterating over "ListFilesResponse" yields its keys, which have no key "id"; iterate over ["data"]  [openai-arg]
    text = client.audio.create_transcription("a.mp3", "whisper-1", response_format="text")
    print(text["text"])
    # E:16: the reply is a text, without the key "text"  [openai-arg]


# that some members have no keys is one mistake, a key that none of the others has is another
def two_mistakes(reply: CreateEmbeddingResponse | None, other: CreateEmbeddingResponse | str) -> None:
    reply["dta"]
    # E:11: "CreateEmbeddingResponse | None" may be None; exclude None first  [openai-arg]
    # E:11: unknown key "dta" for CreateEmbeddingResponse; did you mean "data"?  [openai-arg]
    other["dta"]
    # E:11: "CreateEmbeddingResponse | str" may be "str", which has no key "dta"; narrow it first  [openai-arg]
    # E:11: unknown key "dta" for CreateEmbeddingResponse; did you mean "data"?  [openai-arg]
    reply["data"]["embedding"]
    # E:11: "CreateEmbeddingResponse | None" may be None; exclude None first  [openai-arg]
    # E:19: a list is indexed by numbers, not by "embedding"; take an item first: [0]["embedding"]  [openai-arg]
