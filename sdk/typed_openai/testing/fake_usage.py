"""Numbers of tokens in replies: from the lengths of what was sent and of what is answered.

A text has a token for each five letters, digits or signs of a word, and one for each other sign. That is not
what a model's tokenizer finds, but close to it for English. Files count by their size.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from typed_openai.testing.multipart import UploadedFile

_PIECE: Final = re.compile(r"\w{1,5}|[^\w\s]")
_FILE: Final = re.compile(r"data:[^,\s]*,\S*|[A-Za-z0-9+/]{64,}={0,2}")
"""A text that holds a file: a data URL, or base64."""

_LEAST_OF_FILE: Final = 64
_BYTES_PER_TOKEN: Final = 1600

_SPOKEN: Final = frozenset(
    (
        *("content", "text", "transcript", "summary", "value", "refusal"),
        *("arguments", "input", "name", "code", "result", "audio", "data"),
    )
)
"""The fields of replies that a model writes."""

_BASE64: Final = ("b64", "base64")

_READ: Final = ("input_tokens", "prompt_tokens")
_WRITTEN: Final = ("output_tokens", "completion_tokens")
_DETAILS: Final = re.compile(r"(?P<side>input|prompt|output|completion)_tokens?_details")
_FILE_KINDS: Final = ("image_tokens", "audio_tokens")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number of tokens: those of texts, and those of files."""

    texts: int = 0
    files: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.texts + other.texts, self.files + other.files)

    @property
    def total(self) -> int:
        """All tokens."""
        return self.texts + self.files


def tokens_of(text: str) -> int:
    """Return the number of tokens of a text."""
    return len(_PIECE.findall(text))


def cut_to(text: str, most: int) -> str:
    """Return the beginning of a text that has at most ``most`` tokens."""
    ends = [one.end() for one in _PIECE.finditer(text)]
    return text if len(ends) <= most else text[: ends[most - 1] if most > 0 else 0]


def sent_amount(value: object) -> Amount:
    """Return the tokens of a value of a request: all texts, lists of tokens, and files."""
    if isinstance(value, UploadedFile):
        return _file_amount(value.size)
    if isinstance(value, str):
        return _text_amount(value)
    if isinstance(value, Mapping):
        return sum(map(sent_amount, value.values()), Amount())
    if isinstance(value, list):
        tokens = sum(isinstance(one, int) for one in value)
        return sum(map(sent_amount, value), Amount(tokens))
    return Amount()


def written_amount(value: object, name: str = "") -> Amount:
    """Return the tokens of a reply: those of the fields that a model writes."""
    if isinstance(value, str):
        if name.startswith(_BASE64):
            return _file_amount(len(value) * 3 // 4)
        return _text_amount(value) if name in _SPOKEN else Amount()
    if isinstance(value, Mapping):
        return sum((written_amount(one, key) for key, one in value.items()), Amount())
    if isinstance(value, list):
        return sum((written_amount(one, name) for one in value), Amount())
    return Amount()


def settle_usage(
    reply: Any, read: Amount, written: Amount, *, thought: int = 0, given: object = None, whole: bool = False
) -> None:
    """Set the numbers in each ``usage`` of a reply, and with ``whole`` those of the reply itself.

    ``thought`` are the tokens of reasoning. What ``given`` has, the part of the reply that was scripted,
    stays as it is.
    """
    for usage, known in _usages(reply, given):
        _fill(usage, known, read, written, thought)
    if whole and isinstance(reply, dict):
        _fill(reply, given if isinstance(given, Mapping) else {}, read, written, thought)


def _usages(reply: object, given: object) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Yield each object ``usage`` in a reply, and the part of it that was given."""
    if isinstance(reply, list):
        parts: list[Any] = given if isinstance(given, list) else []
        for number, one in enumerate(reply):
            yield from _usages(one, parts[number] if number < len(parts) else None)
    if isinstance(reply, dict):
        known: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
        for key, one in reply.items():
            part = known.get(key)
            if key == "usage" and isinstance(one, dict):
                yield one, part if isinstance(part, Mapping) else {}
            else:
                yield from _usages(one, part)


def _fill(
    usage: dict[str, Any], known: Mapping[str, Any], read: Amount, written: Amount, thought: int
) -> None:
    totals = dict.fromkeys(_READ, read.total) | dict.fromkeys(_WRITTEN, written.total + thought)
    usage |= {key: one for key, one in totals.items() if _is_open(usage, known, key)}
    if _is_open(usage, known, "total_tokens"):
        usage["total_tokens"] = sum(usage[key] for key in totals if isinstance(usage.get(key), int))
    for key, details in usage.items():
        found = _DETAILS.fullmatch(key)
        if found is None or not isinstance(details, dict) or key in known:
            continue
        is_read = found["side"] in ("input", "prompt")
        _fill_details(details, read if is_read else written, 0 if is_read else thought)


def _fill_details(details: dict[str, Any], amount: Amount, thought: int) -> None:
    if "reasoning_tokens" in details:
        details["reasoning_tokens"] = thought
    if "text_tokens" not in details:
        return
    kinds = [one for one in _FILE_KINDS if one in details]
    details |= dict.fromkeys(kinds, 0)
    details["text_tokens"] = amount.texts + (0 if kinds else amount.files)
    if kinds:
        details[kinds[0]] = amount.files


def _is_open(usage: Mapping[str, Any], known: Collection[str], key: str) -> bool:
    return key in usage and key not in known and isinstance(usage[key], int)


def _text_amount(text: str) -> Amount:
    return _file_amount(len(text) * 3 // 4) if _FILE.fullmatch(text) else Amount(tokens_of(text))


def _file_amount(size: int) -> Amount:
    return Amount(files=_LEAST_OF_FILE + size // _BYTES_PER_TOKEN)
