"""``typed-openai spec``: keep the project's description and all that is generated from it.

These commands work on a checkout of the project: ``spec/openai`` and ``spec/overrides`` are their
sources, the packaged index and the stub package what they write.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path
from typing import Final

from typed_openai_spec import canonical, source
from typed_openai_spec.compile import Built, build, index_files
from typed_openai_spec.index import PACKAGED
from typed_openai_spec.problems import DescriptionError
from typed_openai_stubgen import generate

_CREDIT: Final = "OpenAI's published OpenAPI description (MIT licence); facts only, without prose"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``spec`` and its commands."""
    parser = subparsers.add_parser(
        "spec", help="in a checkout: import a description, build the index and stubs"
    )
    commands = parser.add_subparsers(dest="spec_command", required=True, metavar="COMMAND")
    take = commands.add_parser("import", help="write a description into spec/openai in canonical form")
    take.add_argument("description", type=Path, help="an OpenAPI 3.0 or 3.1 file, YAML or JSON")
    take.add_argument("--date", help="when the description was published, as in 2026-08 (default: today)")
    make = commands.add_parser("build", help="compile spec/openai and spec/overrides to the index and stubs")
    make.add_argument("--check", action="store_true", help="write nothing; fail where a file would change")
    for command in (take, make):
        command.add_argument(
            "--root", type=Path, default=Path(), help="the project's folder (default: this one)"
        )


def run(args: argparse.Namespace) -> int:
    """Run the chosen command."""
    if args.spec_command == "import":
        return _import(
            args.description,
            args.root,
            args.date or datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
        )
    return _build(args.root, check=args.check)


def _import(description: Path, root: Path, date: str) -> int:
    """Write the canonical files of ``description``; files of schemas and groups that are gone go too."""
    text = source.read_bytes(description)
    document = canonical.canonical(source.read(description))
    folder = root / "spec" / "openai"
    files = canonical.files(document)
    version = str((document.get("info") or {}).get("version", ""))
    files["SOURCE"] = canonical.source_note(version, source.digest([text]), date, _CREDIT)
    changed = _write(folder, files, stale=source.folder_files(folder) if folder.exists() else [])
    print(f"{folder}: version {version}, {len(files)} files, {len(changed)} changed")
    return 0


def _build(root: Path, *, check: bool) -> int:
    spec = root / "spec"
    if not (spec / "openai").is_dir():
        raise DescriptionError(
            f"{spec / 'openai'}: no such folder; run this in a checkout of the project, or give --root"
        )
    built = build(spec / "openai", spec / "overrides")
    _report(built)
    outputs = (
        (spec / "typed_openai_spec" / PACKAGED.name, index_files(built.api), "*.json"),
        (root / "stubs" / "typed_openai-stubs", generate(built.api), "*.pyi"),
    )
    differing = []
    for folder, files, pattern in outputs:
        stale = sorted(folder.rglob(pattern)) if folder.exists() else []
        if check:
            differing += _differing(folder, files, stale)
        else:
            differing += _write(folder, files, stale)
    return _summary(built, differing, check=check)


def _report(built: Built) -> None:
    for problem in built.problems:
        print(problem, file=sys.stderr)
    if built.problems:
        raise DescriptionError(
            f"{len(built.problems)} problems in the description; expected each to be settled by an override"
        )


def _summary(built: Built, differing: list[Path], *, check: bool) -> int:
    for path in differing:
        print(f"{'differs' if check else 'written'}: {path}")
    api = built.api
    print(f"{api.title} {api.version}: {len(api.operations)} operations, {len(api.components)} components")
    if check and differing:
        print('expected no difference; run "typed-openai spec build" and commit', file=sys.stderr)
        return 1
    return 0


def _differing(folder: Path, files: dict[str, str], stale: list[Path]) -> list[Path]:
    """The files that are missing, differ from ``files`` or are not among them."""
    wanted = {folder / name: text.encode() for name, text in files.items()}
    changed = [path for path, text in wanted.items() if not path.is_file() or path.read_bytes() != text]
    return [*changed, *(path for path in stale if path not in wanted)]


def _write(folder: Path, files: dict[str, str], stale: list[Path]) -> list[Path]:
    """Make ``folder`` hold ``files`` and none of ``stale`` beside them; give the paths changed."""
    changed = _differing(folder, files, stale)
    for path in changed:
        name = path.relative_to(folder).as_posix()
        if name not in files:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name].encode())
    return changed
