"""The whole stub package: every file's text, checked to be valid Python."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from typed_openai_spec.model import Api
from typed_openai_spec.problems import DescriptionError
from typed_openai_stubgen import accumulation_stub, layers, option_types, output_types
from typed_openai_stubgen import component_stubs as components
from typed_openai_stubgen import params_stub as params
from typed_openai_stubgen import resources_stub as resources
from typed_openai_stubgen.client_kinds import KINDS, SYNC, ClientKind
from typed_openai_stubgen.handwritten_stub import Attribute, HandwrittenStub, handwritten_stub
from typed_openai_stubgen.made_types import made_types
from typed_openai_stubgen.safe_text import docstring, header
from typed_openai_stubgen.scope import Scope

PACKAGE = resources.OWN_PACKAGE

# Public modules that the package's own stub does not import, as every user's checker would read them. They
# are imported by name where they are used.
_IMPORTED_ON_DEMAND = frozenset({"aio", "params", "telemetry", "testing", "types"})

_GENERATED = frozenset(
    f"{PACKAGE}.{one}" for one in (layers.PUBLIC, params.MODULE, *(kind.module for kind in KINDS))
)


class StubError(DescriptionError):
    """Raised for a stub that cannot be generated. The message has the file, the line and the problem."""


def generate(api: Api, sources: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the stub package of ``api``: each file's text by its path inside the package, sorted by path.

    ``sources`` are the texts of the client's handwritten modules by module name; by default those of the
    installed package. The same input gives the same bytes. Raises :class:`StubError` if a module is missing
    or a text is not valid Python, and ``Untyped`` if a public name has no type.
    """
    found = client_sources() if sources is None else sources
    homes, modules = public_names(found)
    handwritten = _handwritten(api, found, (*(f"{PACKAGE}.{one}" for one in (*homes, *modules)),))
    files = described_stubs(api, PACKAGE)
    files |= {_path(name, found): f"{header(api)}\n{stub.text}" for name, stub in handwritten.items()}
    files["__init__.pyi"] = _package(api, found[PACKAGE], homes, modules)
    # Without this marker pyright prefers an editable install's own modules, which have one.
    files["py.typed"] = ""
    return checked(files)


def described_stubs(api: Api, package: str) -> dict[str, str]:
    """Return the stubs that depend only on the description: each file's text by path inside ``package``."""
    modules = {
        **components.render(api, package),
        params.MODULE: params.render(api, package),
        **{kind.module: resources.render(api, package, kind) for kind in KINDS},
    }
    return {f"{module.replace('.', '/')}.pyi": text for module, text in modules.items()}


def group_attributes(api: Api, package: str, kind: ClientKind = SYNC) -> tuple[Attribute, ...]:
    """Return the groups that a client of ``package`` has as attributes."""
    inside, _, module = f"{package}.{kind.module}".rpartition(".")
    owner = kind.client.rpartition(".")[2]
    return tuple(
        Attribute(owner, group, inside, module, kind.class_of(group), doc)
        for group, doc in resources.group_docs(api).items()
    )


def checked(files: Mapping[str, str]) -> dict[str, str]:
    """Return the files sorted by path. Raises :class:`StubError` if a text is not valid Python."""
    for path, text in files.items():
        _check(path, text)
    return dict(sorted(files.items()))


def client_sources() -> dict[str, str]:
    """Return the text of the installed client's modules by module name. They are read, not imported.

    Raises :class:`StubError` if the package is missing.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise StubError(f"{PACKAGE}: no such package; expected the client whose modules have stubs")
    folder = Path(spec.submodule_search_locations[0])
    above = len(folder.parts)
    return {_module_name(one.parts[above:]): one.read_text("utf-8") for one in folder.rglob("*.py")}


def _module_name(parts: Sequence[str]) -> str:
    """Return the name of the module whose path inside the package has these parts."""
    inside = ".".join([PACKAGE, *parts]).removesuffix(".py")
    return inside.removesuffix(".__init__")


def _path(module: str, sources: Mapping[str, str]) -> str:
    inside = module.split(".")[1:]
    is_package = any(one.startswith(f"{module}.") for one in sources)
    return "/".join([*inside, "__init__"] if is_package else inside) + ".pyi"


def public_names(sources: Mapping[str, str]) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Return the public names by module, and the public modules, from the tables in the package's source."""
    tables: dict[str, Any] = {}
    for node in ast.parse(sources[PACKAGE]).body:
        match node:
            case (
                ast.AnnAssign(target=ast.Name(id="_HOMES" | "_MODULES" as table), value=ast.expr() as value)
                | ast.Assign(targets=[ast.Name(id="_HOMES" | "_MODULES" as table)], value=value)
            ):
                literal = value.args[0] if isinstance(value, ast.Call) else value
                tables[table] = ast.literal_eval(literal)
            case _:
                pass
    if len(tables) != 2:
        raise StubError(f"{PACKAGE}/__init__.py: expected the literal tables _HOMES and _MODULES")
    return tables["_HOMES"], tuple(sorted(tables["_MODULES"]))


def _handwritten(api: Api, sources: Mapping[str, str], roots: Iterable[str]) -> dict[str, HandwrittenStub]:
    """Return the stubs of the public handwritten modules, and of those that their signatures need."""
    groups = {f"{PACKAGE}.{kind.client.rpartition('.')[0]}": kind for kind in KINDS}
    stubs: dict[str, HandwrittenStub] = {}
    pending = list(roots)
    while pending:
        module = pending.pop()
        if module in stubs or module in _GENERATED:
            continue
        if module not in sources:
            raise StubError(f"{module}: no such module, although the table of public modules lists it")
        added = group_attributes(api, PACKAGE, groups[module]) if module in groups else ()
        made = _made(api, module, sources[module])
        stubs[module] = handwritten_stub(sources[module], module, added, made=made)
        pending += [one for one in stubs[module].modules if one in sources and one != PACKAGE]
    return stubs


def _made(api: Api, module: str, source: str) -> str:
    """Return Python text with the definitions of a module that are made from tables or the description."""
    if module == output_types.MODULE:
        return output_types.output_types(api, source, PACKAGE)
    if module == output_types.EVENTS:
        return output_types.event_types(api, source, PACKAGE)
    if module == accumulation_stub.MODULE:
        return accumulation_stub.accumulation_types(api, PACKAGE, source)
    if module == output_types.TOOLS:
        return output_types.tool_types(api, PACKAGE)
    options = option_types.option_types(*option_types.OF_MODULE.get(module, ()), place=module)
    return options + made_types(module, api, PACKAGE, source)


def _package(api: Api, source: str, homes: Mapping[str, tuple[str, ...]], modules: tuple[str, ...]) -> str:
    """Return the stub of the package itself: public names, public modules, the default client's groups."""
    doc = (ast.get_docstring(ast.parse(source)) or "").splitlines()
    own = {*modules, *(one for names in homes.values() for one in names)}
    scope = Scope(PACKAGE, taken={*api.groups, *own})
    shown = [f"{one} as {one}" for one in modules if one not in _IMPORTED_ON_DEMAND]
    # The groups' classes get a private name: a group may be called "resources".
    imports = [f"from {PACKAGE} import {', '.join([*shown, 'resources as _resources'])}"]
    for module, names in sorted(homes.items()):
        imports.append(f"from {PACKAGE}.{module} import {', '.join(f'{one} as {one}' for one in names)}")
    public = [name for names in homes.values() for name in names]
    header_lines = [f"__all__ = {json.dumps(public)}", f"__version__: {scope.use('builtins.str')}"]
    body = [*header_lines, *resources.default_groups(api), components.dir_stub(scope), ""]
    return "\n".join([header(api), *docstring(doc, ""), *scope.imports(), *imports, "", *body])


def _check(path: str, text: str) -> None:
    try:
        ast.parse(text, path)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 0
        found = text.splitlines()[line - 1].strip() if line else ""
        raise StubError(f"{path}:{line}: generated text is not Python: {error}: {found}") from error
