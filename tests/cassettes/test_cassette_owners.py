"""Two tests that write one cassette: an error that names both, at once, in a row or in two processes."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from tests.sdk.conftest import Loopback

from typed_openai import Client
from typed_openai.testing import CassetteError, cassette


def call(server: Loopback) -> None:
    Client(api_key="k", base_url=server.base_url).models.list_models()


@pytest.fixture(autouse=True)
def answering(server: Loopback) -> None:
    server.reply({"data": []})


def test_a_cassette_names_the_test_that_recorded_it(server: Loopback, path: Path) -> None:
    with cassette(path):
        call(server)
    test = json.loads(path.read_text().splitlines()[0])["test"]
    name = "test_a_cassette_names_the_test_that_recorded_it"
    assert test == f"tests/cassettes/test_cassette_owners.py::{name}"


def test_without_pytest_it_names_the_function(
    server: Loopback, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    with cassette(path):
        call(server)
    assert '"test_cassette_owners.py::test_without_pytest_it_names_the_function"' in path.read_text()


def test_two_tests_at_once_are_an_error(server: Loopback, path: Path) -> None:
    with cassette(path, test="one"):
        expected = r"test\.jsonl: one is recording this cassette; two must have one of its own"
        with pytest.raises(CassetteError, match=expected), cassette(path, test="two"):
            pass


def test_two_tests_in_a_row_are_an_error(server: Loopback, path: Path) -> None:
    with cassette(path, test="one"):
        call(server)
    expected = r"test\.jsonl:1: recorded by one; two must have a cassette of its own"
    for mode in ("once", "record", "extend"):
        with pytest.raises(CassetteError, match=expected), cassette(path, mode=mode, test="two"):
            pass
    with cassette(path, mode="record", test="one"):
        call(server)


def test_a_test_records_again_what_it_recorded_in_another_run(server: Loopback, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"cassette": 1, "test": "one"}\n')
    with pytest.raises(CassetteError, match="recorded by one"), cassette(path, mode="record", test="two"):
        pass
    with cassette(path, mode="record", test="one"):
        call(server)


def test_two_tests_may_replay_one_cassette(server: Loopback, path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"cassette": 1, "test": "one"}\n')
    for test in ("one", "two"):
        with cassette(path, mode="replay", test=test), cassette(path, test=test):
            pass


def test_another_process_that_writes_in_the_meantime_is_an_error(server: Loopback, path: Path) -> None:
    expected = r"test\.jsonl:1: other has written this cassette; one must have one of its own"
    path.parent.mkdir()

    def write() -> None:
        with cassette(path, test="one"):
            call(server)
            path.write_text('{"cassette": 1, "test": "other"}\n')

    with pytest.raises(CassetteError, match=expected):
        write()
    assert path.read_text() == '{"cassette": 1, "test": "other"}\n'


def test_a_damaged_cassette_can_be_recorded_again(server: Loopback, path: Path) -> None:
    path.parent.mkdir()
    path.write_text("<<<<<<< HEAD\n")
    with cassette(path, mode="record"):
        call(server)
    with cassette(path, strict=True):
        call(server)


def test_threads_may_record_into_one_cassette(server: Loopback, path: Path) -> None:
    with cassette(path) as tape:
        threads = [threading.Thread(target=call, args=(server,)) for _ in range(8)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert tape.recorded == 8
    with cassette(path, strict=True):
        for _ in range(8):
            call(server)
