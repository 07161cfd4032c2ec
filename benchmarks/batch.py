"""The cost of batch jobs: writing requests, checking them, and joining results, beside plain ``json``.

Each row is a process of its own, and compares processor time with that of ``json.dumps`` (or ``json.loads``)
of the same lines, written to (or read from) a file::

    python benchmarks/batch.py [--lines 1000000] [--checked 20000] [--json]

It fails if a bound is exceeded: 3 times the time for writing and joining, 40 times with ``check=True``, and
100 MB of memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

BOUNDS: Final[Mapping[str, float]] = {"writing": 3, "checking": 40, "joining": 3}
MOST_MEGABYTES: Final = 100
SYSTEM: Final = "You are a careful assistant that answers in one sentence."


def rows(count: int) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Yield ids and messages."""
    for number in range(count):
        question = (
            f"Question number {number}: what is the capital of the country with the code {number % 200}?"
        )
        yield (
            f"row-{number}",
            [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}],
        )


def write_plain(folder: Path, count: int) -> None:
    """Write the lines with ``json.dumps``."""
    with (folder / "plain.jsonl").open("w") as file:
        for line_id, messages in rows(count):
            body = {"messages": messages, "model": "gpt-5.5", "temperature": 0}
            line = {"custom_id": line_id, "method": "POST", "url": "/v1/chat/completions", "body": body}
            file.write(json.dumps(line) + "\n")


def write(folder: Path, count: int, *, check: bool = False) -> None:
    """Write the lines with a job."""
    from typed_openai import BatchJob, Client  # noqa: PLC0415  # each process imports only what it measures

    with BatchJob(folder / "job", Client(api_key="k").chat.create_chat_completion, check=check) as job:
        for line_id, messages in rows(count):
            job.add(line_id, messages, "gpt-5.5", temperature=0)  # type: ignore[arg-type]  # plain dicts


def write_checked(folder: Path, count: int) -> None:
    """Write the lines with a job that checks each."""
    write(folder, count, check=True)


def join_plain(folder: Path, count: int) -> None:
    """Parse requests and results with ``json.loads``."""
    for path in sorted((folder / "job" / "requests").iterdir()):
        for one in (path, folder / "job" / "output" / path.name):
            with one.open("rb") as file:
                for line in file:
                    json.loads(line)


def join(folder: Path, count: int) -> None:
    """Join the results with the requests."""
    from typed_openai import BatchJob, BatchReply, Client  # noqa: PLC0415

    job: Any = BatchJob(folder / "job", Client(api_key="k").chat.create_chat_completion)
    found = sum(isinstance(one, BatchReply) and one.reply["object"] != "" for one in job.results())
    assert found == count, found


def answer(folder: Path) -> None:
    """Write an output for each file of requests, in random order, as if its batch were completed."""
    journal = folder / "job" / "journal.jsonl"
    chance = random.Random(1)
    with journal.open("a") as log:
        for number, path in enumerate(sorted((folder / "job" / "requests").iterdir()), 1):
            ids = [json.loads(line)["custom_id"] for line in path.open("rb")]
            size = path.stat().st_size
            chance.shuffle(ids)
            with (folder / "job" / "output" / path.name).open("w") as file:
                for line_id in ids:
                    file.write(json.dumps(result(line_id)) + "\n")
            batch = {"id": "batch_1", "status": "completed", "request_counts": {"completed": len(ids)}}
            entries = [
                {"closed": number, "lines": len(ids), "size": size},
                {"created": number, "batch_id": "batch_1"},
                {"ended": number, "batch": batch},
                {"downloaded": number},
            ]
            log.writelines(json.dumps(one) + "\n" for one in entries)


def result(line_id: str) -> dict[str, Any]:
    """Return a line of output."""
    message = {"role": "assistant", "content": "The capital of that country is Paris.", "refusal": None}
    body = {
        "id": f"chatcmpl-{line_id}",
        "object": "chat.completion",
        "created": 1_767_225_600,
        "model": "gpt-5.5",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48},
    }
    response = {"status_code": 200, "request_id": f"req-{line_id}", "body": body}
    return {"id": f"batch_req_{line_id}", "custom_id": line_id, "response": response, "error": None}


STEPS: Final[Mapping[str, Callable[[Path, int], None]]] = {
    "write_plain": write_plain,
    "write": write,
    "write_checked": write_checked,
    "join_plain": join_plain,
    "join": join,
}


def measured(step: str, folder: Path, count: int) -> tuple[float, float]:
    """Return the processor time of a step in a process of its own, and its peak memory in MB."""
    command = [sys.executable, __file__, "--step", step, "--folder", str(folder), "--lines", str(count)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step}: {done.stderr}")
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def run_step(step: str, folder: Path, count: int) -> None:
    """Run a step in this process, and print its cost without the import."""
    import typed_openai.batch_jobs  # noqa: F401, PLC0415

    start = time.process_time()
    STEPS[step](folder, count)
    took = time.process_time() - start
    print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6]))


def compare(count: int, checked: int) -> Iterator[dict[str, Any]]:
    """Yield a row of figures for each comparison."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield row("writing", count, measured("write_plain", folder, count), measured("write", folder, count))
        answer(folder)
        yield row("joining", count, measured("join_plain", folder, count), measured("join", folder, count))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain, ours = measured("write_plain", folder, checked), measured("write_checked", folder, checked)
        yield row("checking", checked, plain, ours)


def row(name: str, count: int, plain: tuple[float, float], ours: tuple[float, float]) -> dict[str, Any]:
    """Return the figures of one comparison."""
    return {
        "name": name,
        "lines": count,
        "plain seconds": round(plain[0], 2),
        "seconds": round(ours[0], 2),
        "ratio": round(ours[0] / plain[0], 2),
        "bound": BOUNDS[name],
        "megabytes": round(ours[1], 1),
    }


def main() -> int:
    """Measure, print, and return 1 if a bound is exceeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--checked", type=int, default=20_000)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.step:
        run_step(args.step, args.folder, args.lines)
        return 0
    status = 0
    for figures in compare(args.lines, args.checked):
        print(
            json.dumps(figures) if args.json else "  ".join(f"{name} {one}" for name, one in figures.items())
        )
        status |= figures["ratio"] > figures["bound"] or figures["megabytes"] > MOST_MEGABYTES
    return int(status)


if __name__ == "__main__":
    sys.exit(main())
