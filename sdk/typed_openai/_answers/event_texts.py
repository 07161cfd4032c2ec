"""The text and the items in the events of a chat completion or a response."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from typed_openai._answers.reply_texts import COMMENTARY, checked_phase, content_text
from typed_openai.errors import CallError

_RESPONSE: Final = "response."
_DELTA: Final = f"{_RESPONSE}output_text.delta"
_ADDED: Final = f"{_RESPONSE}output_item.added"
_DONE: Final = f"{_RESPONSE}output_item.done"


class TextReader:
    """Reads the text of one choice, or of one phase, out of events, in their order."""

    def __init__(self, choice: int, phase: str) -> None:
        self._choice = choice
        self._is_commentary = checked_phase(phase) == COMMENTARY
        self._commentaries: set[object] = set()
        """The ids and the numbers of the comments."""
        self._is_known = False

    def __call__(self, event: Any) -> str:
        """Return the piece of text that an event has; empty if it has none."""
        choices = event.get("choices") if isinstance(event, Mapping) else None
        if isinstance(choices, list):
            self._is_known = True
            return "".join(map(self._of_choice, choices))
        if not self._is_known:
            _check_response(event, "a chat completion or a response")
            self._is_known = True
        kind = event.get("type")
        if kind == _DELTA:
            return (event.get("delta") or "") if self._is_wanted(event) else ""
        if kind == _ADDED:
            self._note(event)
        return ""

    def _of_choice(self, choice: Mapping[str, Any]) -> str:
        # A server that streams one choice may leave out its number.
        if choice.get("index", 0) != self._choice:
            return ""
        return content_text((choice.get("delta") or {}).get("content"))

    def _is_wanted(self, event: Mapping[str, Any]) -> bool:
        number, name = event.get("output_index"), event.get("item_id")
        return (number in self._commentaries or name in self._commentaries) is self._is_commentary

    def _note(self, event: Mapping[str, Any]) -> None:
        item = event.get("item") or {}
        names = {event.get("output_index"), item.get("id")} - {None}
        if item.get("phase") == COMMENTARY:
            self._commentaries |= names
        else:
            self._commentaries -= names


class ItemReader:
    """Reads the finished items of one type out of the events of a response."""

    def __init__(self, type: str) -> None:
        self._type = type
        self._is_known = False

    def __call__(self, event: Any) -> Any:
        """Return the item that is finished with an event; None if there is none, or one of another type."""
        if not self._is_known:
            _check_response(event, "a response")
            self._is_known = True
        item = event.get("item") if event.get("type") == _DONE else None
        return item if isinstance(item, Mapping) and item.get("type") == self._type else None


def _check_response(event: Any, expected: str) -> None:
    """Raise ``CallError`` unless an event belongs to a response."""
    kind = event.get("type") if isinstance(event, Mapping) else None
    if not (isinstance(kind, str) and kind.startswith(_RESPONSE)):
        found = f'the event "{kind}"' if kind else f'"{type(event).__name__}"'
        raise CallError(f"expected the events of {expected}, got {found}")
