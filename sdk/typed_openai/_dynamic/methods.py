"""Create the classes of :mod:`typed_openai.resources`, and those of generated packages, from an index.

Their methods are real functions, with names, signatures and documentation for ``dir``, ``help``,
``inspect.signature`` and completion.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, MutableMapping
from functools import cache
from typing import Any, Final, NamedTuple, Protocol
from weakref import WeakKeyDictionary

from typed_openai._calls.endpoints import Endpoint, Endpoints
from typed_openai._dynamic import missing_names
from typed_openai._dynamic.signatures import LazyText, docstring_of, signature_of
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import class_name


class Caller(Protocol):
    """The interface that a resource needs for its calls: a client."""

    def _call(self, endpoint: Endpoint, args: tuple[object, ...], kwargs: dict[str, Any]) -> Any: ...


class Resource:
    """A group of operations of one client."""

    _group = ""
    _index: Index | None = None
    """The API that the group belongs to."""

    def __init__(self, client: Caller) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        # Only called if the attribute does not exist: every operation is a method of the class.
        error = f"{type(self).__name__!r} object has no attribute {name!r}"
        if name.startswith("_") or (index := self._index) is None:
            raise AttributeError(error)
        end = missing_names.hint(name, index.groups[self._group], index, group=self._group)
        raise AttributeError(error + end)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._client!r}>"


class AsyncResource(Resource):
    """A group of operations of one async client."""


def copied_attributes(client: object) -> dict[str, Any]:
    """Return a client's attributes for a copy: its groups belong to the client they were created for."""
    return {name: one for name, one in vars(client).items() if not isinstance(one, Resource)}


class Kind(NamedTuple):
    """A kind of classes of groups; ``function`` returns the function that calls an endpoint.

    ``module`` is their module, in the package of the endpoints.
    """

    base: type[Resource]
    function: Callable[[Endpoint], Callable[..., Any]]
    module: str
    prefix: str = ""


_classes: WeakKeyDictionary[Endpoints, dict[str, type[Resource]]] = WeakKeyDictionary()


def resource_class(endpoints: Endpoints, group: str, kind: Kind | None = None) -> type[Resource]:
    """Return the class of a group; always the same one."""
    kind = kind or SYNC
    made = _classes.setdefault(endpoints, {})
    name = kind.prefix + group
    # Two threads may both create one; the first one is kept.
    return made.get(name) or made.setdefault(name, _made(endpoints, group, kind))


def _made(endpoints: Endpoints, group: str, kind: Kind) -> type[Resource]:
    name = kind.prefix + class_name(group)
    members: dict[str, Any] = {
        "__module__": f"{endpoints.package}.{kind.module}",
        "__qualname__": name,
        "__doc__": f"The operations of the group ``{group}``.",
        "_group": group,
        "_index": endpoints.index,
    }
    for operation in endpoints.index.groups[group]:
        endpoint = endpoints.get(group, operation)
        members[operation] = _method(endpoints, endpoint, name, kind)
        for alias in endpoint.operation.aliases:
            members[alias] = _method(endpoints, endpoints.get(group, alias), name, kind)
    return type(name, (kind.base,), members)


def _function(endpoint: Endpoint) -> Callable[..., Any]:
    deprecation = endpoint.operation.deprecation

    def method(self: Resource, /, *args: Any, **kwargs: Any) -> Any:
        if deprecation:
            # As in PEP 702: reported at the call site, by default once for each place.
            warnings.warn(deprecation, DeprecationWarning, stacklevel=2)
        return self._client._call(endpoint, args, kwargs)

    return method


def _coroutine_function(endpoint: Endpoint) -> Callable[..., Any]:
    deprecation = endpoint.operation.deprecation

    async def method(self: Resource, /, *args: Any, **kwargs: Any) -> Any:
        if deprecation:
            # As above, where the call is awaited.
            warnings.warn(deprecation, DeprecationWarning, stacklevel=2)
        return await self._client._call(endpoint, args, kwargs)

    return method


SYNC: Final = Kind(Resource, _function, "resources")
ASYNC: Final = Kind(AsyncResource, _coroutine_function, "aio.async_resources", prefix="Async")


def _method(endpoints: Endpoints, endpoint: Endpoint, owner: str, kind: Kind) -> Callable[..., Any]:
    operation = endpoint.operation
    deprecation = operation.deprecation
    method: Any = kind.function(endpoint)
    method.__module__ = f"{endpoints.package}.{kind.module}"
    method.__name__ = operation.name
    method.__qualname__ = f"{owner}.{operation.name}"
    common = endpoint.options.common
    method.__doc__ = LazyText(cache(lambda: docstring_of(endpoints.index.documented(operation), common)))
    method.__signature__ = signature_of(operation, common)  # inspect reads it
    setattr(method, ENDPOINT, endpoint)
    if deprecation:
        method.__deprecated__ = deprecation  # PEP 702
    made: Callable[..., Any] = method
    return made


def resource_attributes(
    namespace: MutableMapping[str, Any], endpoints: Callable[[], Endpoints], kind: Kind = SYNC
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the ``__getattr__`` and ``__dir__`` of a module with the classes of all groups."""
    module: str = namespace["__name__"]
    base = kind.base.__name__
    namespace[base] = kind.base

    @cache
    def groups() -> dict[str, str]:
        return {kind.prefix + class_name(group): group for group in endpoints().index.groups}

    def attribute(name: str) -> Any:
        if name.startswith("_") or name not in groups():
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return namespace.setdefault(name, resource_class(endpoints(), groups()[name], kind))

    def listed() -> list[str]:
        return sorted({*(one for one in namespace if one.startswith("__")), base, *groups()})

    return attribute, listed


ENDPOINT = "_endpoint"
"""The attribute of each method that holds the endpoint it calls."""


def call_of(method: Any) -> Callable[..., Any]:
    """Return the call that a method of a client's group makes, without the method's deprecation warning."""
    resource: Resource = method.__self__
    endpoint: Endpoint = getattr(method, ENDPOINT)
    return lambda *args, **kwargs: resource._client._call(endpoint, args, kwargs)
