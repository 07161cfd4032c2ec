"""The modes of a cassette: recording, replaying, or both."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args

from typed_openai.testing.cassettes.cassette_errors import CassetteError, at
from typed_openai_spec.spelling import hint

CassetteMode: TypeAlias = Literal["once", "replay", "record", "extend"]
"""``once`` replays a cassette that exists, and records one that does not. ``replay`` never records.
``record`` sends all requests and replaces the cassette. ``extend`` replays what is recorded, and records the
rest.

>>> mode: CassetteMode = "extend"
>>> with cassette("models.jsonl", mode=mode):
...     models = Client().models.list_models()
"""

MODES: Final[tuple[str, ...]] = get_args(CassetteMode)

VARIABLE: Final = "TYPED_OPENAI_CASSETTES"
"""The environment variable with the mode of all cassettes for which the code gives none."""

_DEFAULT: Final = "once"


def chosen_mode(given: str | None, path: Path) -> str:
    """Return the mode that the code or the environment gives. Raises :class:`CassetteError` for others."""
    mode = given or os.environ.get(VARIABLE) or _DEFAULT
    if mode not in MODES:
        place = "mode" if given else VARIABLE
        expected = ", ".join(MODES[:-1]) + f" or {MODES[-1]}"
        raise CassetteError(f'{place}: expected {expected}, got "{mode}"{hint(mode, MODES)}')
    if mode == "replay" and not path.exists():
        raise at(
            path, 0, f'no such cassette; record it with mode="once", or {VARIABLE}=once in the environment'
        )
    return mode
