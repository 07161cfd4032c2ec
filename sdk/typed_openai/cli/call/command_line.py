"""Parse the words after ``typed-openai call``: the operation, its arguments, the options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from typed_openai.cli.call_options import OPTIONS, Option
from typed_openai_spec import spelling


class UsageError(Exception):
    """The command line is wrong; each argument of the exception is one line of the message."""


_LONGEST_SHOWN: Final = 60


def shown(text: str) -> str:
    """Return a value for a message, in quotes; the rest of a long one is left out."""
    return repr(text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}...")


_SHORT: Final = {"-o": "output", "-h": "help"}
_SECRETS: Final = frozenset({"api-key", "openai-api-key", "admin-api-key", "key"})
_TRUTHS: Final = frozenset({"true", "false", "null"})


@dataclass(frozen=True, slots=True)
class Given:
    """A value for an argument: a text, or None for the name alone; ``as_json`` after ``name:=``."""

    name: str
    text: str | None
    as_json: bool = False


@dataclass(slots=True)
class Words:
    """A parsed command line. Options are stored by Python name; an argument may be repeated."""

    operation: str = ""
    positional: list[str] = field(default_factory=list)
    named: list[Given] = field(default_factory=list)
    options: dict[str, object] = field(default_factory=dict)


def divided(words: list[str], is_flag: Callable[[str, str], bool]) -> Words:
    """Parse the command line. Raises :class:`UsageError`.

    ``is_flag`` returns True if an argument may stand without a value; it is called with the names of the
    operation and the argument.
    """
    found = Words()
    left = list(words)
    while left:
        word = _SHORT.get(left[0], "")
        word = f"--{word}" if word else left[0]
        del left[0]
        if word == "--":
            for one in left:
                _take_plain(one, found)
            break
        if not word.startswith("--"):
            _take_plain(word, found)
        elif (name := word[2:].partition("=")[0].replace("_", "-")) in OPTIONS:
            _take_option(OPTIONS[name], word, left, found)
        else:
            _take_argument(word[2:], left, found, is_flag)
    return found


def text_of(option: str, words: list[str]) -> str | None:
    """Return the value of an option anywhere in the words, or None."""
    before = words[: words.index("--")] if "--" in words else words
    for position, word in enumerate(before):
        name, equals, text = word.partition("=")
        if name == f"--{option}":
            return text if equals else next(iter(before[position + 1 :]), None)
    return None


def _take_plain(word: str, found: Words) -> None:
    if found.operation:
        found.positional.append(word)
    else:
        found.operation = word


def _take_option(option: Option, word: str, left: list[str], found: Words) -> None:
    _, equals, text = word.partition("=")
    if not option.metavar:
        if equals:
            raise UsageError(f"--{option.name}: takes no value")
        found.options[option.keyword] = True
        return
    if not equals:
        if not left:
            raise UsageError(f"--{option.name}: expected {option.metavar} after it")
        text = left.pop(0)
    try:
        found.options[option.keyword] = option.read(text)
    except (ValueError, RecursionError):
        raise UsageError(f"--{option.name}: expected {option.metavar}, got {shown(text)}") from None


def _take_argument(word: str, left: list[str], found: Words, is_flag: Callable[[str, str], bool]) -> None:
    name, equals, text = word.partition("=")
    as_json = bool(equals) and name.endswith(":")
    name = name.removesuffix(":") if as_json else name
    if name.replace("_", "-") in _SECRETS:
        raise UsageError(f"--{name}: others can see a command's arguments; set OPENAI_API_KEY instead")
    if not found.operation:
        hint = spelling.hint(name, OPTIONS, written="--{}".format)
        raise UsageError(f"--{name}: no such option{hint}; an operation's arguments follow its name")
    python = name.replace("-", "_")
    if equals:
        found.named.append(Given(python, text, as_json))
    elif is_flag(found.operation, python):
        value = left.pop(0) if left and left[0] in _TRUTHS else None
        found.named.append(Given(python, value))
    elif not left or left[0].startswith("--"):
        # A value that looks like a name can be given with "=".
        found.named.append(Given(python, None))
    else:
        found.named.append(Given(python, left.pop(0)))
