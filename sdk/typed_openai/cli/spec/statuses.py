"""Exit statuses of the commands that work on descriptions; each command's ``--help`` shows the rule.

0 means success. 1 means that there is a difference, a break or a problem that was asked for, or that the
work could not be done (:class:`WorkFailed`). 2 means that the command line is wrong or that an input cannot
be read.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Final

from typed_openai.cli.printing import one_line
from typed_openai.errors import OpenAIError
from typed_openai_spec.problems import DescriptionError


class WorkFailed(DescriptionError):
    """Raised if a valid request cannot be done. Nothing was changed, or the message says what was."""

    exit_status = 1


STATUSES: Final = "Exit status: 0; 1 if {one}; 2 if the command line is wrong or {two} cannot be read."
"""The last sentence of a ``--help``, with placeholders."""


def with_errors_as_two(run: Callable[[], int]) -> int:
    """Return the status of ``run``; after an error, print it to stderr and return 2 or the error's status."""
    try:
        return run()
    except BrokenPipeError:  # not an error of the input: see :func:`typed_openai.cli.main`
        raise
    except (OpenAIError, DescriptionError, OSError) as error:
        print(f"typed-openai: error: {one_line(str(error)) or 'failed'}", file=sys.stderr)
        return int(getattr(error, "exit_status", 2))
