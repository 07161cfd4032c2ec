"""A simulated fleet: killed machines and a failing API lose nothing, and pay for nothing twice."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.sdk.fleet.simulation import Fleet

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are killed by signal 9")


@pytest.mark.slow(seconds=30)
@pytest.mark.timeout(240)
def test_a_fleet_loses_nothing_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    report = Fleet(tmp_path, seed=20, jobs=3, rows=24, machines=3, hour=0.08).play(hours=72)
    assert report.mistakes == []
    assert (report.requests, report.paid) == (72, 72)
    # The weather was bad enough: processes were killed, and met what can go wrong.
    assert report.statuses[-9] >= 10
    assert report.met.keys() >= {"expiry", "limit"}


@pytest.mark.slow(seconds=10)
@pytest.mark.timeout(240)
def test_the_simulation_notices_what_is_paid_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = Fleet(tmp_path, seed=1, jobs=1, rows=6, machines=1, hour=0.01)
    monkeypatch.setattr(fleet, "_end", _send_twice(fleet))
    assert [one for one in fleet.play(hours=0).mistakes if "was paid 2 times" in one]


def _send_twice(fleet: Fleet) -> object:
    def end(url: str) -> None:
        from typed_openai import BatchJob, Client  # noqa: PLC0415  # as another program would

        client = Client(api_key="key", base_url=url)
        for name in ("job0", "again"):
            with BatchJob(fleet._folder / name, client.embeddings.create_embedding) as job:
                for row in range(6):
                    job.add(f"job0-row{row}", f"text {row}", "text-embedding-3-small", dimensions=1 + row)
                job.send(client)
                job.wait(client, poll_seconds=0.01)

    return end
