"""Messages about replies: taking things out of them, and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from typed_openai_mypy.messages.fragments import clipped, literal, quoted
from typed_openai_mypy.messages.type_names import MOST_MEMBERS


def key_of_some(key: str, having: Sequence[str], lacking: Sequence[str], tag: str) -> str:
    """A key that only some members have; ``tag`` is the discriminator, empty if there is none."""
    count = len(having) + len(lacking)
    few, verb = (having, "have") if len(having) <= len(lacking) else (lacking, "lack")
    shown = few if len(few) <= MOST_MEMBERS else few[: MOST_MEMBERS - 1]
    more = f", ... ({len(few) - len(shown)} more)" if len(shown) < len(few) else ""
    narrow = f"check {quoted(tag)} first" if tag else "narrow first"
    some = f"{'only ' if few is having else ''}{len(few)} of {count} members {verb}"
    return clipped(f"{some} the key {quoted(key)}: {', '.join(shown)}{more}; {narrow}")


def taken_by_some(path: str, count: int, members: int) -> str:
    """A value for a key of one of several TypedDicts."""
    return clipped(f"{path}: only {count} of {members} members take this value; narrow first")


def attribute_of_some(found: str, name: str, lacking: Sequence[str]) -> str:
    more = f" or {len(lacking) - 1} more" if len(lacking) > 1 else ""
    which = f'"{lacking[0]}"{more}'
    return clipped(f'"{found}" may be {which}, without the attribute {quoted(name)}; narrow it first')


def attribute_of_dict(owners: Sequence[str], name: str, near: str | None) -> str:
    """A dict is used as an object; ``near`` is the key that is meant, if known."""
    more = f" and {len(owners) - 1} more are dicts" if len(owners) > 1 else " is a dict"
    if near is None:
        return clipped(f'"{owners[0]}"{more}: no attribute or key {quoted(name)}')
    hint = f'write ["{near}"]' if near == name else f'did you mean ["{near}"]?'
    return clipped(f'"{owners[0]}"{more}: no attribute {quoted(name)}; {hint}')


def attribute_of_other_client(owner: str, name: str, hint: str) -> str:
    """A name of the official client; ``hint`` is what to use instead."""
    return clipped(f"{owner} has no attribute {quoted(name)}{hint}")


def attribute_of_container(found: str, name: str, *, in_list: bool) -> str:
    """A read-only container is to be changed; ``in_list``: a list could be."""
    hint = "; make a list of it first: list(...)" if in_list else ""
    return clipped(f'"{found}" has no attribute {quoted(name)}{hint}')


def not_assignable(found: str, maker: str) -> str:
    return clipped(f'"{found}" is only to be read; make a {maker} of it first: {maker}(...)')


def update_by_keywords(key: str) -> str:
    return clipped(f"update takes a dict, not keywords: {{{literal(key)}: ...}}")


def list_by_key(key: str) -> str:
    return clipped(
        f"a list is indexed by numbers, not by {quoted(key)}; take an item first: [0][{quoted(key)}]"
    )


def keys_of_reply(owner: str, key: str, lists: Sequence[str], *, streams: bool) -> str:
    """A whole reply was iterated over; ``lists`` are the keys of its lists whose items have the key."""
    hints = [*(["pass stream=True"] if streams else []), *(f'iterate over ["{one}"]' for one in lists)]
    hint = f"; {' or '.join(hints)}" if hints else ""
    return clipped(f'iterating over "{owner}" yields its keys, which have no key {quoted(key)}{hint}')


def text_reply(key: str) -> str:
    return clipped(f"the reply is a text, without the key {quoted(key)}")


def stream_by_key(found: str, key: str, *, is_only: bool) -> str:
    hint = "iterate over it" if is_only else "pass stream as a literal, or narrow it first"
    verb = "is" if is_only else "may be"
    return clipped(f'"{found}" {verb} a stream, without the key {quoted(key)}; {hint}')


def none_by_key(found: str) -> str:
    return clipped(f'"{found}" may be None; exclude None first')


def json_by_key(name: str, key: str) -> str:
    """A key is taken from a string that holds JSON."""
    return clipped(f"{quoted(name)} is JSON text; parse it first: json.loads(...)[{quoted(key)}]")


def json_by_attribute(name: str, attribute: str) -> str:
    """A method of a dict is called on a string that holds JSON."""
    return clipped(f"{quoted(name)} is JSON text; parse it first: json.loads(...).{attribute}")


def not_awaitable(found: str, method: str) -> str:
    """A result is awaited; ``method`` is the name of the called method, empty if it was not a call."""
    hint = f'; to run it in a thread: "await asyncio.to_thread({method}, ...)"' if method else ""
    return clipped(f'{_SYNCHRONOUS}remove "await" before "{found}"{hint}')


def awaited_before(found: str) -> str:
    """The reply of an async client is awaited once more."""
    return clipped(f'remove "await" before "{found}": it is the reply itself')


def awaited_loop(found: str) -> str:
    """Something to be iterated over with ``async for`` is awaited."""
    return clipped(f'remove "await" before "{found}": "async for" iterates over it')


def not_asynchronous(found: str, statement: str, *, is_synchronous: bool) -> str:
    """``async`` is used with ``statement``, which is ``for`` or ``with``."""
    why = _SYNCHRONOUS if is_synchronous else ""
    return clipped(f'{why}use "{statement}", not "async {statement}", with "{found}"')


def no_stream(found: str) -> str:
    """A whole reply is iterated over with ``async for``, of a call that can stream."""
    return clipped(f'"{found}" is not a stream; pass stream=True')


_SYNCHRONOUS: Final = "the client is synchronous: "


def blocking(method: str) -> str:
    """A call of the synchronous client in a coroutine function."""
    return clipped(
        f'{method} blocks the event loop: use AsyncClient, or "await asyncio.to_thread({method}, ...)"'
    )


def blocking_pages() -> str:
    """A loop over pages of the synchronous client in a coroutine function."""
    return "the loop over paginate blocks the event loop: use AsyncClient, and paginate of typed_openai.aio"


def not_awaited(call: str) -> str:
    """A coroutine is used in place of its result; ``call`` is the called method, empty without a call."""
    before = f' before "{call}(...)"' if call else ""
    return clipped(f'missing "await"{before}: the client is asynchronous')


def not_synchronous(found: str, statement: str) -> str:
    """``for`` or ``with`` is used with a value for ``async for`` or ``async with``."""
    return clipped(f'the client is asynchronous: use "async {statement}", not "{statement}", with "{found}"')


def text_by_key(found: str, member: str, key: str, *, is_only: bool) -> str:
    which = f'"{found}"' if is_only else f'"{found}" may be "{member}", which'
    return clipped(f"{which} has no key {quoted(key)}{'' if is_only else '; narrow it first'}")
