"""Safe Python names for the texts of a description. All these texts are untrusted."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Iterable
from itertools import chain, count
from typing import Final, NewType

from typed_openai_spec.option_tables import ALL_CALL_OPTIONS, RENAMED_CALL_OPTIONS

Identifier = NewType("Identifier", str)
"""A string that is a Python identifier and not a keyword."""

RESERVED_ARGUMENTS: Final = frozenset({"self", *ALL_CALL_OPTIONS, *RENAMED_CALL_OPTIONS})
"""Names that an operation's own argument cannot have."""

_DEVICES: Final = (
    *("aux", "con", "nul", "prn"),
    *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)),
)
"""Device names of Windows, where no file can have such a name, whatever its extension."""

PUBLIC_NAMES: Final = (
    # Modules of the client's package. Importing one makes it an attribute of the package.
    *(
        "accumulation",
        "aio",
        "batch_jobs",
        "batch_results",
        "binary",
        "cli",
        "client",
        "default_client",
        "errors",
        "generated",
        "generated_modules",
        "identity",
        "line_files",
        "observing",
    ),
    *(
        "omission",
        "pagination",
        "params",
        "polling",
        "progress",
        "rate_limiting",
        "resources",
        "streaming",
        "telemetry",
        "testing",
    ),
    *("event_outputs", "output_errors", "outputs", "run_stores", "timeouts", "tool_errors"),
    *("token_usage", "tool_functions", "tool_kits", "tool_runs", "types", "uploading"),
    *("webhook_errors", "webhook_events"),
    # Its functions.
    *("accumulate", "accumulator", "as_curl", "ask", "call", "check_lines", "finished_items"),
    *("guess_line_kind", "json_schema_of", "output_items", "output_text", "text_deltas"),
    *(
        "paginate",
        "parse",
        "poll",
        "poller",
        "request",
        "response_format",
        "response_info",
        "text_format",
        "text_of",
        "tool",
        "unwrap_webhook",
        "upload_file",
    ),
    # Methods of ``Client`` and ``AsyncClient``.
    *("aclose", "as_curl", "call", "close", "request", "with_options"),
)
"""Public names of the client's package and of its clients that a group could have otherwise."""

RENAMED_GROUPS: Final = {
    **{name: f"{name}_" for name in (*PUBLIC_NAMES, *_DEVICES)},
    # ``resource_`` would have the class ``Resource``, which is the base of all groups.
    "resource": "resource_group",
}
"""Replacements for group names that are taken.

They are taken by public names, by the groups' base class, or by device names, as each group has files of
its own.
"""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W_A-Z]+|[A-Z]+")

_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Letters of identifiers that are not shown."""

_OPERATORS: Final = (
    *(("<=", "lte"), (">=", "gte"), ("!=", "ne"), ("<>", "ne"), ("<", "lt"), (">", "gt")),
    *(("=", "eq"), ("!", "not"), ("~", "like")),
)
"""Operators at the end of a parameter's name (``EndTime>``), and the words for them."""

_MAX_LENGTH = 120
_LONGEST_OWN = 1_000
"""Maximum length up to which a valid name of the description is kept."""


def _plain(text: str) -> str:
    """Return the text without accents; letters that ASCII does not have are kept, and separate nothing."""
    return unicodedata.normalize("NFKC", "".join(map(_plain_character, text)))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    ascii_only = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode("ascii")
    if ascii_only:
        return ascii_only
    return character if _is_name(f"_{character}") else " "


def _is_name(text: str) -> bool:
    """Return True for an identifier that Python reads as it is written, and that is shown whole."""
    return (
        text.isidentifier()
        and (text.isascii() or unicodedata.normalize("NFKC", text) == text)
        and not _INVISIBLE.intersection(text)
    )


def words(text: str) -> list[str]:
    """Split a name in any usual spelling into words: ``usage-costs``, ``createRun``, ``HTTPError``."""
    return _WORD.findall(_plain(text[:_LONGEST_OWN])[:_MAX_LENGTH])


def _safe(name: str, fallback: str) -> Identifier:
    name = name or fallback
    if not name.isidentifier():
        name = f"{fallback}_{name}"
    if keyword.iskeyword(name) or (name.startswith("__") and name.endswith("__")):
        name = f"{name.rstrip('_')}_"
    return Identifier(name)


def snake_case(text: str) -> Identifier:
    """``createChatCompletion`` -> ``create_chat_completion``; for operations and groups."""
    return _safe("_".join(words(text)).lower(), "operation")


def pascal_case(text: str) -> Identifier:
    """``fine_tuning`` -> ``FineTuning``; for classes. Upper-case words keep their spelling."""
    return _safe("".join(word[0].upper() + word[1:] for word in words(text)), "Type")


def group_name(text: str) -> Identifier:
    """Return the Python name of a group of operations: an attribute of the client."""
    name = snake_case(text)
    return Identifier(RENAMED_GROUPS.get(name, name))


def argument_name(wire: str) -> Identifier:
    """Return the Python keyword for a parameter or body field: the wire name if possible."""
    text = wire[:_LONGEST_OWN].removesuffix("[]")
    for operator, word in _OPERATORS:
        if len(text) > len(operator) and text.endswith(operator):
            text = f"{text.removesuffix(operator)}_{word}"
            break
    name = text if _is_name(text) else "_".join(re.findall(r"\w+", _plain(text)))
    name = name.lower() if "-" in text else name
    # Two leading underscores would be mangled in a class, and mean positional-only to a type checker.
    name = _safe(name.lstrip("_") if name.startswith("__") else name, "argument")
    return Identifier(f"{name}_") if name in RESERVED_ARGUMENTS else name


def unique_names(wanted: Iterable[tuple[str, str]]) -> list[Identifier]:
    """Return unique names for arguments, which are given in order as pairs of name and location.

    A name that is taken gets its location as a prefix (``body_id``), and also a number if that is taken.
    """
    taken: set[str] = set()
    result = []
    for name, location in wanted:
        other = f"{location}_{name}"
        candidates = chain((name, other), (f"{other}_{number}" for number in count(2)))
        free = next(one for one in candidates if one not in taken)
        taken.add(free)
        result.append(Identifier(free))
    return result


def component_name(source: str) -> Identifier:
    """Return the Python name of a component: the description's own name if possible."""
    usable = len(source) <= _LONGEST_OWN and _is_name(source) and not source.startswith("_")
    return _safe(source if usable else pascal_case(source), "Component")
