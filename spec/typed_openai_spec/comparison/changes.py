"""What a change is, and how it is judged: from the side of whoever calls the API.

What a caller gives and what a caller gets are judged in opposite directions. A request may be given more
freedom, never less; a reply may promise more, never less. The table :data:`_RULES` says it for each
subject; a change on both sides is as severe as on the worse of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Severity: TypeAlias = Literal["breaking", "risky", "deprecating", "compatible"]
"""What a change means to code that was right before:

``breaking``: calls by name, by operationId or by method and path are refused or mean something else, or a
type checker refuses the code: so it does where a value or an event is waited for that never comes.
``risky``: the code keeps its types and its calls are taken, but what it gets or does may be new to it: a
value or an event that it does not know, another default, another server.
``deprecating``: the code works, and is told to use something else.
``compatible``: nothing that it has to heed.
"""

SEVERITIES: Final[tuple[Severity, ...]] = ("breaking", "risky", "deprecating", "compatible")
"""The severities, the worst first."""

Kind: TypeAlias = Literal["added", "removed", "renamed", "changed"]

# fmt: off
Subject: TypeAlias = Literal[
    "api", "operation", "request", "security", "argument", "order", "body", "result", "paging", "reply",
    "component", "field", "type", "value", "member", "nullable", "required", "bound", "format", "default",
    "undeclared", "rule", "deprecation", "beta", "name", "webhook", "documentation",
]
# fmt: on
"""What it is that changed."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two descriptions.

    ``place`` is where: ``chat.create_chat_completion(temperature)`` for an argument,
    ``chat.create_chat_completion()`` for the result, ``CreateChatCompletionResponse.choices[].index`` for a
    part of a component. ``text`` says what has changed, ``why`` what it means to callers where that is not
    plain. ``operations`` are those that it reaches, by qualified name, where the place does not tell.
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
        """Sorts the worst first, then by place."""
        return SEVERITIES.index(self.severity), self.place, self.subject, self.text


@dataclass(frozen=True, slots=True)
class Sides:
    """The sides of the wire on which something stands: in what callers give, in what they get."""

    given: bool = False
    got: bool = False


GIVEN: Final = Sides(given=True)
GOT: Final = Sides(got=True)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change does to the values that are allowed: fewer, more, or both (others)."""

    narrows: bool = False
    widens: bool = False


NARROWS: Final = Effect(narrows=True)
WIDENS: Final = Effect(widens=True)
OTHERS: Final = Effect(narrows=True, widens=True)
NEITHER: Final = Effect()

Verdict: TypeAlias = tuple[Severity, str]
"""How severe a change is, and why."""

_FINE: Final[Verdict] = ("compatible", "")


@dataclass(frozen=True, slots=True)
class _Rule:
    """The verdicts on a subject: where callers may give less or more, and where they get less or more."""

    gives_less: Verdict = ("breaking", "")
    gives_more: Verdict = _FINE
    gets_less: Verdict = _FINE
    gets_more: Verdict = _FINE


_MORE: Final[Verdict] = ("risky", "code that handles every case does not know this one")
_LESS: Final[Verdict] = ("breaking", "code that compares with it never finds it")

_RULES: Final[Mapping[Subject, _Rule]] = {
    "type": _Rule(
        ("breaking", "what was given before is refused"),
        gets_more=("breaking", "replies may hold another type"),
    ),
    "value": _Rule(("breaking", "requests with it are refused"), gets_less=_LESS, gets_more=_MORE),
    "member": _Rule(("breaking", "requests with it are refused"), gets_less=_LESS, gets_more=_MORE),
    "nullable": _Rule(
        ("breaking", "requests may not hold null any more"), gets_more=("breaking", "replies may hold null")
    ),
    "required": _Rule(
        ("breaking", "requests must hold it now"), gets_more=("breaking", "replies may lack it")
    ),
    "field": _Rule(
        ("breaking", "requests may not hold it any more"),
        gets_more=("breaking", "replies are not known to hold it any more"),
    ),
    "bound": _Rule(
        ("breaking", "requests may be refused that were taken"),
        gets_more=("risky", "replies may be outside of what was promised"),
    ),
    "format": _Rule(
        ("breaking", "requests may be refused that were taken"),
        gets_more=("risky", "replies may be written in another way"),
    ),
    "undeclared": _Rule(
        ("breaking", "requests that hold such fields are refused"),
        gets_more=("risky", "replies may hold other undeclared fields"),
    ),
    "rule": _Rule(
        ("breaking", "requests may be refused that were taken"),
        gets_more=("risky", "replies may hold what was ruled out"),
    ),
    "default": _Rule(("risky", "requests that leave it out mean something else")),
    "order": _Rule(("breaking", "positional arguments mean something else; pass them by keyword")),
}


def judge(subject: Subject, given: Effect, got: Effect) -> Verdict:
    """How severe a change of ``subject`` is, and why: the worst of what applies.

    ``given`` is its effect on what callers may give, ``got`` on what they get.
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
    """The worst of some verdicts; a change that has none is compatible."""
    return min(verdicts, key=lambda one: SEVERITIES.index(one[0]), default=_FINE)
