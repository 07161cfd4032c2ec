"""Judges of the lines of files that the API reads: the input of batches, and training data."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from typed_openai._batches.batch_limits import LIMITS, inputs_in
from typed_openai._batches.id_table import IdTable
from typed_openai._batches.request_lines import LONGEST_ID
from typed_openai_spec import spelling
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Body, Object
from typed_openai_spec.model.media import is_json
from typed_openai_spec.validation.validator import Validator

Found: TypeAlias = Iterator[tuple[str, str]]
"""Problems of one line: the place in it, which is empty for the line as a whole, and the text."""

EXAMPLES: Final[Mapping[str, str]] = {
    "supervised": "FineTuneChatRequestInput",
    "dpo": "FineTunePreferenceRequestInput",
    "reinforcement": "FineTuneReinforcementRequestInput",
}
"""The component of a line, by the method of fine-tuning."""

_WITH_REFERENCES: Final = frozenset({"reinforcement"})
"""The methods whose examples have fields of their own, which graders read."""

_FIELDS: Final = ("custom_id", "method", "url", "body")


@dataclass(frozen=True, slots=True)
class ExampleJudge:
    """Judges examples for one method of fine-tuning."""

    method: str
    index: Index

    def problems(self, value: Mapping[str, Any], size: int) -> Found:
        """Yield what is wrong with an example."""
        schema = self.index.components[EXAMPLES[self.method]].schema
        judged = dict(value)
        if self.method in _WITH_REFERENCES and isinstance(schema, Object):
            judged = {name: one for name, one in value.items() if schema.field(name) is not None}
        found = Validator(self.index.components, strict=True).violations(judged, schema)
        yield from (_split(str(one)) for one in found)
        if self.method == "supervised" and not found and not any(map(_is_learned, value["messages"])):
            yield (
                "messages",
                'expected a message with the role "assistant" (and no weight of 0) to learn from',
            )


class RequestJudge:
    """Judges the requests of one batch, also against each other."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._ids = IdTable()
        self._url = ""
        self._model: object = None
        self._lines = self._size = self._inputs = 0

    def problems(self, value: Mapping[str, Any], size: int) -> Found:
        """Yield what is wrong with a request; ``size`` is that of its line in bytes."""
        for name in value.keys() - set(_FIELDS):
            yield name, f"unknown key{spelling.hint(name, _FIELDS)}"
        for name in _FIELDS:
            if name not in value:
                yield name, "missing"
        if "custom_id" in value:
            yield from self._id(value["custom_id"])
        if value.get("method", "POST") != "POST":
            yield "method", f'expected "POST", got {_shown(value["method"])}'
        body = value.get("body", {})
        if not isinstance(body, dict):
            yield "body", f"expected an object, got {_shown(body)}"
        elif "url" in value:
            yield from self._body(value["url"], body)
        yield from self._limits(size)

    def _id(self, line_id: object) -> Found:
        if not isinstance(line_id, str) or not 0 < len(line_id) <= LONGEST_ID:
            yield "custom_id", f"expected a text of 1 to {LONGEST_ID} characters, got {_shown(line_id)}"
        elif self._ids.add(line_id, 1):
            yield "custom_id", f"{_shown(line_id)} is used twice"

    def _body(self, url: object, body: dict[str, Any]) -> Found:
        schema = self._bodies.get(url) if isinstance(url, str) else None
        if schema is None:
            hint = spelling.hint(url, self._bodies) if isinstance(url, str) else ""
            yield "url", f"batches do not support {_shown(url)}{hint}"
            return
        self._url = self._url or str(url)
        if url != self._url:
            yield "url", f"expected {_shown(self._url)}, as in the lines before, got {_shown(url)}"
        for one in self._validator.violations(body, schema.schema):
            place, text = _split(str(one))
            yield f"body.{place}" if place else "body", text
        if body.get("stream"):
            yield "body.stream", "the requests of a batch cannot stream"
        self._model = self._model or body.get("model")
        if body.get("model") != self._model:
            yield (
                "body.model",
                f"expected {_shown(self._model)}, as in the lines before, got {_shown(body.get('model'))}",
            )
        self._inputs += inputs_in(str(url), body)

    def _limits(self, size: int) -> Found:
        """Yield the limits of a file that this line is the first one to exceed."""
        before = (self._lines, self._size)
        self._lines, self._size = self._lines + 1, self._size + size
        if before[0] == LIMITS.requests:
            yield "", f"a file can have {LIMITS.requests} requests"
        if before[1] <= LIMITS.size < self._size:
            yield "", f"a file can have {LIMITS.size} bytes"
        if self._inputs > LIMITS.inputs:
            yield "body.input", f"the requests of a file can have {LIMITS.inputs} inputs"

    @cached_property
    def _validator(self) -> Validator:
        return Validator(self._index.components, strict=True)

    @cached_property
    def _bodies(self) -> dict[str, Body]:
        """The bodies of the operations that batches support, by URL."""
        argument = self._index.operation("batches", "create_batch").argument("endpoint")
        listed = getattr(argument.schema, "values", ()) if argument else ()
        base = urlsplit(self._index.base_url).path.rstrip("/")
        found: dict[str, Body] = {}
        for operation in self._index.operations():
            url = base + operation.path
            body = next((one for one in operation.bodies if is_json(one.media_type)), None)
            if operation.method == "POST" and body is not None and url in listed:
                found.setdefault(url, body)
        return found


def judge_of(kind: str, index: Index) -> Callable[[Mapping[str, Any], int], Found]:
    """Return the judge of the lines of one file."""
    return RequestJudge(index).problems if kind == "batch" else ExampleJudge(kind, index).problems


def likely_kind(value: Mapping[str, Any]) -> str:
    """Return the kind of file that a line most likely belongs to."""
    if value.keys() & {"custom_id", "url", "body"}:
        return "batch"
    if value.keys() & {"preferred_output", "non_preferred_output", "input"}:
        return "dpo"
    messages = value.get("messages")
    roles = (
        [one.get("role") for one in messages if isinstance(one, dict)] if isinstance(messages, list) else []
    )
    known = {"messages", "tools", "functions", "parallel_tool_calls"}
    is_reinforcement = bool(value.keys() - known) and roles[-1:] != ["assistant"]
    return "reinforcement" if is_reinforcement else "supervised"


def _is_learned(message: Mapping[str, Any]) -> bool:
    return message["role"] == "assistant" and message.get("weight") != 0


def _split(text: str) -> tuple[str, str]:
    """Return the place and the text of a violation."""
    place, colon, rest = text.partition(": ")
    return (place, rest) if colon and " " not in place else ("", text)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
