"""Attributes of a client, a group or a package that only the official client has."""

from __future__ import annotations

from collections.abc import Iterator

from mypy.nodes import MemberExpr, MypyFile, RefExpr
from mypy.types import Instance, get_proper_type

from typed_openai_mypy.api.description import Description
from typed_openai_mypy.api.fullnames import ASYNC_CLIENT, CLIENT, METHODS, TYPES
from typed_openai_mypy.explain.explainer import Explainer
from typed_openai_mypy.messages.replies import attribute_of_other_client
from typed_openai_mypy.packages import canonical, package_of
from typed_openai_mypy.syntax.tree import Site
from typed_openai_spec.official_names import export_hint, method_hint, types_hint


def attribute_text(explainer: Explainer, site: Site) -> str | None:
    """The message about ``client.chat.completions.create``; None for an attribute that is no such name."""
    expression = site.node
    assert isinstance(expression, MemberExpr)
    module = expression.expr.node if isinstance(expression.expr, RefExpr) else None
    if isinstance(module, MypyFile) and package_of(module.fullname) == module.fullname:
        end = export_hint(expression.name) or _operation_hint(explainer, site, module.fullname, "")
        return _message(f'Module "{module.fullname}"', expression.name, end)
    if isinstance(module, MypyFile) and canonical(module.fullname) == TYPES:
        return _message(f'Module "{module.fullname}"', expression.name, types_hint(expression.name))
    known = get_proper_type(explainer.checker.known_type(expression.expr))
    if not isinstance(known, Instance):
        return None
    group = _group_of(explainer.program.descriptions.of(known.type.fullname), known)
    end = "" if group is None else _operation_hint(explainer, site, known.type.fullname, group)
    return _message(f'"{known.type.name}"', expression.name, end)


def _message(owner: str, name: str, end: str) -> str | None:
    return attribute_of_other_client(owner, name, end) if end else None


def _operation_hint(explainer: Explainer, site: Site, owner: str, group: str) -> str:
    """The operations for the longest chain of names that the official client has."""
    index = explainer.program.descriptions.of(owner).index
    places = (".".join(filter(None, (group, one))) for one in _chains(site))
    return next(filter(None, (method_hint(one, index) for one in places)), "")


def _group_of(description: Description, owner: Instance) -> str | None:
    """The group of a resource's class; empty for a client, None for any other class."""
    if any(canonical(base.fullname) in {ASYNC_CLIENT, CLIENT} for base in owner.type.mro):
        return ""
    is_resource = canonical(owner.type.fullname).startswith(METHODS)
    return description.groups.get(owner.type.name) if is_resource else None


def _chains(site: Site) -> Iterator[str]:
    """The dotted names that begin with the attribute, the longest first: ``beta.threads``, then ``beta``."""
    names: list[str] = []
    inner = None
    for one in site.around():
        node = one.node
        if not isinstance(node, MemberExpr) or (inner is not None and node.expr is not inner):
            break
        names.append(node.name)
        inner = node
    yield from (".".join(names[:length]) for length in range(len(names), 0, -1))
