"""``typed-openai generate``: a typed package for any API, from its OpenAPI description.

Map::

    project     the files of the package: its modules and stubs, index, pyproject.toml
    readme      its README.md, with calls of this API
    folder      the changes of the folder, and the user's files that are kept
"""

from __future__ import annotations

import argparse
import keyword
import sys
from pathlib import Path
from typing import Final

from typed_openai.cli.generate.folder import Change, changes_of, write
from typed_openai.cli.generate.project import project_files
from typed_openai.cli.printing import counted, counted_problems, one_line
from typed_openai.cli.spec.journal import recover, tell_interrupted
from typed_openai.cli.spec.locations import PLACE_HELP, read_place
from typed_openai.cli.spec.statuses import with_errors_as_two
from typed_openai_spec.compile import Built

_EXIT: Final = """\
Each problem of the description is listed on standard error with its place and its cost: what is lost,
approximated, renamed, or known but unused. Entries of --overrides without effect are listed too. The package
is written whole or not at all.
A later run over the same folder replaces what this command has written, removes what is no longer needed,
and touches no other file. A pyproject.toml or README.md that you have changed is kept.

Exit status: 0 if the package was written, even if there were problems (with --strict 1, and nothing is
written, if something is lost or approximated); 1 if most of the description is lost, or if the package could
not be written, and with --check if it would change; 2 if the command line is wrong,
or the description or the overrides cannot be read.
"""

_OURS: Final = frozenset({"typed_openai", "typed_openai_mypy", "typed_openai_spec", "typed_openai_stubgen"})
_NEEDED: Final = frozenset({"mypy", "requests", "typing_extensions", "urllib3", "yaml"})
_LONGEST_NAME: Final = 60


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``generate``."""
    parser = subparsers.add_parser(
        "generate",
        help="write an installable, typed package for any OpenAPI description",
        description="Write an installable, typed package for any OpenAPI 3.0 to 3.2 description.",
        epilog=_EXIT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--spec", required=True, metavar="FILE", help=PLACE_HELP)
    parser.add_argument(
        "--package", required=True, type=package_name, metavar="NAME", help="the name to import: my_api"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="the project's folder")
    parser.add_argument("--overrides", type=Path, metavar="DIR", help="departures from the description")
    parser.add_argument(
        "--group-by",
        choices=("path", "tag"),
        help="what the groups of operations are made of: their paths (the default) or their first tags",
    )
    parser.add_argument(
        "--force", action="store_true", help="overwrite files of the same names that are not this command's"
    )
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a file would change")
    parser.add_argument(
        "--strict", action="store_true", help="fail if anything is lost or approximated, or an override dead"
    )


def package_name(text: str) -> str:
    """Check the name of a package; an argument's type. Raises ``argparse.ArgumentTypeError``."""
    if not (text.isidentifier() and text.isascii()) or keyword.iskeyword(text) or keyword.issoftkeyword(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a valid package name; expected one like my_api")
    if text.startswith("_") or len(text) > _LONGEST_NAME:
        raise argparse.ArgumentTypeError(
            f"{text!r}: expected at most {_LONGEST_NAME} characters, the first of them a letter"
        )
    # Some file systems do not distinguish "Json" and "json".
    if text.lower() in {one.lower() for one in sys.stdlib_module_names} | _OURS | _NEEDED:
        raise argparse.ArgumentTypeError(f"{text!r} would hide the module of that name; expected another")
    return text


def run(args: argparse.Namespace) -> int:
    """Write the package, or report what would change."""
    return with_errors_as_two(lambda: _generate(args))


def _generate(args: argparse.Namespace) -> int:
    built = read_place(args.spec, args.overrides, group_by=args.group_by or "")
    status = _report(built, args)
    if status:
        return status
    # Leftovers of a run that was killed.
    (tell_interrupted if args.check else recover)(args.out)
    changes = changes_of(args.out, args.package, project_files(built.api, args.package), force=args.force)
    if not args.check:
        write(args.out, changes)
    for name in changes.kept:
        print(f"kept because you changed it: {args.out / name}")
    return _summary(built, args, changes)


def _report(built: Built, args: argparse.Namespace) -> int:
    # A user's own entry without effect is a mistake; the shipped ones are for one of many versions.
    mistakes = [f"dead: {one}" for one in built.dead] if args.overrides else []
    problems = [one_line(str(one)) for one in (*built.problems, *mistakes)]
    fails = args.strict and (bool(mistakes) or any(one.is_serious for one in built.problems))
    for problem in problems:
        print(problem, file=sys.stderr)
    if built.dead and not mistakes:
        text = f"{counted(len(built.dead), 'entry', 'entries')} of the overrides that ship with typed-openai"
        print(f"{text} had no effect: they apply to another version of the API", file=sys.stderr)
    if problems:
        where = "the description and the overrides" if mistakes else "the description"
        tail = "nothing is written" if fails else "the rest works"
        print(f"{counted_problems(problems)} in {where}; {tail}", file=sys.stderr)
    return 1 if fails else 0


def _summary(built: Built, args: argparse.Namespace, changes: Change) -> int:
    if args.check:
        for path in changes.files:
            print(f"differs: {path}")
    api = built.api
    if not api.operations:
        print("the description has no operations: the package contains only types", file=sys.stderr)
    removed = sum(content is None for content in changes.files.values())
    written = len(changes.files) - removed
    counts = f"{len(api.operations)} operations, {len(api.components)} types"
    done = "would be " if args.check else ""
    print(f"{args.out}: {args.package}: {counts}; {written} files {done}written, {removed} {done}removed")
    if built.mostly_lost:
        print("most of the description is lost: the lines above say what and why", file=sys.stderr)
    return 1 if built.mostly_lost or (args.check and changes.files) else 0
