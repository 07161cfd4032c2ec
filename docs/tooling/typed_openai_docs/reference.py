"""An index -> the pages of the API reference, and their navigation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from typed_openai.cli.explain.describing import Describer
from typed_openai_docs.annotation_links import Annotations
from typed_openai_docs.component_pages import ComponentPages
from typed_openai_docs.markup import anchor
from typed_openai_docs.operation_pages import OperationPages
from typed_openai_docs.site_places import Places, places
from typed_openai_spec.index.reader import Index

FOLDER = "reference"


def navigation(index: Index) -> list[Any]:
    """The navigation of the reference, as mkdocs reads it."""
    found = places(index)
    groups = [{one: f"{FOLDER}/operations/{one}.md"} for one in found.groups]
    families = [{one.title: f"{FOLDER}/types/{one.page}.md"} for one in found.families]
    return [f"{FOLDER}/index.md", {"Operations": groups}, {"Types": families}]


def pages(index: Index) -> Iterator[tuple[str, str]]:
    """The path of each page of the reference, and its Markdown."""
    found = places(index)
    describer = Describer(index)
    annotations = Annotations(index, found.url)
    operation_pages = OperationPages(describer, index, annotations, found)
    component_pages = ComponentPages(describer, index.documented_components, annotations, found)
    yield f"{FOLDER}/index.md", overview(index, found)
    for group in found.groups:
        yield f"{FOLDER}/operations/{group}.md", operation_pages.page(group)
    for family in found.families:
        yield f"{FOLDER}/types/{family.page}.md", component_pages.page(family)


def overview(index: Index, found: Places) -> str:
    """The first page of the reference: all groups and families."""
    operations = sum(map(len, index.groups.values()))
    groups = _list({f"operations/{one}/": (one, len(index.groups[one])) for one in found.groups})
    families = _list({f"types/{one.page}/": (one.title, len(one.members)) for one in found.families})
    return f"""\
# API reference

Look up an operation by its group, or a type by the words that its name begins with. The search finds both,
and each argument and field by its name. The same text is in your editor, in `help(...)` and in
`typed-openai explain`.

{index.title} {index.version}: {operations} operations, {len(index.components)} types.

## Operations

{groups}

## Types

{families}
"""


def _list(places: Mapping[str, tuple[str, int]]) -> str:
    """Links in columns, each with the number of things that it leads to."""
    found = (
        f'<li>{anchor(title, url)} <span class="note">{count}</span></li>'
        for url, (title, count) in places.items()
    )
    return f'<ul class="columns">{"".join(found)}</ul>'
