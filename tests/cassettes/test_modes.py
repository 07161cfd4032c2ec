"""Recording, replaying, extending and recording again, by argument and by environment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.sdk.conftest import Loopback

from typed_openai import Client
from typed_openai.testing import CassetteError, cassette


def embed(server: Loopback, text: str) -> object:
    return Client(api_key="sk-0123456789abcdef", base_url=server.base_url).embeddings.create_embedding(
        text, "m"
    )


@pytest.fixture
def recorded(server: Loopback, path: Path) -> Path:
    """A cassette with one request, whose text is "one"."""
    server.reply({"n": 1})
    with cassette(path):
        embed(server, "one")
    server.seen.clear()
    server.answers.clear()
    server.reply({"n": 2})
    return path


def test_once_replays_a_cassette_that_exists_and_sends_nothing(server: Loopback, recorded: Path) -> None:
    before = recorded.read_bytes()
    with cassette(recorded):
        assert embed(server, "one") == {"n": 1}
        with pytest.raises(CassetteError):
            embed(server, "two")
    assert (server.seen, recorded.read_bytes()) == ([], before)


def test_record_sends_everything_and_replaces_the_cassette(server: Loopback, recorded: Path) -> None:
    with cassette(recorded, mode="record") as tape:
        embed(server, "two")
    assert (tape.recorded, len(server.seen)) == (1, 1)
    with cassette(recorded, mode="replay", strict=True):
        assert embed(server, "two") == {"n": 2}


def test_extend_sends_only_what_is_not_recorded_and_adds_it(server: Loopback, recorded: Path) -> None:
    before = recorded.read_text()
    with cassette(recorded, mode="extend") as tape:
        assert [embed(server, "one"), embed(server, "two")] == [{"n": 1}, {"n": 2}]
    assert (tape.recorded, tape.replayed, len(server.seen)) == (1, 1, 1)
    assert recorded.read_text().startswith(before)
    with cassette(recorded, mode="replay", strict=True):
        assert [embed(server, "one"), embed(server, "two")] == [{"n": 1}, {"n": 2}]


def test_replay_never_records(server: Loopback, path: Path) -> None:
    with pytest.raises(CassetteError, match=r"test\.jsonl: no such cassette"), cassette(path, mode="replay"):
        embed(server, "one")
    assert server.seen == []


def test_the_environment_switches_cassettes_for_which_the_code_gives_no_mode(
    server: Loopback, recorded: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYPED_OPENAI_CASSETTES", "record")
    with cassette(recorded, mode="replay"):
        embed(server, "one")
    assert server.seen == []
    with cassette(recorded):
        embed(server, "one")
    assert len(server.seen) == 1


@pytest.mark.parametrize(("given", "place"), [("recrod", "mode"), (None, "TYPED_OPENAI_CASSETTES")])
def test_an_unknown_mode_is_an_error(
    given: str | None, place: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYPED_OPENAI_CASSETTES", "recrod")
    expected = rf'{place}: expected once, replay, record or extend, got "recrod"; did you mean "record"\?'
    with pytest.raises(CassetteError, match=expected), cassette(path, mode=given):  # type: ignore[arg-type]
        pass


def test_a_block_that_raises_writes_nothing(server: Loopback, recorded: Path) -> None:
    before = recorded.read_bytes()

    def fail() -> None:
        with cassette(recorded, mode="record"):
            embed(server, "two")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught:
        fail()
    assert recorded.read_bytes() == before
    assert "was not written" in caught.value.__notes__[0]
    assert [one.name for one in recorded.parent.iterdir()] == [recorded.name]


def test_strict_raises_for_requests_that_were_not_made(server: Loopback, recorded: Path) -> None:
    expected = r"requests that were not made:\n  .*test\.jsonl:2: embeddings\.create_embedding"
    with pytest.raises(CassetteError, match=expected), cassette(recorded, strict=True) as tape:
        pass
    assert len(tape.unused) == 1


def test_strict_raises_for_unexpected_requests_whose_error_was_caught(
    server: Loopback, recorded: Path
) -> None:
    tapes = []

    def catch() -> None:
        with cassette(recorded, strict=True) as tape:
            tapes.append(tape)
            embed(server, "one")
            with pytest.raises(CassetteError):
                embed(server, "two")

    with pytest.raises(CassetteError, match="two"):
        catch()
    assert len(tapes[0].unexpected) == 1


def test_only_limits_the_cassette_to_some_requests(server: Loopback, path: Path) -> None:
    server.reply({})
    for _ in range(2):
        with cassette(path, only=lambda request: request.operation.startswith("embeddings.")) as tape:
            embed(server, "one")
            Client(api_key="k", base_url=server.base_url).models.list_models()
    assert (tape.replayed, tape.recorded) == (1, 0)
    assert [one.method for one in server.seen] == ["POST", "GET", "GET"]


def test_the_inner_one_of_two_cassettes_applies(server: Loopback, path: Path) -> None:
    server.reply({})
    with cassette(path) as outer:
        with cassette(path.with_name("inner.jsonl")) as inner:
            embed(server, "one")
        embed(server, "two")
    assert (outer.recorded, inner.recorded) == (1, 1)


def test_nothing_is_intercepted_after_the_block(server: Loopback, recorded: Path) -> None:
    client = Client(api_key="k", base_url=server.base_url)
    with cassette(recorded):
        client.embeddings.create_embedding("one", "m")
    client.embeddings.create_embedding("one", "m")
    assert len(server.seen) == 1


def test_a_new_file_can_be_read_as_others_of_the_user(server: Loopback, recorded: Path) -> None:
    beside = recorded.with_name("other")
    beside.touch()
    assert recorded.stat().st_mode == beside.stat().st_mode


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_forked_process_replays_but_does_not_record(server: Loopback, recorded: Path) -> None:
    with cassette(recorded, mode="extend"):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                assert embed(server, "one") == {"n": 1}
                with pytest.raises(CassetteError, match="forked"):
                    embed(server, "two")
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
