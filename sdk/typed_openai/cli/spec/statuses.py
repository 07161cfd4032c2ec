"""Exit statuses of the commands that judge a description: 1 is a verdict there, so errors end in 2."""

from __future__ import annotations

import sys
from collections.abc import Callable

from typed_openai.errors import OpenAIError
from typed_openai_spec.problems import DescriptionError


def with_errors_as_two(run: Callable[[], int]) -> int:
    """The status that ``run`` gives; 2 where it cannot do what it is asked to, which is told on stderr."""
    try:
        return run()
    except (OpenAIError, DescriptionError, OSError) as error:
        print(f"typed-openai: error: {' '.join(str(error).split()) or 'failed'}", file=sys.stderr)
        return 2
