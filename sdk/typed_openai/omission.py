"""``OMIT``: the value of an optional argument that is not sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, Literal, TypeVar

__all__ = ["OMIT", "Omit"]

_Value = TypeVar("_Value")


class Omit(Enum):
    """The type of :data:`OMIT`, for the arguments of wrappers.

    A wrapper passes on what it received, and leaves the rest to the server's defaults. ``if user is OMIT``
    narrows the type in every checker.

    >>> def first_model(base_url: str | Omit = OMIT) -> types.Model:
    ...     return Client().models.list_models(base_url=base_url)["data"][0]
    >>> first_model()["object"]
    'model'
    """

    OMIT = "OMIT"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "OMIT"


OMIT: Final = Omit.OMIT
"""The default of every optional argument: nothing is sent for it. It is false.

Every optional argument of an operation accepts it, also in ``**params``, ``call`` and ``request``. None is
another value: it is sent as null. Inside the value of an argument ``OMIT`` raises ``CallError``: leave the
key out there.
"""


def without_omitted(values: Mapping[str, _Value]) -> Mapping[str, _Value]:
    """Return a mapping without the names whose value is :data:`OMIT`; itself if there are none."""
    if all(one is not OMIT for one in values.values()):
        return values
    return {name: one for name, one in values.items() if one is not OMIT}
