"""The client's public modules: their docstrings, and the declarations of their public names."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from inspect import cleandoc
from itertools import pairwise
from typing import TypeAlias, TypeVar

from typed_openai_stubgen.handwritten_stub import handwritten_stub
from typed_openai_stubgen.option_types import OF_MODULE, option_types
from typed_openai_stubgen.stub_package import PACKAGE, client_sources, public_names

_BESIDE = ("aio", "identity", "telemetry", "testing")
"""The public modules and packages whose names the main package does not export."""

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Member:
    """A public function or property of a class, or an attribute with its annotation."""

    name: str
    node: Function | ast.AnnAssign
    doc: str
    overloads: tuple[Function, ...] = ()
    """The further signatures of an overloaded function."""

    @property
    def is_property(self) -> bool:
        """True for a property."""
        decorators = self.node.decorator_list if isinstance(self.node, Function) else ()
        return any(isinstance(one, ast.Name) and one.id == "property" for one in decorators)


@dataclass(frozen=True, slots=True)
class Declaration:
    """A public class, function or alias, with its docstring."""

    name: str
    node: ast.ClassDef | Function | ast.AnnAssign
    doc: str
    overloads: tuple[Function, ...] = ()
    """The further signatures of an overloaded function."""

    def members(self) -> Iterator[Member]:
        """Yield the public members of a class in their order, without special methods."""
        yield from _without_overloads(self._all_members())

    def _all_members(self) -> Iterator[Member]:
        if not isinstance(self.node, ast.ClassDef):
            return
        texts = dict(_texts(self.node.body))
        for node in self.node.body:
            match node:
                case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if not name.startswith("_"):
                    yield Member(name, node, ast.get_docstring(node) or "")
                case ast.AnnAssign(target=ast.Name(id=name)) if not name.startswith("_"):
                    yield Member(name, node, texts.get(name, ""))
                case _:
                    pass


_Named = TypeVar("_Named", Member, Declaration)


def _without_overloads(found: Iterable[_Named]) -> Iterator[_Named]:
    """Yield one entry for each name: the first, with the signatures of the others."""
    named: dict[str, list[_Named]] = {}
    for one in found:
        named.setdefault(one.name, []).append(one)
    for first, *others in named.values():
        further = (one.node for one in others)
        yield replace(first, overloads=tuple(one for one in further if isinstance(one, Function)))


@dataclass(frozen=True, slots=True)
class ClientModule:
    """A public module: the last part of its name, its docstring and its public names."""

    name: str
    doc: str
    declarations: tuple[Declaration, ...]

    @property
    def title(self) -> str:
        """The module's name as words."""
        return self.name.replace("_", " ").capitalize()


@cache
def client_modules() -> tuple[ClientModule, ...]:
    """Return the modules of the names that the package exports, and those beside them."""
    sources = client_sources()
    homes, _ = public_names(sources)
    listed = {**homes, **dict.fromkeys(_BESIDE, ())}
    return tuple(_module(name, sources, exported) for name, exported in listed.items())


def _module(name: str, sources: Mapping[str, str], exported: Collection[str]) -> ClientModule:
    """Return a module. Names that the package exports come before others, such as types of arguments."""
    place = f"{PACKAGE}.{name}"
    declared = _without_overloads(_declarations(place, sources, None))
    found = sorted(declared, key=lambda one: one.name not in exported)
    return ClientModule(name, ast.get_docstring(ast.parse(sources[place])) or "", tuple(found))


def _declarations(
    place: str, sources: Mapping[str, str], names: Collection[str] | None
) -> Iterator[Declaration]:
    """Yield the declarations of ``names``, or those of ``__all__``, also from modules below ``place``."""
    made = option_types(*OF_MODULE.get(place, ()), place=place)
    tree = ast.parse(handwritten_stub(sources[place], place, made=made).text)
    wanted = _listed(tree) if names is None else names
    texts = dict(_texts(ast.parse(sources[place]).body))
    for node in tree.body:
        match node:
            case ast.ImportFrom(module=str(origin), names=imported) if origin.startswith(f"{place}."):
                yield from _declarations(origin, sources, {one.name for one in imported} & set(wanted))
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if (
                name in wanted
            ):
                yield Declaration(name, node, ast.get_docstring(node) or "")
            case ast.AnnAssign(target=ast.Name(id=name)) if name in wanted:
                yield Declaration(name, node, texts.get(name, ""))
            case _:
                pass


def _listed(tree: ast.Module) -> Collection[str]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                names: list[str] = ast.literal_eval(value)
                return names
            case _:
                pass
    return ()


def _texts(body: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Yield the names that have a text below their assignment, and the text."""
    for node, after in pairwise(body):
        match node, after:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, cleandoc(text)
            case _:
                pass
