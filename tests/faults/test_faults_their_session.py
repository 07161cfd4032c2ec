"""The same faults over a session of the user's own: the same errors, and the key is sent to no other host."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from tests.faults import test_faults_before_reply as before_reply
from tests.faults import test_faults_in_reply as in_reply
from tests.faults.judging import Fault, judge
from tests.faults.kinds import KINDS

pytestmark = pytest.mark.timeout(8)

# Faults that requests accepts: for http.client, for example, headers may end with the connection.
_BEYOND = frozenset(
    {
        "closed inside the status line",
        "closed inside a header",
        "closed between headers",
        "a status with a sign",
        "a chunk of a negative size",
        "a chunk's size without end",
    }
)

FAULTS = [
    fault
    for table in (
        before_reply.NO_CONNECTION[:1],
        before_reply.NO_CONNECTION[3:5],
        before_reply.BROKEN_HEADERS,
        before_reply.NO_HTTP,
        before_reply.TOO_MUCH,
        in_reply.BROKEN,
        in_reply.NOT_JSON,
        in_reply.NO_EVENTS,
        in_reply.PAGES,
        in_reply.SLOW[1:2],
    )
    for fault in table
    if fault.name not in _BEYOND
]


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "_"))
def test_a_fault_over_their_session_ends_in_its_error(fault: Fault, tmp_path: Path) -> None:
    wanted = ("get", "stream", "save")
    for name in [one for one in wanted if one in fault.kinds]:
        with requests.Session() as session:
            # The number of tries and the wording depend on the session's own errors.
            case = replace(fault, tries=None, again=(), words=(), options={"http_client": session})
            if case.streams is not None:
                case = replace(case, streams=(case.streams[0], ()))
            folder = tmp_path / name
            folder.mkdir()
            judge(case, KINDS[name], folder)
    gc.collect()
