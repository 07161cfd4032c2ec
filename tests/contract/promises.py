"""The promises of the stubs to users, as short lines of text, and the promises that new stubs break.

A promise is a public name (``chat.create_chat_completion``, ``types.Reply``, ``errors.APIError``) with
lines of facts about it: each argument, the result of a call, each key, each member of an alias. A missing
line breaks the promise, unless an argument accepts more than before. A new required argument, or a new
required key of a type that users write, breaks it too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from typed_openai_spec.option_tables import CALL_OPTIONS

Promises: TypeAlias = dict[str, dict[str, list[str]]]
"""For each file, by its path without suffix, its public names and the lines of each."""

GENERATED: Final = ("resources", "types", "params")
_OPTIONS: Final = frozenset(CALL_OPTIONS)
_ARGUMENT: Final = re.compile(
    r"(?P<place>\d+ )?(?P<required>requires )?(?P<name>\**\w+)(?P<optional>\?)?: (?P<type>.+)"
)
_REQUIRED: Final = re.compile(r"requires |\d+ \w+:")

_Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"


@dataclass(frozen=True, order=True)
class Broken:
    """A public name, and its broken promises."""

    name: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}: {self.what}"


def promised(stubs: Path, sent: Collection[str]) -> Promises:
    """Return the promises of the stubs in a folder. ``sent`` are the components that only requests have."""
    found: Promises = {}
    for path in sorted(stubs.rglob("*.pyi")):
        module = ".".join(path.relative_to(stubs).with_suffix("").parts).removesuffix(".__init__")
        body = list(_body(path))
        if module.startswith("_") and module != "__init__":
            continue  # it is public where it is re-exported
        if module == "resources":
            found |= _operations(body)
        elif module in GENERATED:
            found[module] = dict(sorted(_components(body, sent)))
        else:
            name = "package" if module == "__init__" else module
            found[f"modules/{name}"] = dict(_members(body, "", _private(body)))
    return found


def _body(path: Path) -> Iterator[ast.stmt]:
    """Yield a module's statements, including those of modules that it re-exports as a whole."""
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.ImportFrom(module=str(module), names=[ast.alias(name="*")]):
                yield from _body(path.with_name(f"{module.rpartition('.')[2]}.pyi"))
            case _:
                yield node


# The lines of each kind of stub


def _operations(body: Iterable[ast.stmt]) -> Promises:
    """A file for each group's class."""
    found: Promises = {}
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            names: dict[str, list[str]] = {}
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    lines = [line for line in _called(method) if line not in names.get(method.name, [])]
                    names.setdefault(method.name, []).extend(lines)
            group = re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()
            found[f"operations/{group}"] = names
    return found


def _private(body: Iterable[ast.stmt]) -> dict[str, str]:
    """Return the values of a module's private names."""
    return {
        node.targets[0].id: ast.unparse(node.value)
        for node in body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and not _is_public(node.targets[0].id)
    }


def _members(
    body: Iterable[ast.stmt], prefix: str, private: Mapping[str, str]
) -> Iterator[tuple[str, list[str]]]:
    """Yield the public names of a module or class, followed by those of its classes."""
    overloads: dict[str, list[str]] = {}
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if _is_public(name):
                overloads.setdefault(prefix + name, []).extend([*_decorators(node, private), *_called(node)])
            case ast.ClassDef(name=name) if _is_public(name):
                yield prefix + name, [f"is {ast.unparse(one)}" for one in node.bases]
                yield from _members(node.body, f"{prefix}{name}.", private)
            case ast.AnnAssign(target=ast.Name(id=name)) if _is_public(name):
                value = f" = {ast.unparse(node.value)}" if node.value else ""
                yield prefix + name, [f"is {ast.unparse(node.annotation)}{value}"]
            case ast.ImportFrom(names=names):
                yield from ((one.asname, []) for one in names if one.asname and _is_public(one.asname))
            case _:
                pass
    yield from overloads.items()


def _components(body: Iterable[ast.stmt], sent: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield the public names of ``types`` or ``params``: keys without their types, members of unions."""
    for node in body:
        match node:
            case ast.ClassDef(name=name) if _is_public(name):
                bases = [f"is {one}" for one in map(ast.unparse, node.bases) if one != "TypedDict"]
                fields = [one for one in node.body if isinstance(one, ast.AnnAssign)]
                keys = [(ast.unparse(one.target), one.annotation) for one in fields]
                yield name, bases + _keys(keys, name in sent or name.endswith("Params"))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, ast.Dict() as table])):
                pairs = zip(table.keys, table.values, strict=True)
                keys = [(str(ast.literal_eval(key)), value) for key, value in pairs if key]
                yield name, _keys(keys, name in sent)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_public(name):
                yield name, [f"is {one}" for one in _union(value)]
            case _:
                pass


def _keys(keys: Iterable[tuple[str, ast.expr]], are_sent: bool) -> list[str]:
    required = "requires " if are_sent else ""
    optional = [name for name, annotation in keys if ast.unparse(annotation).startswith("NotRequired[")]
    return sorted(f"{name}?" if name in optional else f"{required}{name}" for name, _ in keys)


def _union(node: ast.expr) -> list[str]:
    """Return the members of a union, with each constant of a ``Literal`` as a member."""
    match node:
        case ast.BinOp(left=left, right=right):
            return [*_union(left), *_union(right)]
        case ast.Subscript(value=ast.Name(id="Literal" | "_Literal"), slice=inside):
            constants = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            return [ast.unparse(one) for one in constants]
        case _:
            return [ast.unparse(node)]


def _decorators(node: _Function, private: Mapping[str, str]) -> list[str]:
    written = [ast.unparse(one) for one in node.decorator_list]
    return [f"@{private.get(one, one)}" for one in written if one != "overload"]


def _called(node: _Function) -> Iterator[str]:
    """Yield a function's arguments, positional ones with their place, and its result.

    The options that every call has are skipped: they are listed with the client.
    """
    args = node.args
    positional = [one for one in (*args.posonlyargs, *args.args) if one.arg != "self"]
    optional_from = len(positional) - len(args.defaults)
    for place, one in enumerate(positional):
        yield f"{place + 1} {one.arg}{'?' if place >= optional_from else ''}: {_annotation(one)}"
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if one.arg not in _OPTIONS:
            yield f"{one.arg}?: {_annotation(one)}" if default else f"requires {one.arg}: {_annotation(one)}"
    for stars, rest in (("*", args.vararg), ("**", args.kwarg)):
        if rest:
            yield f"{stars}{rest.arg}: {_annotation(rest)}"
    yield f"-> {ast.unparse(node.returns) if node.returns else 'Any'}"


def _annotation(argument: ast.arg) -> str:
    return ast.unparse(argument.annotation) if argument.annotation else "Any"


def _is_public(name: str) -> bool:
    return not name.startswith("_") or name in ("__init__", "__enter__", "__exit__", "__iter__", "__next__")


# Files


def text_of(names: Mapping[str, list[str]]) -> str:
    """Return the text of one file: each name, with its lines below it."""
    lines = [line for name, told in names.items() for line in (name, *(f"    {one}" for one in told))]
    return "\n".join(lines) + "\n"


def read(folder: Path) -> Promises:
    """Read the promises in a folder."""
    found: Promises = {}
    for path in sorted(folder.rglob("*.txt")):
        names = found.setdefault(path.relative_to(folder).with_suffix("").as_posix(), {})
        lines: list[str] = []
        for line in path.read_text().splitlines():
            if line.startswith(" "):
                lines.append(line.strip())
            else:
                lines = names.setdefault(line, [])
    return found


def write(folder: Path, promises: Promises) -> None:
    """Replace the promises in a folder."""
    for path in folder.rglob("*.txt"):
        path.unlink()
    for name, names in promises.items():
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(names))


# Comparison


def broken(old: Promises, new: Promises) -> list[Broken]:
    """Return the old promises that the new ones break. A component under an alias is the same component."""
    found: list[Broken] = []
    renamed, maps = _renamed(new.get("types", {})), _maps(new.get("types", {}))
    for file, names in old.items():
        for name, lines in names.items():
            full = f"{file.rpartition('/')[2]}.{name}"
            here = new.get(file, {})
            now = here.get(name)
            if file == "types" and name in renamed and now != lines:
                now = here[renamed[name]]
            if now is None:
                found.append(Broken(full, "it is gone"))
            else:
                found += _broken_lines(full, *(_spelled(one, renamed, maps) for one in (lines, now)))
    return sorted(found)


def _renamed(components: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the components that are only another name of a component."""
    single = {name: lines[0].removeprefix("is ") for name, lines in components.items() if len(lines) == 1}
    return {
        name: now for name, now in single.items() if f"is {now}" in components[name] and now in components
    }


def _maps(components: Mapping[str, list[str]]) -> dict[str, str]:
    """Return the aliases of free-form maps, as an argument may accept them: as any mapping."""
    members = {name: [one.removeprefix("is ") for one in lines] for name, lines in components.items()}
    return {
        name: " | ".join(one.replace("dict[", "Mapping[", 1) for one in listed)
        for name, listed in members.items()
        if listed and all(one == "None" or one.startswith("dict[") for one in listed)
    }


def _spelled(lines: list[str], renamed: Mapping[str, str], maps: Mapping[str, str]) -> list[str]:
    """Return the lines with current names, and with the aliases of maps written out."""
    current = [re.sub(r"(?<=types\.)\w+", lambda one: renamed.get(one[0], one[0]), line) for line in lines]
    return [re.sub(r"types\.(\w+)", lambda one: maps.get(one[1], one[0]), line) for line in current]


def _broken_lines(name: str, old: list[str], new: list[str]) -> Iterator[Broken]:
    known = {_name(one) for one in old}
    yield from (
        Broken(name, f"no longer {one}") for one in old if not any(_keeps(one, other) for other in new)
    )
    yield from (Broken(name, f"now {one}") for one in new if _REQUIRED.match(one) and _name(one) not in known)


def _name(line: str) -> str:
    """Return the argument or key that a line is about."""
    found = _ARGUMENT.fullmatch(line)
    return found["name"] if found else line.removeprefix("requires ").removesuffix("?")


def _keeps(old: str, new: str) -> bool:
    """Return whether the new line promises at least as much as the old one."""
    if new in (old, f"{old} | Omit") or (old.startswith("requires ") and new == f"{_name(old)}?"):
        return True
    was, now = _ARGUMENT.fullmatch(old), _ARGUMENT.fullmatch(new)
    if not was or not now or was["name"] != now["name"]:
        return False
    same_place = not was["place"] or was["place"] == now["place"]
    as_optional = not was["optional"] or bool(now["optional"])
    return same_place and as_optional and _members_of(was["type"]) <= _members_of(now["type"])


def _members_of(annotation: str) -> set[str]:
    return set(_accepted(ast.parse(annotation, mode="eval").body))


def _accepted(node: ast.expr) -> Iterator[str]:
    """Yield the members of a union; a sequence of a union counts as one sequence for each member."""
    match node:
        case ast.BinOp(left=left, right=right):
            yield from (*_accepted(left), *_accepted(right))
        case ast.Subscript(value=ast.Name(id="Sequence"), slice=inside):
            yield from (f"Sequence[{one}]" for one in _union(inside))
        case _:
            yield from _union(node)


def acknowledged(one: Broken, changes: str) -> bool:
    """Return whether the text of the changes since the last release names the broken promise in backticks."""
    return f"`{one.name}`" in changes
