"""The full names of the client package in mypy, and the names that users know."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from typed_openai_mypy.packages import canonical, package_of

TYPES: Final = "typed_openai.types"
COMPONENTS: Final = "typed_openai._components"
RECURSIVE: Final = "typed_openai._recursive"
PARAMS: Final = "typed_openai.params"
TYPED_DICTS: Final = frozenset({COMPONENTS, PARAMS, RECURSIVE, TYPES})
"""The modules of the API's TypedDicts."""

RESOURCES: Final = "typed_openai.resources"
ASYNC_RESOURCES: Final = "typed_openai.aio.async_resources"
SYNCHRONOUS: Final = f"{RESOURCES}."
METHODS: Final = (SYNCHRONOUS, f"{ASYNC_RESOURCES}.")
"""The beginnings of the names of operations' methods."""

CLIENT: Final = "typed_openai.client.Client"
ASYNC_CLIENT: Final = "typed_openai.aio.async_client.AsyncClient"
DEFAULT_CLIENT: Final = "typed_openai.default_client"

DYNAMIC: Final = frozenset({"as_curl", "call", "request"})
"""The methods of a client that take an operation, or a method and path, as text."""

STREAMS: Final = frozenset(
    {
        "typed_openai.streaming.Stream",
        "typed_openai.streaming.StreamHandle",
        "typed_openai.aio.async_streaming.AsyncStream",
        "typed_openai.aio.async_streaming.AsyncStreamHandle",
    }
)
"""The types that represent a streamed reply."""

RECEIVERS: Final = (
    "typed_openai.streaming.StreamingClient",
    "typed_openai.aio.async_streaming.AsyncStreamingClient",
)
PAGES: Final = "typed_openai.pagination.paginate"
PAGINATE: Final = frozenset({PAGES, "typed_openai.aio.async_pagination.paginate"})

SCRIPTING: Final = frozenset(
    {"typed_openai.testing.server.Server", "typed_openai.testing.scripting.Scripting"}
)
"""The classes whose methods script replies of the embedded server."""

OMIT: Final = "typed_openai.omission.Omit"
"""The type of the value that leaves an optional argument out; each of them accepts it."""

DICT_GET: Final = "builtins.dict.get"

KEYED: Final = frozenset(
    {
        "typing.Mapping.get",
        *(
            f"{module}._TypedDict.{name}"
            for module in ("typing", "typing_extensions", "mypy_extensions")
            for name in ("__delitem__", "__ior__", "__or__", "__ror__", "pop", "setdefault", "update")
        ),
    }
)
"""The methods of TypedDicts whose keys mypy judges with hooks of its own."""

PARTIAL: Final = "functools.partial"
CARRIERS: Final = frozenset({"paginate", "submit", "to_thread"})
"""The names of functions that call their first argument with the others."""

ASKING: Final = frozenset({"typed_openai.outputs.ask", "typed_openai.aio.async_outputs.ask"})
KIT: Final = "typed_openai.tool_kits.Tools"
RUNNING: Final = f"{KIT}.run"
"""The functions and the method of the package that call a method of the client with its arguments."""

ADDING: Final = "typed_openai.batch_jobs.BatchJob.add"
"""The method that adds a call to a batch job."""

KIT_TOOLS: Final[Mapping[str, tuple[str, ...]]] = {"chat": ("function", "name"), "responses": ("name",)}
"""The properties of a kit that are its tools as data, and the keys of the name of each."""

TOOL: Final = frozenset(
    {"typed_openai.tool_functions.tool", "typed_openai.tool_functions._Decorator.__call__"}
)
"""The decorators that make a tool of a function."""

TYPED_OUTPUT: Final[Mapping[str, int]] = {
    "typed_openai.outputs.json_schema_of": 0,
    "typed_openai.outputs.text_format": 0,
    "typed_openai.outputs.response_format": 0,
    "typed_openai.outputs.parse": 1,
    **dict.fromkeys(ASKING, 0),
}
"""The functions that make a strict schema of a type, and the position of the argument that is the type."""

CLONING: Final = frozenset({"attr.evolve", "attrs.evolve", "dataclasses.replace"})
"""Functions that copy an object with new values for some of its constructor's arguments."""

ANONYMOUS: Final = frozenset({"typing._TypedDict", "typing_extensions._TypedDict"})
"""mypy's names for a TypedDict without a name, such as the argument of ``update``."""


def is_ours(fullname: str) -> bool:
    """Return whether a module, class or function belongs to a client package."""
    return package_of(fullname) is not None


def call_label(fullname: str, groups: Mapping[str, str]) -> str:
    """Return the name that users know for a function of the API.

    A resource's method is ``group.operation``, a class's constructor the class, another method
    ``Class.method``. ``groups`` maps each resource class to its group; the group of any other class is
    derived from the class name.
    """
    *owner, name = canonical(fullname).split(".")
    if name in {"__init__", "__new__"}:
        return owner[-1]
    if ".".join(owner[:-1]) in {RESOURCES, ASYNC_RESOURCES}:
        return f"{groups.get(owner[-1]) or snake_case(owner[-1])}.{name}"
    return f"{owner[-1]}.{name}" if owner and owner[-1][:1].isupper() else name


def snake_case(name: str) -> str:
    """The group that a resource class's name stands for: ``FineTuning`` -> ``fine_tuning``."""
    return re.sub(r"(?<=.)(?=[A-Z])", "_", name).lower()
