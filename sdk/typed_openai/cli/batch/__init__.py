"""``typed-openai batch``: jobs of the Batch API over the rows of a file."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from pathlib import Path
from typing import Any, Final

from typed_openai._batches.job_folder import JobFolder
from typed_openai._batches.request_files import known_ids
from typed_openai.batch_jobs import BatchJob
from typed_openai.batch_results import BatchFailure, BatchProgress, BatchReply
from typed_openai.cli.batch.input_rows import rows_of
from typed_openai.cli.batch.row_requests import RowRequests
from typed_openai.client import Client
from typed_openai.errors import CallError

_FAILED: Final = 1
_WRONG: Final = 2
_SHOWN: Final = 20
_LONGEST_POLL: Final = 86_400.0
_DEFAULT: Final = "responses.create_response"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``batch`` and its commands."""
    parser = subparsers.add_parser("batch", help="send the rows of a file as batches, and read the results")
    commands = parser.add_subparsers(dest="batch_command", required=True, metavar="COMMAND")
    run_parser = commands.add_parser(
        "run",
        help="send a prompt for each row, and wait for the results",
        description="Send a prompt for each row of a file, and wait. The same command continues what was"
        " interrupted.",
    )
    run_parser.add_argument("folder", type=Path, help="the folder of the job, which is created")
    run_parser.add_argument("--input", type=Path, required=True, metavar="FILE", help="a .jsonl or .csv file")
    run_parser.add_argument(
        "--prompt",
        required=True,
        metavar="TEXT",
        help="the prompt, with {column}; @FILE reads it from a file",
    )
    run_parser.add_argument("--model", help="the model of each request")
    run_parser.add_argument(
        "--operation", default=_DEFAULT, help=f"the operation of each request (default: {_DEFAULT})"
    )
    run_parser.add_argument(
        "--id", metavar="COLUMN", help="the column with the ids (default: id, or row-1...)"
    )
    run_parser.add_argument(
        "--arguments", default="{}", metavar="JSON", help="more arguments of the operation, as an object"
    )
    run_parser.add_argument("--no-wait", action="store_true", help="return when everything is sent")
    again = commands.add_parser("again", help="send the requests again that failed, and wait for the results")
    status = commands.add_parser("status", help="show the progress, asking nothing of the API")
    results = commands.add_parser("results", help="print the results as JSON, one on each line")
    results.add_argument("--failed", action="store_true", help="only the failures")
    for one in (again, status, results):
        one.add_argument("folder", type=Path, help="the folder of the job")
    again.add_argument("--no-wait", action="store_true", help="return when everything is sent")
    for one in (run_parser, again):
        one.add_argument(
            "--poll", type=_seconds, default=30.0, metavar="SECONDS", help="look so often (default: 30)"
        )


def run(args: argparse.Namespace) -> int:
    """Run the chosen command. The status is 1 if requests have failed, and 2 for wrong rows."""
    command = {"run": _run, "again": _again, "status": _status, "results": _results}[args.batch_command]
    return command(args)


def _run(args: argparse.Namespace) -> int:
    with Client() as client, BatchJob(args.folder, _method(client, args.operation), check=False) as job:
        requests = RowRequests(job._lines, _template(args.prompt), args.id, _more(args))
        # All rows are judged first: what is in the folder cannot be changed.
        job._folder.look()
        if wrong := list(requests.mistakes(rows_of(args.input), known_ids(job._folder))):
            for line in wrong[:_SHOWN]:
                print(f"typed-openai batch: error: {line}", file=sys.stderr)
            more = f"{len(wrong) - _SHOWN} more rows are wrong; " if len(wrong) > _SHOWN else ""
            print(f"typed-openai batch: {more}nothing was sent", file=sys.stderr)
            return _WRONG
        _add(job, requests, args.input)
        return _finished(job, client, job.send(client), args)


def _add(job: Any, requests: RowRequests, path: Path) -> None:
    """Add the rows that are not in the folder yet."""
    row = None
    for row in rows_of(path):
        line_id, arguments = requests.request(row)
        try:
            job.add(line_id, **arguments)
        except CallError as error:
            raise CallError(f"{row.place}: {error}") from None
    if row is None:
        raise CallError(f"{path}: the file has no rows")


def _again(args: argparse.Namespace) -> int:
    with Client() as client, BatchJob(args.folder, _method(client, _operation_of(args.folder))) as job:
        return _finished(job, client, job.again(client), args)


def _status(args: argparse.Namespace) -> int:
    folder = JobFolder(args.folder, _operation_of(args.folder), "")
    folder.look()
    for file in folder.files.values():
        print(f"{file.name}: {file.lines or 'open'} requests, {file.state} {file.batch_id}".rstrip())
    with Client() as client:
        progress = BatchJob(args.folder, _method(client, folder.operation)).progress()
    print(_text(progress))
    return _FAILED if progress.failed else 0


def _results(args: argparse.Namespace) -> int:
    failed = 0
    with Client() as client:
        for one in BatchJob(args.folder, _method(client, _operation_of(args.folder))).results():
            failed += isinstance(one, BatchFailure)
            if not args.failed or isinstance(one, BatchFailure):
                print(json.dumps(_shown(one), ensure_ascii=False))
    return _FAILED if failed else 0


def _method(client: Client, operation: str) -> Any:
    group, dot, name = operation.partition(".")
    if not dot:
        raise CallError(f"--operation: expected GROUP.METHOD, such as {_DEFAULT}, got {operation!r}")
    client._endpoints.get(group, name)  # an unknown name is a CallError with a suggestion
    return getattr(getattr(client, group), name)


def _operation_of(path: Path) -> str:
    """Return the operation of the job in a folder. Raises ``CallError`` if there is no job."""
    folder = JobFolder(path, "", "")
    folder.look()
    if not folder.operation:
        raise CallError(f"{path}: not the folder of a batch job: no journal.jsonl")
    return folder.operation


def _template(text: str) -> str:
    return Path(text[1:]).read_text("utf-8") if text.startswith("@") else text


def _more(args: argparse.Namespace) -> dict[str, Any]:
    try:
        more = json.loads(args.arguments)
    except ValueError as error:
        raise CallError(f"--arguments: not JSON: {error}") from None
    if not isinstance(more, dict):
        raise CallError(f'--arguments: expected a JSON object, got "{type(more).__name__}"')
    return more if args.model is None else {**more, "model": args.model}


def _finished(job: Any, client: Client, progress: BatchProgress, args: argparse.Namespace) -> int:
    if not args.no_wait:
        progress = job.wait(
            client, poll_seconds=args.poll, on_progress=_show if sys.stderr.isatty() else None
        )
        if sys.stderr.isatty():
            print(file=sys.stderr)
    print(_text(progress))
    if progress.failed:
        command = shlex.join(["typed-openai", "batch", "again", str(args.folder)])
        print(f"typed-openai batch: send the failed requests again with: {command}", file=sys.stderr)
    return _FAILED if progress.failed else 0


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < _LONGEST_POLL:
        raise argparse.ArgumentTypeError(f'expected a number of seconds, 0 or more, got "{text}"')
    return seconds


def _show(progress: BatchProgress) -> None:
    filled = 30 * progress.done // max(progress.total, 1)
    sys.stderr.write(f"\r\x1b[K[{'#' * filled}{' ' * (30 - filled)}]  {_text(progress)}")
    sys.stderr.flush()


def _text(progress: BatchProgress) -> str:
    return (
        f"{progress.done} of {progress.total} requests done, {progress.failed} failed; "
        f"{progress.ended} of {progress.batches} batches ended"
    )


def _shown(result: BatchReply[Any] | BatchFailure) -> dict[str, object]:
    if isinstance(result, BatchReply):
        return {"id": result.id, "reply": result.reply}
    error = {"code": result.code, "message": result.message, "status": result.status}
    return {"id": result.id, "error": error}
