"""Mutual TLS: a server that requires a certificate of its clients, and certificates that cannot be used."""

from __future__ import annotations

import json
import pickle
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from typed_openai import APIConnectionError, CallError, Client, TokenError
from typed_openai.identity import WorkloadIdentity

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/oauth/token":
            self._reply(json.dumps({"access_token": f"for-{self._name()}", "issued_for": json.loads(body)}))
        else:
            self.do_GET()

    def do_GET(self) -> None:
        self._reply(json.dumps({"data": [self._name(), self.headers["Authorization"]]}))

    def _name(self) -> str:
        subject = dict(pair for (pair,) in self.connection.getpeercert()["subject"])
        return str(subject["organizationalUnitName"]).partition(" ")[0]

    def _reply(self, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that are refused."""


class Files:
    """Certificates and keys in a folder."""

    def __init__(self, folder: Path, authority: trustme.CA) -> None:
        self.folder = folder
        self.trusted = self._file("trusted.pem", authority.cert_pem.bytes())
        own = authority.issue_cert("client.example", organization_unit_name="known")
        other = authority.issue_cert("other.example")
        stranger = trustme.CA().issue_cert("client.example")
        self.both = self._file("both.pem", own.private_key_and_cert_chain_pem.bytes())
        self.certificate = self._file("client.pem", own.cert_chain_pems[0].bytes())
        self.key = self._file("client.key", own.private_key_pem.bytes())
        self.other_key = self._file("other.key", other.private_key_pem.bytes())
        self.unknown = self._file("unknown.pem", stranger.private_key_and_cert_chain_pem.bytes())
        key: Any = load_pem_private_key(own.private_key_pem.bytes(), None)
        locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
        self.locked_key = self._file("locked.key", locked)
        self.text = self._file("text.pem", b"no certificate")
        self.damaged = self._file("damaged.pem", Path(self.key).read_bytes() + b"-----BEGIN CERTIFICATE-----")

    def _file(self, name: str, content: bytes) -> str:
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("certificates"), authority)


@pytest.fixture(params=VERSIONS, ids=lambda one: one.name)
def url(request: pytest.FixtureRequest, authority: trustme.CA) -> Iterator[str]:
    """The URL of a server that requires a certificate of the authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    authority.configure_trust(context)
    context.verify_mode = ssl.CERT_REQUIRED
    context.maximum_version = request.param
    server = _Server(("127.0.0.1", 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"https://localhost:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def client_of(url: str, files: Files, cert: object) -> Client:
    options = {"verify": files.trusted, "cert": cert}
    return Client(api_key="k", base_url=url, http_options=options, max_retries=3, timeout=5)


def test_a_client_presents_its_certificate(url: str, files: Files) -> None:
    for cert in (files.both, Path(files.both), (files.certificate, files.key)):
        with client_of(url, files, cert) as client:
            assert client.models.list_models() == {"data": ["known", "Bearer k"]}
            assert client.request("POST", "/any", json={"n": 1}) == {"data": ["known", "Bearer k"]}


def test_a_certificate_is_exchanged_for_a_token(url: str, files: Files) -> None:
    options = {"verify": files.trusted, "cert": files.both}
    identity = WorkloadIdentity(
        None,
        identity_provider_id="i",
        service_account_id="s",
        token_url=f"{url}/oauth/token",
        http_options=options,
    )
    with Client(api_key=identity, base_url=url, http_options=options) as client:
        assert client.models.list_models() == {"data": ["known", "Bearer for-known"]}
    assert pickle.loads(pickle.dumps(identity))() == "for-known"


def test_an_exchange_without_a_certificate_names_the_cause(url: str, files: Files) -> None:
    identity = WorkloadIdentity(
        lambda: "token",
        identity_provider_id="i",
        service_account_id="s",
        token_url=f"{url}/oauth/token",
        http_options={"verify": files.trusted},
    )
    with pytest.raises(TokenError, match=r"the server (requires|may require) a client certificate"):
        identity()


@pytest.mark.parametrize("size", [10, 5_000_000])
def test_a_server_that_gets_no_certificate_says_so(url: str, files: Files, size: int) -> None:
    words = r'the server (requires|may require) a client certificate, http_options={"cert": ...}\)$'
    with client_of(url, files, None) as client, pytest.raises(APIConnectionError, match=words) as caught:
        client.request("POST", "/any", data=b"x" * size)
    assert (caught.value.retryable, caught.value.was_sent) == (False, False)
    assert str(caught.value).startswith(f"POST /any: no connection to {url}/any: ")


def test_a_certificate_of_an_unknown_issuer_is_named_as_the_cause(url: str, files: Files) -> None:
    words = "the server does not accept the client certificate, because it does not know its issuer"
    with (
        client_of(url, files, files.unknown) as client,
        pytest.raises(APIConnectionError, match=words) as caught,
    ):
        client.models.list_models()
    assert not caught.value.retryable


def test_a_certificate_of_the_server_that_is_not_trusted_is_another_error(url: str, files: Files) -> None:
    options = {"cert": files.both}
    with (
        Client(api_key="k", base_url=url, http_options=options) as client,
        pytest.raises(APIConnectionError, match="CERTIFICATE_VERIFY_FAILED") as caught,
    ):
        client.models.list_models()
    assert "client certificate" not in str(caught.value)


UNUSABLE = {
    "another key": (("certificate", "other_key"), "the certificate and the private key in .* do not belong"),
    "a locked key": (("certificate", "locked_key"), r"the private key in '.*locked.key' is encrypted"),
    "no key": (("certificate",), r"no private key in .*client.pem'; pass a \(certificate, key\) pair"),
    "no certificate": (("key",), r"no certificate in PEM format in '.*client.key'"),
    "swapped": (("key", "certificate"), r"no certificate in PEM format in '.*client.key'"),
    "a text": (("certificate", "text"), r"no private key in PEM format in '.*text.pem'"),
    "damaged": (("damaged",), r"damaged.pem' cannot be used: "),
    "a folder": (("folder",), "cannot read .*: Is a directory"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_a_certificate_that_cannot_be_used_is_refused_at_once(files: Files, name: str) -> None:
    names, words = UNUSABLE[name]
    paths = tuple(getattr(files, one) for one in names)
    with pytest.raises(CallError, match=f"^http_options: cert: .*{words}"):
        Client(http_options={"cert": paths if len(paths) > 1 else paths[0]})
