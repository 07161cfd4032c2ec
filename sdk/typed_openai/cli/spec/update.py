"""``typed-openai spec update``: update a checkout to a new description, and report the changes for users.

The description is read and converted to canonical form, the overrides are applied to it, and the index and
the stubs are generated. Only then, all at once, the checkout's files are changed.
"""

from __future__ import annotations

import argparse
import datetime
import ipaddress
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, TextIO
from urllib.parse import urlsplit

from typed_openai._security.credentials import shown_url
from typed_openai.cli.printing import one_line
from typed_openai.cli.spec.change_reports import FORMATS
from typed_openai.cli.spec.checkout import (
    Output,
    changes,
    generated,
    packaged_folder,
    refuse_unsettled,
    spec_folder,
)
from typed_openai.cli.spec.downloads import fetch, is_url
from typed_openai.cli.spec.journal import tell_interrupted
from typed_openai.cli.spec.pruning import prune
from typed_openai.cli.spec.publishing import drop_published, kept, orphans, write_kept
from typed_openai.cli.spec.statuses import STATUSES, WorkFailed
from typed_openai.cli.spec.swapping import refuse_unwritable, sole_writer, swap_files, undisturbed
from typed_openai.cli.spec.workspace import edits, workspace
from typed_openai_spec.comparison import compare
from typed_openai_spec.compile import Built, build_document
from typed_openai_spec.files import canonical, provenance
from typed_openai_spec.files.additions import Addition, read_additions
from typed_openai_spec.files.cut_off import refuse_cut_off
from typed_openai_spec.files.layout import description_files
from typed_openai_spec.files.provenance import Provenance
from typed_openai_spec.files.source import Dead, Document, digest, joined, parsed, read, read_bytes
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Api
from typed_openai_spec.problems import DescriptionError

_HELP: Final = "update spec/openai to a new description, build from it, and report the changes"

_PRIVATE_NAMES: Final = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".test", ".invalid")


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``update``."""
    take = commands.add_parser(
        "update",
        help=_HELP,
        description=f"{_HELP[0].upper()}{_HELP[1:]}.",
        epilog=STATUSES.format(
            one="the update is refused, for the listed reasons, or cannot be written",
            two="the new description",
        ),
    )
    take.add_argument(
        "description",
        nargs="?",
        metavar="PATH-OR-URL",
        help="an OpenAPI 3.0 to 3.2 file, YAML or JSON, its URL, or a folder in canonical form "
        '(default: the address after "published" in SOURCE)',
    )
    take.add_argument(
        "--facts-only", action="store_true", help="leave out prose, titles, examples and vendor extensions"
    )
    take.add_argument(
        "--prune-docs", action="store_true", help="delete the entries of overrides/docs that document nothing"
    )
    take.add_argument(
        "--dry-run", action="store_true", help="write nothing, and report the changes and problems"
    )
    take.add_argument(
        "--format", choices=tuple(FORMATS), default="text", help="how changes are printed (default: text)"
    )
    take.add_argument(
        "--date", type=_date, help="when the description was published, as in 2026-08 (default: today)"
    )
    take.add_argument("--root", type=Path, default=Path(), help="the project's folder (default: this one)")


def _date(text: str) -> str:
    """Check a date whose day or month may be missing; an argument's type."""
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", text):
        raise argparse.ArgumentTypeError(f"expected a date as in 2026-08 or 2026-08-31, got {text!r}")
    return text


def run(args: argparse.Namespace) -> int:
    """Update the checkout, or report with ``--dry-run`` what would change."""
    folder = spec_folder(args.root) / "openai"
    if args.dry_run:
        tell_interrupted(args.root)
        update = _prepared(args, folder)
        _tell_changes(args, update)
        _refuse_unsettled(update)
        _tell_files(args, update, changes(update.outputs))
        return 0
    with sole_writer(args.root):
        update = _prepared(args, folder)
        _refuse_unsettled(update)
        changed = changes(update.outputs)
        refuse_unwritable(args.root, changed)
        # The changes for users are reported before they are made.
        try:
            _tell_changes(args, update)
        except BrokenPipeError:
            print("nothing was changed: the output was closed early", file=sys.stderr)
            raise
        # An interruption here does not suppress the report.
        with undisturbed():
            swap_files(args.root, changed)
            _tell_files(args, update, changed)
    return 0


@dataclass(frozen=True, slots=True)
class _Update:
    """The result of an update; ``before`` is None if the checkout has no index yet.

    ``published`` are the additions that the description has itself, and that are dropped.
    """

    before: Api | None
    built: Built
    published: tuple[Addition, ...]
    source: Provenance
    outputs: tuple[Output, ...]


def _prepared(args: argparse.Namespace, folder: Path) -> _Update:
    known = Provenance.read(folder)
    place = args.description or known.published
    if not place:
        raise DescriptionError(f'{folder / provenance.NAME}: no "published" URL; pass a PATH-OR-URL')
    read_document, texts = _read(place, is_default=args.description is None)
    document = canonical.canonical(read_document, facts_only=args.facts_only)
    parts = canonical.parts(document)
    files = canonical.texts(parts)
    before = _before(args.root)
    spec = args.root / "spec"
    make = partial(build_document, joined(parts), former=Index(packaged_folder(args.root)))
    settled = _settled(make, spec, joined(parts), before, prune_docs=args.prune_docs)
    api = settled.built.api
    source = _source(known, api.version, digest(texts), place, args)
    outputs = (
        Output(folder, files, "*.yaml"),
        Output(folder, {provenance.NAME: source.text()}, provenance.NAME),
        *settled.edits,
        *generated(args.root, api),
    )
    return _Update(before, settled.built, settled.published, source, outputs)


@dataclass(frozen=True, slots=True)
class _Settled:
    """A build, the additions that the description has itself, and the changes to overrides and additions."""

    built: Built
    published: tuple[Addition, ...] = ()
    edits: tuple[Output, ...] = ()


def _settled(
    make: Callable[[Path], Built], spec: Path, document: Document, before: Api | None, *, prune_docs: bool
) -> _Settled:
    """Build with the overrides and the additions, without those additions that are published."""
    overrides = spec / "overrides"
    built = make(overrides)
    published = built.published
    if not published and not (prune_docs and built.dead):
        return _Settled(built)
    with workspace(spec) as copy:
        if published:
            published += orphans(read_additions(spec / "additions"), published)
            drop_published(copy / "additions", published)
            write_kept(copy / "overrides", kept(published, document, before, make(copy / "overrides")))
            built = make(copy / "overrides")
        if prune_docs and built.dead:
            prune(copy / "overrides" / "docs", built.api)
            built = make(copy / "overrides")
        dead = (Dead(one.where.replace(str(copy), str(spec)), one.text) for one in built.dead)
        return _Settled(replace(built, dead=tuple(dead)), published, edits(copy, spec))


def _read(place: str, *, is_default: bool) -> tuple[Document, list[bytes]]:
    """Return the description at a place, and the texts of its files."""
    path = Path(place)
    if is_url(place) or not path.is_dir():
        text = _fetched(place, is_default=is_default) if is_url(place) else read_bytes(path)
        name = shown_url(place) if is_url(place) else place
        document = parsed(text, name)
        refuse_cut_off(document, text, name)
        return document, [text]
    if (path / "api.json").is_file():
        raise DescriptionError(f"{place}: expected a description, found the index that was compiled from one")
    return read(path), [read_bytes(one) for one in description_files(path)]


def _fetched(place: str, *, is_default: bool) -> bytes:
    try:
        return fetch(place)
    except DescriptionError as error:
        if not is_default:
            raise
        raise DescriptionError(
            f"{error}; where it cannot be reached, fetch it elsewhere and give the file: "
            "typed-openai spec update FILE"
        ) from error


def _refuse_unsettled(update: _Update) -> None:
    try:
        refuse_unsettled(update.built)
    except WorkFailed as error:
        raise WorkFailed(
            f"{error}; nothing was changed (--dry-run shows the changes, "
            "--prune-docs deletes dead documentation)"
        ) from error


def _source(known: Provenance, version: str, sha256: str, place: str, args: argparse.Namespace) -> Provenance:
    """Return the new content of the file SOURCE; the date changes only with the description."""
    today = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    return Provenance(
        version=version,
        date=args.date or (known.date if sha256 == known.sha256 and known.date else today),
        sha256=sha256,
        content=provenance.FACTS if args.facts_only else provenance.PROSE,
        credit=known.credit,
        published=known.published,
        origin=place if is_url(place) and _is_public(place) else "",
    )


def _is_public(url: str) -> bool:
    """Return True if the URL can be published: it has no credentials, and its host is not private."""
    host = urlsplit(url).hostname or ""
    if shown_url(url) != url or "." not in host or host.endswith(_PRIVATE_NAMES):
        return False
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return True


def _before(root: Path) -> Api | None:
    try:
        return Index(packaged_folder(root)).api()
    except DescriptionError as error:
        print(f"nothing to compare with: {error}", file=sys.stderr)
        return None


def _tell_changes(args: argparse.Namespace, update: _Update) -> None:
    if update.before is not None:
        print(FORMATS[args.format](compare(update.before, update.built.api)), end="", flush=True)


def _tell_files(args: argparse.Namespace, update: _Update, changed: Iterable[Path]) -> None:
    """Print the files that were written; to stderr if standard output is machine-readable."""
    aside: TextIO = sys.stdout if args.format == "text" else sys.stderr
    api = update.built.api
    verb = "would drop" if args.dry_run else "dropped"
    for one in update.published:
        print(one_line(f"published: {one.where}: {verb}, the description has it itself"), file=aside)
    counts = f"{len(api.operations)} operations, {len(api.components)} components"
    print(one_line(f"{api.title} {api.version} ({update.source.content}): {counts}"), file=aside)
    folders = dict.fromkeys(one.folder for one in update.outputs)
    counted = Counter(next(one for one in folders if path.is_relative_to(one)) for path in changed)
    for folder, count in counted.items():
        print(f"{'would change' if args.dry_run else 'changed'}: {folder} ({count} files)", file=aside)
    if not counted:
        print("nothing to change: the checkout is up to date", file=aside)
    aside.flush()
