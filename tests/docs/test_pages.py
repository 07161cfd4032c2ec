"""The pages on descriptions and other APIs: their commands run, and print what the pages show."""

from __future__ import annotations

import json
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.docs.pages import ROOT, blocks, commands, run, write_files

from typed_openai_spec.compile import build, index_files
from typed_openai_spec.files.source import read
from typed_openai_spec.files.texts import parse_yaml, to_yaml
from typed_openai_spec.openapi import document

# Updates


CHECKS = "/content_provenance_checks"
OVERRIDES = f"""\
# Python names where the operationId runs its words together.
- why: The operationId is one word; the name has the words it is made of.
  patch:
    paths: {{{CHECKS}: {{post: {{x-typed: {{name: create_content_provenance_check}}}}}}}}
"""


def few_operations() -> dict[str, Any]:
    """Return a part of the project's own description, with which commands are faster."""
    whole = read(ROOT / "spec" / "openai")
    paths = {path: item for path, item in whole["paths"].items() if path in ("/models", CHECKS)}
    schemas: dict[str, Any] = {}
    waiting = [paths, {**whole["components"], "schemas": {}}]
    while waiting:
        for name in re.findall(r'#/components/schemas/(\w+)"', json.dumps(waiting.pop())):
            if name not in schemas:
                schemas[name] = whole["components"]["schemas"][name]
                waiting.append(schemas[name])
    components = {**whole["components"], "schemas": schemas}
    return {**whole, "paths": paths, "components": components, "webhooks": {}}


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Path]:
    """A checkout next to newer descriptions; a server publishes the newest one."""
    (tmp_path / "spec" / "openai").mkdir(parents=True)
    shutil.copy(ROOT / "spec" / "openai" / "SOURCE", tmp_path / "spec" / "openai")
    (tmp_path / "spec" / "overrides").mkdir()
    (tmp_path / "spec" / "overrides" / "names.yaml").write_text(OVERRIDES)
    described = few_operations()
    (tmp_path / "openai.yaml").write_text(json.dumps(described))
    run("typed-openai spec update openai.yaml --facts-only", tmp_path)
    described["info"]["version"] = "9.9.9"
    described["components"]["schemas"]["Model"]["properties"]["nickname"] = {"type": "string"}
    (tmp_path / "openai.yaml").write_text(json.dumps(described))
    described["paths"]["/provenance_checks"] = described["paths"].pop(CHECKS)
    (tmp_path / "renamed.yaml").write_text(json.dumps(described))
    (tmp_path / "program.py").write_text("from typed_openai import Client\n\nClient().models.list_models()\n")
    (tmp_path / "tests" / "cassettes").mkdir(parents=True)
    (tmp_path / "tests" / "cassettes" / "models.jsonl").write_text(CASSETTE)
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        source = tmp_path / "spec" / "openai" / "SOURCE"
        address = f"http://127.0.0.1:{server.server_port}/openai.yaml"
        source.write_text(re.sub(r"published: .*", f"published: {address}", source.read_text()))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield tmp_path
        server.shutdown()


RECORDED = "typed-openai spec gate --recordings tests/cassettes openai.yaml"
CASSETTE = """\
{"cassette": 1, "test": "test_models.py::test_models"}
{"request": {"method": "GET", "url": "https://api.openai.com/v1/models", "headers": {}}}
{"reply": {"status": 200, "headers": {}, "json": {"object": "list", "data": []}}}
"""


@pytest.mark.slow(seconds=12)
def test_the_commands_of_the_page_on_updates_run_in_a_checkout(checkout: Path) -> None:
    said = {command: run(command, checkout) for command in commands("updating.md")}
    assert len(said) == 10
    assert "contradicts none of your 1 recordings" in said[RECORDED]
    assert "Model.nickname" in said["typed-openai spec update --facts-only --dry-run"]
    assert "Model.nickname" in (checkout / "changes.md").read_text()
    assert '"version":"9.9.9"' in (checkout / "spec/typed_openai_spec/packaged/api.json").read_text()
    (shown,) = (one.text for one in blocks("updating.md") if one.language == "text")
    assert shown in next(text for command, text in said.items() if "renamed.yaml" in command)


# Overrides


def test_every_entry_of_the_page_on_overrides_means_something(tmp_path: Path) -> None:
    write_files("overrides.md", tmp_path)
    overrides = tmp_path / "overrides"
    assert build(tmp_path / "shop.yaml", overrides).problems == ()
    whole = index_without_digest(tmp_path)
    for path in overrides.glob("*.yaml"):
        entries = parse_yaml(path.read_bytes(), path.name)
        for number, entry in enumerate(entries):
            path.write_text(to_yaml([*entries[:number], *entries[number + 1 :]]))
            assert index_without_digest(tmp_path) != whole, entry["why"]
        path.write_text(to_yaml(entries))


def index_without_digest(folder: Path) -> dict[str, str]:
    built = build(folder / "shop.yaml", folder / "overrides", allow_dead=True)
    return {name: text.replace(built.api.digest, "") for name, text in index_files(built.api).items()}


def test_the_page_on_overrides_has_the_whole_vocabulary() -> None:
    described = (document.__doc__ or "").partition("``x-typed``")[2]
    words = set(re.findall(r"``([a-z_]+)``", described)) - {"brackets", "plain", "any", "none", "admin"}
    shown = "".join(one.text for one in blocks("overrides.md") if one.language == "yaml")
    assert {word for word in words if not re.search(rf"\b{word}:", shown)} == set()
    assert len(words) > 20


def test_the_commands_of_the_page_on_overrides_run(tmp_path: Path) -> None:
    write_files("overrides.md", tmp_path)
    for command in commands("overrides.md"):
        assert "shop_api" in run(command, tmp_path)


# Servers


@pytest.mark.slow(seconds=4)
def test_the_commands_and_programs_of_the_page_on_servers_run(tmp_path: Path) -> None:
    write_files("overrides.md", tmp_path)
    write_files("servers.md", tmp_path)
    newer = (tmp_path / "shop.yaml").read_text().replace("operationId: Ask", "operationId: Answer")
    (tmp_path / "newer.yaml").write_text(newer)
    for block in blocks("servers.md"):
        if block.language == "sh":
            for command in block.text.splitlines():
                assert run(command, tmp_path)
        elif block.language == "python" and not block.file:
            (tmp_path / "example.py").write_text(block.text)
            printed = run(f"{sys.executable} example.py", tmp_path)
            assert "https://shop.test/v1/books?" in printed or "as_curl" not in block.text
