"""Changes of a description as text, as Markdown and as JSON.

The most severe come first, with a heading for each severity. Changes of documentation are counted, and
listed only in JSON. Text and Markdown list many added or removed components together, and many places with
the same change of a response; of many values they list the first. JSON lists everything. It is an object::

    {"breaking": 1, "risky": 0, "deprecating": 0, "compatible": 0,
     "changes": [{"severity": "breaking",
                  "kind": "added" | "removed" | "renamed" | "changed",
                  "subject": "argument",
                  "place": "chat.create_chat_completion(temperature)",
                  "text": "...",
                  "why": "...",
                  "operations": ["chat.create_chat_completion"]}]}

It starts with the number of changes of each severity. ``why`` explains the effect on callers; it is empty
if ``text`` is clear. ``operations`` are the affected operations; it is empty if ``place`` shows them.
Severities and subjects are those of :mod:`typed_openai_spec.comparison`.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from textwrap import fill, indent
from typing import Final

from typed_openai_spec.comparison import SEVERITIES, Change, Severity

_HEADINGS: Final[Mapping[Severity, str]] = {
    "breaking": "Breaking",
    "risky": "Risky (calls and types hold; replies or behaviour may be new)",
    "deprecating": "Deprecating",
    "compatible": "Compatible",
}

_SHOWN_OPERATIONS: Final = 4
_MANY: Final = 6
_WIDTH: Final = 106
_TOGETHER: Final[Mapping[str, str]] = {
    "removed": "components removed, the types of these names are gone",
    "added": "components added",
}
# Values as they are shown in a text; the first six of nine or more, and the others.
_VALUE: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")
_VALUES: Final = re.compile(
    rf"((?:{_VALUE.pattern})(?:, (?:{_VALUE.pattern})){{5}})((?:, (?:{_VALUE.pattern})){{3,}})"
)


def text(changes: Sequence[Change]) -> str:
    """Format the changes as text under headings, with a summary as the last line."""
    lines: list[str] = []
    for severity, group in _groups(changes):
        single, together = _folded(group)
        lines += [f"{_HEADINGS[severity]}:", *(f"  {_sentence(one)}" for one in single)]
        for words, names in together:
            names_wrapped = fill(", ".join(map(shown, names)), _WIDTH, break_long_words=False)
            lines += [f"  {words}:", indent(names_wrapped, "    ")]
        lines.append("")
    return "\n".join([*lines, summary(changes), ""])


def markdown(changes: Sequence[Change]) -> str:
    """Format the changes as a Markdown list under headings."""
    lines: list[str] = []
    for severity, group in _groups(changes):
        single, together = _folded(group)
        lines += [f"## {_HEADINGS[severity]}", "", *map(_item, single)]
        lines += [
            shown(f"- {_escaped(words)}: {', '.join(_code(one) for one in names)}")
            for words, names in together
        ]
        lines.append("")
    return "\n".join([*lines, summary(changes), ""])


def as_json(changes: Sequence[Change]) -> str:
    """Format the changes as a JSON object, as described in this module."""
    return json.dumps({**counts(changes), "changes": [asdict(one) for one in changes]}, indent=2) + "\n"


FORMATS: Final[Mapping[str, Callable[[Sequence[Change]], str]]] = {
    "text": text,
    "json": as_json,
    "markdown": markdown,
}
"""The formats for changes."""


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """Return the number of changes of each severity."""
    found = [one.severity for one in changes]
    return {severity: found.count(severity) for severity in SEVERITIES}


def breaks(changes: Iterable[Change]) -> bool:
    """Return True if a change is breaking."""
    return any(one.severity == "breaking" for one in changes)


def summary(changes: Sequence[Change]) -> str:
    """Return one line with the number of changes of each severity."""
    if not changes:
        return "no changes"
    shown = [one for one in changes if one.subject != "documentation"]
    parts = [f"{count} {severity}" for severity, count in counts(shown).items() if count]
    if len(shown) < len(changes):
        parts.append(f"{len(changes) - len(shown)} of documentation")
    return f"{len(changes)} change{'s' * (len(changes) != 1)}: {', '.join(parts)}"


def _groups(changes: Sequence[Change]) -> list[tuple[Severity, list[Change]]]:
    shown = [one for one in changes if one.subject != "documentation"]
    groups = [(severity, [one for one in shown if one.severity == severity]) for severity in SEVERITIES]
    return [(severity, group) for severity, group in groups if group]


def _folded(changes: Sequence[Change]) -> tuple[list[Change], list[tuple[str, list[str]]]]:
    """Return the single changes, and groups of many alike ones with a text and names.

    They are added or removed components, and places with the same change of a response.
    """
    single, together = list(changes), []
    for kind, words in _TOGETHER.items():
        alike = [one for one in single if (one.subject, one.kind, one.text) == ("component", kind, kind)]
        if len(alike) >= _MANY:
            single = [one for one in single if one not in alike]
            together.append((f"{len(alike)} {words}", [one.place for one in alike]))
    replies = [one for one in single if one.subject == "reply" and not one.why]
    for text, count in Counter(one.text for one in replies).items():
        if count >= _MANY:
            alike = [one for one in replies if one.text == text]
            single = [one for one in single if one not in alike]
            together.append((f"{text}, in {count} places", [one.place for one in alike]))
    return single, together


def _sentence(change: Change) -> str:
    return shown(f"{change.place}: {_said(change)}")


def _item(change: Change) -> str:
    return shown(f"- {_code(change.place)}: {_escaped(_said(change))}")


def _said(change: Change) -> str:
    """Return the text of a change with its reason and affected operations; long lists of values are cut."""
    text = _VALUES.sub(lambda found: f"{found[1]} and {len(_VALUE.findall(found[2]))} more", change.text)
    return f"{text}{f': {change.why}' if change.why else ''}{_reached(change)}"


def shown(text: str) -> str:
    """Return a line of untrusted text without control characters."""
    return "".join(one if one.isprintable() else repr(one)[1:-1] for one in text)


def _reached(change: Change) -> str:
    """Return the affected operations in brackets; the first few of many."""
    if not change.operations:
        return ""
    shown = ", ".join(change.operations[:_SHOWN_OPERATIONS])
    more = len(change.operations) - _SHOWN_OPERATIONS
    return f" [{shown}{f' and {more} more' if more > 0 else ''}]"


def _code(value: str) -> str:
    """Return a code span; a text with backquotes is enclosed by longer ones (CommonMark, 6.1)."""
    fence = "`" * (max(map(len, re.findall("`+", value)), default=0) + 1)
    return f"{fence}{value}{fence}" if fence == "`" else f"{fence} {value} {fence}"


def _escaped(value: str) -> str:
    """Escape all Markdown in a text of the description."""
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>#|!" else one for one in value)
