"""The stub of a handwritten module: its public names with their inline types, without bodies.

Checkers that read these stubs never read the modules themselves, nor their imports. A private name is kept
only if a public signature needs it, an import only if something that is kept uses it. The modules are
parsed, never imported.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from typed_openai_stubgen.python_declarations import (
    Untyped,
    declaration,
    flat,
    is_public,
    names_used,
    without_implementation,
)
from typed_openai_stubgen.safe_text import docstring


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute that a class has only at run time, to be declared in its stub.

    Its type is the class ``type`` of the module ``package.module``. Editors show ``doc`` as its docstring.
    """

    owner: str
    name: str
    package: str
    module: str
    type: str
    doc: str = ""


@dataclass(frozen=True, slots=True)
class HandwrittenStub:
    """A stub's text, and the full names of the modules that it imports from."""

    text: str
    modules: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Import:
    """One imported name; ``name`` is empty if the module itself is imported."""

    module: str
    name: str = ""
    alias: str = ""


@dataclass(slots=True)
class _Source:
    """A parsed module: its definitions and imports by the name they bind, in order."""

    doc: tuple[str, ...] = ()
    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, _Import] = field(default_factory=dict)
    public: tuple[str, ...] | None = None


def handwritten_stub(
    source: str,
    place: str,
    added: Iterable[Attribute] = (),
    own: Collection[str] | None = None,
    made: str = "",
) -> HandwrittenStub:
    """Return the stub of the module whose text is ``source``; ``place`` is its full name.

    ``made`` is Python text with the definitions, and the imports that they need, of those names that the
    module makes at run time.

    With ``own``, the stub is for another module, which declares only these names and imports the others
    from ``place``. Raises :class:`Untyped` if the type of a public name is not clear.
    """
    return _stub(source, place, tuple(added), None if own is None else frozenset(own), made)


# Most modules are the same for every description: a program that makes several packages reads them once.
@lru_cache(maxsize=256)
def _stub(
    source: str, place: str, added: tuple[Attribute, ...], own: frozenset[str] | None, made: str
) -> HandwrittenStub:
    module = _read(_parsed(source, place))
    others = _read(_parsed(made))
    module.definitions |= {
        name: one
        for name, one in others.definitions.items()
        if name in module.definitions or name in module.imports or not is_public(name)
    }
    module.imports = {**others.imports, **module.imports}
    module.imports = {name: one for name, one in module.imports.items() if name not in module.definitions}
    if own is not None:
        _import_others(module, place, own)
    declared = _declarations(module, place)
    for name, nodes in declared.items():
        _add_members(nodes, [one for one in added if one.owner == name])
    added_names = {one.name for one in added}
    used = {name for nodes in declared.values() for node in nodes for name in names_used(node)} - added_names
    kept = {name for name in module.imports if name in used or _is_exported(name, module)}
    # The added types get a private name: public ones may be the description's.
    origins = {module.imports[name] for name in kept}
    origins |= {_Import(one.package, one.module, f"_{one.module}") for one in added}
    origins |= {_Import("builtins", alias=_BUILTINS)} if _BUILTINS in used else set()
    exported = [] if module.public is None else [f"__all__ = {list(module.public)!r}".replace("'", '"')]
    body = [_text(node) for nodes in declared.values() for node in nodes]
    parts = [*docstring(module.doc, ""), *_import_lines(origins, module.public or ()), *exported, "", *body]
    return HandwrittenStub("\n".join(parts) + "\n", frozenset(one.module for one in origins))


def _parsed(source: str, place: str = "<made>") -> ast.Module:
    """Return the tree of a module whose functions keep the ``type: ignore`` comments of their first lines."""
    tree = ast.parse(source, place, type_comments=True)
    ignored = {one.lineno: one.tag for one in tree.type_ignores}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno in ignored:
            node.type_comment = f"ignore{ignored[node.lineno]}"
    return tree


def _read(tree: ast.Module) -> _Source:
    module = _Source(doc=tuple((ast.get_docstring(tree) or "").splitlines()))
    for node in flat(tree.body):
        match node:
            case ast.ImportFrom(module="__future__"):
                pass
            case ast.Import(names=names):
                for one in names:
                    bound = one.asname or one.name.partition(".")[0]
                    module.imports[bound] = _Import(one.name, alias=one.asname or "")
            case ast.ImportFrom(module=str(origin), names=names, level=0):
                for one in names:
                    module.imports[one.asname or one.name] = _Import(origin, one.name, one.asname or "")
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                module.public = tuple(ast.literal_eval(value))
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
                | ast.AnnAssign(target=ast.Name(id=name))
                | ast.Assign(targets=[ast.Name(id=name)])
            ):
                module.definitions.setdefault(name, []).append(node)
            case _:
                pass
    return module


def _import_others(module: _Source, place: str, own: Collection[str]) -> None:
    """Import the public names that are not in ``own`` from ``place``."""
    for name in [one for one in module.definitions if is_public(one) and one not in own]:
        del module.definitions[name]
        module.imports[name] = _Import(place, name)
    module.public = tuple(sorted(own))


def _declarations(module: _Source, place: str) -> Mapping[str, list[ast.stmt]]:
    """Return the stubs of the public definitions and of the private ones that they need, in source order."""
    public = module.definitions if module.public is None else module.public
    pending = [name for name in public if name in module.definitions and is_public(name)]
    declared: dict[str, list[ast.stmt]] = {}
    while pending:
        name = pending.pop()
        if name in declared:
            continue
        declared[name] = _declared(module.definitions[name], place)
        for node in declared[name]:
            pending += [used for used in names_used(node) if used in module.definitions]
    return {name: declared[name] for name in module.definitions if name in declared}


def _declared(nodes: list[ast.stmt], place: str) -> list[ast.stmt]:
    try:
        return [stub for node in without_implementation(nodes) for stub in declaration(node)]
    except Untyped as error:
        raise Untyped(f"{place}:{nodes[0].lineno}: {error}") from None


def _add_members(nodes: list[ast.stmt], added: list[Attribute]) -> None:
    """Declare attributes in a class, in place of the ``__getattr__`` that provides them at run time.

    A name that the class defines itself is kept, as at run time.
    """
    for node in nodes:
        if not added or not isinstance(node, ast.ClassDef):
            continue
        doc, rest = node.body[:1], node.body[1:]
        if ast.get_docstring(node) is None:
            doc, rest = [], node.body
        own = {one.name for one in rest if isinstance(one, ast.FunctionDef)}
        free = [one for one in added if one.name not in own]
        _Hidden({one.name for one in free}).visit(node)
        lines = "\n".join(line for one in free for line in _attribute_lines(one))
        kept = [one for one in rest if not (isinstance(one, ast.FunctionDef) and one.name == "__getattr__")]
        node.body = [*doc, *ast.parse(lines).body, *kept]


_BUILTINS: Final = "_builtins"


class _Hidden(ast.NodeTransformer):
    """Qualifies builtins that an added attribute of the same name would shadow inside the class."""

    def __init__(self, hiding: set[str]) -> None:
        self._hiding = hiding

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id not in self._hiding:
            return node
        return ast.Attribute(ast.Name(_BUILTINS, ast.Load()), node.id, ast.Load())


def _attribute_lines(attribute: Attribute) -> list[str]:
    declared = f"{attribute.name}: _{attribute.module}.{attribute.type}"
    return [declared, *docstring([attribute.doc] if attribute.doc else [], "")]


def _is_exported(name: str, module: _Source) -> bool:
    return name in (module.public or ())


def _import_lines(imports: Iterable[_Import], exported: Iterable[str]) -> list[str]:
    """Return the import lines, sorted, one per module; exported names are marked (``X as X``)."""
    lines: list[str] = []
    names: dict[str, list[str]] = {}
    for one in sorted(imports, key=lambda one: (one.module, one.name, one.alias)):
        alias = one.alias or (one.name if one.name in exported else "")
        renamed = f" as {alias}" if alias else ""
        if one.name:
            names.setdefault(one.module, []).append(f"{one.name}{renamed}")
        else:
            lines.append(f"import {one.module}{renamed}")
    return lines + [f"from {module} import {', '.join(found)}" for module, found in names.items()]


def _text(node: ast.stmt) -> str:
    """Return the declaration's text, with empty bodies on the line of their head."""
    text = re.sub(r":( # type: ignore.*)?\n\s+\.\.\.(?=\n|$)", _empty_body, ast.unparse(node))
    text = re.sub(r": # type: ignore", ":  # type: ignore", text)
    return re.sub(r"(: \.\.\.)\n\n(?=\s+(?:async )?def )", r"\1\n", text) + "\n"


def _empty_body(head: re.Match[str]) -> str:
    return f": ... {head[1]}" if head[1] else ": ..."
