"""Mistakes inside t-strings are explained in one line each, like those in f-strings."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mypy import nodes
from mypy.options import Options

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

HEADER = """\
from typed_openai import Client

client = Client()
"""
MISTAKES = {
    't"<p>{client.files.retrieve_file(3)}</p>"': ['file_id: expected "str", got "int"'],
    't"{client.models.retrieve_model(modl=1)!r:>10}"': [
        'unexpected keyword "modl" for models.retrieve_model; did you mean "model"?'
    ],
    't"{client.models.retrieve_model(1)} and {client.models.retrieve_model()}"': [
        'model: expected "str", got "int"',
        'missing required argument "model" for models.retrieve_model',
    ],
    't"{1:{client.models.retrieve_model(2)}}"': ['model: expected "str", got "int"'],
    't"{t"{client.models.retrieve_model(3)}"}"': ['model: expected "str", got "int"'],
    't"{client.embeddings.create_embedding("a", "m", encoding_format="x")}"': [
        "encoding_format: expected one of 'float', 'base64', None; got 'x'"
    ],
    't"{client.embeddings.create_embedding("a", "m")["model"]}"': [],
}


def _mypy_reads_them() -> bool:
    """Return whether this mypy knows template strings, and can parse them on this Python."""
    parses = sys.version_info >= (3, 14) or getattr(Options(), "native_parser", False)
    return hasattr(nodes, "TemplateStrExpr") and bool(parses)


@pytest.mark.slow(seconds=2)
@pytest.mark.skipif(not _mypy_reads_them(), reason="needs a mypy that parses template strings")
def test_a_mistake_in_a_template_string_is_one_line(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(HEADER + "\n".join(MISTAKES))
    version = max((3, 14), sys.version_info[:2])
    done = run_mypy(
        ["example.py"],
        "--hide-column-numbers",
        f"--python-version={version[0]}.{version[1]}",
        folder=tmp_path,
    )
    said = done.by_line(HEADER)
    expected = {
        number: [f" error: {line}  [openai-arg]" for line in lines]
        for number, lines in enumerate(MISTAKES.values())
        if lines
    }
    assert said == expected
