"""A change and its severity for callers of the API.

Requests and replies are judged in opposite directions. A request may accept more than before but not less;
a reply may promise more than before but not less. The table :data:`_RULES` holds the verdicts for each
subject. A change on both sides is as severe as on the worse of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["breaking", "risky", "deprecating", "compatible"]
"""The effect of a change on code that was correct before.

``breaking``: calls by name, by operationId or by method and path are refused or mean something else, or a
type checker rejects the code. Code that waits for a value or an event that no longer occurs counts too.

``risky``: the code still type-checks and its calls are accepted, but it may meet something new: an unknown
value or event, another default, another server.

``deprecating``: the code works, and gets a hint to use something else.

``compatible``: nothing to do.
"""

SEVERITIES: Final[tuple[Severity, ...]] = ("breaking", "risky", "deprecating", "compatible")
"""All severities, the worst first."""

Kind: TypeAlias = Literal["added", "removed", "renamed", "changed"]

# fmt: off
Subject: TypeAlias = Literal[
    "api", "operation", "request", "security", "argument", "order", "body", "result", "paging", "reply",
    "component", "field", "type", "value", "member", "nullable", "required", "bound", "format", "default",
    "undeclared", "rule", "deprecation", "beta", "publication", "name", "webhook", "documentation",
]
# fmt: on
"""The kind of thing that changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two descriptions.

    ``place`` locates it: ``chat.create_chat_completion(temperature)`` for an argument,
    ``chat.create_chat_completion()`` for the result, ``CreateChatCompletionResponse.choices[].index`` for a
    part of a component. ``text`` describes the change. ``why`` explains the effect on callers where it is
    not obvious. ``operations`` holds the qualified names of the affected operations where ``place`` does
    not show them.
    """

    severity: Severity
    kind: Kind
    subject: Subject
    place: str
    text: str
    why: str = ""
    operations: tuple[str, ...] = ()

    @property
    def rank(self) -> tuple[int, str, str, str]:
        """Sort key: the worst severity first, then by place."""
        return SEVERITIES.index(self.severity), self.place, self.subject, self.text


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of the wire on which something occurs: in requests (``given``), in replies (``got``)."""

    given: bool = False
    got: bool = False


GIVEN: Final = Sides(given=True)
GOT: Final = Sides(got=True)


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of a change on the set of allowed values: fewer, more, or both."""

    narrows: bool = False
    widens: bool = False


NARROWS: Final = Effect(narrows=True)
WIDENS: Final = Effect(widens=True)
OTHERS: Final = Effect(narrows=True, widens=True)
NEITHER: Final = Effect()

Verdict: TypeAlias = tuple[Severity, str]
"""A severity and its reason."""

_FINE: Final[Verdict] = ("compatible", "")


@dataclass(frozen=True, slots=True)
class _Rule:
    """The verdicts on a subject, for each side and each direction.

    ``gives_*`` is for what callers may send, ``gets_*`` for what they receive; ``less`` and ``more``
    compare the allowed values with those before.
    """

    gives_less: Verdict = ("breaking", "")
    gives_more: Verdict = _FINE
    gets_less: Verdict = _FINE
    gets_more: Verdict = _FINE


_MORE: Final[Verdict] = ("risky", "exhaustive code does not handle it")
_LESS: Final[Verdict] = ("breaking", "comparisons with it are never true")

_RULES: Final[Mapping[Subject, _Rule]] = {
    "type": _Rule(
        ("breaking", "values that were accepted are rejected"),
        gets_more=("breaking", "replies may contain another type"),
    ),
    "value": _Rule(("breaking", "requests with it are rejected"), gets_less=_LESS, gets_more=_MORE),
    "member": _Rule(("breaking", "requests with it are rejected"), gets_less=_LESS, gets_more=_MORE),
    "nullable": _Rule(
        ("breaking", "requests can no longer contain null"),
        gets_more=("breaking", "replies may contain null"),
    ),
    "required": _Rule(
        ("breaking", "requests must contain it now"), gets_more=("breaking", "replies may omit it")
    ),
    "field": _Rule(
        ("breaking", "requests can no longer contain it"),
        gets_more=("breaking", "replies no longer declare it"),
    ),
    "bound": _Rule(
        ("breaking", "requests that were accepted may be rejected"),
        gets_more=("risky", "replies may exceed the former bounds"),
    ),
    "format": _Rule(
        ("breaking", "requests that were accepted may be rejected"),
        gets_more=("risky", "replies may have another format"),
    ),
    "undeclared": _Rule(
        ("breaking", "requests with such fields are rejected"),
        gets_more=("risky", "replies may contain other undeclared fields"),
    ),
    "rule": _Rule(
        ("breaking", "requests that were accepted may be rejected"),
        gets_more=("risky", "replies may break the former rule"),
    ),
    "default": _Rule(("risky", "requests without it mean something else")),
    "order": _Rule(("breaking", "positional arguments mean something else; pass them by keyword")),
}


def judge(subject: Subject, given: Effect, got: Effect) -> Verdict:
    """Return the severity of a change of ``subject``, and the reason: the worst verdict that applies.

    ``given`` is its effect on what callers may send, ``got`` its effect on what they receive.
    """
    rule = _RULES[subject]
    applying = [
        verdict
        for verdict, applies in (
            (rule.gives_less, given.narrows),
            (rule.gives_more, given.widens),
            (rule.gets_less, got.narrows),
            (rule.gets_more, got.widens),
        )
        if applies
    ]
    return worst(applying)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict, or "compatible" if there is none."""
    return min(verdicts, key=lambda one: SEVERITIES.index(one[0]), default=_FINE)
