"""``typed-openai explain``: its search results, and its output for people, pipes and programs."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from typed_openai import cli
from typed_openai.cli.explain.describing import Describer
from typed_openai.cli.explain.finding import Inside, find
from typed_openai.cli.explain.pages import page_lines
from typed_openai.cli.printing import Paper, harmless
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Object

COMMAND = Path(sys.executable).with_name("typed-openai")

DESCRIPTION = """
openapi: 3.1.0
info: {title: "Small\\e[31m API", version: '1'}
paths:
  /things/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: getThing
      summary: Get a thing.
      description: "Gives the \\e[2Jthing\\u202e.\\n\\n- kept on\\n- its own lines\\n\\nAnd wrapped."
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
    delete: {operationId: deleteThing, deprecated: true, responses: {'204': {description: gone}}}
components:
  schemas:
    Thing:
      description: "A thing.\\n\\nThere are many of them."
      type: object
      required: [kind]
      properties:
        kind: {enum: [big, small], default: small, description: How big it is.}
        parts: {type: array, maxItems: 3, items: {$ref: '#/components/schemas/Thing'}}
        more: {oneOf: [{$ref: '#/components/schemas/Thing'}, {$ref: '#/components/schemas/Other'}]}
    Other: {type: object, properties: {kind: {type: string, maxLength: 9, deprecated: true}}}
"""

Explain = Callable[..., str]


@pytest.fixture
def explain(capsys: pytest.CaptureFixture[str]) -> Explain:
    """Return a function that runs the command and returns its output; it must exit with ``status``."""

    def run(*words: str, status: int = 0) -> str:
        assert cli.main(["explain", *words]) == status
        return capsys.readouterr().err if status else capsys.readouterr().out

    return run


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The file of a small description."""
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "small.yaml"
    path.write_text(DESCRIPTION, encoding="utf-8")
    return str(path)


def test_without_a_name_the_groups_are_told_with_their_operations(explain: Explain) -> None:
    shown = explain()
    assert shown.startswith(f"OpenAI API  {packaged().version}, 388 operations, ")
    for group, names in packaged().groups.items():
        assert re.search(rf"\n  {group} {len(names)} operations?\n", shown)


def test_a_group_is_its_operations(explain: Explain) -> None:
    shown = explain("embeddings")
    assert "  embeddings.create_embedding POST /embeddings\n          Turn " in shown


@pytest.mark.slow(seconds=1)
@pytest.mark.parametrize(
    "name",
    [
        "chat.create_chat_completion",
        "createChatCompletion",
        "POST /chat/completions",
        "post /chat/completions",
        "client.chat.create_chat_completion",
    ],
)
def test_an_operation_goes_by_each_of_its_names(explain: Explain, name: str) -> None:
    shown = explain(name)
    assert shown.startswith("chat.create_chat_completion  POST /chat/completions\n")
    for said in (
        "  messages [ChatCompletionRequestMessage, ...]\n",
        "(required; at least 1 item)",
        "(default 1; at least 0; at most 2)",
        "Deprecated: use tool_choice.",
        "  reply CreateChatCompletionResponse\n",
        "  with stream=True Stream[CreateChatCompletionStreamResponse]\n",
        "  429 RateLimitError ErrorResponse\n",
        "  reply = client.chat.create_chat_completion(\n",
        "  typed-openai call chat.create_chat_completion \\\n",
    ):
        assert said in shown
    assert shown.endswith("\nhttps://platform.openai.com/docs/api-reference/chat/create\n")


def test_a_path_is_all_operations_on_it_and_placeholders_have_any_name(explain: Explain) -> None:
    shown = explain("/files/{id}")
    assert "  files.delete_file DELETE /files/{file_id}\n" in shown
    assert "  files.retrieve_file GET /files/{file_id}\n" in shown
    assert explain("GET", "/files/{anything}").startswith("files.retrieve_file  GET")


def test_an_operation_tells_its_pages_and_its_admin_key(explain: Explain) -> None:
    assert "paginate(client.files.list_files)" in explain("files.list_files")
    assert "It needs an admin key." in explain("organization.list_projects")
    assert "admin key" not in explain("files.list_files")


def test_components_are_fields_alternatives_or_values(explain: Explain) -> None:
    assert re.search(r"\nFields\n.*\n  messages \[", explain("CreateChatCompletionRequest"), re.DOTALL)
    assert "\nOne of\n  ChatCompletionRequestDeveloperMessage\n" in explain("ChatCompletionRequestMessage")
    shown = explain("ReasoningEffort")
    assert "\nValues\n  none\n  minimal\n" in shown
    assert "\nUsed by\n  assistants.create_assistant\n" in shown


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("chat.create_chat_completion.temperature", "Default 1; at least 0; at most 2."),
        ("createChatCompletion.response_format.json_schema", "Fields of ResponseFormatJsonSchemaJsonSchema"),
        ("CreateChatCompletionRequest.messages.content", "In 9 types\n"),
        (
            "CreateChatCompletionRequest.messages.ChatCompletionRequestToolMessage.content",
            "  string|[ChatCompletionRequestToolMessageContentPart, ...]\n",
        ),
        ("createChatCompletion.model", "  gpt-4o-mini\n"),
    ],
)
def test_a_field_is_found_as_deep_as_it_lies(explain: Explain, path: str, said: str) -> None:
    assert said in explain(path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("createChatCompletion.temprature",),
            'chat.create_chat_completion has no "temprature"; did you mean "temperature"?',
        ),
        (("chat.creat_chat_completion",), 'did you mean "chat.create_chat_completion"?'),
        (("creat_chat_completion",), "did you mean chat.create_chat_completion?"),
        (("CreateChatCompletionReqest",), "did you mean CreateChatCompletionRequest?"),
        (("qqqqqqqqqq",), 'nothing in the API is named "qqqqqqqqqq"'),
        (("--search", "files", "qqqqqqqqqq"), 'nothing in the API is named "files qqqqqqqqqq"'),
        (("GET", "/no/such/path"), 'nothing in the API is named "GET /no/such/path"'),
    ],
)
def test_what_is_not_there_is_told_with_what_is_nearest(
    explain: Explain, words: tuple[str, ...], said: str
) -> None:
    assert said in explain(*words, status=1)


def test_words_that_are_no_name_are_searched_in_names_paths_and_sentences(explain: Explain) -> None:
    shown = explain("vector", "STORE", "batch")
    assert "  vector_stores.create_vector_store_file_batch POST " in shown
    assert shown == explain("--search", "vector", "STORE", "batch")
    assert "files.create_file POST /files" in explain("--search", "upload a file for later")
    assert "chat.create_chat_completion POST" in explain("--search", "chat/completions")
    # A name is also found in another case.
    assert explain("createchatcompletionrequest").startswith("CreateChatCompletionRequest  ")


def test_machines_get_json(explain: Explain) -> None:
    page: dict[str, Any] = json.loads(explain("createChatCompletion", "--json"))
    assert (page["kind"], page["name"]) == ("operation", "chat.create_chat_completion")
    arguments = {one["name"]: one for one in page["arguments"]}
    assert arguments["messages"]["required"] is True
    assert (arguments["temperature"]["default"], arguments["temperature"]["bounds"]) == (
        1,
        ["at least 0", "at most 2"],
    )
    assert arguments["functions"]["deprecated"] == "tools"
    assert "gpt-4o-mini" in arguments["model"]["values"]
    compile(page["python"], "example", "exec")
    assert [one["name"] for one in json.loads(explain("--json"))["groups"]] == [*packaged().groups]
    found = json.loads(explain("--json", "--search", "embedding"))
    assert "embeddings.create_embedding" in [one["name"] for one in found["operations"]]


@pytest.mark.parametrize("group", packaged().groups)
def test_every_operation_and_every_argument_has_a_page(group: str) -> None:
    describer, paper = Describer(packaged()), Paper(80)
    assert list(page_lines(describer.group(group), paper))
    for name in packaged().groups[group]:
        operation = packaged().operation(group, name)
        text = "\n".join(page_lines(describer.operation(operation), paper))
        for one in operation.arguments:
            assert f"\n  {one.name} " in text or f"\n  {one.name}\n" in text
            thing = find(packaged(), f"{operation.qualified_name}.{one.name}")
            assert isinstance(thing, Inside)
            assert describer.found(thing.path, thing.meanings).head or not one.schema


@pytest.mark.slow(seconds=1)
def test_every_component_and_every_field_has_a_page() -> None:
    describer, paper = Describer(packaged()), Paper(None)
    for name, component in packaged().components.items():
        text = "\n".join(page_lines(describer.component(name), paper))
        assert text.startswith(name)
        fields = component.schema.fields if isinstance(component.schema, Object) else ()
        for one in fields:
            assert f"\n  {one.name} " in text, f"{name}.{one.name}"


def test_another_apis_description_is_read_with_its_whole_prose(explain: Explain, small: str) -> None:
    shown = explain("--spec", small, "getThing")
    assert "Get a thing.\n\nGives the [2Jthing.\n\n- kept on\n- its own lines\n\nAnd wrapped.\n" in shown
    assert f'client = Client(spec="{small}")' in shown
    assert "typed-openai call" not in shown
    assert explain("--spec", small).startswith("Small[31m API  1, 2 operations")
    assert "There are many of them." in explain("--spec", small, "Thing")
    assert "Deprecated." in explain("--spec", small, "deleteThing")
    assert "things.get_thing" in explain("--spec", small, "--search", "get a thing")


def test_a_field_of_a_type_that_holds_itself_is_found(explain: Explain, small: str) -> None:
    deep = "Thing" + ".parts" * 5 + ".kind"
    assert explain("--spec", small, deep).startswith(f"{deep}  big|small\nHow big it is.\n\nRequired; ")
    shown = explain("--spec", small, "Thing.more.kind")
    assert "  Thing.kind big|small\n" in shown
    assert "  Other.kind string\n          at most 9 characters\n          Deprecated.\n" in shown


def test_a_description_that_is_not_there_is_one_clear_error(explain: Explain, tmp_path: Path) -> None:
    assert "nowhere.yaml" in explain("--spec", str(tmp_path / "nowhere.yaml"), status=2)


def test_what_the_page_on_the_command_line_asks_is_answered(explain: Explain) -> None:
    page = (Path(__file__).parents[2] / "docs" / "command-line.md").read_text(encoding="utf-8")
    asked = re.findall(r"^typed-openai explain (.*)$", page, re.MULTILINE)
    assert len(asked) >= 5
    for words in asked:
        assert explain(*shlex.split(words))


def test_a_pipe_gets_plain_lines_of_any_length() -> None:
    done = subprocess.run([COMMAND, "explain", "createEmbedding"], capture_output=True, text=True, check=True)
    assert "\x1b" not in done.stdout
    (line,) = [one for one in done.stdout.splitlines() if "Text to embed" in one or "embed:" in one][:1]
    assert line.endswith(")")


def test_a_pipe_that_is_closed_early_ends_it_quietly() -> None:
    explaining = subprocess.Popen(
        [COMMAND, "explain", "--search", "e"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert explaining.stdout is not None
    assert explaining.stderr is not None
    explaining.stdout.close()
    assert explaining.wait(60) == 141
    assert explaining.stderr.read() == b""
    explaining.stderr.close()


def on_terminal(columns: int, **environment: str) -> str:
    """Return a page as a terminal with that many columns shows it."""
    ours, theirs = pty.openpty()
    kept = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    explaining = subprocess.Popen(
        [COMMAND, "explain", "createEmbedding"],
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
        env={**kept, "TERM": "xterm", "COLUMNS": str(columns), **environment},
    )
    os.close(theirs)
    shown = b""
    while select.select([ours], [], [], 60)[0]:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # raised by Linux when the other side is closed
            break
        if not piece:
            break
        shown += piece
    assert explaining.wait(60) == 0
    os.close(ours)
    return shown.decode()


def test_a_terminal_gets_colours_and_its_width() -> None:
    shown = on_terminal(60)
    assert "\x1b[1membeddings.create_embedding\x1b[0m" in shown
    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert max(len(line) for line in plain.splitlines() if "http" not in line) <= 60


def test_colours_can_be_refused_and_forced() -> None:
    assert "\x1b" not in on_terminal(80, NO_COLOR="1")
    assert "\x1b" not in on_terminal(80, TERM="dumb")
    done = subprocess.run(
        [COMMAND, "explain", "chat"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "FORCE_COLOR": "1", "NO_COLOR": ""},
    )
    assert "\x1b[1m" in done.stdout


def test_control_characters_of_a_description_reach_nobody() -> None:
    assert harmless("a\x1b[31mb\x07\x9b\u202ec\r\nd\te\ud800\x00") == "a[31mbc\nd   e"
    assert harmless("\u0645\u06cc\u200c\u062e 👩\u200d💻") == "\u0645\u06cc\u200c\u062e 👩\u200d💻"


def test_prose_keeps_its_lists_and_code_and_is_wrapped_elsewhere() -> None:
    text = (
        "One two\nthree four five.\n\n- first item of it\n  more\n\n```\ncode   kept   as it   is\n```\nend"
    )
    assert "\n".join(Paper(16).prose(text)).splitlines() == [
        "One two three",
        "four five.",
        "",
        "- first item of",
        "  it",
        "more",
        "",
        "```",
        "code   kept   as it   is",
        "```",
        "end",
    ]


def test_what_is_not_published_yet_is_told_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    told = {
        "agents.create_agent": "Not yet in the published description; known from the official Python client",
        "evals.cancel_eval_run": "which has it as POST /evals/{eval_id}/runs/{run_id}; known from",
        "AgentSession": "Not yet in the published description; known from the official Python client",
        "CreateImageRequest.svg": "Not yet in the published description.",
        "organization.usage_costs": "line items. (not yet in the published description)",
        "images.create_image": "Settings for an image in SVG. (not yet in the published description)",
    }
    for name, text in told.items():
        assert cli.main(["explain", name]) == 0
        assert text in capsys.readouterr().out
    assert cli.main(["explain", "chat.create_chat_completion"]) == 0
    assert "published" not in capsys.readouterr().out
