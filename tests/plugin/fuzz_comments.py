"""Compares the errors of an example under an ignore comment, or with a disabled code, with mypy's own.

The expected errors are those of mypy without the plugin under the same comment:

- *Companions.* A native error that the right form of the example has, too, is not about the mistake. If mypy
  alone prints it, the plugin does, with the same text, or with the text that it has in the right form.
- *Mistakes.* All other errors are about the mistake. A statement has one with the plugin exactly if it has
  one without. So a mistake is silent if all of its native errors are silenced, and is reported if one is not.
  If the plugin rewrites companions, all errors of a statement count.
- *Unused comments.* The same comments are reported as unused, with the same text.
- *openai-arg.* Without the plugin, this code silences nothing. If all errors of the example have it, it must
  silence the same as a comment without codes.

The plugin's own findings have no native counterpart; they are switched off here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from tests.plugin.blocks import UNUSED, Block, Message, wrong_statements
from tests.plugin.fuzz_examples import Example

Said: TypeAlias = tuple[str, str, str]
"""The identity of a message: the text of its line, its own text and its code."""

OURS: Final = "openai-arg"
BARE: Final = "# type: ignore"
UNRELATED: Final = ("no-untyped-def", "index")
"""Codes of no mistake here: one that the plugin never touches, and one that it may rewrite."""

LOST: Final = "mistake lost"
INVENTED: Final = "silenced mistake reported"
COMPANION: Final = "other error lost"
UNUSED_DIFFERS: Final = "unused comments differ"


@dataclass(frozen=True)
class Plain:
    """An example, with the messages about it without any comment."""

    example: Example
    right: Sequence[Message]
    right_with_plugin: Sequence[Message]
    wrong: Sequence[Message]
    wrong_with_plugin: Sequence[Message]

    @property
    def is_judged(self) -> bool:
        """True if mypy reports the mistake, and only companions in the right form."""
        accepted = self.example.has_companion or not self.right
        return accepted and bool(self.concerned())

    def concerned(self) -> list[Message]:
        """The native errors that the mistake causes."""
        known = _told(self.example.right, self.right)
        return [one for one in self.wrong if one.is_error and _said(self.example.wrong, one) not in known]

    def native_codes(self) -> list[str]:
        """The codes of the native errors, companions included."""
        return sorted({one.code for one in self.wrong if one.is_error})

    def is_all_ours(self) -> bool:
        """True if all errors of the example have the plugin's code."""
        return all(one.code == OURS for one in self.wrong_with_plugin if one.is_error)


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
    """The violations, given the messages about the wrong form under a comment."""
    known = _told(plain.example.right, plain.right)
    kept = _told(plain.example.right, plain.right_with_plugin)
    found = list(_of_companions(block, native, plugin, known, kept))
    if known <= kept:
        native, plugin = ([one for one in each if _said(block, one) not in kept] for each in (native, plugin))
    return [*of_statements(block, native, plugin), *found, *_of_comments(_unused(native), _unused(plugin))]


def differences_of_ours(block: Block, bare: Sequence[Message], plugin: Sequence[Message]) -> list[str]:
    """As :func:`differences`, for a comment with the plugin's code, judged by a ``bare`` one."""
    lines = [{line for line, _ in _unused(messages)} for messages in (bare, plugin)]
    return [*of_statements(block, bare, plugin), *_of_comments(*lines)]


def of_statements(block: Block, native: Sequence[Message], plugin: Sequence[Message]) -> Iterator[str]:
    """Yield a violation unless the same statements have errors."""
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
    """The identity of a message; both forms have the same text on its line."""
    return block[message.line].partition(f"  {BARE}")[0], message.text, message.code


def _unused(messages: Iterable[Message]) -> set[tuple[int, str]]:
    return {(one.line, one.text) for one in messages if one.code == UNUSED}
