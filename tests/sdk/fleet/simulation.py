"""The simulation: machines come and go, jobs grow, and at the end the server's books are compared."""

from __future__ import annotations

import json
import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.sdk.fleet.machine import (
    BROKEN,
    COMPLETE,
    MODEL,
    Run,
    dimensions_of,
    row_id,
    work,
)
from tests.sdk.fleet.weather import Weather

from typed_openai import BatchJob, BatchReply, Client
from typed_openai.testing import serve

_SOURCE: Final = "tests.sdk.fleet.machine"
_LONGEST_END: Final = 300


@dataclass(slots=True)
class Report:
    """The outcome: runs by exit status (-9 was killed), what requests met, and the mistakes found."""

    statuses: Counter[int] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    batches: int = 0
    paid: int = 0
    seconds: float = 0.0
    mistakes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Job:
    number: int
    folder: Path
    rows: int = 0
    complete_rows: int = -1
    runs: list[Any] = field(default_factory=list)


class Fleet:
    """Machines that share the folders of some jobs. Everything but the timing follows from ``seed``."""

    def __init__(self, folder: Path, seed: int, *, jobs: int, rows: int, machines: int, hour: float) -> None:
        self._folder = folder
        self._chance = random.Random(seed)
        self._jobs = [_Job(number, folder / f"job{number}") for number in range(jobs)]
        self._rows = rows
        self._machines = machines
        self._hour = hour
        self._log = folder / "broken.txt"
        self._processes = multiprocessing.get_context("forkserver")
        self._processes.set_forkserver_preload([_SOURCE])
        self._report = Report()
        self._seed = seed

    def play(self, hours: int) -> Report:
        """Play some hours, then let all jobs end in good weather, and compare the books."""
        start = time.monotonic()
        with serve() as server:
            weather = Weather(server, self._seed)
            for hour in range(hours):
                weather.change(len(self._jobs), self._rows)
                self._live(hour, hours, server.base_url, weather)
            weather.clear()
            self._end(server.base_url)
            self._compare(server.base_url, weather.engine)
            self._report.met = weather.met
        self._report.seconds = time.monotonic() - start
        return self._report

    def _live(self, hour: int, hours: int, url: str, weather: Weather) -> None:
        chance = self._chance
        for job in self._jobs:
            job.rows = min(self._rows, 4 + self._rows * 2 * hour // hours)
        for _ in range(self._machines - sum(len(one.runs) for one in self._jobs)):
            self._start(self._next_job(), url, kill=True)
        if chance.random() < 0.2:
            weather.cancel_a_batch()
        time.sleep(self._hour)
        running = [one for job in self._jobs for one in job.runs]
        if running and chance.random() < 0.3:
            chance.choice(running)[0].kill()
        self._reap()

    def _next_job(self) -> _Job:
        """Return a job: mostly one that no machine works on, sometimes any."""
        free = [one for one in self._jobs if not one.runs]
        return self._chance.choice(free if free and self._chance.random() < 0.9 else self._jobs)

    def _start(self, job: _Job, url: str, *, kill: bool) -> None:
        chance = self._chance
        run = Run(
            url=url,
            folder=str(job.folder),
            job=job.number,
            rows=job.rows,
            host=f"machine{chance.randrange(self._machines)}",
            seed=chance.randrange(10**9),
            kill_after=int(chance.expovariate(1 / 90)) if kill and chance.random() < 0.8 else 0,
            full_at=chance.randrange(1, 40) if kill and chance.random() < 0.15 else 0,
            rounds=chance.randrange(3) if kill else 20,
            cancels=kill and chance.random() < 0.05,
        )
        process = self._processes.Process(target=work, args=(run, str(self._log)))
        process.start()
        job.runs.append((process, run))

    def _reap(self) -> None:
        for job in self._jobs:
            for process, run in list(job.runs):
                if process.is_alive():
                    continue
                job.runs.remove((process, run))
                self._report.statuses[process.exitcode] += 1
                if process.exitcode == COMPLETE and run.rounds == 20:
                    job.complete_rows = run.rows
                if process.exitcode == BROKEN:
                    self._report.mistakes.append(f"{run} failed: {self._log.read_text()[-3000:]}")
                process.close()

    def _end(self, url: str) -> None:
        """Start one machine for each job until all are complete."""
        end = time.monotonic() + _LONGEST_END
        while any(one.complete_rows < self._rows for one in self._jobs):
            self._reap()
            if time.monotonic() > end or self._report.mistakes:
                self._report.mistakes.append("not all jobs have ended")
                break
            for job in self._jobs:
                job.rows = self._rows
                if not job.runs and job.complete_rows < self._rows:
                    self._start(job, url, kill=False)
            time.sleep(0.01)
        for process, _ in [one for job in self._jobs for one in job.runs]:
            with suppress(ValueError):
                process.kill()
                process.join()
        self._reap()

    def _compare(self, url: str, engine: Any) -> None:
        mistakes = self._report.mistakes
        lines = [json.loads(line) for batch in engine.ended for line in batch]
        paid = Counter(one["custom_id"] for one in lines if _is_paid(one))
        wanted = {row_id(job.number, row): row for job in self._jobs for row in range(self._rows)}
        self._report.requests, self._report.paid = len(wanted), paid.total()
        self._report.batches = len(engine.ended)
        mistakes += [f"{one} was paid {times} times" for one, times in paid.items() if times > 1]
        mistakes += [f"{one} was never run" for one in wanted.keys() - paid.keys()]
        mistakes += [f"{one} is unknown" for one in paid.keys() - wanted.keys()]
        client = Client(api_key="key", base_url=url)
        for job in self._jobs:
            mistakes += _wrong_results(job, client, self._rows)


def _is_paid(line: dict[str, Any]) -> bool:
    return line["response"] is not None and line["response"]["status_code"] == 200


def _wrong_results(job: _Job, client: Client, rows: int) -> Iterator[str]:
    """Yield what is wrong with the results of one job: each request has its own reply, in order."""
    results: Any = list(BatchJob(job.folder, client.embeddings.create_embedding).results())
    if [one.id for one in results] != [row_id(job.number, row) for row in range(rows)]:
        yield f"{job.folder}: the results are not those of the requests, in order: {len(results)} of {rows}"
        return
    for row, one in enumerate(results):
        body = {"input": f"text {row}", "model": MODEL, "dimensions": dimensions_of(row)}
        if not isinstance(one, BatchReply):
            yield f"{one.id} has failed: {one.message}"
        elif one.request != body:
            yield f"{one.id} is joined with the request {one.request}"
        elif len(one.reply["data"][0]["embedding"]) != dimensions_of(row):
            yield f"{one.id} is joined with the reply to another request"
