"""The full names by which mypy knows our package, and the names that people know instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from typed_openai_mypy.packages import canonical, package_of

TYPES: Final = "typed_openai.types"
COMPONENTS: Final = "typed_openai._components"
RECURSIVE: Final = "typed_openai._recursive"
PARAMS: Final = "typed_openai.params"
RESOURCES: Final = "typed_openai.resources"
CLIENT: Final = "typed_openai.client.Client"
DEFAULT_CLIENT: Final = "typed_openai.default_client"

DYNAMIC: Final = frozenset({"as_curl", "call", "request"})
"""The methods of a client, or of a subclass, that are told in text what to call."""

STREAMS: Final = frozenset({"typed_openai.streaming.Stream", "typed_openai.streaming.StreamHandle"})
"""What stands for a reply that comes event by event."""

RECEIVER: Final = "typed_openai.streaming.StreamingClient"
PAGINATE: Final = "typed_openai.pagination.paginate"

PARTIAL: Final = "functools.partial"
CARRIERS: Final = frozenset({"paginate", "submit", "to_thread"})
"""The names of functions that call their first argument with the others."""

CLONING: Final = frozenset({"attr.evolve", "attrs.evolve", "dataclasses.replace"})
"""Functions that copy an object with new values for some of its constructor's arguments."""

ANONYMOUS: Final = frozenset({"typing._TypedDict", "typing_extensions._TypedDict"})
"""What mypy calls a TypedDict without a name: the argument of ``update`` is one."""


def is_ours(fullname: str) -> bool:
    """Whether a module, class or function lives in a package whose use is explained."""
    return package_of(fullname) is not None


def call_label(fullname: str, groups: Mapping[str, str]) -> str:
    """What people call a function of ours.

    A resource's method is ``group.operation``, a class's constructor the class, another method
    ``Class.method``. ``groups`` gives the group of each resource class; a class that is not in it
    gets the group that its name spells.
    """
    *owner, name = canonical(fullname).split(".")
    if name in {"__init__", "__new__"}:
        return owner[-1]
    if ".".join(owner[:-1]) == RESOURCES:
        return f"{groups.get(owner[-1]) or snake_case(owner[-1])}.{name}"
    return f"{owner[-1]}.{name}" if owner and owner[-1][:1].isupper() else name


def snake_case(name: str) -> str:
    """The group that a resource class's name spells: ``FineTuning`` -> ``fine_tuning``."""
    return re.sub(r"(?<=.)(?=[A-Z])", "_", name).lower()
