"""JSON texts of a model, read strictly."""

from __future__ import annotations

import json
from typing import Any

from typed_openai._shapes.unfit_values import Unfit


def loaded(text: str) -> Any:
    """Return the value of a JSON text. Raises :class:`Unfit` for anything else, such as NaN."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Unfit(f"expected JSON, got {text!r:.60}" if text else "expected JSON, got nothing") from None


def _refuse(name: str) -> Any:
    raise ValueError(name)
