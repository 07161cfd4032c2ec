"""One table of call options and one of client settings: everything else is made from them."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from tests.architecture.sources import modules

import typed_openai_spec
from typed_openai import Timeout
from typed_openai._calls.option_values import Options
from typed_openai._settings.settings import Settings
from typed_openai.client import Client, ClientOptions
from typed_openai_spec.option_tables import (
    ALL_CALL_OPTIONS,
    CALL_OPTION_TABLE,
    CLIENT_SETTINGS,
    names_in,
    short_type,
)

TABLES = "typed_openai_spec.option_tables"
NAMES = {*ALL_CALL_OPTIONS, *(one.name for one in CLIENT_SETTINGS)}

# A program that runs with one more entry in each table, and no other change.
PROGRAM = '''
import sys, types
from pathlib import Path

path = Path(sys.argv[1])
text = path.read_text()
option = """    CallOption("retry_budget", "count", "int", "Tries in all.", help="how many tries in all"),
"""
setting = """    ClientSetting("audit", "flag", "bool | None", "Keep a record.", keyword_only=True),
"""
text = text.replace(')\\n"""The options of calls', option + ')\\n"""The options of calls')
text = text.replace(')\\n"""The settings of a client', setting + ')\\n"""The settings of a client')
assert text.count("retry_budget") == text.count("audit") == 1
module = types.ModuleType("typed_openai_spec.option_tables")
module.__file__ = str(path)
sys.modules[module.__name__] = module
exec(compile(text, str(path), "exec"), module.__dict__)

import inspect
from typing import get_type_hints
from typed_openai import CallError, Omit
from typed_openai._settings.checks import checked_settings
from typed_openai.cli.call_options import CALL_KEYWORDS, OPTIONS
from typed_openai.cli.completing import completions
from typed_openai.client import CallOptions, Client, ClientOptions
from typed_openai_spec.compile import build
from typed_openai_spec.model.python_names import argument_name
from typed_openai_stubgen import generate, generate_package


def refused(call, *args, **kwargs):
    try:
        call(*args, **kwargs)
    except CallError as error:
        return str(error)


client = Client(api_key="k")
method = client.models.list_models
assert "retry_budget" in inspect.signature(method).parameters
assert "retry_budget: Tries in all." in method.__doc__
assert refused(method, retry_budget=-1) == "retry_budget: expected 0 or more, got -1"
assert "did you mean \\"retry_budget\\"" in refused(method, retry_budgt=1)
assert "did you mean \\"retry_budget\\"" in refused(client.request, "GET", "/models", retry_budgt=1)
assert refused(client.request, "GET", "/", retry_budget=-1) == "retry_budget: expected 0 or more, got -1"
assert get_type_hints(CallOptions)["retry_budget"] == int | Omit
assert argument_name("retry_budget") == "retry_budget_"
assert OPTIONS["retry-budget"].read("3") == 3 and "retry_budget" in CALL_KEYWORDS
offered = completions(["call", "models.list_models"], "--retry")
assert any(one.startswith("--retry-budget") for one in offered)

assert refused(Client, audit="yes") == "audit: expected \\"bool\\", got \\"str\\""
assert "did you mean \\"audit\\"" in refused(Client, adit=True)
assert checked_settings({"audit": True}) == {"audit": True}
assert "audit" in inspect.signature(Client).parameters
assert "audit: Keep a record." in Client.__init__.__doc__
assert get_type_hints(ClientOptions)["audit"] == bool | None
try:
    client.audit = True
except AttributeError as error:
    assert "with_options(audit=...)" in str(error)

api = build(Path(sys.argv[2])).api
for made, resources in ((generate(api), "resources.pyi"), (generate_package(api, "shop"), "resources.pyi")):
    assert "retry_budget: int | Omit = ..." in made[resources]
stubs = generate(api)["client.pyi"]
assert "    retry_budget: int | Omit\\n" in stubs and "    audit: bool | None\\n" in stubs
print("made")
'''


def test_an_entry_in_a_table_is_all_that_an_option_or_setting_needs() -> None:
    """Its field in ``Options`` or ``Settings`` aside, where its value is used."""
    table = Path(typed_openai_spec.__file__).with_name("option_tables.py")
    description = Path(__file__).parents[1] / "fixtures" / "shop.yaml"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(table), str(description)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "made\n"), done.stderr


def test_each_value_has_a_field_where_it_is_used() -> None:
    assert tuple(one.name for one in fields(Options)) == ALL_CALL_OPTIONS
    elsewhere = {one.name for one in CLIENT_SETTINGS if one.fixed or one.kind in ("hook", "http_client")}
    used = [one.name for one in fields(Settings) if one.name not in ("hooks", "variables")]
    assert used == [one.name for one in CLIENT_SETTINGS if one.name not in elsewhere]


def test_the_constructor_in_the_source_is_that_of_the_table() -> None:
    """Checkers and the generator of the stubs read it there; at run time it is made from the table."""
    written = _written_constructor()
    signature = inspect.signature(Client.__init__)
    assert inspect.signature(written) == signature
    assert signature.parameters["timeout"].default == Timeout()
    assert get_type_hints(Client.__init__) == get_type_hints(written)


def _written_constructor() -> Any:
    module = modules()["typed_openai.client"]
    (client,) = (one for one in module.tree.body if isinstance(one, ast.ClassDef) and one.name == "Client")
    (written,) = (
        one
        for block in client.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for one in block.body
        if isinstance(one, ast.FunctionDef) and one.name == "__init__"
    )
    names = {**vars(sys.modules["typed_openai.client"])}
    exec(f"from __future__ import annotations\n{ast.unparse(written)}", names)
    return names["__init__"]


@pytest.mark.parametrize("one", [*CALL_OPTION_TABLE, *CLIENT_SETTINGS], ids=lambda one: one.name)
def test_an_entry_has_a_sentence_and_a_type_of_full_names(one: Any) -> None:
    assert one.doc.endswith(".")
    assert all("." in name or name in ("str", "int", "float", "bool", "object", "Event", "State")
               for name in names_in(one.type))  # fmt: skip
    assert short_type(one.type).count(".") == 0


def test_types_of_settings_are_found_at_run_time() -> None:
    hints = get_type_hints(ClientOptions)
    assert [*hints] == [one.name for one in CLIENT_SETTINGS if not one.fixed]
    assert hints["timeout"] == float | Timeout | None


def test_no_other_module_has_a_table_of_options() -> None:
    tables = {name: found for name, one in modules().items() if (found := [*_tables(one.tree)])}
    assert tables.keys() - {TABLES} == set()


def _tables(tree: ast.Module) -> Iterator[list[str]]:
    """The names of options in each display of a collection that has several; some kinds have such names."""
    for node in ast.walk(tree):
        parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", None) or ()
        heads = [one.elts[0] if isinstance(one, ast.Tuple) and one.elts else one for one in parts]
        found = [one.value for one in heads if isinstance(one, ast.Constant) and one.value in NAMES]
        if len({*found}) > 3:
            yield found
