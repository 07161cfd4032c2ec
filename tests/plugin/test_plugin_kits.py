"""The tools of a kit in ``run``, where mypy alone does not know what a method takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy


def named(name: str) -> str:
    return f'{{"type": "function", "name": "{name}"}}'


HEADER = """\
from typing import Final
from typed_openai import Client, Tools, tool
from typed_openai.aio import AsyncClient
client = Client()
async_client = AsyncClient()
NAME: Final = "find"
@tool
def look(city: str) -> str:
    return city
@tool(name="erase")
async def delete(city: str) -> str:
    return city
def plain(number: int) -> int:
    return number
kit = Tools(look, delete, max_turns=3)
"""

OWN = '{"type": "function", "name": "own", "parameters": None, "strict": None}'
RESPONSE = 'client.responses.create_response, "Hi", "gpt-5.5", tool_choice='
CHAT = 'client.chat.create_chat_completion, [{"role": "user", "content": "Hi"}], "gpt-5.5", tool_choice='
BAD = {
    f"kit.run({RESPONSE}{named('lok')})": "one of 'look', 'erase'; got 'lok'",
    f'kit.run({CHAT}{{"type": "function", "function": {{"name": "delete"}}}})': "'erase'; got 'delete'",
    f"kit.run({RESPONSE}{named('onw')}, max_turns=2, tools=[{OWN}])": (
        "one of 'own', 'look', 'erase'; got 'onw'"
    ),
    f"Tools(tool(plain), tool(name=NAME)(plain)).run({RESPONSE}{named('fin')})": (
        "one of 'plain', 'find'; got 'fin'"
    ),
    f"async def one() -> None: await kit.run(async_{RESPONSE}{named('lok')})": "'erase'; got 'lok'",
    f"def two() -> None:\n    own = Tools(look)\n    own.run({RESPONSE}{named('no')})": "got 'no'",
}
ANY = f"run({RESPONSE}{named('any')})"
GOOD = [
    f"kit.run({RESPONSE}{named('erase')})",
    f'kit.run({RESPONSE}"required")',
    f"def three(kit: Tools) -> None: kit.{ANY}",
    f"several = Tools(look)\nseveral = Tools(delete)\nseveral.{ANY}",
    f"for each in [kit]: each.{ANY}",
    f"first, second = kit, Tools(look)\nsecond.{ANY}",
    f"Tools(*[look]).{ANY}",
    f"from others import other\nTools(look, other).{ANY}",
]


@pytest.mark.slow(seconds=20)
def test_a_choice_is_of_the_kit_s_tools_where_they_are_certain(run_mypy: RunMypy, tmp_path: Path) -> None:
    (tmp_path / "others.py").write_text(
        "from typed_openai import tool\n@tool(name='any')\ndef other(city: str) -> str:\n    return city\n"
    )
    (tmp_path / "example.py").write_text(HEADER + "\n".join(BAD) + "\n")
    (tmp_path / "good.py").write_text(HEADER + "\n".join(GOOD) + "\n")
    for _ in range(2):  # the second time with mypy's cache
        run = run_mypy(["example.py", "good.py"], folder=tmp_path)
        texts = [line.partition("error: ")[2] for line in run.diagnostics]
        assert len(texts) == len(BAD)
        for text, expected in zip(texts, BAD.values(), strict=True):
            assert expected in text
            assert text.endswith("[openai-tools]")
        with (tmp_path / "good.py").open("a") as file:
            file.write("\n")
