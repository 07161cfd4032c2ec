"""The interface of a place that keeps the state of a run of tools."""

from __future__ import annotations

from typing import Protocol

__all__ = ["RunStore"]


class RunStore(Protocol):
    """A place for the state of a run, which is JSON text; a row of a database, for example.

    >>> class InMemory:
    ...     text: str | None = None
    ...
    ...     def load(self) -> str | None:
    ...         return self.text
    ...
    ...     def save(self, text: str) -> None:
    ...         self.text = text
    >>> kit = Tools(save=InMemory())
    """

    def load(self) -> str | None:
        """Return the text that was saved last; None if there is none.

        >>> class Empty:
        ...     def load(self) -> str | None:
        ...         return None
        """

    def save(self, text: str) -> None:
        """Keep a text. When this returns, the text must survive a crash.

        >>> class Printing:
        ...     def save(self, text: str) -> None:
        ...         print(text)
        """
