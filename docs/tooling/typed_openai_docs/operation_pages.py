"""A group of operations -> a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from typed_openai.cli.explain.describing import Describer
from typed_openai.cli.explain.pages import Section
from typed_openai_docs.annotation_links import Annotations
from typed_openai_docs.api_entries import item, notices
from typed_openai_docs.markup import items, prose
from typed_openai_docs.site_places import Places
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Operation

_LONGEST_LINE: Final = 80
_TITLES: Final = {"result": "Returns"}
_CODE: Final = {"python": "```python\n{}\n```", "shell": "```sh\n{}\n```"}


class OperationPages:
    """Makes the pages of one API's groups."""

    def __init__(self, describer: Describer, index: Index, annotations: Annotations, places: Places) -> None:
        self._describer = describer
        self._index = index
        self._annotations = annotations
        self._places = places

    def page(self, group: str) -> str:
        """The page of a group, as Markdown."""
        operations = [self._index.operation(group, name) for name in self._index.groups[group]]
        count = f"{len(operations)} operation{'s' * (len(operations) != 1)}"
        lines = [f"# {group}", f"{count}, called as `client.{group}.<operation>(...)`."]
        lines += [text for one in operations for text in self._operation(one)]
        return "\n\n".join(filter(None, lines)) + "\n"

    def _operation(self, operation: Operation) -> Iterator[str]:
        page = self._describer.operation(operation)
        yield f"## {operation.name} {{ #{operation.name} }}"
        yield f'<p class="request"><code>{operation.method} {operation.path}</code></p>'
        yield f"<p>{prose(page.doc)}</p>" if page.doc else ""
        yield f"```python\n{signature(operation)}\n```"
        yield "\n".join(notices(page))
        for section in page.sections:
            yield from self._section(section, operation)
        if page.link:
            yield f"[OpenAI's own page on this operation]({page.link})"

    def _section(self, section: Section, operation: Operation) -> Iterator[str]:
        body = _CODE.get(section.key, "").format(section.code) or self._list(section, operation)
        if body:
            yield f'<p class="part" data-search-exclude>{_TITLES.get(section.key, section.title)}</p>'
            yield body

    def _list(self, section: Section, operation: Operation) -> str:
        entries = section.entries
        match section.key:
            case "arguments":
                types = self._annotations.arguments(operation)
                anchors = [f"{operation.name}.{one.name}" for one in operation.arguments]
                return items(map(item, entries, types, anchors))
            case "result":
                results = (operation.result, *(one.result for one in operation.variants))
                return items(map(item, entries, map(self._annotations.result, results)))
            case "events":
                return items(item(one, url=self._places.url(one.name)) for one in entries)
            case "errors":
                types = [self._annotations.linked(one.type) if one.type else "" for one in entries]
                return items(map(item, entries, types))
            case _:
                return ""


def signature(operation: Operation) -> str:
    """The call with the arguments that it must have; ``...`` stands for the optional ones."""
    names = [one.name if one.positional else f"{one.name}=..." for one in operation.arguments if one.required]
    shown = [*names, *(["..."] if len(names) < len(operation.arguments) else [])]
    call = f"client.{operation.qualified_name}"
    flat = f"{call}({', '.join(shown)})"
    return (
        flat
        if len(flat) <= _LONGEST_LINE
        else "\n".join((f"{call}(", *(f"    {one}," for one in shown), ")"))
    )
