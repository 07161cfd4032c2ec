"""The modules and stubs of a package for any API; everything independent of the API is in ``typed_openai``.

The modules have a few lines each: :mod:`typed_openai.generated` and :mod:`typed_openai.generated_modules`
create their content from the package's compiled index. The stubs contain all of it.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

from typed_openai_spec.index.generated_packages import variable_prefix
from typed_openai_spec.model import Api
from typed_openai_spec.option_tables import CLIENT_SETTINGS
from typed_openai_stubgen import accumulation_stub
from typed_openai_stubgen import component_stubs as components
from typed_openai_stubgen import resources_stub as resources
from typed_openai_stubgen.client_kinds import ASYNC
from typed_openai_stubgen.handwritten_stub import handwritten_stub
from typed_openai_stubgen.option_types import OF_OTHER_APIS, option_types
from typed_openai_stubgen.safe_text import docstring, header, one_line
from typed_openai_stubgen.scope import Scope
from typed_openai_stubgen.stub_package import (
    PACKAGE,
    checked,
    client_sources,
    described_stubs,
    group_attributes,
    public_names,
)

# The package's own modules, with the public names of the client that they define.
_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "client": ("Client",),
    "default_client": ("as_curl", "call", "request"),
}

# The modules with lazy attributes, and their docstrings.
_MODULES: Final[Mapping[str, str]] = {
    "params": "The arguments of each operation as TypedDicts, for ``**params``.",
    "resources": "One class per group of operations, with a method per operation.",
    "types": "Every component of the API as a type.",
}

_PACKAGE: Final = "package"
"""The function that creates the attributes of the package itself."""

_CLIENT_DOC: Final = """\
A client of {title}. Safe to share between threads and to use after ``os.fork()``.

Settings that are not given are taken from the environment when a call needs them: ``api_key`` from
``{prefix}_API_KEY``, ``admin_api_key`` from ``{prefix}_ADMIN_KEY`` and ``base_url`` from
``{prefix}_BASE_URL``, or else from the description{url}. See ``typed_openai.Client`` for the other arguments
and the errors."""


def generate_package(api: Api, package: str, sources: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the modules and stubs of ``package``: each file's text by path inside the package, sorted.

    ``sources`` are as for :func:`~typed_openai_stubgen.generate`. The same input gives the same bytes.
    Raises :class:`StubError` if a module is missing or a text is not valid Python.
    """
    found = client_sources() if sources is None else sources
    homes, _ = public_names(found)
    files = described_stubs(api, package)
    files |= {f"{name}.py": _module(api, name, [doc], _MADE_WHEN_ASKED) for name, doc in _MODULES.items()}
    files["client.py"] = _client_module(api, package)
    files["client.pyi"] = _client_stub(api, package, found)
    files["default_client.py"] = _default_client_module(api, package)
    files["default_client.pyi"] = _default_client_stub(api, found)
    files["__init__.py"] = _package_module(api, package)
    files["__init__.pyi"] = _package_stub(api, package, homes)
    files |= _async_modules(api, package)
    if api.accumulations:
        files |= _accumulation_modules(api, package, found)
    files[f"{_ASYNC_FOLDER}/async_client.pyi"] = _async_client_stub(api, package, found)
    files["py.typed"] = ""
    return checked(files)


_MADE_WHEN_ASKED: Final = "__getattr__, __dir__ = _attributes(globals())"


def _module(api: Api, maker: str, doc: list[str], *body: str) -> str:
    """Return a module that imports the client's function ``maker`` as ``_attributes`` for its ``body``."""
    home = f"{PACKAGE}.generated" if maker == _PACKAGE else f"{PACKAGE}.generated_modules"
    imported = f"from {home} import {maker} as _attributes  # type: ignore  # see the stub"
    return "\n".join([header(api), *docstring(doc, ""), "", imported, "", *body]) + "\n"


def _client_doc(api: Api, package: str) -> list[str]:
    url = one_line(api.base_url)
    shown = _CLIENT_DOC.format(
        title=one_line(api.title) or "the API",
        prefix=variable_prefix(package),
        url=f" ({url})" if url else ", which names none",
    )
    return shown.splitlines()


def _client_module(api: Api, package: str) -> str:
    body = ['__all__ = ["Client"]', "", "Client = _attributes(globals())"]
    return _module(api, "client", _client_doc(api, package), *body)


def _client_stub(api: Api, package: str, sources: Mapping[str, str]) -> str:
    place = f"{PACKAGE}.client"
    source = _redocumented(sources[place], "\n".join(_client_doc(api, package)), "Client", _MODULE_DOC)
    stub = handwritten_stub(
        source, place, group_attributes(api, package), _OWN["client"], option_types(*OF_OTHER_APIS[place])
    )
    return f"{header(api)}\n{stub.text}"


@lru_cache(maxsize=16)
def _redocumented(source: str, doc: str, name: str, module_doc: str) -> str:
    """Return a client's module with other docstrings, and without the argument for the description."""
    tree = _without_examples(source)
    tree.body[0] = ast.Expr(ast.Constant(module_doc))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            # Indented like a docstring in a class.
            node.body[0] = ast.Expr(ast.Constant(re.sub(r"\n(?!\n)", "\n    ", doc) + "\n    "))
            for member in ast.walk(node):
                if isinstance(member, ast.FunctionDef):
                    _drop(member.args, _SETTLED)
    return ast.unparse(ast.fix_missing_locations(tree))


def _without_examples(source: str) -> ast.Module:
    """Return a module's tree whose docstrings have no examples: those call operations of OpenAI's API."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant(value=str(text)) as doc) if _EXAMPLE.search(text):
                rest = _EXAMPLE.sub("", text)
                doc.value = rest if "\n" in rest.strip() else rest.strip()
            case _:
                pass
    return tree


_EXAMPLE: Final = re.compile(r"\n\n *>>> .+(?:\n *\S.*)*")
"""A paragraph that begins with a prompt."""

_SETTLED: Final = frozenset(one.name for one in CLIENT_SETTINGS if one.fixed)
_MODULE_DOC: Final = "The client: every operation as ``client.<group>.<operation>(...)``."


def _drop(arguments: ast.arguments, names: Collection[str]) -> None:
    """Remove keyword-only arguments from a signature."""
    pairs = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    kept = [(one, default) for one, default in pairs if one.arg not in names]
    arguments.kwonlyargs = [one for one, _ in kept]
    arguments.kw_defaults = [default for _, default in kept]


_ASYNC_FOLDER: Final = "aio"
_ASYNC_CLIENT: Final = "typed_openai.aio.async_client"
_ASYNC_DOC: Final = """\
An async client of {title}. It belongs to no event loop, and is safe to use after ``os.fork()``.

Settings and environment variables are those of ``Client``. See ``typed_openai.aio.AsyncClient`` for
``max_concurrency`` and ``max_streams``, for cancelling, and for the errors."""
_ASYNC_MODULE_DOC: Final = "The async client: every operation as ``await client.<group>.<operation>(...)``."
_ASYNC_SHARED: Final = (
    *("AsyncBinaryReply", "AsyncFileInput", "AsyncStream", "AsyncStreamHandle", "AsyncStreamingClient"),
    "ask",
    "paginate",
)
"""The names of ``typed_openai.aio`` that every package's own has, too."""


def _async_doc(api: Api) -> list[str]:
    return _ASYNC_DOC.format(title=one_line(api.title) or "the API").splitlines()


def _async_modules(api: Api, package: str) -> dict[str, str]:
    """Return the modules of the package's async client."""
    shared = ", ".join(f"{one} as {one}" for one in _ASYNC_SHARED)
    imports = [
        f"from {PACKAGE}.aio import {shared}",
        f"from {package}.{_ASYNC_FOLDER}.async_client import AsyncClient as AsyncClient",
    ]
    modules = {
        "__init__": "\n".join([header(api), *docstring([_ASYNC_MODULE_DOC], ""), "", *imports]) + "\n",
        "async_client": _module(
            api,
            "async_client",
            _async_doc(api),
            '__all__ = ["AsyncClient"]',
            "",
            "AsyncClient = _attributes(globals())",
        ),
        "async_resources": _module(
            api, "async_resources", ["One class per group of operations."], _MADE_WHEN_ASKED
        ),
    }
    return {f"{_ASYNC_FOLDER}/{name}.py": text for name, text in modules.items()}


def _async_client_stub(api: Api, package: str, sources: Mapping[str, str]) -> str:
    doc = "\n".join(_async_doc(api))
    source = _redocumented(sources[_ASYNC_CLIENT], doc, "AsyncClient", _ASYNC_MODULE_DOC)
    groups = group_attributes(api, package, ASYNC)
    made = option_types(*OF_OTHER_APIS[_ASYNC_CLIENT], place=_ASYNC_CLIENT)
    stub = handwritten_stub(source, _ASYNC_CLIENT, groups, ("AsyncClient",), made)
    return f"{header(api)}\n{stub.text}"


_ACCUMULATION: Final = "_accumulation"
_ACCUMULATION_DOC: Final = "Streams that end in a value, with the types of this API."


_TYPED_BY_EVENTS: Final = ("accumulate", "accumulator")


def _accumulation_modules(api: Api, package: str, sources: Mapping[str, str]) -> dict[str, str]:
    """Return the module of the functions whose types follow the API's own events."""
    place = accumulation_stub.MODULE
    source = ast.unparse(_without_examples(sources[place]))
    made = accumulation_stub.accumulation_types(api, package, source)
    stub = handwritten_stub(source, place, own=_TYPED_BY_EVENTS, made=made)
    imported = f"from {place} import {', '.join(f'{one} as {one}' for one in _TYPED_BY_EVENTS)}"
    module = "\n".join([header(api), *docstring([_ACCUMULATION_DOC], ""), "", imported]) + "\n"
    return {f"{_ACCUMULATION}.py": module, f"{_ACCUMULATION}.pyi": f"{header(api)}\n{stub.text}"}


def _default_client_module(api: Api, package: str) -> str:
    imported = f"from {package}.client import Client as Client"
    return _module(api, "default_client", [_DEFAULT_DOC], imported, "", _MADE_WHEN_ASKED)


_DEFAULT_DOC: Final = "The client behind the package's own groups, configured by the environment."


def _default_client_stub(api: Api, sources: Mapping[str, str]) -> str:
    place = f"{PACKAGE}.default_client"
    stub = handwritten_stub(ast.unparse(_without_examples(sources[place])), place)
    return f"{header(api)}\n{stub.text}"


def _package_doc(api: Api, package: str) -> list[str]:
    title = one_line(f"{api.title} {api.version}") or package
    return [
        f"A strictly typed client of {title}.",
        "",
        "``Client`` has every operation as ``client.<group>.<operation>(...)``; the package itself has the",
        "same groups, of a client that the environment configures. ``types`` has every component of the API,",
        "``params`` the arguments of each operation. All else is typed_openai's.",
    ]


def _package_module(api: Api, package: str) -> str:
    return _module(api, _PACKAGE, _package_doc(api, package), _MADE_WHEN_ASKED)


def _package_stub(api: Api, package: str, homes: Mapping[str, tuple[str, ...]]) -> str:
    own = {*_OWN, *_MODULES, *(one for names in homes.values() for one in names)}
    scope = Scope(package, taken={*api.groups, *own})
    imports = [f"from {package} import client as client, resources as _resources"]
    for module, names in sorted(homes.items()):
        home = package if module in _OWN else PACKAGE
        own_names = _TYPED_BY_EVENTS if api.accumulations else ()
        for place, listed in (
            (f"{home}.{module}", [one for one in names if one not in own_names]),
            (f"{package}.{_ACCUMULATION}", [one for one in names if one in own_names]),
        ):
            if listed:
                imports.append(f"from {place} import {', '.join(f'{one} as {one}' for one in listed)}")
    public = json.dumps([name for names in homes.values() for name in names])
    body = [f"__all__ = {public}", *resources.default_groups(api), components.dir_stub(scope), ""]
    doc = docstring(_package_doc(api, package), "")
    return "\n".join([header(api), *doc, *scope.imports(), *imports, "", *body])
