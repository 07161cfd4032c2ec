"""Streams and those who receive them."""

from typed_openai import Client, Stream, StreamHandle, StreamingClient
from typed_openai.types import CreateChatCompletionStreamResponse, Response, ResponseStreamEvent

client = Client()
responses = client.responses
chat = client.chat


class Counter(StreamingClient[ResponseStreamEvent, int]):
    def handle_data(self, data: ResponseStreamEvent, state: int) -> int:
        return state + 1


class Chunks(StreamingClient[CreateChatCompletionStreamResponse, int]):
    def handle_data(self, data: CreateChatCompletionStreamResponse, state: int) -> int:
        return state + len(data["choices"])


class OfOtherEvents(StreamingClient[CreateChatCompletionStreamResponse, int]):
    def handle_data(self, data: ResponseStreamEvent, state: int) -> int:
    # E:27: handle_data is called with "CreateChatCompletionStreamResponse" as data, not "ResponseStreamEvent"  [openai-arg]
        return state


class OfNothing(StreamingClient[ResponseStreamEvent, int]):
    def handle_data(self, data: ResponseStreamEvent, state: int) -> None:
    # E:5: handle_data must return "int", not "None"  [openai-arg]
        """Forgets the state."""

    def handle_error(self, error: ValueError, state: int) -> int:
    # E:28: handle_error is called with "OpenAIError" as error, not "ValueError"  [openai-arg]
        return state

    def handle_finish(self) -> int:
    # E:5: handle_finish must take the parameters of StreamingClient.handle_finish: state  [openai-arg]
        return 0


def received(event: int) -> None:
    """Takes no message."""


wrong_state: StreamHandle[str] = chat.create_chat_completion([{"role": "user", "content": "hi"}], "m", stream_to=Chunks(0))
# E:34: wrong_state: expected "StreamHandle[str]", got "StreamHandle[int]"  [openai-arg]
responses.create_response("hi", "m", stream_to=OfOtherEvents(0))
# E:48: stream_to: expected "Callable[[StreamMessage[ResponseStreamEvent]], object] | StreamingClient[ResponseStreamEvent, Any]", got "OfOtherEvents"; it receives "CreateChatCompletionStreamResponse"  [openai-arg]
responses.create_response("hi", "m", stream_to=Counter)
# E:48: stream_to: expected "Callable[[StreamMessage[ResponseStreamEvent]], object] | StreamingClient[ResponseStreamEvent, Any]", got "Callable[[int], Counter]"; call it: (...)  [openai-arg]
responses.create_response("hi", "m", stream_to=received)
# E:48: stream_to: expected "Callable[[StreamMessage[ResponseStreamEvent]], object] | StreamingClient[ResponseStreamEvent, Any]", got "Callable[[int], None]"  [openai-arg]
responses.create_response("hi", "m", stream=False, stream_to=print)
# E:45: stream: expected True; got False; with "stream_to", leave out "stream"  [openai-arg]
whole: Response = responses.create_response("hi", "m", stream=True)
# E:19: whole: expected "Response", got "Stream[ResponseStreamEvent]"; iterate over it, or do not stream  [openai-arg]
other: Stream[Response] = responses.create_response("hi", "m", stream=True)
# E:27: other: expected "Stream[Response]", got "Stream[ResponseStreamEvent]"  [openai-arg]


def either(flag: bool) -> Response:
    return responses.create_response("hi", "m", stream=flag)
    # E:12: return value: expected "Response", got "Response | Stream[ResponseStreamEvent]"; pass stream as a literal, or narrow the result first  [openai-arg]


def handle() -> StreamHandle[str]:
    return chat.create_chat_completion([{"role": "user", "content": "hi"}], "m", stream_to=Chunks(0))
    # E:12: return value: expected "StreamHandle[str]", got "StreamHandle[int]"  [openai-arg]
