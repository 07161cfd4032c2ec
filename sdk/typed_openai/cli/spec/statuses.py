"""Exit statuses of the commands that work on descriptions: one rule, which each one's ``--help`` tells.

0 where all is well; 1 where there is a difference, a break or a problem that was asked about, and where the
work could not be done (:class:`WorkFailed`); 2 where the command line is wrong or what it names cannot be
read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from typed_openai.cli.printing import one_line
from typed_openai.errors import OpenAIError
from typed_openai_spec.problems import DescriptionError


class WorkFailed(DescriptionError):
    """What was asked for is understood and cannot be done: nothing was changed, or the message says what."""

    exit_status = 1


STATUSES: Final = "Exit status: 0; 1 where {one}; 2 where the command line is wrong or {two} cannot be read."
"""The last sentence of a ``--help``, to be filled in."""


def with_errors_as_two(run: Callable[[], int]) -> int:
    """The status that ``run`` gives; where it fails, which is told on stderr, 2 or what the error says."""
    try:
        return run()
    except BrokenPipeError:  # nothing wrong with what was to be read: see :func:`typed_openai.cli.main`
        raise
    except (OpenAIError, DescriptionError, OSError) as error:
        print(f"typed-openai: error: {one_line(str(error)) or 'failed'}", file=sys.stderr)
        return int(getattr(error, "exit_status", 2))
