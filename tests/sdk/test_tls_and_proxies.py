"""TLS, certificates and proxies, as in requests, without showing their credentials."""

from __future__ import annotations

import base64
import pickle
import socket
import ssl
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from typed_openai import APIConnectionError, APITimeoutError, CallError, Client, Timeout
from typed_openai._transport.no_proxy import unproxied_host

CERTIFICATE = Path(__file__).parents[1] / "faults" / "localhost.pem"
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = b'{"data": []}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def secure() -> Iterator[str]:
    """The URL of a server on localhost whose certificate is not trusted by default."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@dataclass
class Proxy:
    """A proxy that forwards plain requests and opens tunnels; it keeps the head of each request."""

    stalls: bool = False
    agrees: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n"
    heads: list[str] = field(default_factory=list)
    listening: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.listening.getsockname()[1]}"

    def serve(self) -> None:
        with self.listening, suppress(OSError):
            while True:
                connection, _ = self.listening.accept()
                threading.Thread(target=self._carry, args=(connection,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError):
            self._forward(near)

    def _forward(self, near: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += near.recv(1 << 16)
        self.heads.append(head.decode())
        method, target, _ = head.split(b" ", 2)
        if self.stalls:
            near.recv(1)
            return
        place = target if method == b"CONNECT" else target.split(b"/")[2]
        host, _, port = place.decode().partition(":")
        with socket.create_connection((host, int(port))) as far:
            if method == b"CONNECT":
                near.sendall(self.agrees)
            else:
                far.sendall(head)
            back = threading.Thread(target=_copy, args=(far, near), daemon=True)
            back.start()
            _copy(near, far)
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    proxy = Proxy()
    serving = threading.Thread(target=proxy.serve, daemon=True)
    serving.start()
    yield proxy
    proxy.listening.shutdown(socket.SHUT_RDWR)
    serving.join()


def listed(url: str, **settings: Any) -> Any:
    with Client(api_key="sk-test", base_url=url, max_retries=0, **settings) as client:
        return client.models.list_models()


def test_a_certificate_that_is_not_trusted_is_not_and_another_try_is_not_made(secure: str) -> None:
    with pytest.raises(
        APIConnectionError, match=r"no connection to https://localhost.*certificate"
    ) as caught:
        listed(secure)
    assert (caught.value.was_sent, caught.value.retryable) == (False, False)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_certificates_of_the_user_s_own_are_trusted(secure: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert listed(secure, http_options={"verify": str(CERTIFICATE)}) == {"data": []}
    assert listed(secure, http_options={"verify": CERTIFICATE}) == {"data": []}
    assert listed(secure, http_options={"verify": False}) == {"data": []}
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    assert listed(secure) == {"data": []}


def test_a_certificate_of_the_environment_is_found_when_it_comes_late(
    secure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(api_key="k", base_url=secure, max_retries=0)
    with pytest.raises(APIConnectionError):
        client.models.list_models()
    monkeypatch.setenv("CURL_CA_BUNDLE", str(CERTIFICATE))
    assert client.models.list_models() == {"data": []}
    client.close()


def test_a_proxy_carries_plain_requests_and_tunnels(server: Any, secure: str, proxy: Proxy) -> None:
    server.reply({"data": []})
    address = f"http://someone:pass-word@{proxy.address}"
    options = {"proxies": {"http": address, "https": address}, "verify": str(CERTIFICATE)}
    assert listed(server.base_url, http_options=options) == {"data": []}
    assert listed(secure, http_options=options) == {"data": []}
    plain, tunnel = proxy.heads
    assert plain.startswith(f"GET {server.base_url}/models HTTP/1.1\r\n")
    assert tunnel.startswith("CONNECT localhost:")
    expected = base64.b64encode(b"someone:pass-word").decode()
    for head in (plain, tunnel):
        assert f"Proxy-Authorization: Basic {expected}" in head
    assert "sk-test" not in tunnel


def test_a_proxy_of_the_environment_is_used_as_long_as_it_is_there(
    server: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.reply({"data": []})
    with Client(api_key="k", base_url=server.base_url) as client:
        client.models.list_models()
        monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
        client.models.list_models()
        assert len(proxy.heads) == 1
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        client.models.list_models()
        monkeypatch.delenv("http_proxy")
        client.models.list_models()
    assert (len(proxy.heads), len(server.seen)) == (1, 4)


@pytest.mark.parametrize(
    "agrees",
    [
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.0 201 Created\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 299 Fine\r\n\r\n",
    ],
)
def test_any_success_opens_a_tunnel(secure: str, proxy: Proxy, agrees: bytes) -> None:
    proxy.agrees = agrees
    options = {"proxies": {"https": f"http://{proxy.address}"}, "verify": str(CERTIFICATE)}
    assert listed(secure, http_options=options) == {"data": []}


@pytest.mark.parametrize("status", [b"304 Not Modified", b"407 Proxy Authentication Required", b"+200 OK"])
def test_anything_else_does_not(secure: str, proxy: Proxy, status: bytes) -> None:
    proxy.agrees = b"HTTP/1.1 " + status + b"\r\n\r\n"
    options = {"proxies": {"https": f"http://{proxy.address}"}, "verify": str(CERTIFICATE)}
    with pytest.raises(APIConnectionError, match="proxy"):
        listed(secure, http_options=options)


@pytest.mark.parametrize(
    ("entry", "is_used"),
    [
        ("127.0.0.1:{port}", False),
        ("example.org, 127.0.0.1:{port}", False),
        ("127.0.0.1:1", True),
        ("27.0.0.1:{port}", True),
        ("", True),
    ],
)
def test_an_address_without_a_proxy_may_have_a_port(
    server: Any, proxy: Proxy, monkeypatch: pytest.MonkeyPatch, entry: str, is_used: bool
) -> None:
    server.reply({"data": []})
    monkeypatch.setenv("http_proxy", f"http://{proxy.address}")
    monkeypatch.setenv("no_proxy", entry.format(port=server.base_url.split(":")[2].partition("/")[0]))
    listed(server.base_url)
    assert len(proxy.heads) == is_used


@pytest.mark.parametrize(
    ("url", "entries", "host"),
    [
        ("https://api.example.org/v1", "example.org:443", "api.example.org"),
        ("https://api.example.org/v1", ".example.org:443", "api.example.org"),
        ("https://api.example.org:8443/v1", "example.org:443", None),
        ("https://badexample.org/v1", "example.org:443", None),
        ("http://[::1]:8000/v1", "[::1]:8000", "::1"),
        ("http://[::1]:8000/v1", "[::1]", "::1"),
        ("http://[::1]:8000/v1", "[::1]:80, ::1", None),
        ("http://a/v1", "a:port, :, [, []", None),
    ],
)
def test_entries_of_no_proxy_that_requests_cannot_read(url: str, entries: str, host: str | None) -> None:
    assert unproxied_host(url, entries) == host


def test_a_proxy_of_an_unknown_scheme_is_a_mistake_of_the_call(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "socks9://someone:pass-word@127.0.0.1:1")
    for http_client in (None, requests.Session()):
        with pytest.raises(CallError, match=r"proxy|SOCKS") as caught:  # as requests says without PySocks
            listed(server.base_url, http_client=http_client)
        assert "pass-word" not in "".join(traceback.format_exception(caught.value))


def test_a_proxy_that_stalls_does_not_outlive_the_connection_s_limit(secure: str, proxy: Proxy) -> None:
    proxy.stalls = True
    options = {"proxies": {"https": f"http://{proxy.address}"}}
    with pytest.raises(APITimeoutError, match=r"no connection to .* within connect=0\.3 seconds") as caught:
        listed(secure, http_options=options, timeout=Timeout(connect=0.3))
    assert not caught.value.was_sent


def test_the_limits_hold_over_tls_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(APITimeoutError, match=r"within connect=0\.3 seconds"):
            listed(url, timeout=Timeout(connect=0.3))


def test_the_credentials_of_a_proxy_and_of_cookies_are_not_told(proxy: Proxy) -> None:
    options = {
        "proxies": {"http": f"http://someone:pass-word@{proxy.address}", "https": "proxy.invalid"},
        "cookies": {"session": "cookie-value"},
        "auth": ("someone", "pass-word"),
    }
    client = Client(base_url="http://a.invalid/v1?api-key=query-secret&version=2", http_options=options)
    pickled = pickle.dumps(client)
    assert not [one for one in (b"pass-word", b"cookie-value", b"query-secret") if one in pickled]
    again = pickle.loads(pickled)
    assert again._settings.http_options["proxies"] == {
        "http": f"http://{proxy.address}",
        "https": "proxy.invalid",
    }
    assert again._settings.base_url == "http://a.invalid/v1?version=2"
    shown = repr(client) + repr(client._settings)
    assert not [one for one in ("pass-word", "cookie-value", "query-secret") if one in shown]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"verify": "/no/such/bundle.pem"}, "http_options: verify: no such file: '/no/such/bundle.pem'"),
        ({"verify": 1}, 'http_options: verify: expected a "bool" or the path of certificates, got "int"'),
        ({"cert": ("a.pem",)}, "http_options: cert: expected the path of a certificate or a"),
        (
            {"proxies": {"http": 1}},
            'http_options: proxies: "http": expected the URL of a proxy, got "int"',
        ),
        ({"proxies": {"http": "ftp://a:pass-word@b"}}, '"http" is not the URL of a proxy'),
        ({"proxies": "http://a"}, 'http_options: proxies: expected a mapping of "str" keys, got "str"'),
        ({"cookies": {"a": 1}}, 'http_options: cookies: "a": expected "str", got "int"'),
        ({"auth": "a:b"}, 'http_options: auth: expected a (user, password) pair or a callable, got "str"'),
        ({"allow_redirects": 1}, 'http_options: allow_redirects: expected "bool", got "int"'),
        ({"hooks": {"request": print}}, 'requests has no event "request"'),
        ({"hooks": {"response": 1}}, 'http_options: hooks: expected a callable, got "int"'),
    ],
)
def test_an_option_that_requests_cannot_use_is_refused_at_once(options: Any, message: str) -> None:
    with pytest.raises(CallError) as caught:
        Client(http_options=options)
    assert message in str(caught.value)
    assert "pass-word" not in str(caught.value)
