"""The daemon, a cache and parallel workers print the same as a run from scratch, after every edit.

If their output differs even without the plugin, the step is skipped. ``FUZZ_SEED`` and ``FUZZ_EDITS``
select another or a longer run.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.plugin.fuzz_edits import Edits, Step
from tests.plugin.fuzz_runs import PLUGIN, SEED

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

pytestmark = [pytest.mark.slow(seconds=20), pytest.mark.explored]

EDITS: Final = int(os.environ.get("FUZZ_EDITS", "3"))
NAMES: Final = ("first.py", "second.py", "foreign.py", "shared.py")
OPTIONS: Final = "local_partial_types = True"
"""An option that the daemon always enables."""

WORKERS: Final = ("--num-workers", "2")


@dataclass(frozen=True)
class Project:
    """A folder in which mypy is run in several ways, with or without the plugin."""

    run_mypy: RunMypy
    folder: Path
    plugin: str | None

    def scratch(self) -> Run:
        """A run that reads no cache."""
        return self._run(cache=Path(os.devnull))

    def cached(self) -> Run:
        """A run with the cache of the run before."""
        return self._run(cache=self.folder / "cache")

    def parallel(self) -> Run:
        """A run with two workers."""
        return self._run(*WORKERS, cache=self.folder / "parallel")

    def daemon(self) -> Run:
        """A run of the daemon, which is started at the first one."""
        config = self.run_mypy.configure(self.folder, self.plugin, OPTIONS)
        return self._dmypy("run", "--", "--config-file", str(config), *NAMES)

    def stop(self) -> None:
        """Stop the daemon."""
        self._dmypy("stop")

    def _run(self, *arguments: str, cache: Path) -> Run:
        return self.run_mypy(
            NAMES, *arguments, folder=self.folder, plugin=self.plugin, options=OPTIONS, cache=cache
        )

    def _dmypy(self, *arguments: str) -> Run:
        command = ["--status-file", str(self.folder / "dmypy.json"), *arguments]
        return self.run_mypy.bare("mypy.dmypy", *command, folder=self.folder)


WAYS: Final = {"daemon": Project.daemon, "cache": Project.cached, "workers": Project.parallel}


@dataclass(frozen=True)
class Printed:
    """Errors and notes after an edit, sorted, by the way in which mypy was run."""

    step: Step
    scratch: Sequence[str]
    ways: dict[str, Sequence[str]]


def _printed(project: Project, step: Step, ways: Sequence[str]) -> Printed:
    step.write(project.folder)
    found = {name: sorted(WAYS[name](project).diagnostics) for name in ways}
    return Printed(step, sorted(project.scratch().diagnostics), dict(found))


@pytest.fixture(scope="module")
def ways(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The ways that the tested mypy knows."""
    options = "\n".join(run_mypy.bare("mypy", "--help", folder=tmp_path_factory.mktemp("help")).lines)
    return [name for name in WAYS if name != "workers" or WORKERS[0] in options]


@pytest.fixture(scope="module")
def history(run_mypy: RunMypy, ways: list[str], tmp_path_factory: pytest.TempPathFactory) -> list[Printed]:
    return _history(Project(run_mypy, tmp_path_factory.mktemp("edited"), PLUGIN), ways)


def _history(project: Project, ways: Sequence[str]) -> list[Printed]:
    """The messages at first, and after each edit."""
    try:
        return [_printed(project, step, ways) for step in Edits(SEED).steps(EDITS)]
    finally:
        project.stop()


def test_every_edit_leaves_errors_in_several_files(history: list[Printed]) -> None:
    for one in history:
        assert len({line.partition(":")[0] for line in one.scratch}) >= 3


@pytest.mark.parametrize("way", WAYS)
def test_the_lines_are_those_of_a_run_from_scratch(
    run_mypy: RunMypy, history: list[Printed], ways: list[str], way: str, tmp_path: Path
) -> None:
    if way not in ways:
        pytest.skip(f"this mypy has no {WORKERS[0]}")
    different = {number for number, one in enumerate(history) if one.ways[way] != one.scratch}
    if different:
        native = _history(Project(run_mypy, tmp_path, None), [way])
        different -= {number for number, one in enumerate(native) if one.ways[way] != one.scratch}
    assert not different, "\n\n".join(_shown(history[one], way) for one in sorted(different))


def _shown(printed: Printed, way: str) -> str:
    expected, found = set(printed.scratch), set(printed.ways[way])
    lines = [f"  gone: {one}" for one in expected - found] + [f"  new: {one}" for one in found - expected]
    return "\n".join([f"after {printed.step.edited}:", *sorted(lines)])
