"""The errors of a reply that has no value of the expected type.

Map::

    OutputError
      Refused        the model refused to answer
      Incomplete     the answer is not there as a whole: too long, filtered, or not made yet
      Misfit         the answer does not have the expected type
"""

from __future__ import annotations

from typing import Any

from typed_openai.errors import OpenAIError

__all__ = ["Incomplete", "Misfit", "OutputError", "Refused"]


class OutputError(OpenAIError):
    """A reply has no value of the expected type. ``reply`` is the reply itself, as it was received.

    >>> reply = {"choices": [{"finish_reason": "length", "message": {"content": "[1, 2"}}]}
    >>> try:
    ...     parse(reply, list[int])
    ... except OutputError as error:
    ...     print(type(error).__name__, error.reply is reply)
    Incomplete True
    """

    def __init__(self, message: str, reply: Any = None) -> None:
        super().__init__(message)
        self.reply = reply


class Refused(OutputError):
    """The model refused to answer. ``refusal`` is its explanation.

    >>> message = {"content": None, "refusal": "I cannot help with that."}
    >>> try:
    ...     parse({"choices": [{"finish_reason": "stop", "message": message}]}, list[int])
    ... except Refused as error:
    ...     print(error.refusal)
    I cannot help with that.
    """

    def __init__(self, refusal: str, reply: Any = None) -> None:
        super().__init__(f"the model refused to answer: {refusal}", reply)
        self.refusal = refusal


class Incomplete(OutputError):
    """The answer is not there as a whole.

    ``reason`` is ``"length"`` if it reached the limit of tokens, ``"content_filter"`` if it was filtered,
    ``"tool_calls"`` if the model calls tools first, ``"commentary"`` if there are only comments,
    ``"no_output"`` if there is nothing at all, and otherwise the status of the response, such as
    ``"failed"`` or ``"in_progress"``. ``text`` is the part that was received.

    >>> reply = {"choices": [{"finish_reason": "length", "message": {"content": "[1, 2"}}]}
    >>> try:
    ...     parse(reply, list[int])
    ... except Incomplete as error:
    ...     print(error.reason, error.text)
    length [1, 2
    """

    def __init__(self, reason: str, reply: Any = None, text: str = "", detail: str = "") -> None:
        super().__init__(f"the answer is incomplete: {detail or reason}", reply)
        self.reason = reason
        self.text = text


class Misfit(OutputError):
    """The answer does not have the expected type.

    ``place`` leads to the value that does not fit, and is empty for the answer as a whole. ``text`` is the
    text of the answer.

    >>> message = {"content": '{"value": [1, "two"]}'}
    >>> try:
    ...     parse({"choices": [{"finish_reason": "stop", "message": message}]}, list[int])
    ... except Misfit as error:
    ...     print(error.place, "-", error)
    value[1] - list[int]: value[1]: expected integer, got string
    """

    def __init__(self, message: str, reply: Any = None, place: str = "", text: str = "") -> None:
        super().__init__(message, reply)
        self.place = place
        self.text = text
