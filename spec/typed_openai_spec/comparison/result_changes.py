"""Compare the results of two operations: results, variants, paging and documented replies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from typed_openai_spec.comparison.changes import GOT, SEVERITIES, Change
from typed_openai_spec.comparison.context import Context, Spot, identical
from typed_openai_spec.comparison.phrases import Place, listed, moved, type_text
from typed_openai_spec.comparison.schema_changes import schemas
from typed_openai_spec.model import Anything, Operation, Paging, Reply, Result, Schema, Variant


def results(context: Context, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the changes of an operation's results."""
    spot = Spot(context, Place(f"{old.qualified_name}(", ")"), GOT)
    yield from _result(spot, old.result, new.result)
    yield from _variants(spot, old, new)
    yield from _paging(spot, old.paging, new.paging)
    yield from _replies(spot, old, new)


def _result(spot: Spot, old: Result, new: Result) -> Iterator[Change]:
    if identical(old, new):
        return
    if old.kind != new.kind:
        text = moved(_text(old), _text(new))
        yield spot.plain("breaking", "changed", "result", text, "the call returns something else")
        return
    yield from schemas(spot, old.schema or Anything(), new.schema or Anything())
    if old.media_type != new.media_type:
        text = moved(old.media_type or "no media type", new.media_type or "no media type")
        yield spot.plain("risky", "changed", "result", text, "the same reply has another format")
    if new.empty and not old.empty:
        yield spot.plain("breaking", "added", "nullable", "may return None now", "there may be no content")
    elif old.empty and not new.empty:
        yield spot.plain("compatible", "removed", "nullable", "no longer returns None")
    yield from spot.rest(old, new, _COMPARED)
    if old.terminal != new.terminal:
        text = f"the stream ends with {listed(new.terminal) or 'no known event'}"
        yield spot.plain("compatible", "changed", "result", text)
    if old.text != new.text:
        yield spot.plain("compatible", "changed", "result", "the stream's text is in another field")


_COMPARED: Final = frozenset(("kind", "schema", "media_type", "terminal", "text", "empty"))


def _text(result: Result) -> str:
    schema = f" of {type_text(result.schema)}" if result.schema is not None else ""
    return f"{result.kind}{schema}"


def _variants(spot: Spot, old: Operation, new: Operation) -> Iterator[Change]:
    """Yield the changes of variants: results that an argument's value selects."""
    before, after = _keyed(old.variants, new.variants), _keyed(new.variants, old.variants)
    for key, one in before.items():
        here = _at(spot, one)
        if key not in after:
            text = f"no longer returns {_text(one.result)}"
            yield here.plain("breaking", "removed", "result", text, "the call returns something else")
            continue
        other = after[key]
        if not identical(one.values, other.values):
            text = f"{_text(one.result)} for {moved(listed(one.values), listed(other.values))}"
            yield here.plain("breaking", "changed", "result", text, "the call returns something else")
        yield from _result(here, one.result, other.result)
    for key, one in after.items():
        if key not in before:
            is_free = old.argument(one.argument) is None
            why = "" if is_free else "the call returns something else"
            severity = SEVERITIES[-1] if is_free else SEVERITIES[0]
            yield _at(spot, one).plain(severity, "added", "result", f"returns {_text(one.result)} now", why)
    if set(before) == set(after) and list(before) != list(after):
        yield spot.plain("compatible", "changed", "order", "the variants are in a different order")


def _keyed(variants: tuple[Variant, ...], others: tuple[Variant, ...]) -> dict[object, Variant]:
    """Return the variants by argument and kind of result, and also by values where these are ambiguous."""
    found: dict[object, Variant] = {}
    for one in variants:
        key = one.argument, one.result.kind
        alike = [
            sum((two.argument, two.result.kind) == key for two in listed) for listed in (variants, others)
        ]
        found[(*key, one.values) if max(alike) > 1 else key] = one
    return found


def _at(spot: Spot, variant: Variant) -> Spot:
    chosen = " | ".join(repr(one) for one in variant.values)
    return replace(spot, place=replace(spot.place, start=f"{spot.place.start}{variant.argument}={chosen}"))


def _paging(spot: Spot, old: Paging | None, new: Paging | None) -> Iterator[Change]:
    if old is not None and new is None:
        why = "paginate() no longer works"
        yield spot.plain("breaking", "removed", "paging", "no longer paginated", why)
    elif old is None and new is not None:
        yield spot.plain("compatible", "added", "paging", f"paginated now, by {new.argument}")
    elif old != new and new is not None:
        yield spot.plain(
            "compatible", "changed", "paging", f"pagination uses {new.argument} and {new.items} now"
        )


def _replies(spot: Spot, old: Operation, new: Operation) -> Iterator[Change]:
    before = {(one.status, one.media_type): one for one in old.replies}
    after = {(one.status, one.media_type): one for one in new.replies}
    told = list(_results(old, new))
    for key, one in before.items():
        if key not in after:
            yield spot.plain("compatible", "removed", "reply", f"{_status(one)} is no longer documented")
        elif (one.schema, after[key].schema) not in told:
            yield from _reply(spot, one, after[key])
    for key, one in after.items():
        if key not in before:
            yield spot.plain("compatible", "added", "reply", f"{_status(one)} is documented now")
    if set(before) == set(after) and list(before) != list(after):
        yield spot.plain("compatible", "changed", "order", "the replies are in a different order")


def _results(old: Operation, new: Operation) -> Iterator[tuple[Schema | None, Schema | None]]:
    """Yield the pairs of old and new result schemas; their changes are not repeated for replies."""
    yield old.result.schema, new.result.schema
    after = _keyed(new.variants, old.variants)
    for key, one in _keyed(old.variants, new.variants).items():
        if key in after:
            yield one.result.schema, after[key].result.schema


def _reply(spot: Spot, old: Reply, new: Reply) -> Iterator[Change]:
    """Yield the changes of a reply that is not the result: at most risky, as no call has its type."""
    for one in schemas(spot, old.schema or Anything(), new.schema or Anything()):
        severity = "risky" if one.severity == "breaking" else one.severity
        yield replace(one, severity=severity, subject="reply", text=f"{_status(old)}: {one.text}")


def _status(reply: Reply) -> str:
    return f"status {reply.status}{f' ({reply.media_type})' if reply.media_type else ''}"
