"""The runtime of the modules of a generated package; :mod:`.generated` is for the package itself.

Each module passes its ``globals()`` to the function of its name, and gets its ``__getattr__`` and
``__dir__``, or its class.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import FunctionType
from typing import TYPE_CHECKING, Any

from typed_openai._calls.endpoints import Endpoints
from typed_openai._dynamic.groups import declare_groups
from typed_openai._dynamic.lazy_modules import param_attributes, type_attributes
from typed_openai._dynamic.methods import ASYNC, resource_attributes
from typed_openai._dynamic.namespaces import Attributes, Namespace
from typed_openai._dynamic.signatures import show_settings
from typed_openai._settings.settings import Variables
from typed_openai.client import Client
from typed_openai.generated import FUNCTIONS, index_of
from typed_openai_spec.index.generated_packages import variable_prefix
from typed_openai_spec.index.reader import Index
from typed_openai_spec.option_tables import ASYNC_SETTINGS, CLIENT_SETTINGS, ClientSetting

if TYPE_CHECKING:
    from typed_openai.aio import AsyncClient


@cache
def _endpoints(package: str, index: Index) -> Endpoints:
    return Endpoints(index, package)


def _endpoints_of(module: Namespace) -> Endpoints:
    """Return the endpoints of the package that a module belongs to."""
    return _endpoints(module["__package__"], index_of(module))


def types(module: Namespace) -> Attributes:
    """Return the attributes of a package's ``types``: every component of its API as a type."""
    return type_attributes(module, lambda: index_of(module))


def params(module: Namespace) -> Attributes:
    """Return the attributes of a package's ``params``: the arguments of each operation as TypedDicts."""
    components = f"{module['__package__']}.types"
    return param_attributes(module, lambda: vars(import_module(components)), lambda: index_of(module))


def resources(module: Namespace) -> Attributes:
    """Return the attributes of a package's ``resources``: one class per group of operations."""
    return resource_attributes(module, lambda: _endpoints_of(module))


def client(module: Namespace) -> type[Client]:
    """Return a package's own ``Client``, with its API and its own environment variables."""
    endpoints = _endpoints_of(module)
    prefix = variable_prefix(module["__package__"])

    class Bound(Client):
        _variables = Variables(
            api_key=f"{prefix}_API_KEY",
            admin_api_key=f"{prefix}_ADMIN_KEY",
            organization=(),
            project=(),
            base_url=(f"{prefix}_BASE_URL",),
            headers=f"{prefix}_CUSTOM_HEADERS",
            schemes=prefix,
        )
        _bound = endpoints

    declare_groups(Bound, endpoints)
    Bound.__init__ = _constructor(Client, CLIENT_SETTINGS)  # type: ignore[method-assign]  # it has another signature
    Bound.__name__ = Bound.__qualname__ = "Client"
    Bound.__module__ = module["__name__"]
    Bound.__doc__ = module["__doc__"]
    return Bound


def async_client(module: Namespace) -> type[AsyncClient]:
    """Return the ``AsyncClient`` of a package's ``aio``, with the package's API and its ``Client``."""
    from typed_openai.aio import AsyncClient  # noqa: PLC0415  only async programs need it

    outer = _outer(module)
    endpoints = _endpoints_of(outer)

    class Bound(AsyncClient):
        _client_type = import_module(f"{outer['__package__']}.client").Client
        _bound = endpoints

    declare_groups(Bound, endpoints, ASYNC)
    Bound.__init__ = _constructor(AsyncClient, (*CLIENT_SETTINGS, *ASYNC_SETTINGS))  # type: ignore[method-assign]  # as above
    Bound.__name__ = Bound.__qualname__ = "AsyncClient"
    Bound.__module__ = module["__name__"]
    Bound.__doc__ = module["__doc__"]
    return Bound


def async_resources(module: Namespace) -> Attributes:
    """Return the attributes of ``async_resources`` in a package's ``aio``: one class per group."""
    return resource_attributes(module, lambda: _endpoints_of(_outer(module)), ASYNC)


def _outer(module: Namespace) -> Namespace:
    """Return the package and the place of the package that has the ``aio`` of a module."""
    folder = Path(module["__file__"]).parent
    return {"__package__": module["__package__"].rpartition(".")[0], "__file__": str(folder)}


def _constructor(owner: Any, table: tuple[ClientSetting, ...]) -> Any:
    """Return a client's constructor without ``spec``.

    It shares the code, so that no other frame holds a key.
    """
    init: Any = owner.__init__
    made = FunctionType(init.__code__, init.__globals__, init.__name__, init.__defaults__, init.__closure__)
    show_settings(made, fixed=False, table=table)
    return made


def default_client(module: Namespace) -> Attributes:
    """Return the attributes of a package's ``default_client``: functions of a client created on first use."""
    made: dict[str, Client] = {}
    module["__all__"] = [*FUNCTIONS]

    def current() -> Client:
        # No lock, which another thread could hold while the process forks: the first client is kept.
        return made.get("client") or made.setdefault("client", module["Client"]())

    def attribute(name: str) -> Any:
        if name == "default_client":
            return current
        if name not in FUNCTIONS:
            raise AttributeError(f"module {module['__name__']!r} has no attribute {name!r}")
        return getattr(current(), name)

    return attribute, lambda: [*FUNCTIONS]
