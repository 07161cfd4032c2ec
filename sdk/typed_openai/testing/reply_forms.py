"""Choose among the combinations of keys that replies are known to have."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from random import Random
from typing import Final

from typed_openai.testing.habits import Form, Manner

EMPTY: Final[Mapping[str, object]] = {"null": None, "[]": [], "{}": {}, '""': ""}
"""The empty value of each mark."""


def chosen_form(
    manner: Manner, chance: Random | None, texts: Collection[str], unasked: Collection[str]
) -> Form | None:
    """Return the most frequent form, or with ``chance`` any, as often as it was seen; None if none is known.

    Forms without the fields in ``texts``, or with those in ``unasked``, are not chosen: the request asked
    neither for a call of a tool nor for an error.
    """
    fitting = [one for one in manner.forms if _is_success(one, texts, unasked)] or manner.forms[:1]
    if chance is None or not fitting:
        return fitting[0] if fitting else None
    return chance.choices(fitting, [one.number for one in fitting])[0]


def _is_success(form: Form, texts: Collection[str], unasked: Collection[str]) -> bool:
    return not any(
        (mark and key in texts) or (not mark and key in unasked) for key, mark in form.keys.items()
    )
