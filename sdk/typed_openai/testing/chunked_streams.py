"""Turn a whole reply into the chunks of its stream: one with the role, pieces, an empty one at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from typed_openai.testing import value_paths
from typed_openai.testing.text_pieces import pieces_of


def chunks_of(reply: Mapping[str, Any], rule: Mapping[str, Any], *, usage: bool) -> Iterator[dict[str, Any]]:
    """Yield the chunks of a reply, without an end marker.

    ``rule`` is as in :class:`~typed_openai.testing.habits.OperationHabits`. With ``usage``, each chunk has
    a null in its place, and a last chunk without items has the value.
    """
    common = {key: reply[key] for key in rule["common"] if key in reply}
    common |= rule.get("set", {})
    if usage:
        common["usage"] = None
    streams = [list(_item_chunks(one, rule)) for one in reply[rule["items"]]]
    for together in zip_longest(*streams):
        for one in together:
            if one is not None:
                yield {**common, rule["items"]: [one]}
    if usage:
        yield {**common, rule["items"]: [], "usage": reply.get("usage")}


def _item_chunks(item: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the chunks of one choice."""
    rest = {key: item[key] for key in ("index",) if key in item}
    rest |= {key: None for key in ("logprobs", "finish_reason") if key in item}
    key = rule.get("delta", "")
    deltas = (
        _deltas(item[rule["message"]], rule) if key else ({rule["text"]: one} for one in _texts(item, rule))
    )
    for delta in deltas:
        yield {**rest, **({key: delta} if key else delta)}
    last: dict[str, Any] = {key: {}} if key else {rule["text"]: ""}
    yield {**rest, **last, "finish_reason": item.get("finish_reason")}


def _texts(item: Mapping[str, Any], rule: Mapping[str, Any]) -> Sequence[str]:
    return pieces_of(str(item.get(rule["text"]) or ""))


def _deltas(message: Mapping[str, Any], rule: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    text = message.get(rule["text"])
    opening = {key: message.get(key) for key in rule["opening"] if key in message}
    if isinstance(text, str):
        yield {**opening, rule["text"]: ""}
        for piece in pieces_of(text):
            yield {rule["text"]: piece}
        opening = {}
    elif not any(message.get(one) for one in rule["calls"]):
        yield opening
    for name in rule["calls"]:
        calls = message.get(name)
        for number, call in enumerate(calls if isinstance(calls, list) else [calls] if calls else []):
            for delta in _call_deltas(call, rule, number if isinstance(calls, list) else None):
                yield {**opening, name: [delta] if isinstance(calls, list) else delta}
                opening = {}


def _call_deltas(
    call: Mapping[str, Any], rule: Mapping[str, Any], index: int | None
) -> Iterator[dict[str, Any]]:
    """Yield a call with empty arguments, then the arguments in pieces."""
    place = {} if index is None else {"index": index}
    path = next((one for one in rule["arguments"] if isinstance(value_paths.read(call, one), str)), "")
    head, _, key = path.rpartition(".")
    owner = value_paths.read(call, head)
    yield {**place, **_with(call, head, {**owner, key: ""})}
    for piece in pieces_of(owner[key]):
        yield {**place, **({head: {key: piece}} if head else {key: piece})}


def _with(call: Mapping[str, Any], head: str, owner: dict[str, Any]) -> dict[str, Any]:
    return {**call, head: owner} if head else owner
