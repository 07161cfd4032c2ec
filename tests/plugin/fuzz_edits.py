"""A project of a few modules, and edits of it: mistakes made and corrected, shared types changed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.plugin.blocks import Module
from tests.plugin.fuzz_realistic import RealisticSource
from tests.plugin.fuzz_sites import FOREIGN_HEAD, SITE_HEAD
from tests.plugin.fuzz_wrappers import NOISE

from typed_openai_spec.index.reader import packaged

MODULES: Final = ("first", "second")
"""The modules with mistakes; both import :data:`SHARED`."""

_BLOCKS: Final = 15
_NOT_AGAIN: Final = re.compile(r"\blazy|later_client|client = None|self\.late|LATE")
"""Code for which the daemon prints something else after an edit, even without the plugin."""

_HEAD: Final = f"{SITE_HEAD}\nfrom shared import Given, send, shared_client\n"
_USE: Final = (
    "def use$N() -> None:",
    "    send({'role': 'user', 'content': 'text'})",
    "    send({'anchor': 'last_active_at', 'days': 7})",
    "    given: Given = {'role': 'user', 'content': 3}",
    "    ignore(given, shared_client.models.list_models(after=3))",
)

_SHARED: Final = """\
from typed_openai import Client, types

Given = types.{type}
shared_client: {client} = Client()


def send(given: {parameter}) -> {result}:
    raise NotImplementedError
"""

_SHARED_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "type": (
        "ChatCompletionRequestUserMessage",
        "VectorStoreExpirationAfter",
        "ChatCompletionRequestMessage",
    ),
    "client": ("Client", "Client | None"),
    "parameter": ("Given", "list[Given]", "Given | None"),
    "result": ("None", "int"),
}


@dataclass(frozen=True)
class Step:
    """The texts of all files after an edit, and the edited part."""

    edited: str
    texts: Mapping[str, str]

    def write(self, folder: Path) -> None:
        """Write the files that changed."""
        for name, text in self.texts.items():
            path = folder / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)


class Edits:
    """Makes edits from a seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)
        examples = RealisticSource(packaged().api(), seed).programs(4 * len(MODULES) * _BLOCKS)
        fit = [one for one in examples if not _NOT_AGAIN.search("\n".join(one.wrong))]
        self._examples = self._chance.sample(fit, len(MODULES) * _BLOCKS)
        self._is_wrong = [self._chance.random() < 0.5 for _ in self._examples]
        self._shared = {name: choices[0] for name, choices in _SHARED_CHOICES.items()}
        self._noise = list(NOISE)

    def steps(self, count: int) -> Iterator[Step]:
        """Yield the initial project, and the project after each of ``count`` edits."""
        yield self._step("nothing")
        edits = (self._toggle, self._toggle, self._toggle, self._change_shared, self._change_noise)
        for _ in range(count):
            yield self._step(self._chance.choice(edits)())

    def _toggle(self) -> str:
        """Make or correct a few mistakes."""
        chosen = self._chance.sample(range(len(self._examples)), self._chance.choice([1, 2, 5]))
        for one in chosen:
            self._is_wrong[one] = not self._is_wrong[one]
        return f"examples {chosen}"

    def _change_shared(self) -> str:
        name = self._chance.choice(list(_SHARED_CHOICES))
        self._shared[name] = self._chance.choice(_SHARED_CHOICES[name])
        return f"shared {name}: {self._shared[name]}"

    def _change_noise(self) -> str:
        self._chance.shuffle(self._noise)
        return "noise"

    def _step(self, edited: str) -> Step:
        blocks = [
            one.wrong if wrong else one.right
            for one, wrong in zip(self._examples, self._is_wrong, strict=True)
        ]
        size = len(blocks) // len(MODULES)
        texts = {
            f"{name}.py": Module(name, _HEAD, (_USE, *blocks[at * size : (at + 1) * size])).text()
            for at, name in enumerate(MODULES)
        }
        noise = tuple(tuple(one.split("\n")) for one in self._noise[: len(NOISE) // 2])
        texts["foreign.py"] = Module("foreign", FOREIGN_HEAD, noise).text()
        texts["shared.py"] = _SHARED.format(**self._shared)
        return Step(edited, texts)
