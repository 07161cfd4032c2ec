"""Neither the hash seed nor the order of the files changes the output."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.plugin.blocks import Module
from tests.plugin.fuzz_examples import EXAMPLE_HEAD, ExampleSource
from tests.plugin.fuzz_realistic import RealisticSource
from tests.plugin.fuzz_runs import SEED
from tests.plugin.fuzz_sites import SITE_HEAD

from typed_openai_spec.index.reader import packaged

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

pytestmark = pytest.mark.slow(seconds=10)

EXAMPLES: Final = 12
_IN_A_MODULE: Final = 6


@dataclass(frozen=True)
class Checking:
    """Modules in a folder. Each run has a cache of its own: nothing is read from an earlier one."""

    run_mypy: RunMypy
    folder: Path
    names: Sequence[str]

    def __call__(self, names: Sequence[str] | None = None, seed: str = "0") -> Run:
        cache = self.folder / f"cache-{len([*self.folder.iterdir()])}"
        environment = {"PYTHONHASHSEED": seed}
        return self.run_mypy(names or self.names, folder=self.folder, cache=cache, environment=environment)


@pytest.fixture(scope="module")
def checking(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> Checking:
    folder = tmp_path_factory.mktemp("stable")
    api = packaged().api()
    wrong = {
        EXAMPLE_HEAD: [
            one.wrong for one in islice(ExampleSource(api, SEED).examples(EXAMPLES), 15, 15 + EXAMPLES)
        ],
        SITE_HEAD: [one.wrong for one in RealisticSource(api, SEED).programs(EXAMPLES)],
    }
    names: list[str] = []
    for head, blocks in wrong.items():
        for at in range(0, len(blocks), _IN_A_MODULE):
            module = Module(f"part_{len(names)}", head, tuple(blocks[at : at + _IN_A_MODULE]))
            module.write(folder)
            names.append(f"{module.name}.py")
    return Checking(run_mypy, folder, names)


@pytest.fixture(scope="module")
def expected(checking: Checking) -> Run:
    run = checking()
    assert run.status == 1
    assert len(by_file(run)) == len(checking.names)
    return run


def by_file(run: Run) -> Mapping[str, list[str]]:
    """Errors and notes of each file, in their order."""
    found: dict[str, list[str]] = {}
    for line in run.diagnostics:
        found.setdefault(line.partition(":")[0], []).append(line)
    return found


@pytest.mark.parametrize("seed", ["1", "42"])
def test_the_seed_of_hashes_changes_nothing(checking: Checking, expected: Run, seed: str) -> None:
    assert checking(seed=seed) == expected


@pytest.mark.parametrize("seed", [None, 1], ids=["reversed", "shuffled"])
def test_the_order_of_the_files_changes_nothing(checking: Checking, expected: Run, seed: int | None) -> None:
    names = [*reversed(checking.names)]
    if seed is not None:
        random.Random(seed).shuffle(names)
    run = checking(names)
    assert (run.status, run.lines[-1]) == (expected.status, expected.lines[-1])
    assert by_file(run) == by_file(expected)


def test_the_other_files_change_nothing(checking: Checking, expected: Run) -> None:
    name = checking.names[-1]
    assert by_file(checking([name])) == {name: by_file(expected)[name]}
