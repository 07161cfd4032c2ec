"""The types of calls whose bodies and replies have other forms than OpenAI's: choices, lines, streams."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.generate.conftest import RunTool

pytestmark = pytest.mark.slow(seconds=12)

PROGRAM = """\
from wire import Client
from wire.params import AddPetParams, AddPetXmlParams

client = Client("key")
as_object: AddPetParams = {"name": "Rex"}
as_text: AddPetXmlParams = {"body": b"<pet/>"}
client.pets.add_pet(**as_object)
client.pets.add_pet(**as_text)
client.pets.add_pet(name="Rex", age=3)
client.pets.add_pet(body="<pet/>")
client.pets.change_pet(kind="cat", lives=9)
client.pets.change_pet(kind="dog", good=True)
client.pets.replace_pet()
client.pets.replace_pet("Rex", age=3)
client.bulk.send_bulk([{"a": 1}])
client.bulk.send_bulk(b"{}")
client.name.put_name("Rex")
client.csv.put_csv("a,b")
client.csv.put_csv(Path("a.csv"))
client.forms.send_free_form({"name": "Rex", "age": 3})
client.forms.send_free_form("name=Rex")
client.forms.send_notes({"name": "Rex"})
client.forms.send_notes()
client.forms.send_no_fields()
with client.chat.chat_in_lines("Hi") as pieces:
    for piece in pieces:
        print(piece["piece"].upper())
print(client.chat.chat_in_lines("Hi", stream=False)["text"].upper())
client.talk.talk("Hi", photo="aGk=")
for part in client.talk.talk_in_pieces("Hi"):
    print(part["piece"].upper())
client.talk.talk("Hi", photo=b"hi")  # photo: expected "str", got "bytes"
client.pets.add_pet()  # missing required argument "body" for pets.add_pet
client.pets.add_pet(age=3)  # missing required argument "name" for pets.add_pet
client.pets.change_pet(kind="cat", good=True)  # kind: expected 'dog'; got 'cat'
client.pets.replace_pet(age=3)  # missing required argument "name" for pets.replace_pet
client.bulk.send_bulk(3)  # body: expected "Sequence[Mapping[str, object]] | FileInput | str", got "int"
client.forms.send_free_form([3])  # body: expected "Mapping[str, object] | FileInput | str", got "list[int]"
client.forms.send_notes("name=Rex")  # body: expected "Mapping[str, str]", got "str"
"""

CONFIGURATION = """\
[mypy]
strict = True
plugins = typed_openai_mypy.plugin
[typed_openai_mypy]
packages = wire
"""


def test_each_way_to_fill_a_body_is_complete_and_checked(tmp_path: Path, run_tool: RunTool) -> None:
    (tmp_path / "mypy.ini").write_text(CONFIGURATION)
    program = PROGRAM.replace(
        "from wire import Client\n", "from pathlib import Path\n\nfrom wire import Client\n"
    )
    (tmp_path / "program.py").write_text(program)
    run = run_tool("mypy", "program.py", folder=tmp_path)
    told = {
        int(number): text
        for number, _, text in (
            line.removeprefix("program.py:").partition(": error: ")
            for line in run.stdout.splitlines()
            if line.startswith("program.py:")
        )
    }
    wanted = {
        number: line.partition("  # ")[2]
        for number, line in enumerate(program.splitlines(), 1)
        if "  # " in line
    }
    assert told.keys() == wanted.keys(), run.stdout
    for number, text in wanted.items():
        assert text in told[number]
