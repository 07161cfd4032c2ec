"""The client's public modules -> pages, and their navigation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from typed_openai_docs.client_modules import ClientModule, Declaration, Function, Member, client_modules
from typed_openai_docs.docstring_markup import fenced, markdown
from typed_openai_docs.markup import Item, Link, annotation, items

FOLDER: Final = "reference/client"
_LONGEST_LINE: Final = 88
_MODULES: Final = re.compile(r"^typed_openai\.(aio\.|identity\.|testing\.)?")


def client_navigation() -> list[Any]:
    """The navigation of the pages, as mkdocs reads it."""
    return [{one.title: f"{FOLDER}/{one.name}.md"} for one in client_modules()]


def client_pages() -> Iterator[tuple[str, str]]:
    """The path of each page, and its Markdown."""
    found = {module: dict(_urls(module)) for module in client_modules()}
    # A name that two modules have, such as paginate, is the page's own, or else that of the first module.
    everywhere = {name: url for urls in reversed(found.values()) for name, url in urls.items()}
    for module, own in found.items():
        text = "\n\n".join(filter(None, _page(module, {**everywhere, **own})))
        yield f"{FOLDER}/{module.name}.md", f"{text}\n"


def _urls(module: ClientModule) -> Iterator[tuple[str, str]]:
    """Yield the names of a module and of the members of its classes, and the URL of each."""
    for one in module.declarations:
        for name in (one.name, *(f"{one.name}.{each.name}" for each in one.members())):
            yield name, f"../{module.name}/#{name}"


@dataclass(frozen=True, slots=True)
class _Owner:
    """The class that a text is about, whose members are linked by their own names."""

    name: str
    urls: dict[str, str]

    def link(self, name: str) -> str:
        """The URL of a public name, or of a member of the class."""
        short = _MODULES.sub("", name).removesuffix("()")
        return self.urls.get(f"{self.name}.{short}") or self.urls.get(short, "")


def _page(module: ClientModule, urls: dict[str, str]) -> Iterator[str]:
    yield f"# {module.title}"
    yield markdown(module.doc, _Owner("", urls).link)
    for one in module.declarations:
        yield f"## {one.name} {{ #{one.name} }}"
        link = _Owner(one.name, urls).link
        yield fenced(_head(one), "python")
        yield markdown(one.doc, link)
        yield from _members(one, link)


def _head(one: Declaration) -> str:
    match one.node:
        case ast.ClassDef(bases=bases):
            shown = f"({', '.join(map(ast.unparse, bases))})" if bases else ""
            made = [each for each in one.node.body if isinstance(each, Function)]
            begun = [call(one.name, each, bound=True) for each in made if each.name == "__init__"]
            return "\n".join([f"class {one.name}{shown}", *begun])
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return "\n\n".join(call(one.name, each) for each in (one.node, *one.overloads))
        case _:
            return f"{one.name} = " + "\n    | ".join(_alternatives(one.node.value))


def _alternatives(node: ast.expr | None) -> Sequence[str]:
    match node:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_alternatives(left), *_alternatives(right)]
        case None:
            return []
        case _:
            return [ast.unparse(node)]


def _members(one: Declaration, link: Link) -> Iterator[str]:
    """Yield the attributes of a class as a list, then its properties and methods with a heading each."""
    attributes, functions = [], []
    for each in one.members():
        place = f"{one.name}.{each.name}"
        if isinstance(each.node, ast.AnnAssign):
            attributes.append(_attribute(place, each, each.node, link))
        else:
            functions += [f"### {place} {{ #{place} }}", fenced(_member_head(each, each.node), "python")]
            functions.append(markdown(each.doc, link))
    yield items(attributes)
    yield from functions


def _attribute(place: str, member: Member, node: ast.AnnAssign, link: Link) -> Item:
    notes = (f"default {ast.unparse(node.value)}",) if node.value is not None else ()
    return Item(member.name, annotation(ast.unparse(node.annotation), link), notes, member.doc, place)


def _member_head(member: Member, node: Function) -> str:
    if member.is_property and node.returns is not None:
        return f"{member.name}: {ast.unparse(node.returns)}"
    return "\n\n".join(call(member.name, each, bound=True) for each in (node, *member.overloads))


def call(name: str, node: Function, *, bound: bool = False) -> str:
    """Return a signature; one that is long has a line for each argument."""
    result = f" -> {ast.unparse(node.returns)}" if node.returns and node.name != "__init__" else ""
    arguments = [one for one in _arguments(node.args) if not bound or one != "self"]
    name = f"async {name}" if isinstance(node, ast.AsyncFunctionDef) else name
    flat = f"{name}({', '.join(arguments)}){result}"
    if len(flat) <= _LONGEST_LINE:
        return flat
    return "\n".join([f"{name}(", *(f"    {one}," for one in arguments), f"){result}"])


def _arguments(args: ast.arguments) -> Iterator[str]:
    """Yield the arguments as they are written, and the marks between their kinds."""
    listed = [*args.posonlyargs, *args.args]
    defaults = [None] * (len(listed) - len(args.defaults)) + list(args.defaults)
    for number, (one, default) in enumerate(zip(listed, defaults, strict=True), 1):
        yield _argument(one, default)
        if number == len(args.posonlyargs):
            yield "/"
    if args.vararg is not None:
        yield f"*{ast.unparse(args.vararg)}"
    elif args.kwonlyargs:
        yield "*"
    for one, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        yield _argument(one, default)
    if args.kwarg is not None:
        yield f"**{ast.unparse(args.kwarg)}"


def _argument(one: ast.arg, default: ast.expr | None) -> str:
    return ast.unparse(one) if default is None else f"{ast.unparse(one)} = {ast.unparse(default)}"
