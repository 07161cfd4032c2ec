"""The groups of operations as attributes of a client's class, for ``hasattr``, ``dir`` and mocks."""

from __future__ import annotations

from types import MethodType
from typing import Any

from typed_openai._calls.endpoints import Endpoints, packaged
from typed_openai._dynamic.methods import SYNC, Kind, resource_class


class Group:
    """A group of operations: its class on a client's class, the group itself on a client.

    >>> from typed_openai import Client
    >>> hasattr(Client, "chat"), Client.chat.__name__
    (True, 'Chat')
    """

    def __init__(self, name: str, kind: Kind = SYNC) -> None:
        self._name = name
        self._kind = kind

    def __get__(self, client: Any, owner: Any) -> Any:
        if client is not None:
            return client.__getattr__(self._name)  # stored on the client, where later uses find it
        endpoints: Endpoints = owner._bound or packaged()
        if self._name not in endpoints.index.groups:
            raise AttributeError(f"type object {owner.__name__!r} has no attribute {self._name!r}")
        return resource_class(endpoints, self._name, self._kind)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *packaged().index.groups.get(self._name, ())})

    def __getattr__(self, name: str) -> Any:
        # unittest.mock takes this object itself for the specification of ``patch.object(Client, "chat")``.
        if name.startswith("_") or name not in packaged().index.groups.get(self._name, ()):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return MethodType(getattr(resource_class(packaged(), self._name), name), self)


def declare_groups(owner: type, endpoints: Endpoints, kind: Kind = SYNC) -> None:
    """Give a client's class its groups, without creating them."""
    for name in endpoints.index.groups:
        setattr(owner, name, Group(name, kind))
