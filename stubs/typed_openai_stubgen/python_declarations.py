"""Translate Python definitions to the declarations of a stub: types and docstrings, no bodies.

The nodes are changed in place: they come from a tree that was parsed for this purpose.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from typed_openai_spec.problems import DescriptionError

Function: TypeAlias = "ast.FunctionDef | ast.AsyncFunctionDef"

# Calls whose value is a type or a type variable; a stub contains them unchanged.
_TYPE_MAKERS = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple", "NewType", "NamedTuple", "TypedDict"})
_TYPE_CHECKING = ("TYPE_CHECKING", "typing.TYPE_CHECKING")
_ENUMS = frozenset({"Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"})


class Untyped(DescriptionError):
    """Raised for a public name whose type is not clear from its source: it needs an annotation."""


def is_public(name: str) -> bool:
    """Return True if the name of a module or class member is public: no underscore, or a special name."""
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def names_used(node: ast.AST) -> Iterator[str]:
    """Yield the names in a declaration."""
    return (one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def flat(body: list[ast.stmt]) -> Iterable[ast.stmt]:
    """Yield the statements, including those under ``if TYPE_CHECKING``."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) in _TYPE_CHECKING:
            yield from node.body
        else:
            yield node


def declaration(node: ast.stmt) -> list[ast.stmt]:
    """Return the stub of a definition. Raises :class:`Untyped`."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            # A module's __getattr__ would make any misspelt name valid.
            return [_function(node)] if node.name != "__getattr__" else []
        case ast.ClassDef():
            return [_class(node)]
        case ast.AnnAssign():
            return [_annotated(node)]
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [_assigned(node, name, value)]
        case _:
            return []


def without_implementation(nodes: list[ast.stmt]) -> list[ast.stmt]:
    """Return the definitions of a name; of an overloaded function only the overloads, with its docstring."""
    functions = [one for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    overloads = [one for one in functions if "overload" in map(ast.unparse, one.decorator_list)]
    if not overloads or len(functions) == len(overloads):
        return nodes
    (implementation,) = (one for one in functions if one not in overloads)
    if ast.get_docstring(implementation) is not None:
        overloads[0].body.insert(0, implementation.body[0])
    return [*overloads]


def _without_implementations(members: list[ast.stmt]) -> list[ast.stmt]:
    """Return the members of a class; of overloaded methods only the overloads, with their docstrings."""
    named: dict[str, list[ast.stmt]] = {}
    for one in members:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            named.setdefault(one.name, []).append(one)
    kept = {id(one) for several in named.values() for one in without_implementation(several)}
    functions = {id(one) for several in named.values() for one in several}
    return [one for one in members if id(one) in kept or id(one) not in functions]


def _function(node: Function) -> Function:
    for argument in ast.walk(node.args):
        if isinstance(argument, ast.arg) and argument.annotation is not None:
            argument.annotation = _unquoted(argument.annotation)
    node.args.defaults = [_default(one) for one in node.args.defaults]
    node.args.kw_defaults = [one and _default(one) for one in node.args.kw_defaults]
    node.returns = node.returns and _unquoted(node.returns)
    node.body = [_ellipsis() if ast.get_docstring(node) is None else node.body[0]]
    return node


def _default(value: ast.expr) -> ast.expr:
    """Keep simple constants, which inform the reader; of other defaults only the existence matters."""
    simple = isinstance(value, ast.Constant) and not isinstance(value.value, bytes)
    return value if simple else ast.Constant(...)


def _class(node: ast.ClassDef) -> ast.ClassDef:
    bases = {one.rpartition(".")[2] for one in map(_head, node.bases)}
    decorators = {_head(one).rpartition(".")[2] for one in node.decorator_list}
    all_members = "Protocol" in bases or "NamedTuple" in bases or "dataclass" in decorators
    attributes = [] if all_members else list(_own_attributes(node))
    body: list[ast.stmt] = []
    for member in _without_implementations(list(flat(node.body))):
        body += _member(
            member, all_members, is_enum=bool(bases & _ENUMS), is_dataclass="dataclass" in decorators
        )
    doc = body[:1] if ast.get_docstring(node) is not None else []
    rest = body[len(doc) :]
    node.bases = [_unquoted(one) for one in node.bases]
    node.body = [*doc, *attributes, *rest] or [_ellipsis()]
    return node


def _member(member: ast.stmt, all_members: bool, *, is_enum: bool, is_dataclass: bool) -> list[ast.stmt]:
    match member:
        case ast.Expr(value=ast.Constant(value=str())):
            return [member]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            kept = is_public(name) or (all_members and not is_dataclass)
            return [_function(member)] if kept else []
        case ast.AnnAssign(target=ast.Name(id=name)):
            kept = is_public(name) or all_members
            return [_annotated(member, is_field=is_dataclass)] if kept else []
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            if is_enum or name.startswith("__"):
                return [member]
            return [_assigned(member, name, value)] if is_public(name) else []
        case ast.ClassDef(name=name):
            return [_class(member)] if is_public(name) else []
        case _:
            return []


def _annotated(node: ast.AnnAssign, *, is_field: bool = False) -> ast.AnnAssign:
    """Return an annotated name. The value is kept if it is the type, or the default of a dataclass field."""
    head = _head(node.annotation).rpartition(".")[2]
    node.annotation = _unquoted(node.annotation)
    if node.value is None or (head == "Final" and isinstance(node.annotation, ast.Name)):
        return node
    if head == "TypeAlias":
        node.value = _unquoted(node.value)
    else:
        node.value = _field_default(node.value) if is_field else None
    return node


def _field_default(value: ast.expr) -> ast.expr | None:
    """Return the default of a dataclass field for a stub: its existence, and its use as an argument."""
    if not isinstance(value, ast.Call) or _head(value).rpartition(".")[2] != "field":
        return _default(value)
    options = [one for one in value.keywords if one.arg in ("init", "kw_only")]
    has_default = any(one.arg in ("default", "default_factory") for one in value.keywords)
    if not options:
        return ast.Constant(...) if has_default else None
    default = [ast.keyword(arg="default", value=ast.Constant(...))] if has_default else []
    return ast.Call(func=value.func, args=[], keywords=[*options, *default])


def _assigned(node: ast.Assign, name: str, value: ast.expr) -> ast.stmt:
    if isinstance(value, ast.Call) and _head(value.func).rpartition(".")[2] in _TYPE_MAKERS:
        return node
    return _attribute(ast.Name(id=name, ctx=ast.Store()), _type_of(value, {}, name))


def _attribute(target: ast.Name, annotation: ast.expr) -> ast.AnnAssign:
    return ast.AnnAssign(target=target, annotation=annotation, value=None, simple=1)


def _own_attributes(node: ast.ClassDef) -> Iterator[ast.stmt]:
    """Yield the public attributes that ``__init__`` sets and the class does not declare."""
    declared = {
        one.target.id
        for one in node.body
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
    }
    init = next(
        (one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"), None
    )
    if init is None:
        return
    arguments = [*init.args.posonlyargs, *init.args.args, *init.args.kwonlyargs]
    types = {one.arg: one.annotation for one in arguments if one.annotation is not None}
    for name, annotation, value in _self_assignments(init):
        if not is_public(name) or name in declared:
            continue
        declared.add(name)
        found = annotation if annotation is not None else _type_of(value, types, f"{node.name}.{name}")
        yield _attribute(ast.Name(id=name, ctx=ast.Store()), _unquoted(found))


def _self_assignments(init: ast.FunctionDef) -> Iterator[tuple[str, ast.expr | None, ast.expr | None]]:
    for statement in ast.walk(init):
        match statement:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value):
                yield name, None, value
            case ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=found):
                yield name, found, None
            case _:
                pass


def _type_of(value: ast.expr | None, arguments: dict[str, ast.expr], name: str) -> ast.expr:
    match value:
        case ast.Constant(value=bool() | int() | float() | str() | bytes() as constant):
            return ast.Name(id=type(constant).__name__, ctx=ast.Load())
        case ast.JoinedStr():
            return ast.Name(id="str", ctx=ast.Load())
        case ast.BinOp(op=ast.Add(), right=ast.Name(id=argument)) if _is_str(arguments.get(argument)):
            return ast.Name(id="str", ctx=ast.Load())
        case ast.Name(id=argument) if argument in arguments:
            return arguments[argument]
        case ast.Tuple(elts=[_, *_] as elements):
            items: list[ast.expr] = [_type_of(one, arguments, name) for one in elements]
            return ast.Subscript(ast.Name("tuple", ast.Load()), ast.Tuple(items, ast.Load()), ast.Load())
        case _:
            raise Untyped(
                f'"{name}": expected an annotation, or a constant or annotated argument as its value'
            )


def _is_str(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "str"


def _head(node: ast.expr) -> str:
    """Return the name: ``Generic`` of ``Generic[T]``, ``dataclass`` of ``dataclass(frozen=True)``."""
    match node:
        case ast.Subscript(value=value):
            return _head(value)
        case ast.Call(func=func):
            return _head(func)
        case _:
            return ast.unparse(node)


def _unquoted(node: ast.expr) -> ast.expr:
    """Return the annotation without quotes: stubs allow forward references."""
    unquoted: ast.expr = _Unquoted().visit(node)
    return unquoted


def _ellipsis() -> ast.stmt:
    return ast.Expr(ast.Constant(...))


class _Unquoted(ast.NodeTransformer):
    """Parses quoted annotations, but not the constants of ``Literal``."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return node if _head(node).rpartition(".")[2] == "Literal" else self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.parse(node.value, mode="eval").body if isinstance(node.value, str) else node
