"""The user's options, and the error messages for mistakes in them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from typed_openai_mypy import cache_keys, config
from typed_openai_mypy.cache_keys import CacheKeys
from typed_openai_spec.index.reader import PACKAGED

if TYPE_CHECKING:
    from tests.plugin.conftest import RunMypy


_DISABLE = 'disable = ["openai-arg"]'


def write(path: Path, text: str) -> str:
    path.write_text(text)
    return str(path)


def test_without_a_file_nothing_is_switched_off() -> None:
    assert config.read(None) == config.Config()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("pyproject.toml", '[tool.typed_openai_mypy]\ndisable = ["openai-arg"]\n'),
        ("mypy.ini", "[mypy]\n[typed_openai_mypy]\ndisable = openai-arg\n"),
        ("setup.cfg", "[typed_openai_mypy]\ndisable =\n  openai-arg,\n"),
    ],
)
def test_codes_are_switched_off_in_any_file_that_mypy_reads(tmp_path: Path, name: str, text: str) -> None:
    assert config.read(write(tmp_path / name, text)).disable == {"openai-arg"}
    found = config.read(write(tmp_path / name, text.replace("disable", "warn")))
    assert found.warn == {"openai-arg"}
    assert found.disable == frozenset()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "pyproject.toml",
            "[tool.typed_openai_mypy]\nspec = 'api.yaml'\nunion_threshold = 9\n"
            "extra_fields = {Asked = ['top_k', 'min_p'], Other = {x = 'dict[str, int]', y = ''}}\n",
        ),
        (
            "mypy.ini",
            "[mypy]\n[typed_openai_mypy]\nspec = api.yaml\nunion_threshold = 9\n"
            "extra_fields = Asked.top_k, Asked.min_p\n  Other.x: dict[str, int], Other.y\n",
        ),
    ],
)
def test_all_options_are_read_in_both_forms(tmp_path: Path, name: str, text: str) -> None:
    write(tmp_path / "api.yaml", "openapi: 3.1.0\n")
    found = config.read(write(tmp_path / name, text))
    assert found.spec == tmp_path / "api.yaml"
    assert found.union_threshold == 9
    assert found.extra_fields == {
        "Asked": {"top_k": "", "min_p": ""},
        "Other": {"x": "dict[str, int]", "y": ""},
    }


def test_every_option_changes_the_fingerprint_but_the_description_which_has_its_own() -> None:
    plain = config.Config().fingerprint()
    assert config.Config(disable=frozenset({"openai-arg"})).fingerprint() != plain
    assert config.Config(warn=frozenset({"openai-arg"})).fingerprint() != plain
    assert config.Config(extra_fields={"A": {"b": ""}}).fingerprint() != plain
    typed = config.Config(extra_fields={"A": {"b": "str"}}).fingerprint()
    assert typed != config.Config(extra_fields={"A": {"b": ""}}).fingerprint()
    assert config.Config(union_threshold=7).fingerprint() != plain


def test_the_original_of_a_copied_configuration_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TYPED_OPENAI_MYPY_CONFIG", write(tmp_path / "mypy.ini", "[mypy]\n"))
    write(tmp_path / "pyproject.toml", '[tool.typed_openai_mypy]\ndisable = ["openai-arg"]\n')
    assert config.read(str(tmp_path / "elsewhere" / "mypy.ini")).disable == {"openai-arg"}


def test_pyproject_beside_mypy_ini_is_read_too(tmp_path: Path) -> None:
    write(tmp_path / "pyproject.toml", '[tool.typed_openai_mypy]\ndisable = ["openai-arg"]\n')
    assert config.read(write(tmp_path / "mypy.ini", "[mypy]\n")).disable == {"openai-arg"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('disabel = ["openai-arg"]', ['unknown option "disabel"', 'did you mean "disable"?', _DISABLE]),
        ("colour = 3", ['unknown option "colour"', _DISABLE, 'spec = "openapi.yaml"', "union_threshold = 6"]),
        ('disable = ["openai-agr"]', ["'openai-agr' is not one of openai-absent, openai-arg", _DISABLE]),
        ("disable = 3", ["3 is not a list of error codes", _DISABLE]),
        (
            'warn = ["openai-limits"]',
            ["'openai-limits' is not one of openai-absent, openai-arg", 'warn = ["openai-limit"]'],
        ),
        ("warn = true", ["True is not a list of error codes", 'warn = ["openai-limit"]']),
        ('wran = ["openai-arg"]', ['unknown option "wran"', 'did you mean "warn"?']),
        (
            'warn = ["openai-arg", "openai-limit"]\ndisable = ["openai-limit"]',
            ["'openai-limit' is in disable and in warn; expected: in one of them"],
        ),
        ("spec = 3", ["3 is not a path", 'spec = "openapi.yaml"']),
        ('spec = "missing.yaml"', ["missing.yaml: no such file or folder", 'spec = "openapi.yaml"']),
        ("union_threshold = 0", ["0 is not a number of members, 1 or more", "union_threshold = 6"]),
        ("union_threshold = true", ["True is not a number of members"]),
        ("extra_fields = 3", ["3 is not a table of fields by component", 'Message = {reasoning = "str"}']),
        ("extra_fields = {A = []}", ["'A', '': not a component and a field"]),
        ("extra_fields = {A = [3]}", ["'A', 3: not a component and a field"]),
        ("extra_fields = {A = ['b c']}", ["'A', 'b c': not a component and a field"]),
        ("extra_fields = {A = {b = 3}}", ["A.b: 3 is not a type"]),
        ("extra_fields = {A = {b = 'list[str'}}", ["'list[str' is not a type"]),
        ("extra_fields = {A = {b = 'print()'}}", ["'print()' is not a type", 'reasoning = "str"']),
        ("extra_fields = {A = {b = 'tuple[str]'}}", ["'tuple[str]' is not a type"]),
    ],
)
def test_a_mistake_names_the_file_what_was_found_and_what_is_expected(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    path = write(tmp_path / "pyproject.toml", f"[tool.typed_openai_mypy]\n{text}\n")
    with pytest.raises(config.ConfigError) as caught:
        config.read(path)
    for word in [path, *words]:
        assert word in str(caught.value)


def test_a_section_that_is_no_table_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="must be a table"):
        config.read(write(tmp_path / "pyproject.toml", "[tool]\ntyped_openai_mypy = 3\n"))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("mypy.ini", "[typed-openai-mypy]", "[typed_openai_mypy]"),
        ("mypy.ini", "[typed_openai_mypi]", "[typed_openai_mypy]"),
        ("mypy.ini", "[tool.typed_openai_mypy]", "[typed_openai_mypy]"),
        ("pyproject.toml", "[tool.typed-openai-mypy]", "[tool.typed_openai_mypy]"),
        ("pyproject.toml", "[tool.typedopenai_mypy]", "[tool.typed_openai_mypy]"),
        ("pyproject.toml", "[typed_openai_mypy]", "[tool.typed_openai_mypy]"),
    ],
)
def test_a_misspelt_section_is_a_mistake(tmp_path: Path, name: str, text: str, expected: str) -> None:
    path = write(tmp_path / name, f"{text}\ndisable = []\n")
    with pytest.raises(config.ConfigError) as caught:
        config.read(path)
    assert str(caught.value) == f"{path}: {text}: unknown section; expected: {expected}"


@pytest.mark.parametrize("section", ["typed_openai", "mypy", "pydantic-mypy", "mypy-typed_openai_mypy"])
def test_sections_of_others_are_let_be(tmp_path: Path, section: str) -> None:
    assert config.read(write(tmp_path / "mypy.ini", f"[{section}]\nx = 1\n")) == config.Config()
    assert config.read(write(tmp_path / "pyproject.toml", f"[tool.{section}]\nx = 1\n")) == config.Config()


def test_a_mistake_stops_mypy_without_a_traceback(tmp_path: Path, run_mypy: RunMypy) -> None:
    (tmp_path / "example.py").write_text("x: int = 'a'\n")
    run = run_mypy(["example.py"], folder=tmp_path, options="[typed_openai_mypy]\ndisabel = openai-arg")
    assert run.status == 2
    assert 'unknown option "disabel"; did you mean "disable"?' in "\n".join(run.lines)
    assert "Traceback" not in run.stderr + "\n".join(run.lines)
    assert run.diagnostics[0].startswith("typed_openai_mypy: error: ")


@pytest.mark.slow(seconds=2)
@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("extra_fields = CreateChatCompletionRequst.top_k", 'did you mean "CreateChatCompletionRequest"?'),
        ("extra_fields = ChatCompletionRequestMessage.x", "expected its members: ChatCompletionRequestDev"),
        ("extra_fields = CompletionUsage.x: CompletionUsag", 'did you mean "CompletionUsage"?'),
        ("spec = api.yaml", "api.yaml: expected an OpenAPI 3.0 to 3.2 description"),
        ("spec = torn.json", "torn.json: not valid JSON"),
        ("spec = index", "api.json"),
        ("spec = lacking", "component_docs.json: no such file; expected a compiled API index"),
    ],
)
def test_what_only_the_description_tells_stops_mypy_too(
    tmp_path: Path, run_mypy: RunMypy, option: str, words: str
) -> None:
    write(tmp_path / "api.yaml", "swagger: 2\n")
    write(tmp_path / "torn.json", '{"openapi": ')
    (tmp_path / "index").mkdir()
    write(tmp_path / "index" / "api.json", '{"format": ')
    shutil.copytree(PACKAGED, tmp_path / "lacking", ignore=shutil.ignore_patterns("component_docs.json"))
    (tmp_path / "example.py").write_text("import typed_openai\n")
    run = run_mypy(["example.py"], folder=tmp_path, options=f"[typed_openai_mypy]\n{option}")
    assert run.status == 2
    (line,) = [line for line in run.lines if line.startswith("typed_openai_mypy: error: ")]
    assert words in line


EXTRAS = """\
from typed_openai import Client
from typed_openai.types import ChatCompletionRequestMessage as Message
from typed_openai.types import ChatCompletionRequestUserMessage as User

client, model = Client(), "m"
GOOD
hello: Message = {"role": "user", "content": "x", "cache_control": {}}
user: User = {"role": "user", "content": "x", "cache_control": {}}
messages = [hello]
messages.append({"role": "user", "content": "x", "cache_control": {}})
reply = client.chat.create_chat_completion(
    [{"role": "user", "content": "x", "cache_control": {}}], model, extra_body={"top_k": 3}
)
reply = client.request("POST", "/chat/completions", json={"model": model, "messages": messages, "top_k": 3})
reveal_type(reply["id"])
BAD
client.chat.create_chat_completion(messages, model, top_kk=3)
client.chat.create_chat_completion(messages, model, top_k=3)
client.call("createChatCompletion", messages, model, top_k=3)
client.chat.create_chat_completion([{"role": "system", "content": "x", "cache_control": {}}], model)
client.chat.create_chat_completion([{"role": "user", "contnt": "x", "cache_control": {}}], model)
user = {"role": "user", "content": 3, "cache_control": {}}
"""
TOLD = [
    'unexpected keyword "top_kk" for chat.create_chat_completion; did you mean "top_p"?',
    *['unexpected keyword "top_k" for chat.create_chat_completion; pass it in extra_body={"top_k": ...}'] * 2,
    'messages[0]: unknown key "cache_control" for ChatCompletionRequestSystemMessage',
    'messages[0]: unknown key "contnt" for ChatCompletionRequestUserMessage; did you mean "content"?',
    'user.content: expected "str | Sequence[ChatCompletionRequestUserMessageContentPart]", got "int"',
]


@pytest.mark.slow(seconds=2)
def test_extra_fields_are_accepted_where_they_are_allowed_and_nowhere_else(
    tmp_path: Path, run_mypy: RunMypy
) -> None:
    (tmp_path / "example.py").write_text(EXTRAS.replace("GOOD\n", "").replace("BAD\n", ""))
    allowed = "CreateChatCompletionRequest.top_k, ChatCompletionRequestUserMessage.cache_control"
    options = f"[typed_openai_mypy]\nextra_fields = {allowed}"
    revealed, *errors = run_mypy(["example.py"], folder=tmp_path, options=options).diagnostics
    assert revealed.endswith('Revealed type is "str"')
    assert [line.partition("error: ")[2] for line in errors] == [f"{one}  [openai-arg]" for one in TOLD]


READ = """\
from typed_openai import Client
from typed_openai.types import ChatCompletionResponseMessage as Message
from typed_openai.types import CompletionUsage

reply = Client().chat.create_chat_completion([{"role": "user", "content": "x"}], "m")
message = reply["choices"][0]["message"]


def thoughts(message: Message) -> str | None:
    if "reasoning_details" in message:
        print(message["reasoning_details"][0]["text"].upper())
    print(message["untyped"].upper())
    return message.get("reasoning")


print(message["reasoning"].upper(), message["reasonin"], thoughts(message))
usage: CompletionUsage = message["usage"]
made: Message = {"role": "assistant", "content": None, "refusal": None, "reasoning": 3}
"""
READ_OPTIONS = """\
[typed_openai_mypy]
extra_fields =
  ChatCompletionResponseMessage.reasoning: str, ChatCompletionResponseMessage.untyped
  ChatCompletionResponseMessage.reasoning_details: list[dict[str, str]] | None
  ChatCompletionResponseMessage.usage: CompletionUsage
"""
ABSENT = '{0}.{1} may be absent; use .get("{1}") or check "{1}" in {0} first  [openai-absent]'
READ_TOLD = [
    "11: message.reasoning_details may be None; "
    'check it first: if message["reasoning_details"] is not None  [openai-arg]',
    '12: "object" has no attribute "upper"  [attr-defined]',
    "12: " + ABSENT.format("message", "untyped"),
    "16: " + ABSENT.format("message", "reasoning"),
    '16: unknown key "reasonin" for ChatCompletionResponseMessage; did you mean "reasoning"?  [openai-arg]',
    "17: " + ABSENT.format("message", "usage"),
    '18: made.reasoning: expected "str", got "int"  [openai-arg]',
]


@pytest.mark.slow(seconds=5)
def test_extra_fields_are_read_with_their_types(tmp_path: Path, run_mypy: RunMypy) -> None:
    (tmp_path / "example.py").write_text(READ)

    def told(options: str) -> list[str]:
        run = run_mypy(["example.py"], folder=tmp_path, options=options, cache=tmp_path / "cache")
        found = (re.fullmatch(r"example\.py:(\d+):\d+: error: (.*)", one) for one in run.diagnostics)
        return [f"{one[1]}: {one[2]}" for one in found if one]

    assert told(READ_OPTIONS) == READ_TOLD
    assert 'unknown key "usage"' in " ".join(told(""))  # the cache of the run with the options is not used
    assert told(READ_OPTIONS) == READ_TOLD
    assert told(READ_OPTIONS) == READ_TOLD


STRANGER = """\
openapi: 3.1.0
info: {title: A gateway, version: "1"}
paths:
  /embeddings:
    post:
      operationId: createEmbedding
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [input, model]
              properties:
                input: {type: string, maxLength: 3}
                model: {type: string}
      responses: {"200": {description: done, content: {application/json: {schema: {type: object}}}}}
  /rerank:
    post:
      operationId: rerank
      responses: {"200": {description: done, content: {application/json: {schema: {type: object}}}}}
"""
STRANGE_CALLS = """\
from typed_openai import Client

client = Client()
client.embeddings.create_embedding("hello", "m")
client.call("rerank")
client.call("rerankk")
"""


@pytest.mark.slow(seconds=3)
def test_another_description_is_what_calls_are_held_against(tmp_path: Path, run_mypy: RunMypy) -> None:
    (tmp_path / "example.py").write_text(STRANGE_CALLS)
    environment = {"TYPED_OPENAI_CACHE": str(tmp_path / "compiled")}

    def told(options: str = "[typed_openai_mypy]\nspec = api.yaml") -> list[str]:
        run = run_mypy(
            ["example.py"],
            folder=tmp_path,
            options=options,
            cache=tmp_path / "cache",
            environment=environment,
        )
        return [line.partition("error: ")[2] for line in run.diagnostics]

    write(tmp_path / "api.yaml", STRANGER)
    unknown = 'the API has no operation "rerankk"; did you mean "rerank"?  [openai-arg]'
    assert told() == ["input: expected at most 3 characters, got 5  [openai-limit]", unknown]
    write(tmp_path / "api.yaml", STRANGER.replace("maxLength: 3", "maxLength: 4"))
    assert told() == ["input: expected at most 4 characters, got 5  [openai-limit]", unknown]
    assert len(list((tmp_path / "compiled").iterdir())) == 2
    assert told("") == [
        'the API has no operation "rerank"  [openai-arg]',
        'the API has no operation "rerankk"  [openai-arg]',
    ]


@pytest.mark.slow(seconds=2)
def test_a_path_is_the_operation_that_the_client_sends_it_as(tmp_path: Path, run_mypy: RunMypy) -> None:
    body = "requestBody: {content: {application/json: {schema: {type: object}}}},"
    tail = "responses: {'204': {description: done}}"
    paths = (
        f"  /files/{{x}}/c: {{post: {{operationId: createFile, {body} {tail}}}}}\n"
        f"  /files/b/{{y}}: {{post: {{operationId: deleteFile, {tail}}}}}\n"
    )
    write(tmp_path / "api.yaml", STRANGER + paths)
    lines = [f'Client().request("POST", "/files/{one}/c", json={{"k": 1}})' for one in ("b", "d")]
    (tmp_path / "example.py").write_text("\n".join(["from typed_openai import Client", *lines]))
    run = run_mypy(
        ["example.py"],
        folder=tmp_path,
        options="[typed_openai_mypy]\nspec = api.yaml",
        cache=tmp_path / "cache",
        environment={"TYPED_OPENAI_CACHE": str(tmp_path / "compiled")},
    )
    assert [line.partition(":2:")[2] for line in run.diagnostics] == [
        "45: error: json: POST /files/b/{y} takes no body  [openai-arg]"
    ]


def test_the_cache_key_covers_every_module_that_judges_by_a_description(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, module = tmp_path / "packaged", tmp_path / "validation" / "rules.py"
    for folder in (index, module.parent):
        folder.mkdir()
    (index / "api.json").write_bytes((PACKAGED / "api.json").read_bytes())
    monkeypatch.setattr(cache_keys, "_SPEC", tmp_path)
    module.write_text("LIMIT = 1")
    before = CacheKeys(config.Config(), {}).of_package("typed_openai")
    module.write_text("LIMIT = 2")
    assert CacheKeys(config.Config(), {}).of_package("typed_openai") != before
