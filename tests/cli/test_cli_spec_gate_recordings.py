"""``typed-openai spec gate --recordings``: recorded calls that an update contradicts, with their lines."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from typed_openai import Client
from typed_openai.cli.spec.recordings import judged_recordings
from typed_openai.testing import cassette, serve
from typed_openai_spec.compile import index_files
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Api, Array, Field, Object, Operation, Schema

pytestmark = pytest.mark.slow(seconds=15)

COMMAND = Path(sys.executable).with_name("typed-openai")


def calls(client: Client) -> None:
    client.responses.create_response("Hello", "gpt-4o-mini", temperature=0.5)
    list(client.responses.create_response("Hello", "gpt-4o-mini", stream=True))
    client.embeddings.create_embedding(["one", "two"], "text-embedding-3-small")
    client.files.create_file(("a.txt", b"text"), "assistants")
    client.files.list_files(limit=10, order="asc")
    client.models.delete_model("ft:gpt-4o-mini:acme")
    client.audio.create_speech("Hi", "tts-1", "alloy").read()


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two cassettes of the same calls, and other files."""
    folder = tmp_path_factory.mktemp("cassettes")
    with serve() as server:
        for name in ("a", "b"):
            with cassette(folder / "tests" / f"{name}.jsonl"):
                calls(Client(api_key="sk-0123456789abcdef", base_url=server.base_url))
    (folder / "tests" / "data.jsonl").write_text('{"prompt": "x"}\n')
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "c.jsonl").write_text('{"cassette": 1}\nbroken\n')
    return folder


def changed_component(api: Api, name: str, change: Callable[[Object], Schema]) -> Api:
    component = api.components[name]
    assert isinstance(component.schema, Object)
    return replace(
        api, components={**api.components, name: replace(component, schema=change(component.schema))}
    )


def changed_field(schema: Object, name: str, change: Callable[[Field], Field | None]) -> Object:
    fields = (change(one) if one.name == name else one for one in schema.fields)
    return replace(schema, fields=tuple(one for one in fields if one is not None))


def changed_operation(api: Api, name: str, change: Callable[[Operation], Operation | None]) -> Api:
    changed = (change(one) if one.qualified_name == name else one for one in api.operations)
    return replace(api, operations=tuple(one for one in changed if one is not None))


def of_numbers(field: Field) -> Field:
    """Return the field with a number in place of an array."""
    return replace(field, schema=packaged().components["Embedding"].schema)


API = packaged().api()


def test_an_update_that_changes_nothing_contradicts_nothing(recordings: Path) -> None:
    found = judged_recordings(recordings, API, API)
    assert (found.total, found.contradicted, found.in_both, found.unknown) == (14, 0, 0, 0)
    assert found.summary == "this update contradicts none of your 14 recordings"


def test_a_reply_that_no_longer_fits_is_named_by_its_place(recordings: Path) -> None:
    new = changed_component(API, "OutputTextContent", lambda it: changed_field(it, "annotations", of_numbers))
    found = judged_recordings(recordings, API, new)
    assert found.contradicted == 4
    assert "output[].content[].annotations" in found.places
    first = found.findings[0]
    assert (first.file, first.line) == (str(recordings / "tests" / "a.jsonl"), 3)
    assert first.code == "recorded-reply"
    assert first.text == (
        "responses.create_response: reply: output[0].content[0].annotations: expected object, got array"
    )


def test_an_event_is_named_with_its_own_line(recordings: Path) -> None:
    new = changed_component(API, "ResponseTextDeltaEvent", lambda it: changed_field(it, "delta", of_numbers))
    found = judged_recordings(recordings / "tests" / "a.jsonl", API, new)
    assert (found.total, found.contradicted, found.places) == (7, 1, ("delta",))
    (finding,) = found.findings
    line = (recordings / "tests" / "a.jsonl").read_text().splitlines()[finding.line - 1]
    assert json.loads(line)["event"] == "response.output_text.delta"


def test_a_field_that_a_reply_lacks_is_found(recordings: Path) -> None:
    missing = Field("checksum", Array(packaged().components["Embedding"].schema), required=True)
    new = changed_component(API, "OpenAIFile", lambda it: replace(it, fields=(*it.fields, missing)))
    found = judged_recordings(recordings, API, new)
    assert found.places == ("checksum", "data[].checksum")
    assert found.contradicted == 4


def test_a_request_that_would_be_refused_is_found(recordings: Path) -> None:
    def narrower(operation: Operation) -> Operation:
        arguments = tuple(one for one in operation.arguments if one.name != "order")
        return replace(operation, arguments=arguments)

    found = judged_recordings(recordings, API, changed_operation(API, "files.list_files", narrower))
    assert (found.contradicted, found.places) == (2, ("order (request)",))
    assert found.findings[0].text == "files.list_files: request: order: unknown parameter"


def test_an_operation_that_is_gone_is_found(recordings: Path) -> None:
    new = changed_operation(API, "models.delete_model", lambda it: None)
    found = judged_recordings(recordings, API, new)
    assert (found.contradicted, found.places) == (2, ("DELETE /models/{model}",))


def test_what_contradicts_both_descriptions_is_counted_only(recordings: Path) -> None:
    wrong = changed_component(
        API, "OutputTextContent", lambda it: changed_field(it, "annotations", of_numbers)
    )
    found = judged_recordings(recordings, wrong, wrong)
    assert (found.contradicted, found.in_both, found.findings) == (0, 4, ())
    assert found.summary.endswith("; 4 recordings contradicted the description before it, too")


def test_an_operation_that_moved_under_another_base_url_is_the_same(recordings: Path, tmp_path: Path) -> None:
    text = (recordings / "tests" / "a.jsonl").read_text()
    gateway = tmp_path / "gateway.jsonl"
    gateway.write_text(text.replace("/v1/", "/acme/openai/v9/"))
    assert judged_recordings(gateway, API, API).summary.endswith("none of your 7 recordings")


def test_calls_of_no_operation_are_counted(recordings: Path, tmp_path: Path) -> None:
    text = (recordings / "tests" / "a.jsonl").read_text()
    other = tmp_path / "other.jsonl"
    other.write_text(text.replace("/v1/models/", "/v1/other/").replace("models.delete_model", ""))
    found = judged_recordings(other, API, API)
    assert found.unknown == 1
    assert found.summary.endswith("none of your 7 recordings; 1 recording of no known operation")


def test_a_request_that_the_server_refused_is_not_judged(tmp_path: Path) -> None:
    path = tmp_path / "refused.jsonl"
    with serve() as server, cassette(path):
        client = Client(api_key="sk-0123456789abcdef", base_url=server.base_url)
        with pytest.raises(Exception, match="400"):
            client.request("POST", "/embeddings", json={"modle": "m"})
    found = judged_recordings(path, API, API)
    assert (found.total, found.in_both) == (1, 0)


def test_removed_credentials_fit_anything(recordings: Path, tmp_path: Path) -> None:
    text = (recordings / "tests" / "a.jsonl").read_text()
    scrubbed = tmp_path / "scrubbed.jsonl"
    scrubbed.write_text(text.replace('"text-embedding-3-small"', '"[key]"'))

    def numbered(schema: Object) -> Object:
        return changed_field(schema, "model", of_numbers)

    new = changed_component(API, "CreateEmbeddingResponse", numbered)
    assert judged_recordings(scrubbed, API, new).contradicted == 0
    assert judged_recordings(recordings / "tests" / "a.jsonl", API, new).contradicted == 1


def run(*words: object) -> subprocess.CompletedProcess[str]:
    command = [str(COMMAND), "spec", "gate", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def updated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The index of an API whose annotations are no arrays."""
    folder = tmp_path_factory.mktemp("updated")
    new = changed_component(API, "OutputTextContent", lambda it: changed_field(it, "annotations", of_numbers))
    for name, text in index_files(new).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_command_prints_places_with_their_lines_and_a_summary(recordings: Path, updated: Path) -> None:
    done = run("--recordings", recordings, updated)
    assert done.returncode == 1, done.stderr
    *lines, summary = done.stdout.splitlines()
    assert lines[0] == (
        f"{recordings}/tests/a.jsonl:3: contradicts: responses.create_response: reply:"
        " output[0].content[0].annotations: expected object, got array  [recorded-reply]"
    )
    assert summary.startswith("this update contradicts 4 of your 14 recordings, at ")
    assert "output[].content[].annotations" in summary
    assert "breaks" not in done.stdout


def test_the_command_reports_for_programs(recordings: Path, updated: Path) -> None:
    printed: Any = json.loads(run("--recordings", recordings, "--output", "json", updated).stdout)
    found = printed["recordings"]
    assert (found["total"], found["contradicted"], printed["breaks"]) == (14, 4, [])
    assert found["contradictions"][0]["line"] == 3
    lines = run("--recordings", recordings, "--output", "github", updated).stdout.splitlines()
    assert lines[0].startswith("::error file=")
    assert "line=3,title=recorded-reply::responses.create_response: reply: " in lines[0]


def test_code_is_checked_too_if_there_are_paths(recordings: Path, updated: Path, tmp_path: Path) -> None:
    (tmp_path / "code.py").write_text("from typed_openai import Client\nClient().models.list_models()\n")
    done = run("--recordings", recordings, updated, "--", tmp_path / "code.py")
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[0] == "the update breaks 0 lines and deprecates 0 lines"
    assert done.stdout.splitlines()[-1].startswith("this update contradicts 4 of your 14 recordings")


def test_what_cannot_be_read_is_an_error(recordings: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_text('{"cassette": 1}\n{"request": {}}\n')
    (tmp_path / "empty").mkdir()
    for place, said in (
        (tmp_path / "missing", "no such file or folder"),
        (tmp_path / "empty", "no cassette; expected files that begin with"),
        (damaged, "damaged.jsonl:2: request.method: required, but missing"),
    ):
        done = run("--recordings", place, "packaged")
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
