"""stubtest: the stubs match the run time, down to each argument of each operation."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_stubgen.layers import BELOW, PUBLIC
from typed_openai_stubgen.stub_package import client_sources

pytestmark = pytest.mark.slow(seconds=7)

STUBS = Path(__file__).parents[2] / "stubs" / "typed_openai-stubs"

# The additional attributes of a TypedDict from typing_extensions, and the one that pydantic reads.
_TYPED_DICT_PARTS = (
    r"typed_openai\.(types|params|batch_results)\.\w+\."
    r"__(closed|extra_items|mutable_keys|readonly_keys|pydantic_config)__"
)


def _without_stub() -> list[str]:
    """Return the client's inner modules, which checkers should not see."""
    stubs = {
        ".".join(["typed_openai", *path.relative_to(STUBS).with_suffix("").parts]).removesuffix(".__init__")
        for path in STUBS.rglob("*.pyi")
    }
    return [re.escape(name) for name in client_sources() if name not in stubs]


def _without_source() -> list[str]:
    """Return the parts of ``types``, which is one module at run time: their contents are checked there."""
    return [rf"typed_openai\.{module}" for module in BELOW if module != PUBLIC]


# Aliases of literals, which stubtest does not know; the test of uploads compares purposes with the index.
_LITERAL_ALIAS = (
    r"typed_openai\.(uploading\.FilePurpose|webhook_errors\._Refused|line_files\.LineKind"
    r"|testing\.(cassettes\.modes\.CassetteMode|scripted_answers\.FaultName))"
)

_LAZY_LISTS = r"typed_openai\.(types|params)\.__all__"
"""A star import reads the public names of a stub; the run time must list what it can create."""


def _unjudged() -> list[str]:
    """Return aliases of literals, or of one component, which stubtest does not know.

    Another test compares them.
    """
    files = [STUBS / f"{module}.pyi" for module in BELOW]
    return [
        rf"typed_openai\.types\.{node.target.id}"
        for file in files
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and re.fullmatch(r"_?Literal\[.*\]|\w+", ast.unparse(node.value or node.target))
    ]


_ANNOTATED = r"typed_openai\.(tool_functions\.)?Injected"
"""An alias of ``Annotated``, which stubtest does not know."""

_MERGED = re.compile(
    r'runtime parameter "stream_to" has a default value of type Literal\[[\w.]+\.OMIT\]'
    r"|(tool|accumulator|Tools\.calls) is inconsistent, "
    r'runtime parameter "\w+" has a default value of type None'
)
"""One overload requires the argument and the others lack it; stubtest compares with all of them together."""

_CHOSEN = re.compile(
    rf"\.({'|'.join(one.name for one in packaged().operations() if one.choices)}) is inconsistent, "
    r'runtime parameter "\w+" has a default value of type Literal\[[\w.]+\.OMIT\]'
)
"""Operations with several bodies, and thus overloads: what one requires, the others lack."""


def _groups() -> list[str]:
    """Return the groups of a client: on the class, a descriptor stands for each."""
    classes = (r"client\.Client", r"aio\.async_client\.AsyncClient")
    return [rf"typed_openai\.{one}\.{group}" for one in classes for group in packaged().groups]


def test_stubtest_finds_no_difference(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    inner = [*_without_stub(), *_without_source()]
    known = [_TYPED_DICT_PARTS, _LITERAL_ALIAS, _LAZY_LISTS, _ANNOTATED]
    allowed.write_text("\n".join([*known, *_groups(), *inner, *_unjudged()]))
    command = [sys.executable, "-m", "mypy.stubtest", "typed_openai", "--concise"]
    options = ["--allowlist", str(allowed), "--ignore-unused-allowlist"]
    run = subprocess.run([*command, *options], check=False, cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode in (0, 1), run.stdout + run.stderr
    assert [
        line for line in run.stdout.splitlines() if not (_MERGED.search(line) or _CHOSEN.search(line))
    ] == []
