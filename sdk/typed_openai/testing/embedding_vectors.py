"""Vectors of texts: of length 1, always the same for a text, different for different ones."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from math import sqrt
from random import Random
from typing import Any


def put_vectors(reply: Mapping[str, Any], rule: Mapping[str, Any], arguments: Mapping[str, Any]) -> None:
    """Replace the vectors in a reply; a text in their place becomes base64 of little-endian floats."""
    sources = arguments.get(rule["argument"])
    is_batch = isinstance(sources, list) and any(isinstance(one, (str, list)) for one in sources)
    inputs: list[object] = list(sources) if isinstance(sources, list) and is_batch else [sources]
    model = str(arguments.get("model", ""))
    asked = arguments.get(rule["dimensions"])
    size = asked if isinstance(asked, int) and asked > 0 else rule["models"].get(model, rule["default"])
    for item, source in zip(reply[rule["at"]], inputs, strict=False):
        vector = vector_of(source, size, model)
        key = rule["key"]
        item[key] = vector if isinstance(item[key], list) else _packed(vector)


def vector_of(source: object, size: int, model: str = "") -> list[float]:
    """Return the vector of a text or of tokens."""
    text = json.dumps([source, model], sort_keys=True, default=str)
    chance = Random(sha256(text.encode()).digest())  # noqa: S311  made up, not secret
    numbers = [chance.gauss(0, 1) for _ in range(size)]
    length = sqrt(sum(one * one for one in numbers)) or 1.0
    return [round(one / length, 8) for one in numbers]


def _packed(vector: list[float]) -> str:
    return b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
