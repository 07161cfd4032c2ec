"""mypy prints the same with and without the plugin about code that never uses the API.

Started by hand, it prints the removed and the new lines for installed packages: ``CORPUS_SITE`` names their
folder, ``CORPUS_PACKAGES`` some of them (default: all), separated by commas.
"""

from __future__ import annotations

import os
import resource
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from tests.plugin import corpus

if TYPE_CHECKING:
    from tests.plugin.conftest import Run, RunMypy

pytestmark = pytest.mark.slow(seconds=30)

PLUGIN: Final = "typed_openai_mypy.plugin"
CRASHED: Final = 2
SHOWN: Final = 10
"""The number of lines of each kind that a failure shows."""

SITE: Final = os.environ.get("CORPUS_SITE", "")
PACKAGES: Final = [one for one in os.environ.get("CORPUS_PACKAGES", "").split(",") if one]


def _leave(folder: Path) -> None:
    """Add an empty module: the package is not part of the build."""
    (folder / "sibling.py").write_text("")


def _add_user(folder: Path) -> None:
    """Add a module that uses the package, which the others do not see."""
    (folder / "sibling.py").write_text(corpus.USER)


NOT_IMPORTED: Final = "package not imported"
BY_A_SIBLING: Final = "package imported by a sibling"
PROGRAMS: Final[Mapping[str, Callable[[Path], None]]] = {
    NOT_IMPORTED: _leave,
    BY_A_SIBLING: _add_user,
    "package imported by each module": corpus.append_imports,
}
"""Programs made of the same modules, by their relation to the package."""


@dataclass(frozen=True)
class Compared:
    """Runs of mypy over one program, and the CPU seconds that each took."""

    native: Run
    plugin: Run
    native_seconds: float
    plugin_seconds: float

    @property
    def gone(self) -> list[str]:
        """Lines that only mypy without the plugin prints."""
        return _missing(self.native.lines, self.plugin.lines)

    @property
    def new(self) -> list[str]:
        """Lines that only mypy with the plugin prints."""
        return _missing(self.plugin.lines, self.native.lines)

    @property
    def is_crash(self) -> bool:
        """True if mypy crashes with the plugin only."""
        return self.plugin.status >= CRASHED > self.native.status

    @property
    def is_same(self) -> bool:
        """True if both runs print the same about each file.

        mypy orders files by their imports, and the plugin gives those that import a package some more.
        """
        native, plugin = (
            (one.status, one.stderr, sorted(one.lines, key=_file_of)) for one in (self.native, self.plugin)
        )
        return native == plugin

    def row(self, name: str) -> str:
        """A row of the table that the run by hand prints."""
        cells = [
            name,
            len(self.native.lines),
            len(self.gone),
            len(self.new),
            "yes" if self.is_crash else "",
            f"{self.native_seconds:.1f}",
            f"{self.plugin_seconds:.1f}",
        ]
        return f"| {' | '.join(map(str, cells))} |"

    def shown(self) -> str:
        """The first differences, for the report of a failed test."""
        parts = {"gone": self.gone, "new": self.new, "stderr": self.plugin.stderr.splitlines()}
        return "\n".join(
            line
            for name, lines in parts.items()
            for line in [f"{name}: {len(lines)}", *(f"    {one}" for one in lines[:SHOWN])]
        )


HEADER: Final = """\
| package | native lines | gone | new | crash | CPU s without | CPU s with |
|---|---|---|---|---|---|---|"""


def compare(run_mypy: RunMypy, folder: Path, cache: Path | None = Path(os.devnull)) -> Compared:
    """Check a folder without and with the plugin; None is the cache that all tests share."""
    (native, native_seconds), (plugin, plugin_seconds) = (
        _measured(run_mypy, folder, one, cache) for one in (None, PLUGIN)
    )
    return Compared(native, plugin, native_seconds, plugin_seconds)


def _measured(run_mypy: RunMypy, folder: Path, plugin: str | None, cache: Path | None) -> tuple[Run, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = run_mypy(["."], folder=folder, plugin=plugin, cache=cache)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return run, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _file_of(line: str) -> str:
    return line.partition(":")[0]


def _missing(lines: Sequence[str], others: Sequence[str]) -> list[str]:
    """Lines that the others lack, repeated ones included."""
    left = Counter(lines) - Counter(others)
    return [one for one in dict.fromkeys(lines) for _ in range(left[one])]


@pytest.fixture(scope="module")
def not_imported(run_mypy: RunMypy, tmp_path_factory: pytest.TempPathFactory) -> Compared:
    return compare(run_mypy, _program(NOT_IMPORTED, tmp_path_factory))


@pytest.fixture(scope="module", params=PROGRAMS)
def compared(
    request: pytest.FixtureRequest,
    run_mypy: RunMypy,
    not_imported: Compared,
    tmp_path_factory: pytest.TempPathFactory,
) -> Compared:
    if request.param == NOT_IMPORTED:
        return not_imported
    folder = _program(request.param, tmp_path_factory)
    if request.param == BY_A_SIBLING:
        # Without the plugin, the sibling changes nothing.
        plugin, seconds = _measured(run_mypy, folder, PLUGIN, Path(os.devnull))
        return replace(not_imported, plugin=plugin, plugin_seconds=seconds)
    return compare(run_mypy, folder)


def _program(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write one of :data:`PROGRAMS`."""
    folder = tmp_path_factory.mktemp("corpus")
    corpus.copy_standard(folder)
    corpus.copy_installed(folder)
    PROGRAMS[name](folder)
    return folder


def test_the_corpus_has_errors_of_many_kinds(compared: Compared) -> None:
    errors = [line for line in compared.native.lines if ": error: " in line]
    codes = {line.rpartition("[")[2] for line in errors if line.endswith("]")}
    files = {line.partition(":")[0].partition("/")[0] for line in errors}
    assert compared.native.status == 1
    assert len(errors) > 10_000
    assert len(codes) > 22
    assert len(files) > 40


def test_the_output_is_the_same_as_without_the_plugin(compared: Compared) -> None:
    assert compared.is_same, compared.shown()


def test_the_order_of_files_that_import_no_package_is_the_same(not_imported: Compared) -> None:
    assert not_imported.native == not_imported.plugin


@pytest.mark.parametrize("path", corpus.WRITTEN, ids=lambda path: path.stem)
def test_the_output_about_a_file_full_of_errors_is_the_same(
    run_mypy: RunMypy, tmp_path: Path, path: Path
) -> None:
    shutil.copy(path, tmp_path)
    corpus.append_imports(tmp_path)
    found = compare(run_mypy, tmp_path, cache=None)
    assert len(found.native.lines) > 20
    assert found.is_same, found.shown()


def test_the_output_about_files_full_of_errors_is_the_same(run_mypy: RunMypy, tmp_path: Path) -> None:
    for path in corpus.WRITTEN:
        shutil.copy(path, tmp_path)
    found = compare(run_mypy, tmp_path, cache=None)
    assert found.is_same, found.shown()


def _installed() -> Iterator[Path]:
    """The packages and modules that the run by hand is about."""
    for path in sorted(Path(SITE).iterdir()):
        is_module = path.suffix == ".py" or (path / "__init__.py").exists()
        if is_module and path.stem.isidentifier() and (not PACKAGES or path.stem in PACKAGES):
            yield path


@pytest.mark.skipif(not SITE, reason="run by hand: set CORPUS_SITE")
@pytest.mark.timeout(0)
@pytest.mark.parametrize("change", PROGRAMS.values(), ids=PROGRAMS)
def test_the_output_about_installed_packages_is_the_same(
    run_mypy: RunMypy, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    different = []
    print(f"\n{HEADER}")
    for path in _installed():
        folder = tmp_path / path.name
        folder.mkdir()
        corpus.copy_module(path, folder)
        change(folder)
        found = compare(run_mypy, folder)
        print(found.row(path.stem), flush=True)
        if not found.is_same:
            different.append(f"{path.stem}\n{found.shown()}")
    assert different == []
