"""Files with the failed requests of earlier ones, to send them again."""

from __future__ import annotations

from collections.abc import Iterator

from typed_openai._batches.job_folder import JobFolder, RequestFile
from typed_openai._batches.joined_results import failed_lines
from typed_openai._batches.request_files import begun, closed, reopened


def repeat_failed(folder: JobFolder) -> None:
    """Write the failed requests of each file to a new one, unless a batch of the file is in progress.

    Requests that have made a batch fail are in a file of their own, so that the others do not fail again. A
    file that a killed process has begun is written anew.
    """
    for file in [one for one in folder.files.values() if not one.retry_of and one.lines]:
        chain = folder.chain(file)
        unfinished = chain[-1] if chain[-1].lines is None else None
        if not all(one.downloaded for one in chain if one is not unfinished):
            continue
        for blamed in (False, True):
            lines = failed_lines(folder, file, blamed=blamed)
            if (first := next(lines, None)) is not None:
                _write(folder, file, unfinished, first, lines)
                unfinished = None


def _write(
    folder: JobFolder, file: RequestFile, unfinished: RequestFile | None, first: bytes, rest: Iterator[bytes]
) -> None:
    if unfinished is None:
        writer = begun(folder, file.model, file.number)
    else:
        folder.requests(unfinished).write_bytes(b"")
        writer = reopened(folder, unfinished)
    try:
        writer.add(first, 0)
        for line in rest:
            writer.add(line, 0)
        closed(folder, writer)
    except OSError:
        writer.close()
        raise
