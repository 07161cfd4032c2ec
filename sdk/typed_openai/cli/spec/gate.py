"""``typed-openai spec gate``: the lines of a project's code that an update of the description would break.

With ``--recordings``, the cassettes of its tests are judged, too: see :mod:`.recordings`.

mypy with the plugin runs twice, in the same way as in ``typed-openai check``: with the installed stubs and
index, and with those of the new description. Findings of the second run alone are caused by the update. The
second run starts from a copy of the first one's cache, so that code that does not use the API is not
checked again.

Both runs compare strictly: ``event["type"] == "response.created"`` is reported if no event has that type
any more, and so is a ``case`` that nothing can match. Such findings in other code occur in both runs and
are not printed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from typed_openai.cli.mypy_command import CheckError, find_config, invocation
from typed_openai.cli.reports import Finding, findings
from typed_openai.cli.spec.cases import OPTION, in_cases
from typed_openai.cli.spec.diff import add_overrides, read, tell_uneven
from typed_openai.cli.spec.locations import PACKAGED_PLACE, PLACE_HELP
from typed_openai.cli.spec.recordings import judged_recordings
from typed_openai.cli.spec.verdict import OUTPUTS, Verdict, explained, judged, names_nothing
from typed_openai_spec.comparison import compare
from typed_openai_spec.compile import index_files
from typed_openai_spec.model import Api
from typed_openai_stubgen import generate

DESCRIPTION_VARIABLE: Final = "TYPED_OPENAI_MYPY_SPEC"
"""Sets the description that the plugin uses, in place of its options."""

_USAGE: Final = (
    "typed-openai spec gate [-h] [--old OLD] [--overrides DIR] [--recordings DIR]"
    " [--output {text,json,github,sarif}] NEW [-- paths and mypy options ...]"
)
_HELP: Final = "the lines of your own code that an update would break"
_ABOUT: Final = """\
Checks your code, as typed-openai check does, against the current description and against NEW, and prints
exactly the lines that the update would break, and those that it would deprecate. Findings with both
descriptions are counted, not printed. The first of several mistakes in a call may hide the others: fix it and
run this again. Without paths, those of mypy's configuration are checked, or else this folder.

With --recordings, requests and replies that your tests recorded are judged as well: what fits the current
description and contradicts NEW is printed with its line in the cassette. Code is then checked only if there
are paths.
"""
_CACHE: Final = "typed-openai-gate"
"""A separate cache: mypy would drop its cache because of the other options."""

_STRICTER: Final = ("--strict-equality", OPTION)
"""Options of mypy in both runs, in addition to the project's."""

_STATUSES: Final = """\
Exit status: 0, also if there are only deprecations; 1 if a line breaks or a recording is contradicted; 2 if
the command line is wrong, a description or a recording cannot be read or mypy cannot run.
"""


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``gate``; all its words go to a separate parser, as options of mypy may be among them."""
    parser = commands.add_parser("gate", help=_HELP, add_help=False, prefix_chars="\0")
    parser.add_argument("words", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace) -> int:
    """Print the lines that an update breaks or deprecates."""
    words: list[str] = args.words
    end = words.index("--") if "--" in words else len(words)
    asked = own_parser().parse_intermixed_args(words[:end])
    given = [*asked.paths, *(one for one in words[end + 1 :] if one != "--")]
    return _gate(asked, given)


def own_parser() -> argparse.ArgumentParser:
    """Return the parser of the words before the options of mypy."""
    parser = argparse.ArgumentParser(
        prog="typed-openai spec gate",
        usage=_USAGE,
        description=_ABOUT,
        epilog=_STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("new", metavar="NEW", help=f"the new description: {PLACE_HELP}")
    parser.add_argument(
        "paths",
        nargs="*",
        default=[],
        help="files and folders; after -- options of mypy, too, as in -- src --strict",
    )
    parser.add_argument(
        "--old",
        metavar="OLD",
        help="the current description, likewise (default: what is installed and configured)",
    )
    add_overrides(parser)
    parser.add_argument(
        "--recordings",
        metavar="DIR",
        type=Path,
        help="cassettes of typed_openai.testing to judge by both descriptions: a folder or a file",
    )
    parser.add_argument(
        "--output",
        choices=list(OUTPUTS),
        default="text",
        help="text, JSON, annotations for GitHub, or SARIF 2.1.0 (default: text)",
    )
    return parser


def _gate(asked: argparse.Namespace, words: list[str]) -> int:
    known = asked.old or PACKAGED_PLACE
    described = {one: read(one, asked.overrides) for one in (known, asked.new)}
    tell_uneven(described)
    old, new = described[known].api, described[asked.new].api
    # First, as a wrong folder is found at once.
    recorded = None if asked.recordings is None else judged_recordings(asked.recordings, old, new)
    if recorded is None or words:
        verdict = _judged_code(words, None if asked.old is None else old, new)
        if any(map(names_nothing, verdict.breaks)):
            verdict = explained(verdict, compare(old, new))
    else:
        verdict = Verdict(of_code=False)
    verdict = replace(verdict, recorded=recorded)
    sys.stdout.write(OUTPUTS[asked.output](verdict))
    return int(not verdict.is_clean)


def _judged_code(words: list[str], old_api: Api | None, new_api: Api) -> Verdict:
    """Return the effect of an update on code; ``old_api`` is None for the installed description."""
    with tempfile.TemporaryDirectory(prefix="typed-openai-gate-") as name:
        folder = Path(name)
        old = {} if old_api is None else _made(old_api, folder / "old")
        new = _made(new_api, folder / "new")
        command, environment, _ = invocation(words, folder)
        cache = _cache(command, words, environment)
        command += [*_STRICTER, f"--cache-dir={cache}"]
        if old:  # this run does not check the installed version: its cache stays unchanged
            command.append(f"--cache-dir={_copied(cache, folder / 'old-cache')}")
            cache = folder / "old-cache"
        before = _found(command, {**environment, **old}, folder)
        command.append(f"--cache-dir={_copied(cache, folder / 'new-cache')}")
        after = _found(command, {**environment, **new}, folder)
    return judged(before, after)


def _made(api: Api, folder: Path) -> dict[str, str]:
    """Write the index and the stubs of an API; return the environment in which mypy and the plugin use them.

    Folders in mypy's path take precedence over installed packages; there, a stub package has its package's
    own name.
    """
    index, stubs = folder / "index", folder / "stubs"
    _write(index, index_files(api))
    _write(stubs / "typed_openai", generate(api))
    path = os.pathsep.join(filter(None, [str(stubs), os.environ.get("MYPYPATH", "")]))
    return {"MYPYPATH": path, DESCRIPTION_VARIABLE: str(index)}


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def _cache(command: Sequence[str], words: Sequence[str], environment: Mapping[str, str]) -> Path:
    """Return a folder inside mypy's cache, which options, the environment or the configuration set."""
    named = [word.removeprefix("--cache-dir=") for word in command if word.startswith("--cache-dir=")]
    config = find_config(words)
    chosen = str(config.options.get("cache_dir", "")) if config else ""
    cache = Path(named[-1] if named else environment.get("MYPY_CACHE_DIR") or chosen or ".mypy_cache")
    return cache if cache == Path(os.devnull) else cache / _CACHE


def _copied(cache: Path, folder: Path) -> Path:
    """Copy mypy's cache to ``folder``, if it exists and is a folder."""
    if cache.is_dir():
        shutil.copytree(cache, folder, ignore_dangling_symlinks=True)
    return folder


def _found(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> list[Finding]:
    """Return mypy's findings in the project's own files. Raises :class:`CheckError` if it could not run."""
    done = subprocess.run(  # noqa: S603  a command of this package
        [*command, "--output=json"], env=environment, check=False, capture_output=True, text=True
    )
    found, rest = findings(done.stdout)
    if done.returncode not in (0, 1):
        texts = [*(f"{one.file}:{one.line}: {one.text}" for one in found), *rest, done.stderr.strip()]
        raise CheckError(f"mypy could not check: {' '.join(filter(None, texts))}")
    own = (one for one in found if not Path(one.file).resolve().is_relative_to(folder.resolve()))
    return list(in_cases(own))
