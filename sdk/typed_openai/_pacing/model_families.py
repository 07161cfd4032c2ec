"""The families of models that share a rate limit."""

from __future__ import annotations

import re
from typing import Final

_DATED: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{4}|latest)$")
"""The end of a snapshot's name: ``-2024-08-06``, ``-0613``, ``-latest``."""


def family_of(model: str) -> str:
    """Return the family of a model: its name without the date of a snapshot, and without a fine-tuning.

    ``ft:gpt-4o-mini-2024-07-18:acme::7p4lURel`` is of the family ``gpt-4o-mini``.
    """
    if model.startswith("ft:"):
        model = model.split(":")[1] or model
    return _DATED.sub("", model)
