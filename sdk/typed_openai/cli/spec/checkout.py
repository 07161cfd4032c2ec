"""A checkout of the project: the location of its description, and the files that are generated from it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from typed_openai.cli.printing import counted, one_line
from typed_openai.cli.spec.statuses import WorkFailed
from typed_openai_spec.compile import IS_PUBLISHED, Built, index_files
from typed_openai_spec.index.reader import PACKAGED
from typed_openai_spec.model import Api
from typed_openai_spec.problems import DescriptionError
from typed_openai_stubgen import generate


@dataclass(frozen=True, slots=True)
class Output:
    """A folder whose files of one ``kind`` are all generated: their texts by path below it."""

    folder: Path
    files: Mapping[str, str]
    kind: str

    def changes(self) -> Iterator[tuple[Path, bytes | None]]:
        """Yield the files that differ with their expected content; None for files to remove."""
        wanted = {self.folder / name: text.encode() for name, text in self.files.items()}
        for path, content in wanted.items():
            if not path.is_file() or path.read_bytes() != content:
                yield path, content
        for path in sorted(self.folder.rglob(self.kind)) if self.folder.exists() else ():
            if path not in wanted:
                yield path, None


def spec_folder(root: Path) -> Path:
    """Return the folder ``spec`` of the checkout ``root``. Raises :class:`DescriptionError` without one."""
    spec = root / "spec"
    for name in ("openai", "overrides"):
        if not (spec / name).is_dir():
            raise DescriptionError(
                f"{spec / name}: no such folder; run this in a checkout of the project, or pass --root"
            )
    return spec


def packaged_folder(root: Path) -> Path:
    """Return the folder of the checkout's compiled index."""
    return root / "spec" / "typed_openai_spec" / PACKAGED.name


def generated(root: Path, api: Api) -> tuple[Output, ...]:
    """Return the files that are generated from ``api``: the index and the stubs."""
    return (
        Output(packaged_folder(root), index_files(api), "*.json"),
        Output(root / "stubs" / "typed_openai-stubs", generate(api), "*.pyi"),
    )


def changes(outputs: Iterable[Output]) -> dict[Path, bytes | None]:
    """Return the changes after which the files of all ``outputs`` are as expected."""
    return {path: content for one in outputs for path, content in one.changes()}


def refuse_unsettled(built: Built) -> None:
    """Print the problems of the description, the dead entries and the additions that are published.

    Raises :class:`WorkFailed` if anything is lost or approximated, or dead.
    """
    published = [f"published: {one.where}: {IS_PUBLISHED}" for one in built.published]
    for one in (*built.problems, *(f"dead: {dead}" for dead in built.dead), *published):
        print(one_line(str(one)), file=sys.stderr)
    if built.dead:
        raise WorkFailed(
            f"{counted(len(built.dead), 'entry', 'entries')} of the overrides or additions cannot apply"
            f"{f', and {_problems(built)}' if _serious(built) else ''}; "
            "expected each entry to fit the description: correct or delete it, and run this again"
        )
    if published:
        raise WorkFailed(
            f"{counted(len(published), 'addition', 'additions')} that the description has itself; "
            "expected only what it lacks"
        )
    if _serious(built):
        raise WorkFailed(f"{_problems(built)}; expected each to be settled by an entry in spec/overrides")


def _serious(built: Built) -> int:
    return sum(one.is_serious for one in built.problems)


def _problems(built: Built) -> str:
    return f"{counted(_serious(built), 'problem', 'problems')} in the description"
