"""The README's examples run, type-check and print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai.testing import serve

README = Path(__file__).parents[2] / "README.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)
MISTAKE = """\
from typed_openai import Client

client = Client()
client.chat.create_chat_completion([{"role": "user", "content": [PART]}], "gpt-4o-mini")
""".replace(
    "PART", '{"type": "image_url", "image_url": {"url": "https://example.com/sky.png", "detail": "hi"}}'
)
MOST_LINES = 160


def block_after(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\n```\n(.*?)```", README.read_text(), flags=re.DOTALL)
    assert found, f"the README has no block after <!-- {mark} -->"
    return found[1]


def mypy(folder: Path, text: str, *options: str) -> str:
    (folder / "example.py").write_text(text)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", *options, "example.py"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def config(folder: Path) -> str:
    path = folder / "pyproject.toml"
    path.write_text('[tool.mypy]\nplugins = ["typed_openai_mypy.plugin"]\n')
    return f"--config-file={path.name}"


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_runs_against_the_embedded_server(text: str, tmp_path: Path) -> None:
    with serve() as server:
        environment = {**os.environ, "OPENAI_API_KEY": "test", "OPENAI_BASE_URL": server.base_url}
        command = [sys.executable, "-c", text]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert {one.status for one in server.requests} <= {200}


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_is_strictly_typed(text: str, tmp_path: Path) -> None:
    assert mypy(tmp_path, text, config(tmp_path)) == ""


@pytest.mark.slow(seconds=3)
def test_the_mistake_reads_as_shown_without_and_with_the_plugin(tmp_path: Path) -> None:
    assert mypy(tmp_path, MISTAKE, "--config-file=") == block_after("before")
    assert mypy(tmp_path, MISTAKE, config(tmp_path)) == block_after("after")


def test_the_readme_is_short() -> None:
    assert len(README.read_text().splitlines()) <= MOST_LINES


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", README.read_text())
    assert len(links) > 15
    assert [one for one in links if not (README.parent / one).exists()] == []


def test_every_figure_of_the_readme_names_the_benchmark_that_measures_it() -> None:
    table = re.search(r"\| measured by \|\n.*?\n\n", README.read_text(), flags=re.DOTALL)
    assert table
    rows = table[0].strip().splitlines()[2:]
    assert len(rows) > 5
    for row in rows:
        named = row.strip("| ").rpartition("|")[2].strip(" `")
        assert (README.parent / named).is_file(), row
