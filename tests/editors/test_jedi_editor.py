"""The completions, signatures and texts that jedi shows in an editor, within jedi's limits."""

from __future__ import annotations

from pathlib import Path

import jedi  # type: ignore[import-untyped]  # it has neither types nor stubs
import pytest
from tests.editors.answers import HEAD
from tests.editors.language_server import place

from typed_openai_spec.index.reader import packaged

CHAT = "client.chat.create_chat_completion"


def ask(project: jedi.Project, method: str, source: str) -> list[jedi.api.classes.BaseName]:
    """Return the answer of one of jedi's ``Script`` methods at the source's cursor mark."""
    where = place(HEAD + source)
    script = jedi.Script(where.text, path=Path(project.path) / "example.py", project=project)
    found: list[jedi.api.classes.BaseName] = getattr(script, method)(where.line + 1, where.character)
    return found


# A source, and names that are among the completions.
COMPLETIONS = {
    "groups": ("client.|", ("chat", "responses", "vector_stores")),
    "groups of the default client": ("import typed_openai\ntyped_openai.|", ("chat", "responses", "Client")),
    "operations": ("client.chat.|", tuple(packaged().groups["chat"])),
    "keywords": ("client.files.list_files(lim|)", ("limit=",)),
    "keywords of an overloaded operation": (f'{CHAT}([], "gpt-4o", temp|)', ("temperature=",)),
    "components": ("types.OpenAIF|", ("OpenAIFile",)),
    "keys of a reply": ('client.files.list_files()["|"]', ('"data', '"has_more')),
    "keys deep inside a reply": ('client.files.list_files()["data"][0]["|"]', ('"filename', '"id')),
}
# The limits of jedi: names that should be among the completions, and names that should not.
LIMITS = {
    "jedi completes no constants of Literal types": (f'{CHAT}([], "|")', {'"gpt-4o'}, set()),
    "jedi does not tell the type that a dict is written for": (f'{CHAT}([{{"ro|"}}])', {'"role'}, set()),
    "jedi does not narrow a union by its discriminator: it shows keys of a few members by chance": (
        "for event in client.responses.create_response('Hi', 'm', stream=True):\n"
        '    if event["type"] == "response.output_text.delta":\n        event["|"]',
        {f'"{one}' for one in "content_index delta item_id logprobs output_index sequence_number".split()},
        {f'"{one}' for one in "arguments code input item message part response summary_index text".split()},
    ),
}


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize(("source", "expected"), COMPLETIONS.values(), ids=COMPLETIONS)
def test_jedi_completion_offers(project: jedi.Project, source: str, expected: tuple[str, ...]) -> None:
    assert set(expected) <= {one.name for one in ask(project, "complete", source)}


@pytest.mark.slow(seconds=8)
@pytest.mark.parametrize(
    ("source", "among", "absent"),
    [pytest.param(*case, id=why, marks=pytest.mark.xfail(reason=why)) for why, case in LIMITS.items()],
)
def test_jedi_completion_has_limits(
    project: jedi.Project, source: str, among: set[str], absent: set[str]
) -> None:
    shown = {one.name for one in ask(project, "complete", source)}
    assert among <= shown
    assert not absent & shown


SIGNATURES = {
    "one signature": ("client.audio.create_transcription(|)", "file", ["file", "model"]),
    "overloads": (f"{CHAT}([], |)", "model", ["messages", "model"]),
    "path parameters first": (
        'client.vector_stores.get_vector_store_file("vs_1", |)', "file_id", ["vector_store_id", "file_id"]
    ),
}  # fmt: skip


@pytest.mark.slow(seconds=4)
@pytest.mark.parametrize(("source", "active", "by_position"), SIGNATURES.values(), ids=SIGNATURES)
def test_jedi_signature_has_the_required_arguments_first(
    project: jedi.Project, source: str, active: str, by_position: list[str]
) -> None:
    first = ask(project, "get_signatures", source)[0]
    assert [one.name for one in first.params[: len(by_position)]] == by_position
    assert first.params[first.index].name == active


DOCS = {
    "operation": ("client.files.list_fi|les()", "List the uploaded files"),
    "overloaded operation": (f'{CHAT}|([], "m")', "Generate the model's next message"),
    "group": ("client.ch|at", "The operations under ``client.chat``: create_chat_completion"),
    "component": ("types.OpenAI|File", "Reply of ``client.files.create_file``"),
}


@pytest.mark.slow(seconds=3)
@pytest.mark.parametrize(("source", "expected"), DOCS.values(), ids=DOCS)
def test_jedi_shows_the_documentation(project: jedi.Project, source: str, expected: str) -> None:
    assert expected in ask(project, "help", source)[0].docstring()


LARGE = pytest.mark.slow(seconds=2)
"""jedi parses the file in Python."""


@pytest.mark.parametrize(
    ("source", "file"),
    [
        pytest.param("client.files.list_fi|les()", "resources.pyi", id="operation", marks=LARGE),
        pytest.param("types.OpenAI|File", "_components.pyi", id="component", marks=LARGE),
        pytest.param("client.ch|at", "client.pyi", id="group"),
    ],
)
def test_jedi_finds_the_definition_in_the_stubs(project: jedi.Project, source: str, file: str) -> None:
    found = ask(project, "goto", source)[0]
    assert found.module_path.name == file
    assert found.name in found.module_path.read_text().splitlines()[found.line - 1]
