"""A description is read from files, folders, indexes and URLs; errors of URLs are reported."""

from __future__ import annotations

import base64
import gzip
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from typed_openai.cli.spec import downloads
from typed_openai.cli.spec.locations import read_place
from typed_openai_spec.comparison import compare
from typed_openai_spec.compile import index_files
from typed_openai_spec.files.source import read
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.problems import DescriptionError

ROOT = Path(__file__).parents[2]

TEXT: Final = """\
openapi: 3.1.0
info: {title: Small, version: "1"}
paths: {/things: {get: {operationId: listThings, responses: {}}}}
"""
YAML: Final = {"content-type": "application/yaml"}


@dataclass
class Site:
    """A server with a page for each path: status, headers and body. ``seen`` are the received requests."""

    address: str = ""
    pages: dict[str, tuple[int, Mapping[str, str], bytes]] = field(default_factory=dict)
    seen: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)


@pytest.fixture
def site() -> Iterator[Site]:
    served = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, headers, body = served.pages.get(self.path.partition("?")[0], (404, {}, b"not here"))
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.address = f"http://127.0.0.1:{server.server_port}"
        served.pages["/api.yaml"] = (200, YAML, TEXT.encode())
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield served
        server.shutdown()


def failure(place: str) -> str:
    with pytest.raises(DescriptionError) as caught:
        read_place(place)
    return str(caught.value)


def test_a_file_a_folder_and_an_index_give_the_same_api(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(TEXT)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "api.yaml").write_text(TEXT)
    from_file = read_place(str(tmp_path / "api.yaml")).api
    for name, text in index_files(from_file).items():
        (tmp_path / "index" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "index" / name).write_text(text)
    for place in ("folder", "index"):
        api = read_place(str(tmp_path / place)).api
        assert [one.id for one in api.operations] == ["listThings"]
        assert api.digest == from_file.digest


def test_packaged_is_the_index_that_ships() -> None:
    assert read_place("packaged").api.digest == packaged().digest


@pytest.mark.slow(seconds=3)
def test_the_projects_own_folder_is_read_with_its_overrides() -> None:
    built = read_place(str(ROOT / "spec" / "openai"))
    assert built.dead == ()
    assert built.api.digest == packaged().digest


def test_overrides_apply_as_far_as_they_match(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(TEXT)
    overrides = tmp_path / "overrides"
    overrides.mkdir()
    entry = "- {{why: w, patch: {{paths: {{{path}: {{get: {{x-typed: {{name: all}}}}}}}}}}}}\n"
    (overrides / "names.yaml").write_text(entry.format(path="/things") + entry.format(path="/gone"))
    built = read_place(str(tmp_path / "api.yaml"), overrides)
    assert [one.name for one in built.api.operations] == ["all"]
    assert [one.where for one in built.dead] == [f"{overrides / 'names.yaml'}:2"]


@pytest.mark.slow(seconds=4)
def test_another_version_of_the_api_that_ships_gets_the_overrides_that_ship(tmp_path: Path) -> None:
    facts = read(ROOT / "spec" / "openai")
    del facts["paths"]["/models"]
    (tmp_path / "api.json").write_text(json.dumps(facts))
    built = read_place(str(tmp_path / "api.json"))
    changes = compare(packaged().api(), built.api)
    assert {one.place for one in changes if one.severity == "breaking"} == {"models.list_models"}


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize(("part", "is_ours"), [(2, True), (12, False)])
def test_another_title_and_address_do_not_make_another_api_but_other_operations_do(
    tmp_path: Path, part: int, is_ours: bool
) -> None:
    facts = read(ROOT / "spec" / "openai")
    facts["info"]["title"], facts["servers"] = "Gateway", [{"url": "https://gateway.test/v2"}]
    facts["paths"] = dict(list(facts["paths"].items())[::part])
    (tmp_path / "api.json").write_text(json.dumps(facts))
    built = read_place(str(tmp_path / "api.json"))
    assert (built.overrides is not None) is is_ours
    assert read_place(str(tmp_path / "api.json"), plain=True).overrides is None


def test_a_place_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert failure(str(tmp_path / "no.yaml")).startswith(f"{tmp_path / 'no.yaml'}: no such file or folder")


# URLs


@pytest.mark.parametrize("body", [TEXT.encode(), gzip.compress(TEXT.encode())], ids=["plain", "gzip"])
def test_a_url_is_read_like_a_file(site: Site, body: bytes) -> None:
    coding = {"content-encoding": "gzip"} if body[:1] == b"\x1f" else {}
    site.pages["/api.yaml"] = (200, {**YAML, **coding}, body)
    assert [one.id for one in read_place(f"{site.address}/api.yaml").api.operations] == ["listThings"]


def test_a_redirection_is_followed(site: Site) -> None:
    site.pages["/old"] = (302, {"location": "/api.yaml"}, b"")
    assert read_place(f"{site.address}/old").api.title == "Small"
    assert [path for path, _ in site.seen] == ["/old", "/api.yaml"]


def test_redirections_without_end_are_left(site: Site) -> None:
    site.pages["/round"] = (302, {"location": "/round"}, b"")
    assert "more than 10 redirects" in failure(f"{site.address}/round")
    assert len(site.seen) == 11


def test_a_name_and_password_are_sent_and_never_shown(site: Site) -> None:
    site.pages["/away"] = (302, {"location": site.address.replace("127.0.0.1", "localhost") + "/no"}, b"")
    url = site.address.replace("//", "//someone:pass%20word@") + "/away?token=hidden"
    said = failure(url)
    assert "someone" not in said
    assert "word" not in said
    assert "hidden" not in said
    (_, first), (_, second) = site.seen
    assert base64.b64decode(first["authorization"].split()[1]) == b"someone:pass word"
    assert "authorization" not in second


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ((404, {}, b"no"), "expected an OpenAPI description, got status 404 (Not Found)"),
        ((302, {"location": "ftp://x/y"}, b""), "got status 302 (Found)"),
        ((200, {"content-type": "text/html"}, b" <!DOCTYPE html><p>Log in"), "got a page of HTML"),
        ((200, {}, b" \n"), "got an empty reply"),
        ((200, YAML, b"a: [1"), "not valid YAML"),
        ((200, YAML, b"swagger: '2.0'"), "expected an OpenAPI 3.0 to 3.2 description"),
        ((200, YAML, b"\xff\xfe\x00"), "not valid YAML"),
        ((200, {"content-length": "500"}, TEXT.encode()), "the connection to"),
        ((200, {"content-encoding": "gzip"}, TEXT.encode()), "gzip"),
    ],
)
def test_what_is_no_description_is_one_clear_error(
    site: Site, page: tuple[int, Mapping[str, str], bytes], said: str
) -> None:
    site.pages["/api.yaml"] = page
    error = failure(f"{site.address}/api.yaml")
    assert said in error
    assert f"{site.address}/api.yaml" in error


def test_what_is_too_large_is_not_read_to_its_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MOST_BYTES", 1 << 20)
    site.pages["/bomb"] = (200, {"content-encoding": "gzip"}, gzip.compress(bytes(50 << 20)))
    assert "larger than 1 MiB" in failure(f"{site.address}/bomb")


def test_https_is_not_left_for_http(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Away:
        def __init__(self, _: object) -> None:
            self.status, self.headers = 302, {"location": "http://api.test/api.yaml"}

        def send(self, request: object, _: object) -> Away:
            asked.append(request)
            return self

        def close(self) -> None:
            pass

    monkeypatch.setattr("typed_openai._transport.session_transport.RequestsTransport", Away)
    assert "the redirect to http://api.test/api.yaml leaves https" in failure("https://api.test/api.yaml")
    assert len(asked) == 1


@pytest.mark.parametrize(
    "url", ["ftp://api.test/x", "file:///etc/passwd", "https://", "https://api.test:port/x", "https://[::1"]
)
def test_only_http_and_https_are_asked(url: str) -> None:
    assert "expected a URL that begins with https:// or http:// and a host" in failure(url)


def test_a_proxy_of_the_environment_is_used(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", site.address)
    monkeypatch.setenv("no_proxy", "")
    site.pages["http://api.test/api.yaml"] = (
        200,
        YAML,
        json.dumps({"openapi": "3.1.0", "paths": {}}).encode(),
    )
    assert read_place("http://api.test/api.yaml").api.operations == ()
