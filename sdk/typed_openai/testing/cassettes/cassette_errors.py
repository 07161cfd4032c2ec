"""The error for cassettes."""

from __future__ import annotations

from pathlib import Path


class CassetteError(Exception):
    """Raised for a request that a cassette does not have, and for a cassette that cannot be used.

    The message begins with the file, and the line if there is one. It is not an ``OpenAIError``, so that
    code which handles failed calls does not take it for one.

    >>> with cassette("missing.jsonl", mode="replay"):
    ...     pass
    Traceback (most recent call last):
        ...
    typed_openai.testing.cassettes.cassette_errors.CassetteError: missing.jsonl: no such cassette; ...
    """


def at(path: Path, line: int, text: str) -> CassetteError:
    """Return the error for a place in a file; line 0 stands for the whole file."""
    return CassetteError(f"{shown(path)}:{line}: {text}" if line else f"{shown(path)}: {text}")


def shown(path: Path) -> str:
    """Return the path for a message: relative to the current folder if it is inside."""
    absolute, here = path.absolute(), Path.cwd()
    return str(absolute.relative_to(here) if absolute.is_relative_to(here) else path)
