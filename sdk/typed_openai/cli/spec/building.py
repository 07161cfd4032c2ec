"""``typed-openai spec build``: compile a checkout's description and overrides to the index and stubs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from typed_openai.cli.printing import one_line
from typed_openai.cli.spec.checkout import changes, generated, refuse_unsettled, spec_folder
from typed_openai.cli.spec.journal import tell_interrupted
from typed_openai.cli.spec.statuses import STATUSES
from typed_openai.cli.spec.swapping import sole_writer, swap_files, undisturbed
from typed_openai_spec.compile import Built, build


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``build``."""
    make = commands.add_parser(
        "build",
        help="compile spec/openai and spec/overrides to the index and stubs",
        epilog=STATUSES.format(
            one="there are problems, a file cannot be written or, with --check, one differs",
            two="a source",
        ),
    )
    make.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    make.add_argument("--root", type=Path, default=Path(), help="the project's folder (default: this one)")


def run(args: argparse.Namespace) -> int:
    """Write the generated files, or report with ``--check`` what would change."""
    spec_folder(args.root)
    if args.check:
        tell_interrupted(args.root)
        built = _built(args.root)
        return _summary(built, changes(generated(args.root, built.api)), check=True)
    with sole_writer(args.root):
        built = _built(args.root)
        changed = changes(generated(args.root, built.api))
        with undisturbed():
            swap_files(args.root, changed)
            return _summary(built, changed, check=False)


def _built(root: Path) -> Built:
    built = build(root / "spec" / "openai", root / "spec" / "overrides", allow_dead=True)
    refuse_unsettled(built)
    return built


def _summary(built: Built, changed: Iterable[Path], *, check: bool) -> int:
    changed = list(changed)
    for path in changed:
        print(f"{'differs' if check else 'written'}: {path}")
    api = built.api
    name = one_line(f"{api.title} {api.version}")
    print(f"{name}: {len(api.operations)} operations, {len(api.components)} components", flush=True)
    if check and changed:
        print('expected no difference; run "typed-openai spec build" and commit', file=sys.stderr)
        return 1
    return 0
