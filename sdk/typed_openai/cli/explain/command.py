"""``typed-openai explain``: search and read the API in the terminal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from typed_openai.cli.explain.describing import Describer
from typed_openai.cli.explain.finding import Group, Inside, Named, NotFound, Thing, find
from typed_openai.cli.explain.pages import Entry, Page, Section, page_lines
from typed_openai.cli.explain.searching import KINDS, Hit, in_its_case, nearest, search
from typed_openai.cli.printing import Paper, counted, counted_problems, one_line
from typed_openai.cli.spec.statuses import STATUSES, with_errors_as_two
from typed_openai_spec.index.reader import Index, packaged
from typed_openai_spec.loading import load
from typed_openai_spec.model import Operation

_MOST_FOUND: Final = 40
_HELP: Final = """\
NAME is a group (chat), an operation (chat.create_chat_completion, createChatCompletion or "POST
/chat/completions"), a component (CreateChatCompletionRequest), or an argument or field of one, as deep as
there are any (chat.create_chat_completion.response_format.json_schema). Other words are searched.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``explain``."""
    parser = subparsers.add_parser(
        "explain",
        help="search and read the API: operations, arguments, components",
        description=_HELP,
        epilog=STATUSES.format(one="nothing is found", two="the description"),
    )
    parser.add_argument("name", nargs="*", metavar="NAME", help="what to explain (default: the groups)")
    parser.add_argument("--search", action="store_true", help="search the words in names, paths and texts")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--spec", type=Path, metavar="FILE", help="another API's OpenAPI file or index")


def run(args: argparse.Namespace) -> int:
    """Print the requested page; return 1 if nothing is found."""
    return with_errors_as_two(lambda: _explain(args))


def _explain(args: argparse.Namespace) -> int:
    loaded = load(args.spec) if args.spec else None
    index = loaded.index if loaded else packaged()
    problems = loaded.problems if loaded else ()
    if problems and args.name:
        things = counted(len(problems), "problem", "problems")
        _suggest(f"note: {things} in the description; typed-openai explain --spec {args.spec} lists them")
    explaining = _Explaining(index, str(args.spec or ""))
    name = " ".join(args.name)
    try:
        page = explaining.searched(args.name) if args.search else explaining.page(name)
    except NotFound as error:
        _suggest(str(error))
        return 1
    if page is None:
        _suggest(f'nothing in the API is named "{name}"', nearest(index, name))
        return 1
    _print(page, as_json=args.json)
    if problems and not args.name:
        _list(problems)
    return 0


def _list(problems: Sequence[str]) -> None:
    """Print the parts of the description that were not understood, with their places."""
    sys.stdout.flush()
    for problem in problems:
        print(one_line(problem), file=sys.stderr)
    print(f"{counted_problems(problems)} in the description; the rest works", file=sys.stderr)


class _Explaining:
    """Finds pages of one API."""

    def __init__(self, index: Index, source: str) -> None:
        self._index = index
        self._describer = Describer(index, source)

    def page(self, name: str) -> Page | None:
        """Return the page for a name, or else the search results for its words; None without results."""
        if not name:
            return self._describer.api()
        thing = find(self._index, name) or find(self._index, in_its_case(self._index, name))
        return self._of(thing) if thing is not None else self.searched(name.split())

    def searched(self, words: Sequence[str]) -> Page | None:
        """Return the search results for the words; None without results."""
        hits = search(self._index, words)
        sections = tuple(_found(hits))
        return (
            Page("search", f'"{" ".join(words)}"', f"{len(hits)} found", sections=sections) if hits else None
        )

    def _of(self, thing: Thing) -> Page:
        match thing:
            case Group(name=name):
                return self._describer.group(name)
            case Operation():
                return self._describer.operation(thing)
            case Named(name=name):
                return self._describer.component(name)
            case Inside(path=path, meanings=meanings):
                return self._describer.found(path, meanings)
            case _:
                entries = tuple(map(self._describer.operation_entry, thing))
                return Page("path", thing[0].path, sections=(Section("operations", "Operations", entries),))


def _found(hits: Sequence[Hit]) -> Iterator[Section]:
    shown = hits[:_MOST_FOUND]
    for kind in KINDS:
        entries = tuple(
            Entry(one.name, one.head, one.doc, path=one.name) for one in shown if one.kind == kind
        )
        if entries:
            yield Section(f"{kind}s", f"{kind.capitalize()}s", entries)
    if len(hits) > len(shown):
        yield Section("more", f"And {len(hits) - len(shown)} more.")


def _print(page: Page, *, as_json: bool) -> None:
    paper = Paper.of(sys.stdout)
    text = json.dumps(page.as_json(), indent=2) if as_json else "\n".join(page_lines(page, paper))
    # Terminals limited to ASCII get question marks.
    encoding = sys.stdout.encoding or "utf-8"
    # Now, not when the program exits: the reader may have closed the pipe.
    print(text.encode(encoding, "replace").decode(encoding), flush=True)


def _suggest(text: str, names: Sequence[str] = ()) -> None:
    print(f"typed-openai explain: {text}", file=sys.stderr)
    for one in names:
        print(f"  did you mean {one}?", file=sys.stderr)
