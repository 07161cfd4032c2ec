"""The cost of answers as values, compared with the official client and pydantic.

Measures the processor time of making a schema and of parsing an answer, and the memory that remains after
many answers, prints each with its bound, and looks for modules that programs import without using them::

    pip install openai
    python benchmarks/answers.py [--answers 100000]
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypedDict

import pydantic
from openai.lib._parsing._completions import parse_chat_completion
from openai.lib._pydantic import to_strict_json_schema
from openai.types.chat import ChatCompletion

from typed_openai import json_schema_of, parse

MOST_RATIO: Final = 1.0
"""The bound of the time of a schema and of a parsed answer, relative to the official client's."""

MOST_BYTES: Final = 100_000
"""The bound of the memory that remains after all answers."""


class Person(TypedDict):
    """A person."""

    name: str
    age: int


@dataclass
class Event:
    """An event with plain types."""

    day: datetime
    people: list[Person]
    kind: Literal["talk", "walk"]
    after: Event | None


class PersonModel(pydantic.BaseModel):
    """A person for the official client."""

    name: str
    age: int


class EventModel(pydantic.BaseModel):
    """An event for the official client."""

    day: datetime
    people: list[PersonModel]
    kind: Literal["talk", "walk"]
    after: EventModel | None


_OTHER: Final = "typed_openai.Client(api_key='k').responses.create_response"
_MODULES: Final = {
    f"typed_openai.{one}" for one in ("outputs", "event_outputs", "tool_functions", "tool_kits", "_shapes")
}

_VALUE: Final = {
    "day": "2030-01-31T12:00:00Z",
    "people": [{"name": "Alice", "age": 31}] * 5,
    "kind": "talk",
    "after": None,
}
_REPLY: Final[dict[str, Any]] = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-5.5",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": json.dumps(_VALUE)},
        }
    ],
}


def _official_parse() -> object:
    reply = ChatCompletion.model_validate(_REPLY)
    return parse_chat_completion(response_format=EventModel, input_tools=[], chat_completion=reply)


def _microseconds(subject: Callable[[], object], times: int = 2000) -> float:
    subject()
    best = float("inf")
    for _ in range(5):
        start = time.process_time()
        for _ in range(times // 5):
            subject()
        best = min(best, (time.process_time() - start) / (times // 5) * 1e6)
    return best


def _remaining(answers: int) -> int:
    for _ in range(100):
        parse(_REPLY, Event)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(answers):
        parse(_REPLY, Event)
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before


def _imported() -> str:
    """Return the modules of answers and tools that a program imports which uses none of them."""
    program = f"import sys, typed_openai; {_OTHER}; print(*{_MODULES} & {{*sys.modules}})"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def main() -> int:
    """Print the costs; the exit status is 1 if a bound is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--answers", type=int, default=100_000)
    answers = parser.parse_args().answers
    pairs = {
        "schema": (lambda: json_schema_of(Event), lambda: to_strict_json_schema(EventModel)),
        "answer": (lambda: parse(_REPLY, Event), _official_parse),
    }
    is_kept = True
    for name, (ours, theirs) in pairs.items():
        costs = _microseconds(ours), _microseconds(theirs)
        ratio = costs[0] / costs[1]
        is_kept &= ratio <= MOST_RATIO
        print(f"{name}: {costs[0]:.0f} us, official {costs[1]:.0f} us, ratio {ratio:.2f} <= {MOST_RATIO}")
    kept = _remaining(answers)
    is_kept &= kept <= MOST_BYTES
    print(f"memory after {answers} answers: {kept} bytes <= {MOST_BYTES}")
    found = _imported().strip()
    print(f"modules imported by those who do not use them: {found or 'none'}")
    return 0 if is_kept and not found else 1


if __name__ == "__main__":
    sys.exit(main())
