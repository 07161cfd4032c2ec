"""Schemas -> annotations as the stubs have them, with links to components."""

from __future__ import annotations

from typed_openai_docs.markup import Link, annotation
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Operation, Result, Schema
from typed_openai_stubgen.annotations import Annotator, sequence_not_str
from typed_openai_stubgen.resources_stub import for_arguments, result_text
from typed_openai_stubgen.scope import Scope

_MODULE = "typed_openai_docs"


class Annotations:
    """Writes annotations as HTML."""

    def __init__(self, index: Index, link: Link) -> None:
        components = index.documented_components
        self._annotator = Annotator(components, Scope(_MODULE, taken=frozenset(components)))
        self._private = sequence_not_str(self._annotator.scope).rpartition(".")[2]
        self._link = link

    def value(self, schema: Schema, *, sent: bool) -> str:
        """The annotation of a component or field; ``sent`` if it only ever goes to the server."""
        return self.linked(self._annotator.text(schema, sent=sent))

    def arguments(self, operation: Operation) -> list[str]:
        """The annotations of an operation's arguments, in their order."""
        annotator = for_arguments(operation, self._annotator)
        return [self.linked(annotator.text(one.schema, sent=True)) for one in operation.arguments]

    def result(self, result: Result) -> str:
        """The annotation of what a call returns."""
        return self.linked(result_text(result, self._annotator))

    def linked(self, text: str) -> str:
        """An annotation as HTML. The stubs' own sequence type is shown as the sequence that it stands for."""
        return annotation(text.replace(self._private, "Sequence"), self._link)
