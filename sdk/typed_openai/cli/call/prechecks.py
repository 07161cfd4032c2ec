"""Check a call against the description before it is sent, and report all problems at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from typed_openai._calls.endpoints import Endpoint
from typed_openai._encoding.uploads import is_file
from typed_openai.testing.multipart import UploadedFile
from typed_openai_spec.validation.validator import Validator
from typed_openai_spec.validation.wording import Violation

_A_FILE: Final = UploadedFile("", b"")


def problems(endpoint: Endpoint, values: Mapping[str, object], validator: Validator) -> list[str]:
    """Return the problems of the arguments' values with their places; empty if there are none."""
    shown = {name: _as_sent(value) for name, value in values.items()}
    wrong = [
        one
        for name, value in shown.items()
        for one in validator.violations(value, endpoint.arguments[name].schema, (name,))
    ]
    return [str(one) + _hint(one) for one in wrong] or _whole(endpoint, shown, validator)


def _whole(endpoint: Endpoint, values: Mapping[str, object], validator: Validator) -> list[str]:
    """Return the problems of the body as a whole, for each kind of body that can carry the fields."""
    fields = {name: one for name, one in values.items() if endpoint.arguments[name].location == "body"}
    body = {endpoint.wire(name): one for name, one in fields.items()}
    found = [
        validator.violations(body, one.schema)
        for one, names, _ in endpoint.body_fields
        if not one.raw and names >= fields.keys()
    ]
    raw = any(one.raw for one, names, _ in endpoint.body_fields if names >= fields.keys())
    if raw or not fields or not all(found):
        return []
    ways = dict.fromkeys("; ".join(map(str, one)) for one in found)
    return [" or ".join(ways)] if ways else []


def _as_sent(value: object) -> object:
    """Replace files by a placeholder that the validator accepts."""
    if is_file(value):
        return _A_FILE
    if isinstance(value, list):
        return [_as_sent(one) for one in value]
    return value


def _hint(wrong: Violation) -> str:
    expects_file = "file" in wrong.text.partition(", got")[0].split()
    return "; a file is given as @path" if wrong.code == "invalid_type" and expects_file else ""
