"""Compare the requests of two operations apart from arguments: URL, headers, keys.

An operation can be called by its name, by its operationId, and by its method and path. A change that breaks
any one of these is breaking.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typed_openai_spec.comparison.changes import Change, Verdict
from typed_openai_spec.comparison.context import Spot
from typed_openai_spec.comparison.phrases import listed, moved
from typed_openai_spec.index.path_matcher import shape_of
from typed_openai_spec.model import PLACEHOLDER, Operation


def requests(spot: Spot, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the changes of the request that the same call sends."""
    if request_text(old) != request_text(new) and not _is_told_by_arguments(old, new):
        text = moved(request_text(old), request_text(new))
        severity, why = _judged(old, new)
        yield spot.plain(severity, "changed", "request", text, why)
    if old.headers != new.headers:
        shown = [", ".join(f"{name}: {value}" for name, value in one.headers) for one in (old, new)]
        text = f"headers {moved(shown[0] or 'none', shown[1] or 'none')}"
        yield spot.plain("risky", "changed", "request", text, "the same call sends something different")
    yield from _security(spot, old, new)


def request_text(operation: Operation) -> str:
    """Return the method, the URL as far as the description gives it, and the fixed query."""
    query = "&".join(f"{name}={value}" for name, value in operation.query)
    return f"{operation.method} {operation.base_url}{operation.path}{f'?{query}' if query else ''}"


def same_place(left: Operation, right: Operation) -> bool:
    """Return True if both operations have the same method and path, except for placeholder names."""
    before, after = ((one.method, shape_of(one.path), one.query) for one in (left, right))
    return before == after


def _judged(old: Operation, new: Operation) -> Verdict:
    if not same_place(old, new):
        return "breaking", f'requests to "{old.method} {old.path}" do not reach it'
    before, after = _placeholders(old), _placeholders(new)
    is_shuffled = any(before[one] != after[one] for one in before.keys() & after.keys())
    if old.base_url != new.base_url or is_shuffled:
        return "risky", "the same call goes to another URL"
    return "compatible", "only the names of path parameters changed"


def _placeholders(operation: Operation) -> dict[str, int]:
    return {name: number for number, name in enumerate(PLACEHOLDER.findall(operation.path))}


def moved_placeholders(old: Operation, new: Operation) -> Mapping[str, str]:
    """Return the new names of placeholders that were renamed within the same path."""
    before, after = PLACEHOLDER.findall(old.path), PLACEHOLDER.findall(new.path)
    if not same_place(old, new):
        return {}
    pairs = zip(before, after, strict=True)
    return {one: other for one, other in pairs if one not in after and other not in before}


def _is_told_by_arguments(old: Operation, new: Operation) -> bool:
    """Return True if only placeholder names differ, and the arguments report these changes."""
    names = moved_placeholders(old, new)
    path = PLACEHOLDER.sub(lambda found: f"{{{names.get(found[1], found[1])}}}", old.path)
    if not names or (path, old.base_url) != (new.path, new.base_url):
        return False
    before = {one.wire: one.name for one in old.arguments if one.location == "path"}
    after = {one.wire: one.name for one in new.arguments if one.location == "path"}
    # A changed placeholder whose Python name stays, as ``{thing-id}`` and ``{thing_id}``, is reported here.
    return all(before.get(one) != after.get(other) for one, other in names.items())


def _security(spot: Spot, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the change of accepted keys. Any one of the named keys suffices; no names mean no key."""
    before, after = (
        {*one.security, *one.optional_security, *map(" and ".join, one.combined_security)}
        for one in (old, new)
    )
    is_needed = bool(new.security or (new.combined_security and not new.optional_security))
    if _accepted(old) != _accepted(new):
        text = f"keys {moved(_keys(old), _keys(new))}"
        serves = before <= after and (bool(old.security) or not is_needed)
        why = "" if serves else "the key used so far may be rejected"
        yield spot.plain("compatible" if serves else "breaking", "changed", "security", text, why)


def _accepted(operation: Operation) -> tuple[object, ...]:
    return operation.security, operation.optional_security, operation.combined_security


def _keys(operation: Operation) -> str:
    combined = tuple(map(" and ".join, operation.combined_security))
    if operation.security or combined:
        return listed((*operation.security, *operation.optional_security, *combined))
    return f"none, or {listed(operation.optional_security)}" if operation.optional_security else "none"
