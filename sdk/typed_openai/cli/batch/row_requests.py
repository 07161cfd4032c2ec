"""The request for each row of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from typed_openai._batches.id_table import IdTable
from typed_openai._batches.request_lines import RequestLines, check_id, index_of
from typed_openai.cli.batch.input_rows import Row, prompt_of
from typed_openai.errors import CallError
from typed_openai_spec.validation.validator import Validator


class RowRequests:
    """Makes the requests of one operation: a template, the column with the ids, and more arguments."""

    def __init__(
        self, lines: RequestLines, template: str, column: str | None, more: Mapping[str, Any]
    ) -> None:
        self._lines = lines
        self._template = template
        self._column = column
        self._more = more
        self._prompt = next((one for one in lines.endpoint.positional if one not in more), "")
        if not self._prompt:
            raise CallError(f"{lines.endpoint.name} takes no prompt beside --arguments")
        schema = lines.endpoint.arguments[self._prompt].schema
        # Operations that take no text as their input take messages.
        self._is_text = Validator(index_of(lines.endpoint).components, strict=True).fits("a text", schema)

    def request(self, row: Row) -> tuple[str, dict[str, Any]]:
        """Return the id and the arguments for a row. Raises ``CallError``."""
        prompt = prompt_of(self._template, row)
        value = prompt if self._is_text else [{"role": "user", "content": prompt}]
        return row.line_id(self._column), {self._prompt: value, **self._more}

    def mistakes(self, rows: Iterable[Row], ids: IdTable) -> Iterator[str]:
        """Yield what is wrong with the rows, each with its place; ``ids`` are those in the folder."""
        for row in rows:
            try:
                line_id, arguments = self.request(row)
                check_id(line_id)
                line, _ = self._lines.line(line_id, (), arguments, check=True)
                ids.add_request(line_id, line)
            except CallError as error:
                text = str(error)
                yield text if text.startswith(row.place) else f"{row.place}: {text}"
