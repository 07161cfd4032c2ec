"""The errors of a function, class or statement are skipped only if no name in it can lead to the API."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mypy.options import Options
from tests.plugin.conftest import PLUGIN

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy

HEAD = """\
import json
from collections.abc import Callable
from functools import cache
from typing import NamedTuple, TypeGuard, TypeVar, cast

from typed_openai import types
from typed_openai.types import CreateChatCompletionResponse as Reply

T = TypeVar("T", bound=Reply)
last: Reply
replies: Callable[[], Reply]
class Of:
    reply: Reply

"""

ROUTES = {
    "parameter": "def f(reply: Reply) -> None:",
    "parameter inside": "def f(many: dict[str, list[tuple[int, Reply]]]) -> None:\n reply = many['a'][0][1]",
    "unquoted later": "def f(text: str) -> None:\n reply: 'Reply' = json.loads(text)",
    "annotation": "def f(text: str) -> None:\n reply: types.CreateChatCompletionResponse = json.loads(text)",
    "cast": "def f(text: str) -> None:\n reply = cast('Reply', json.loads(text))",
    "display": "def f(text: str) -> None:\n reply = list[Reply](json.loads(text))[0]",
    "type variable": "def f(reply: T) -> None:",
    "global": "def f() -> None:\n reply = last",
    "callable": "def f(make: Callable[[], Reply]) -> None:\n reply = make()",
    "global callable": "def f() -> None:\n reply = replies()",
    "class": "def f() -> None:\n reply = Of().reply",
    "function inside": "def f() -> None:\n def make() -> Reply: return json.loads('')\n reply = make()",
    "lambda": "def f(text: str) -> None:\n g: Callable[[], Reply] = lambda: json.loads(text)\n reply = g()",
    "import inside": "def f() -> None:\n import example\n reply = example.last",
}
READ = '\n reply["choices"][0]["message"]["content"].strip()\n'

CONTENT = 'last["choices"][0]["message"]["content"]'
WRONG = "len(7)\n" * 200

GUARD = "def is_reply(value: object) -> TypeGuard[Reply]:\n return True\n"
GUARDED = CONTENT.replace("last", "value")
TUPLE = "class N(NamedTuple):\n x: int\n def reply(self) -> Reply:\n  return last\n"

OUTSIDE = {
    "variable": f"text = {CONTENT}\ntext.strip()",
    "second value": f"text: str | None = ''\ntext = text and {CONTENT}\ntext = {CONTENT}\ntext.strip()",
    "one line": f"text = {CONTENT}; text.strip()",
    "named expression": f"print(text := {CONTENT})\ntext.strip()",
    "branch": f"text = None\nif last:\n text = {CONTENT}\n text.strip()",
    "loop": "for choice in last['choices']:\n choice['message']['content'].strip()",
    "several lines": f"print(\n {CONTENT}\n .strip()\n)",
    "class": f"class User:\n def f(self) -> None:\n  {CONTENT}.strip()",
    "class attribute": f"class User:\n text = {CONTENT}.strip()",
    "decorated function": f"@cache\ndef f() -> None:\n {CONTENT}.strip()",
    "after a form feed": f"\f\nx = 1\n\f\ny = 2\n\f\ntext = {CONTENT}\ntext.strip()",
    "between form feeds": f"\f\nx = 1\n\f\ny = 2\n\f\ntext = {CONTENT}\ntext.strip()\nz = 3\n\f\nz = 4",
    "after many errors": f"{WRONG}text = {CONTENT}\ntext.strip()",
    "before many errors": f"text = {CONTENT}\ntext.strip()\n{WRONG}",
    "between many errors": f"{WRONG}text = {CONTENT}\n{WRONG}text.strip()\n{WRONG}",
    "among wrong statements": f"len(1)\ntext = {CONTENT}\nlen(2)\ntext.strip()\nlen(3)",
    "narrowed variable": f"value: object\nvalue, y = last, 1\n{CONTENT.replace('last', 'value')}.strip()",
    "type guard": f"{GUARD}def f(value: object) -> None:\n if is_reply(value):\n  {GUARDED}.strip()",
    "named tuple": f"{TUPLE}n, y = N(1), 2\n{CONTENT.replace('last', 'n.reply()')}.strip()",
    "shared line": f"len(1)\nprint(1, (\n{CONTENT}.strip)()); y = 1",
    "letters of another width": "{}.strip()".format(CONTENT.replace("last", "\uff4cast")),
}

STANDARD = """\
FEW: dict[str, int] = {}


def first(value: str) -> str | None:
    return value[:1] or None


def f(value: str | None, table: dict[str, int], texts: list[str]) -> str:
    for text in texts:
        print(text, table[3], FEW[4], len([one for one in texts if one]))
    return value.strip() + first("").strip()


@cache
def second(value: str) -> int:
    return value.find(7)


class Table(dict[str, int]):
    def total(self) -> int:
        return FEW[5] + first("x").count("x")


count = FEW.get("a")
count.bit_length()
FEW[3]
first("b").upper()
if count is not None and FEW[7]:
    print(FEW[8])
"""

RUN = """\
import sys
from mypy import api
print(api.run(["example.py", "--no-error-summary"])[0], end="")
print("typed_openai_mypy.watching.watcher" in sys.modules)
"""


@pytest.mark.slow(seconds=4)
@pytest.mark.parametrize("route", ROUTES)
def test_no_route_to_the_api_is_overlooked(route: str, run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(HEAD + ROUTES[route] + READ)
    (line,) = [one for one in run_mypy(["example.py"], folder=tmp_path).diagnostics if "None" in one]
    assert "message.content may be None" in line


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize("route", OUTSIDE)
def test_no_route_outside_of_functions_is_overlooked(route: str, run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(f"{HEAD}{OUTSIDE[route]}\n")
    (line,) = [one for one in run_mypy(["example.py"], folder=tmp_path).diagnostics if "None" in one]
    assert "message.content may be None" in line


def test_code_that_mypy_cannot_show_is_not_overlooked(run_mypy: RunMypy, tmp_path: Path) -> None:
    found = run_mypy(["-c", f"{HEAD}text = {CONTENT}\ntext.strip()\n"], folder=tmp_path).diagnostics
    assert ["message.content may be None" in one for one in found if "None" in one] == [True]


@pytest.mark.slow(seconds=4)
@pytest.mark.parametrize("name", ["allow_redefinition", "allow_redefinition_new", "allow_redefinition_old"])
def test_a_variable_that_gets_another_type_is_not_overlooked(
    name: str, run_mypy: RunMypy, tmp_path: Path
) -> None:
    if not hasattr(Options(), name):
        pytest.skip("this mypy has no such option")
    source = f"value = ''\nvalue.foo\nvalue = last\n{GUARDED}.strip()\nvalue = ''\n"
    (tmp_path / "example.py").write_text(HEAD + source)
    options = f"{name} = True\nlocal_partial_types = True"
    (line,) = [
        one for one in run_mypy(["example.py"], folder=tmp_path, options=options).diagnostics if "None" in one
    ]
    assert "message.content may be None" in line


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize("name", ["call", "as_curl"])
def test_functions_of_the_package_are_not_standard_code(name: str, run_mypy: RunMypy, tmp_path: Path) -> None:
    source = f"from typed_openai import {name}\n\n{name}('models.retrieve_model', modl='x')\n"
    (tmp_path / "my_typeshed").mkdir()
    (tmp_path / "my_typeshed" / "example.py").write_text(source)
    (line,) = run_mypy(["my_typeshed/example.py"], folder=tmp_path).diagnostics
    assert 'unexpected keyword "modl" for models.retrieve_model' in line


@pytest.mark.slow(seconds=2)
def test_code_that_mypy_reads_from_another_file_is_not_overlooked(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text("print('saved')\n" * 40)
    (tmp_path / "unsaved.py").write_text(f"{HEAD}text = {CONTENT}\ntext.strip()\nprint(1)\n")
    arguments = ["--shadow-file", "example.py", "unsaved.py", "example.py"]
    (line,) = [one for one in run_mypy(arguments, folder=tmp_path).diagnostics if "None" in one]
    assert "message.content may be None" in line


def test_an_alias_of_the_api_is_not_overlooked(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(HEAD + "def f() -> types.Metadata:\n return 7\n")
    (line,) = run_mypy(["example.py"], folder=tmp_path).diagnostics
    assert line.endswith("[openai-arg]")


@pytest.mark.slow(seconds=6)
@pytest.mark.parametrize(("source", "is_loaded"), [(STANDARD, False), (ROUTES["parameter"] + READ, True)])
def test_nothing_is_explained_in_standard_code(source: str, is_loaded: bool, tmp_path: Path) -> None:
    (tmp_path / "example.py").write_text(HEAD + source)
    (tmp_path / "mypy.ini").write_text(f"[mypy]\nplugins = {PLUGIN}\n")
    run = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    *errors, loaded = run.stdout.splitlines()
    assert errors
    assert loaded == str(is_loaded)
