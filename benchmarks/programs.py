"""The programs for the measurements of checkers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from typed_openai.testing.fake import Faker, Wishes
from typed_openai_spec.index.reader import packaged

EMPTY: Final = "\n"
OURS: Final = """\
from typed_openai import Client

reply = Client().chat.create_chat_completion([{"role": "user", "content": "hi"}], "gpt-4o-mini")
print(reply["choices"][0]["message"]["content"])
"""
OPENAI: Final = """\
from openai import OpenAI

reply = OpenAI().chat.completions.create(messages=[{"role": "user", "content": "hi"}], model="gpt-4o-mini")
print(reply.choices[0].message.content)
"""
FOUR_LINES: Final = {"empty": EMPTY, "typed-openai": OURS, "openai": OPENAI}

EDIT: Final = "print('one line more')\n"

_BIGGEST: Final = frozenset({"chat", "responses"})


def many_calls(count: int = 300) -> str:
    """Return a program with that many correct calls: half of all operations, half of the biggest ones."""
    return "\n".join(["from typed_openai import Client", "", "client = Client()", *_calls(count)]) + "\n"


def _calls(count: int) -> Iterator[str]:
    api = packaged().api()
    faker, chance = Faker(api.components), random.Random(1)
    current = [one for one in api.operations if not one.deprecated]
    biggest = [one for one in current if one.group in _BIGGEST]
    for number in range(count):
        operation = chance.choice(biggest) if number % 3 == 0 else chance.choice(current)
        given = []
        for one in operation.arguments:
            if one.required or (chance.random() < 0.25 and one.name != "stream"):
                wishes = Wishes(seed=number + 1, optional=chance.random() < 0.5)
                given.append(f"{one.name}={faker.value(one.schema, wishes, name=one.name)!r}")
        yield f"client.{operation.qualified_name}({', '.join(given)})"
