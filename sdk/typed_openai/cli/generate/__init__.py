"""``typed-openai generate``: a package for any API, with types, from its OpenAPI description.

Map::

    project   the files of the package: its modules and stubs, index, pyproject.toml
    readme    its README.md, with calls of this API
    folder    what is to change in the folder, and what there is not ours to change
"""

from __future__ import annotations

import argparse
import keyword
import sys
from pathlib import Path
from typing import Final

from typed_openai.cli.generate.folder import Change, changes_of, write
from typed_openai.cli.generate.project import project_files
from typed_openai.cli.spec.places import PLACE_HELP, read_place
from typed_openai_spec.compile import Built

_EXIT: Final = """\
What in the description cannot be understood is listed with its place on standard error and left out; the
rest works. The package is written whole or not at all. A later run over the same folder replaces what this
command has written, removes what is no longer needed, and touches no other file. A pyproject.toml or
README.md that you have changed is kept.

Exit status: 0 where the package was written, also where there were problems (with --strict 1, and nothing is
written); 1 where it could not be written, and with --check where it would change; 2 where the command line
is wrong.
"""

_OURS: Final = frozenset({"typed_openai", "typed_openai_mypy", "typed_openai_spec", "typed_openai_stubgen"})
_NEEDED: Final = frozenset({"mypy", "requests", "typing_extensions", "urllib3", "yaml"})
_LONGEST_NAME: Final = 60


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``generate``."""
    parser = subparsers.add_parser(
        "generate",
        help="write an installable, typed package for any OpenAPI description",
        description="Write an installable, typed package for any OpenAPI 3.0 or 3.1 description.",
        epilog=_EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--spec", required=True, metavar="FILE", help=PLACE_HELP)
    parser.add_argument(
        "--package", required=True, type=package_name, metavar="NAME", help="what to import: my_api"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the project's folder")
    parser.add_argument("--overrides", type=Path, metavar="DIR", help="departures from the description")
    parser.add_argument(
        "--force", action="store_true", help="overwrite files of the same names that are not this command's"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a file would change")
    parser.add_argument("--strict", action="store_true", help="fail where there are problems")


def package_name(text: str) -> str:
    """The name of a package; an argument's type. Raises ``argparse.ArgumentTypeError``."""
    if not (text.isidentifier() and text.isascii()) or keyword.iskeyword(text) or keyword.issoftkeyword(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a package; expected one like my_api")
    if text.startswith("_") or len(text) > _LONGEST_NAME:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected at most {_LONGEST_NAME} characters, the first of them a letter"
        )
    # Some file systems do not tell "Json" from "json".
    if text.lower() in {one.lower() for one in sys.stdlib_module_names} | _OURS | _NEEDED:
        raise argparse.ArgumentTypeError(f"{text!r} would hide the module of that name; expected another")
    return text


def run(args: argparse.Namespace) -> int:
    """Write the package, or tell what would change."""
    built = read_place(args.spec, args.overrides)
    status = _report(built, strict=args.strict)
    if status:
        return status
    changes = changes_of(args.out, args.package, project_files(built.api, args.package), force=args.force)
    if not args.check:
        write(args.out, changes)
    for name in changes.kept:
        print(f"kept as you have changed it: {args.out / name}")
    return _summary(built, args, changes)


def _report(built: Built, *, strict: bool) -> int:
    for problem in built.problems:
        print(problem, file=sys.stderr)
    count = len(built.problems)
    if count:
        tail = "nothing is written" if strict else "the rest works"
        print(f"{count} problem{'s' * (count > 1)} in the description; {tail}", file=sys.stderr)
    return 1 if count and strict else 0


def _summary(built: Built, args: argparse.Namespace, changes: Change) -> int:
    if args.check:
        for path in changes.files:
            print(f"differs: {path}")
    api = built.api
    removed = sum(content is None for content in changes.files.values())
    written = len(changes.files) - removed
    counts = f"{len(api.operations)} operations, {len(api.components)} types"
    done = "would be " if args.check else ""
    print(f"{args.out}: {args.package}: {counts}; {written} files {done}written, {removed} {done}removed")
    return 1 if args.check and changes.files else 0
