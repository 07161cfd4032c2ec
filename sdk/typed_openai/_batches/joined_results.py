"""Joining requests with their results by id, one file at a time: output has no order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from io import FileIO
from pathlib import Path
from typing import Any, NamedTuple

from typed_openai._batches.job_folder import JobFolder, RequestFile
from typed_openai._batches.request_files import id_of, lines_of
from typed_openai._durable.entry_log import damaged
from typed_openai.batch_results import BatchFailure, BatchReply
from typed_openai.errors import JobError


class _Place(NamedTuple):
    """The place of a line of results in an open file, its ``number`` from 1, and the batch it belongs to.

    ``file`` is None for a request without one; ``number`` is then that of its line in the input.
    """

    batch: Mapping[str, Any]
    number: int
    file: FileIO | None = None
    start: int = 0
    size: int = 0

    @property
    def own_error(self) -> Mapping[str, Any] | None:
        """The error of a batch that failed because of this request, or None."""
        if self.file is not None:
            return None
        return next((one for one in _errors_of(self.batch) if one.get("line") == self.number), None)


def joined(folder: JobFolder) -> Iterator[BatchReply[Any] | BatchFailure]:
    """Yield the latest result of each request that has one, in the order of the requests.

    Raises ``JobError`` for a damaged file, and for results of another job.
    """
    for file in [one for one in folder.files.values() if not one.retry_of]:
        yield from _of_file(folder, file)


def failed_lines(folder: JobFolder, file: RequestFile, *, blamed: bool) -> Iterator[bytes]:
    """Yield the requests of one file whose latest result is a failure.

    A batch fails as a whole if requests in it are wrong: either those that are to ``blamed``, or all others.
    """
    for result, place in _placed(folder, file):
        if isinstance(result, BatchFailure) and (place.own_error is not None) is blamed:
            yield result.line


def _of_file(folder: JobFolder, file: RequestFile) -> Iterator[BatchReply[Any] | BatchFailure]:
    return (result for result, _ in _placed(folder, file))


def _placed(folder: JobFolder, file: RequestFile) -> Iterator[tuple[BatchReply[Any] | BatchFailure, _Place]]:
    places: dict[str, _Place] = {}
    with ExitStack() as stack:
        for one in folder.chain(file):
            if one.downloaded:
                _add_places(folder, one, places, stack)
        path = folder.requests(file)
        for number, line in enumerate(lines_of(path), 1):
            line_id = id_of(line, path, number)
            if (place := places.get(line_id)) is not None:
                yield _result(line_id, line, place), place


def _add_places(folder: JobFolder, file: RequestFile, places: dict[str, _Place], stack: ExitStack) -> None:
    """Add the places of one batch's results; requests that it did not answer have failed with the batch."""
    path = folder.requests(file)
    found: dict[str, int | _Place] = {
        id_of(line, path, number): number for number, line in enumerate(lines_of(path), 1)
    }
    for results in (folder.errors(file), folder.output(file)):
        if results.exists():
            _add_results(file.ended, results, found, stack, path)
    folder.check_results(file)
    for line_id, place in found.items():
        places[line_id] = _Place(file.ended, place) if isinstance(place, int) else place


def _add_results(
    batch: Mapping[str, Any], results: Path, found: dict[str, int | _Place], stack: ExitStack, path: Path
) -> None:
    """Add the places of the lines in one file of results, whose ids must be known."""
    # Without a buffer: lines are read in another order than that of the file.
    opened = stack.enter_context(FileIO(results))
    start = 0
    with results.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            line_id = id_of_result(line, results, number)
            if line_id not in found:
                message = f"{results}:{number}: the id {line_id!r} is not in {path}: results of another job"
                raise JobError(message, reason="foreign", path=str(results))
            found[line_id] = _Place(batch, number, opened, start, len(line))
            start += len(line)


def id_of_result(line: bytes, path: Path, number: int) -> str:
    """Return the id in a line of results."""
    at = line.find(b'"custom_id"')
    try:
        start = line.index(b'"', at + 11)
        end = line.index(b'"', start + 1)
    except ValueError:
        return id_of(line, path, number)
    found = line[start + 1 : end]
    # An id with escapes, or one that may belong to a reply which quotes it.
    if at < 0 or at > 64 or b"\\" in found or line[at + 11 : start].strip() != b":":
        return id_of(line, path, number)
    try:
        return found.decode()
    except UnicodeDecodeError:
        return id_of(line, path, number)


def _result(line_id: str, line: bytes, place: _Place) -> BatchReply[Any] | BatchFailure:
    if place.file is None:
        code, message = _of_batch(place)
        return BatchFailure(line_id, code, message, None, line)
    place.file.seek(place.start)
    response, error = _answer(place.file.read(place.size), place)
    status = None if response is None else _status(response)
    if status is not None and 200 <= status < 300 and not error:
        return BatchReply(line_id, response.get("body"), line)
    if not error:
        body = (response or {}).get("body")
        error = body.get("error") if isinstance(body, dict) else None
    told = error if isinstance(error, dict) else {}
    return BatchFailure(line_id, told.get("code"), str(told.get("message") or ""), status, line)


def _answer(line: bytes, place: _Place) -> tuple[Any, Any]:
    """Return the response and the error in a line of results. Raises ``JobError`` for a damaged line."""
    try:
        result = json.loads(line.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError):
        result = None
    if isinstance(result, dict):
        response = result.get("response")
        if response is None or (isinstance(response, dict) and isinstance(_status(response), int)):
            return response, result.get("error")
    name = "" if place.file is None else str(place.file.name)
    raise damaged(Path(name), place.number, "a line of results")


def _status(response: Mapping[str, Any]) -> Any:
    return response.get("status_code", 0)


def _errors_of(batch: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (batch.get("errors") or {}).get("data") or []


def _of_batch(place: _Place) -> tuple[str | None, str]:
    """Return code and message for a request that a batch did not answer."""
    batch, errors = place.batch, _errors_of(place.batch)
    general = next((one for one in errors if one.get("line") is None), None)
    if error := place.own_error or general:
        return error.get("code"), str(error.get("message") or "")
    told = f"the batch {batch['id']} is {batch['status']}" if batch["id"] else "no batch was created"
    if errors:
        told += f", because of line {errors[0]['line']}: {errors[0].get('message')}"
    return f"batch_{batch['status']}", told
