"""The example of a generated package's README passes a strict checker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.generate.conftest import PACKAGES

from typed_openai.cli import main

if TYPE_CHECKING:
    from tests.generate.conftest import RunTool

pytestmark = pytest.mark.slow(seconds=12)

SEVERAL_KEYS = """\
openapi: 3.0.3
info: {title: Keys, version: "1"}
servers: [{url: "https://keys.example.com"}]
security: [{Id: [], Secret: []}]
paths:
  /a:
    get:
      operationId: getA
      responses:
        "200": {description: A., content: {application/json: {schema: {properties: {a: {type: string}}}}}}
    put:
      operationId: putA
      requestBody:
        required: true
        content: {application/json: {schema: {required: [n], properties: {n: {type: string}}}}}
      responses:
        "200": {description: A., content: {application/json: {schema: {properties: {b: {type: string}}}}}}
    post:
      operationId: streamA
      requestBody:
        required: true
        content: {application/json: {schema: {required: [q], properties: {q: {type: string}}}}}
      responses:
        "200": {description: A., content: {text/event-stream: {schema: {properties: {c: {type: string}}}}}}
components:
  securitySchemes:
    Id: {type: apiKey, in: header, name: X-Id}
    Secret: {type: apiKey, in: header, name: X-Secret}
"""


def blocks(project: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", (project / "README.md").read_text(), re.M | re.S)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_example_passes_a_strict_checker(
    package: str, projects: Path, tmp_path: Path, run_tool: RunTool
) -> None:
    for number, block in enumerate(blocks(projects / package)):
        (tmp_path / f"example{number}.py").write_text(block)
    done = run_tool("mypy", "--strict", ".", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "Success: no issues found in 2 source files\n")


def test_an_api_that_needs_several_keys_has_them_in_its_example(tmp_path: Path, run_tool: RunTool) -> None:
    spec = tmp_path / "keys.yaml"
    spec.write_text(SEVERAL_KEYS)
    assert main(["generate", "--spec", str(spec), "--package", "keys", "--out", str(tmp_path / "out")]) == 0
    example, _ = blocks(tmp_path / "out")
    assert 'client = Client(api_key={"Id": "...", "Secret": "..."})' in example
    assert 'with client.a.stream_a(q="example q") as stream:' in example
    (tmp_path / "out" / "example.py").write_text(example)
    done = run_tool("mypy", "--strict", "example.py", folder=tmp_path / "out")
    assert (done.returncode, done.stdout) == (0, "Success: no issues found in 1 source file\n")
