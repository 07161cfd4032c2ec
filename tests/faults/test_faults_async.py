"""The async client meets the faults of the suite with the same errors, and accepts the same odd replies."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.faults import test_faults_before_reply as before_reply
from tests.faults import test_faults_in_reply as in_reply
from tests.faults import test_faults_odd_replies as odd
from tests.faults.async_kinds import ASYNC_KINDS
from tests.faults.judging import Fault, Odd, judge, on_each_kind

pytestmark = pytest.mark.timeout(8)


@pytest.mark.slow(seconds=10)
@on_each_kind(*before_reply.TABLES)
def test_no_reply_ends_in_its_error(case: Fault, kind_name: str, tmp_path: Path) -> None:
    judge(case, ASYNC_KINDS[kind_name], tmp_path)


@pytest.mark.slow(seconds=8)
@on_each_kind(*in_reply.TABLES)
def test_a_bad_reply_ends_in_its_error(case: Fault, kind_name: str, tmp_path: Path) -> None:
    judge(case, ASYNC_KINDS[kind_name], tmp_path)


@pytest.mark.slow(seconds=5)
@on_each_kind(*odd.TABLES)
def test_an_odd_reply_is_taken_as_it_is(case: Odd, kind_name: str, tmp_path: Path) -> None:
    odd.accept(case, ASYNC_KINDS[kind_name], tmp_path)
