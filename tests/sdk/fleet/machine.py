"""One run of a program on one machine: it continues a job, and may be killed at any step."""

from __future__ import annotations

import errno
import os
import random
import socket
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from typed_openai import APIError, BatchJob, Client, JobError, batch_jobs
from typed_openai._batches import course
from typed_openai._batches.batch_limits import BatchLimits

MODEL: Final = "text-embedding-3-small"
REQUESTS_OF_A_FILE: Final = 6
SETTLED: Final = 0.4
"""The time after which lists of the simulated API have all batches, in seconds."""

COMPLETE, LOCKED, REFUSED, FULL, LATE, BROKEN = 0, 10, 11, 12, 13, 99


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its job's folder, number and rows; ``kill_after`` steps, and the step with a full disk.

    ``rounds`` is how often what failed is sent again. ``cancels`` cancels the job's batches first.
    """

    url: str
    folder: str
    job: int
    rows: int
    host: str
    seed: int
    kill_after: int = 0
    full_at: int = 0
    rounds: int = 3
    cancels: bool = False


def row_id(job: int, row: int) -> str:
    """Return the id of a request."""
    return f"job{job}-row{row}"


def dimensions_of(row: int) -> int:
    """Return the length of the vector that a request asks for, which identifies its reply."""
    return 1 + row % 97


def work(run: Run, log: str) -> None:
    """Continue a job, and end the process with a status; unexpected errors are written to ``log``."""
    try:
        status = _work(run)
    except JobError as error:
        status = LOCKED if error.reason == "locked" else _broken(run, log)
    except APIError:
        status = REFUSED
    except TimeoutError:
        status = LATE
    except OSError as error:
        status = FULL if error.errno == errno.ENOSPC else _broken(run, log)
    except BaseException:
        status = _broken(run, log)
    os._exit(status)


def _broken(run: Run, log: str) -> int:
    with Path(log).open("a") as file:
        file.write(f"{run}\n{traceback.format_exc()}\n")
    return BROKEN


def _work(run: Run) -> int:
    _prepare(run)
    step = _steps(run)
    client = Client(api_key="key", base_url=run.url, on_request=step, on_response=step, max_retries=1)
    with BatchJob(run.folder, client.embeddings.create_embedding, check=False) as job:
        for row in range(run.rows):
            job.add(row_id(run.job, row), f"text {row}", MODEL, dimensions=dimensions_of(row))
        if run.cancels:
            job.cancel(client)
        job.send(client)
        progress = job.wait(client, poll_seconds=0.005, timeout=5)
        for _ in range(run.rounds):
            if not progress.failed:
                break
            job.again(client)
            progress = job.wait(client, poll_seconds=0.005, timeout=5)
    return COMPLETE


def _prepare(run: Run) -> None:
    """Make files small and pauses short, and give the machine its name."""
    delays: Callable[[], Any] = lambda: iter(lambda: 0.002, 1.0)  # noqa: E731
    batch_jobs._LIMITS = BatchLimits(requests=REQUESTS_OF_A_FILE)  # type: ignore[misc]
    course._delays = delays
    course._SETTLED = SETTLED  # type: ignore[misc]
    course._TRIES = 12  # type: ignore[misc]
    socket.gethostname = lambda: run.host


def _steps(run: Run) -> Callable[..., None]:
    """Return a function that counts steps: requests, replies, and writes to the disk."""
    chance = random.Random(run.seed)
    left = {"kill": run.kill_after, "full": run.full_at}

    def step(*_: object) -> None:
        left["kill"] -= 1
        if left["kill"] == 0:
            os.kill(os.getpid(), 9)

    def fsync(fd: object) -> None:
        step()
        left["full"] -= 1
        if left["full"] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        if chance.random() < 0.01:
            time.sleep(0.005)
        step()  # what is written survives the end of a process without being on the disk

    os.fsync = fsync
    return step
