"""Tokens of workloads, from files and from metadata services on the machine."""

from __future__ import annotations

import os
import pickle
import socket
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.faults.kinds import KEY as TOKEN
from tests.faults.test_faults_frames import OTHER as SECRET
from tests.faults.test_faults_frames import assert_hidden

from typed_openai import TokenError
from typed_openai._identity import subject_tokens, token_requests
from typed_openai.identity import AzureToken, GoogleToken, KubernetesToken
from typed_openai.timeouts import Timeout

_PLACES = ("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "GCE_METADATA_HOST")


@pytest.fixture(autouse=True)
def plain_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _PLACES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def origin(server: Any) -> str:
    parts = urlsplit(server.base_url)
    return f"{parts.scheme}://{parts.netloc}"


@pytest.fixture
def azure(origin: str, monkeypatch: pytest.MonkeyPatch) -> AzureToken:
    monkeypatch.setattr(
        subject_tokens,
        "_AZURE_SERVICE",
        subject_tokens._AZURE_SERVICE.replace("http://169.254.169.254", origin),
    )
    return AzureToken("api://openai", client_id="0a1b")


@pytest.fixture
def google(origin: str, monkeypatch: pytest.MonkeyPatch) -> GoogleToken:
    monkeypatch.setenv("GCE_METADATA_HOST", origin.removeprefix("http://"))
    return GoogleToken()


def asked(server: Any) -> tuple[str, dict[str, list[str]]]:
    parts = urlsplit(server.seen[-1].path)
    return parts.path, parse_qs(parts.query)


# Files


def test_a_file_is_read_each_time(tmp_path: Path) -> None:
    file = tmp_path / "token"
    source = KubernetesToken(file)
    file.write_text("first\n")
    assert source() == "first"
    file.write_text("second")
    assert (source(), KubernetesToken(str(file))()) == ("second", "second")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"", "contains no token"),
        (TOKEN.encode() + b"\n" + TOKEN.encode(), "contains no token"),
        (b"\xff\xfe" + TOKEN.encode("utf-16-le"), "contains no token"),
    ],
)
def test_a_file_without_a_token_is_named(tmp_path: Path, content: bytes | None, words: str) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TokenError, match=f"KubernetesToken: {file} {words}") as caught:
        KubernetesToken(file)()
    assert (caught.value.source, caught.value.place) == ("KubernetesToken", str(file))
    assert_hidden(caught.value)


# Metadata services


def test_azure_is_asked_for_the_resource(server: Any, azure: AzureToken) -> None:
    server.reply({"access_token": TOKEN, "expires_in": "86399", "token_type": "Bearer"})
    assert azure() == TOKEN
    assert asked(server) == (
        "/metadata/identity/oauth2/token",
        {"api-version": ["2018-02-01"], "resource": ["api://openai"], "client_id": ["0a1b"]},
    )
    assert (server.seen[0].method, server.seen[0].headers["metadata"]) == ("GET", "true")
    AzureToken("api://other")()
    assert "client_id" not in asked(server)[1]


def test_azure_s_app_services_have_their_own_endpoint(
    server: Any, origin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reply({"message": f"wrong header {SECRET}"}, status=400)
    server.reply({"access_token": TOKEN})
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{origin}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", SECRET)
    with pytest.raises(TokenError, match=r"wrong header \[key\]") as caught:
        AzureToken("api://openai")()
    assert_hidden(caught.value)
    assert AzureToken("api://openai")() == TOKEN
    assert asked(server) == ("/msi/token", {"api-version": ["2019-08-01"], "resource": ["api://openai"]})
    assert server.seen[0].headers["x-identity-header"] == SECRET


def test_google_is_asked_for_the_audience(server: Any, google: GoogleToken) -> None:
    server.reply(TOKEN.encode() + b"\n", content_type="text/html; charset=UTF-8")
    assert google() == TOKEN
    assert asked(server) == (
        "/computeMetadata/v1/instance/service-accounts/default/identity",
        {"audience": ["https://api.openai.com/v1"], "format": ["full"]},
    )
    assert server.seen[0].headers["metadata-flavor"] == "Google"


def test_no_proxy_is_used(
    server: Any, azure: AzureToken, google: GoogleToken, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.reply({"access_token": TOKEN})
    server.reply(TOKEN.encode(), content_type="text/plain")
    assert (azure(), google()) == (TOKEN, TOKEN)
    assert "no_proxy" not in os.environ


def test_a_service_that_fails_for_a_moment_is_asked_again(server: Any, azure: AzureToken) -> None:
    server.reply({"error": "busy"}, status=429)
    server.reply({"error": "busy"}, status=503)
    server.reply({"access_token": TOKEN})
    assert azure() == TOKEN


def test_the_error_of_a_service_is_told(server: Any, azure: AzureToken, origin: str) -> None:
    server.reply({"error": "invalid_request", "error_description": "Identity not found"}, status=400)
    with pytest.raises(TokenError) as caught:
        azure()
    place = f"{origin}/metadata/identity/oauth2/token"
    assert str(caught.value) == f"AzureToken: no token from {place}: 400 Bad Request: Identity not found"
    assert (caught.value.source, caught.value.place) == ("AzureToken", place)
    assert (caught.value.status, caught.value.code) == (400, "invalid_request")


@pytest.mark.parametrize("body", [{"access_token": None}, {}, [TOKEN], {"access_token": f"{TOKEN} {TOKEN}"}])
def test_a_reply_without_a_token_is_an_error(server: Any, azure: AzureToken, body: Any) -> None:
    server.reply(body)
    with pytest.raises(TokenError, match="AzureToken: no token from http://127") as caught:
        azure()
    assert TOKEN not in str(caught.value)
    assert_hidden(caught.value)


def test_a_page_is_no_token(server: Any, google: GoogleToken) -> None:
    server.reply(b"<html>Please log in</html>", content_type="text/html")
    with pytest.raises(TokenError, match="GoogleToken: no token from http://127"):
        google()


@pytest.mark.usefixtures("google")
def test_a_redirect_is_not_followed(server: Any, google: GoogleToken) -> None:
    server.reply({}, status=302, Location="/elsewhere")
    with pytest.raises(TokenError, match="302 Found"):
        google()
    assert len(server.seen) == 1


def test_a_machine_without_the_service_fails_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    short = Timeout(connect=0.2, first_byte=0.2, idle=0.2, total=0.5)
    monkeypatch.setattr(token_requests, "_METADATA_TIMEOUT", short)
    threads = threading.active_count()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("GCE_METADATA_HOST", f"127.0.0.1:{silent.getsockname()[1]}")
        begun = time.monotonic()
        with pytest.raises(TokenError, match=r"GoogleToken: no answer from http://127.* within"):
            GoogleToken()()
    assert time.monotonic() - begun < 2
    assert threading.active_count() <= threads


def test_sources_can_be_pickled_and_compared(tmp_path: Path) -> None:
    for source in (KubernetesToken(tmp_path), AzureToken("a", client_id="b"), GoogleToken("c")):
        assert pickle.loads(pickle.dumps(source)) == source
