"""Checks which of an example's errors remain under a comment, or with a disabled code.

mypy without the plugin, under the same comment, is the oracle:

- *Companions.* A native error that the right form of the example also has is unrelated to the mistake. If it
  remains without the plugin, it remains with it: unchanged, or, if the plugin rewrites it in the right form,
  with the text that it has there.
- *Mistakes.* All other errors are about the mistake. A statement has one with the plugin exactly if it has
  one without. A mistake is therefore silent if all its native errors are silenced, and reported if at least
  one remains. If the plugin rewrites companions, all errors of a statement count.
- *Unused comments.* The same comments are reported as unused, with the same text.
- *openai-arg.* mypy alone does not know this code. If all errors of the example have it, it must silence what
  a bare comment silences natively. If a bare comment silences only some errors, the code may be unused.
  Functions that take a method are left out: their native errors are in other places.

The plugin's findings beyond types have no native counterpart; they are disabled here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.plugin.blocks import UNUSED, Block, Message, wrong_statements
from tests.plugin.fuzz_examples import CARRIERS, Example

Said: TypeAlias = tuple[str, str, str]
"""A message by the text of its line, its own text and its code."""

OURS: Final = "openai-arg"
BARE: Final = "# type: ignore"
UNRELATED: Final = ("no-untyped-def", "index")
"""Codes that a mistake does not have: one that the plugin never changes, and one that it may rewrite."""

LOST: Final = "mistake lost"
INVENTED: Final = "silenced mistake reported"
COMPANION: Final = "other error lost"
UNUSED_DIFFERS: Final = "unused comments differ"


@dataclass(frozen=True)
class Plain:
    """An example, and the messages about it without any comment."""

    example: Example
    right: Sequence[Message]
    right_with_plugin: Sequence[Message]
    wrong: Sequence[Message]
    wrong_with_plugin: Sequence[Message]

    @property
    def is_judged(self) -> bool:
        """True if mypy reports the mistake and accepts the right form, apart from its companions."""
        accepted = self.example.has_companion or not self.right
        return accepted and bool(self.concerned())

    def concerned(self) -> list[Message]:
        """The native errors that the mistake causes."""
        known = _told(self.example.right, self.right)
        return [one for one in self.wrong if one.is_error and _said(self.example.wrong, one) not in known]

    def native_codes(self) -> list[str]:
        """The codes of the native errors, companions included."""
        return sorted({one.code for one in self.wrong if one.is_error})

    def is_ours(self) -> bool:
        """Return whether the plugin reports all errors of the example under its own code, on mypy's lines."""
        errors = [one for one in self.wrong_with_plugin if one.is_error]
        return self.example.place not in CARRIERS and all(one.code == OURS for one in errors)


def comments(plain: Plain) -> Iterator[str]:
    """The comments to try on each line."""
    yield BARE
    native = plain.native_codes()
    codes = [*native, *(one for one in UNRELATED if one not in native)]
    yield from (f"{BARE}[{code}]" for code in [*codes, OURS])


def commented(block: Block, line: int, comment: str) -> Block:
    """The block with a comment at the end of a line."""
    return (*block[:line], f"{block[line]}  {comment}", *block[line + 1 :])


def differences(
    plain: Plain, block: Block, native: Sequence[Message], plugin: Sequence[Message]
) -> list[str]:
    """Return the differences from the expected messages about the wrong form under a comment."""
    known = _told(plain.example.right, plain.right)
    kept = _told(plain.example.right, plain.right_with_plugin)
    found = list(_of_companions(block, native, plugin, known, kept))
    if known <= kept:
        native, plugin = ([one for one in each if _said(block, one) not in kept] for each in (native, plugin))
    return [*of_statements(block, native, plugin), *found, *_of_comments(_unused(native), _unused(plugin))]


def differences_of_ours(
    plain: Plain, block: Block, bare: Sequence[Message], plugin: Sequence[Message]
) -> list[str]:
    """Do the same for the plugin's code in the comment: ``bare`` is mypy's output under a bare comment."""
    found = list(of_statements(block, bare, plugin))
    left = sum(one.is_error for one in bare)
    if 0 < left < sum(one.is_error for one in plain.wrong):
        return found
    lines = [{line for line, _ in _unused(messages)} for messages in (bare, plugin)]
    return [*found, *_of_comments(*lines)]


def of_statements(block: Block, native: Sequence[Message], plugin: Sequence[Message]) -> Iterator[str]:
    """Yield a difference if mypy and the plugin report errors in different statements."""
    expected, found = wrong_statements(block, native), wrong_statements(block, plugin)
    if expected - found:
        yield LOST
    if found - expected:
        yield INVENTED


def _of_companions(
    block: Block, native: Sequence[Message], plugin: Sequence[Message], known: set[Said], kept: set[Said]
) -> Iterator[str]:
    left = _told(block, native) & known
    rewritten = {line for line, *_ in left - kept}
    expected = (left & kept) | {one for one in kept - known if one[0] in rewritten}
    if expected - _told(block, plugin):
        yield COMPANION


def _of_comments(native: object, plugin: object) -> Iterator[str]:
    if native != plugin:
        yield UNUSED_DIFFERS


def _told(block: Block, messages: Iterable[Message]) -> set[Said]:
    return {_said(block, one) for one in messages if one.is_error}


def _said(block: Block, message: Message) -> Said:
    """A message by the text of its line, which the right and the wrong form share."""
    return block[message.line].partition(f"  {BARE}")[0], message.text, message.code


def _unused(messages: Iterable[Message]) -> set[tuple[int, str]]:
    return {(one.line, one.text) for one in messages if one.code == UNUSED}
