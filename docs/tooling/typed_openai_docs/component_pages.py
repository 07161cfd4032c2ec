"""A family of components -> a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typed_openai.cli.explain.describing import Describer
from typed_openai.cli.explain.pages import Entry, Page, Section
from typed_openai_docs.annotation_links import Annotations
from typed_openai_docs.api_entries import item, notices
from typed_openai_docs.markup import anchor, items, prose
from typed_openai_docs.site_places import Family, Places
from typed_openai_spec.model import Component, Object


class ComponentPages:
    """Makes the pages of one API's components."""

    def __init__(
        self,
        describer: Describer,
        components: Mapping[str, Component],
        annotations: Annotations,
        places: Places,
    ) -> None:
        self._describer = describer
        self._components = components
        self._annotations = annotations
        self._places = places

    def page(self, family: Family) -> str:
        """The page of a family, as Markdown."""
        shown = f"{len(family.members)} type{'s' * (len(family.members) != 1)}"
        lines = [f"# {family.title} types", f"{shown} of `typed_openai.types`."]
        lines += [text for name in family.members for text in self._component(self._components[name])]
        return "\n\n".join(filter(None, lines)) + "\n"

    def _component(self, component: Component) -> Iterator[str]:
        page = self._describer.component(component.name)
        yield f"## {component.name} {{ #{component.name} }}"
        yield "\n".join(_lead(page, component))
        if not _has_fields(component):
            text = self._annotations.value(component.schema, sent=not component.output)
            yield f'<div class="alias">{text}</div>'
        for section in page.sections:
            yield self._section(section, component)

    def _section(self, section: Section, component: Component) -> str:
        match section.key:
            case "fields" if _has_fields(component):
                return self._fields(section, component.schema, sent=not component.output)
            case "values" if any(one.deprecated is not None for one in section.entries):
                return _deprecated_values(section.entries)
            case "used_by":
                return f'<p class="used" data-search-exclude>{section.title} {self._links(section)}</p>'
            case _:
                return ""

    def _links(self, section: Section) -> str:
        return ", ".join(
            anchor(one.name, self._places.url(one.path)) if one.path else one.name for one in section.entries
        )

    def _fields(self, section: Section, schema: object, *, sent: bool) -> str:
        fields = schema.fields if isinstance(schema, Object) else ()
        types = (self._annotations.value(one.schema, sent=sent) for one in fields)
        return items(map(item, section.entries, types))


def _has_fields(component: Component) -> bool:
    return isinstance(component.schema, Object) and bool(component.schema.fields)


def _lead(page: Page, component: Component) -> Iterator[str]:
    """The sentence of a component, and what to know before using it."""
    side = {(True, False): "In requests.", (False, True): "In replies."}.get(
        (component.input, component.output)
    )
    yield f"<p>{prose(page.doc)}</p>" if page.doc else ""
    if side:
        yield f'<p class="side" data-search-exclude>{side}</p>'
    yield from notices(page)


def _deprecated_values(entries: tuple[Entry, ...]) -> str:
    told = ", ".join(
        f"<code>{one.name}</code>" + (f" (use <code>{one.deprecated}</code>)" if one.deprecated else "")
        for one in entries
        if one.deprecated is not None
    )
    return f"<p>Deprecated values: {told}.</p>"
