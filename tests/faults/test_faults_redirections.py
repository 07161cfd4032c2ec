"""Redirects without a target, in circles, or to other hosts, which must not receive the key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests
from tests.faults.faulty import Close, Faulty, Read, Script, Send, Tls
from tests.faults.judging import Fault, client_of, failure, hold_no_key, judge, on_each_kind
from tests.faults.kinds import ALL, KEY, KINDS, UPLOADED

from typed_openai import APIConnectionError, APIStatusError, Client, InvalidReplyError

pytestmark = pytest.mark.timeout(8)

CHANGING = tuple(name for name in ALL if name not in ("get", "save"))


def moved(location: bytes, status: bytes = b"302 Found") -> Script:
    head = b"HTTP/1.1 " + status + b"\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
    return (Read(), Send(head), Close())


CIRCLES = (
    Fault(
        "a circle",
        (moved(b"/v1/again"),),
        APIConnectionError,
        ("too many redirects",),
        tries=None,
        kinds=("get", "save"),
    ),
    Fault(
        "a redirection to no host",
        (moved(b"http://"),),
        APIConnectionError,
        ("too many redirects",),
        tries=None,
        kinds=("get", "save"),
    ),
    Fault(
        "a circle that keeps the method",
        (moved(b"/v1/again", b"307 Temporary Redirect"),),
        APIConnectionError,
        ("too many redirects",),
        tries=None,
        kinds=CHANGING,
    ),
)

NOT_FOLLOWED = (
    tuple(
        Fault(f"a redirection to {name}", (moved(location),), APIStatusError, ("302", "was not followed"))
        for name, location in (
            ("another protocol", b"ftp://127.0.0.1:%PORT%/v1/models"),
            ("a file", b"file:///etc/passwd"),
            ("a script", b"javascript:alert(1)"),
            ("half a host", b"http://[::1/"),
            ("a port that is none", b"http://127.0.0.1:99999/"),
            ("a host with an empty label", b"http://a..b/"),
            ("a host with a long label", b"http://" + b"a" * 70 + b".b/"),
            ("a host that is a pattern", b"http://*.b/"),
            ("a port of another host that is none", b"http://h:99999/"),
            ("a port that is a word", b"http://h:port/"),
            ("two ports", b"http://h:80:80/"),
            ("control characters", b"http://127.0.0.1\x01:1/\x00"),
        )
    )
    + tuple(
        Fault(
            f"a change answered with {status.decode()}",
            (moved(b"/v1/again", status),),
            APIStatusError,
            words,
            kinds=CHANGING,
        )
        for status, words in (
            (b"301 Moved Permanently", ("301", "/v1/again was not followed")),
            (b"302 Found", ("302", "/v1/again was not followed")),
            (b"303 See Other", ("303", "/v1/again was not followed")),
        )
    )
    + (
        Fault(
            "a change sent on to a stranger",
            (moved(b"http://localhost:%PORT%/v1/again", b"307 Temporary Redirect"),),
            APIStatusError,
            ("307", "localhost was not followed"),
            kinds=CHANGING,
        ),
        Fault(
            "a redirection without target",
            ((Read(), Send(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")),),
            APIStatusError,
            ("302",),
        ),
        Fault(
            "a target that tells the key",
            (moved(b"http://sk-faulty-0123456789-abcdefghij.example/", b"307 Temporary Redirect"),),
            APIStatusError,
            ("307",),
            kinds=CHANGING,
        ),
    )
)


@pytest.mark.slow(seconds=2)
@on_each_kind(CIRCLES, NOT_FOLLOWED)
def test_a_redirection_that_cannot_be_followed_ends_in_its_error(
    case: Fault, kind_name: str, tmp_path: Path
) -> None:
    judge(case, KINDS[kind_name], tmp_path)


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize("location", [b"http://[::1", b"http://\xff\xfe/", b"/\xff\xfe"])
def test_a_target_that_their_session_cannot_read_is_an_error_of_the_reply(
    location: bytes, tmp_path: Path
) -> None:
    with requests.Session() as session, Faulty(moved(location)) as server:
        error = failure(lambda: KINDS["get"].run(client_of(server, http_client=session), tmp_path))
    assert type(error) is InvalidReplyError
    assert "redirect" in str(error)
    hold_no_key(error)


OK: Script = (
    Read(),
    Send(b"HTTP/1.1 200 OK\r\nContent-Type: %TYPE%\r\nContent-Length: %SIZE%\r\n\r\n%BODY%"),
)


def own(server: Faulty) -> Client:
    return client_of(server)


def with_a_session(server: Faulty) -> Client:
    return client_of(server, http_client=requests.Session())


def with_a_session_that_has_credentials(server: Faulty) -> Client:
    session = requests.Session()
    session.headers.update({"X-Api-Key": KEY, "Cookie": f"key={KEY}"})
    session.auth = ("user", KEY)
    return client_of(server, http_client=session)


def with_headers_of_ours(server: Faulty) -> Client:
    headers = {"Authorization": f"Basic {KEY}", "api-key": KEY, "Cookie": f"key={KEY}"}
    return client_of(server, http_headers=headers, http_options={"cookies": {"key": KEY}})


CLIENTS = (own, with_a_session, with_a_session_that_has_credentials, with_headers_of_ours)


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.parametrize("kind_name", ["get", "save"])
@pytest.mark.parametrize("status", [b"301 Moved Permanently", b"302 Found", b"307 Temporary Redirect"])
def test_a_stranger_who_is_redirected_to_does_not_get_the_key(
    make: Any, kind_name: str, status: bytes, tmp_path: Path
) -> None:
    kind = KINDS[kind_name]
    with Faulty(OK, media_type=kind.media_type, body=kind.body) as stranger:
        target = f"http://localhost:{stranger.port}/elsewhere".encode()
        with Faulty(moved(target, status)) as server:
            client = make(server)
            assert kind.run(client, tmp_path) == kind.value
            client.close()
            getattr(client._http_client, "close", int)()
            assert KEY.encode() in server.heard
        assert stranger.connections == 1
        assert KEY.encode() not in stranger.heard
        assert b"netrc-password" not in stranger.heard
        assert "authorization" not in stranger.seen[0].headers


@pytest.mark.parametrize("make", CLIENTS)
@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")  # verify=False is on purpose
def test_a_change_of_scheme_to_plain_http_does_not_get_the_key(make: Any, tmp_path: Path) -> None:
    kind = KINDS["get"]
    with Faulty(OK, media_type=kind.media_type, body=kind.body) as plain:
        with Faulty((Tls(), *moved(plain.url().encode() + b"/elsewhere"))) as server:
            options = {"verify": False}
            given = make(server)
            client = Client(
                api_key=KEY,
                base_url=server.url("https"),
                http_client=given._http_client,
                http_headers=given._settings.http_headers,
                http_options={**given._settings.http_options, **options},
            )
            assert kind.run(client, tmp_path) == kind.value
            client.close()
            getattr(client._http_client, "close", int)()
            assert server.seen[0].headers
        assert KEY.encode() not in plain.heard


def test_the_key_goes_along_on_the_same_host(tmp_path: Path) -> None:
    kind = KINDS["get"]
    with Faulty(moved(b"/v1/moved"), OK, media_type=kind.media_type, body=kind.body) as server:
        with client_of(server) as client:
            assert kind.run(client, tmp_path) == kind.value
        assert [one.headers["authorization"] for one in server.seen] == [f"Bearer {KEY}"] * 2


def test_a_change_is_repeated_as_it_was_on_the_same_host(tmp_path: Path) -> None:
    kind = KINDS["upload"]
    (tmp_path / UPLOADED).write_bytes(bytes(range(256)) * 1000)
    moved_on = moved(b"/v1/moved", b"308 Permanent Redirect")
    with Faulty(moved_on, OK, media_type=kind.media_type, body=kind.body) as server:
        with client_of(server) as client:
            assert kind.run(client, tmp_path) == kind.value
        first, second = server.seen
        assert (first.method, first.body) == (second.method, second.body)


@pytest.mark.parametrize("kind_name", ["get", "post", "save"])
def test_the_credentials_of_netrc_are_not_used(kind_name: str, tmp_path: Path) -> None:
    kind = KINDS[kind_name]
    for make in (own, with_a_session):
        with Faulty(OK, media_type=kind.media_type, body=kind.body) as server:
            client = make(server)
            assert kind.run(client, tmp_path) == kind.value
            assert server.seen[0].headers["authorization"] == f"Bearer {KEY}"
            client.close()
            getattr(client._http_client, "close", int)()


def test_a_stranger_who_fails_is_named_and_the_key_is_not(tmp_path: Path) -> None:
    with Faulty((Read(), Close())) as stranger:
        target = f"http://localhost:{stranger.port}/elsewhere".encode()
        with Faulty(moved(target)) as server, client_of(server) as client:
            error = failure(lambda: KINDS["get"].run(client, tmp_path))
        assert type(error) is APIConnectionError
        assert target.decode() in str(error)
        assert KEY.encode() not in stranger.heard
        hold_no_key(error)
