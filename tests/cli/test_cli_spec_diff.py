"""``typed-openai spec diff``: the output formats of changes, and the exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from textwrap import dedent

import jsonschema
import pytest

from typed_openai import cli
from typed_openai.cli.spec import change_reports as changes
from typed_openai.cli.spec.locations import read_place
from typed_openai_spec.comparison import SEVERITIES, Change, compare

OLD = """\
    openapi: 3.1.0
    info: {title: Small, version: '1'}
    servers: [{url: https://api.test}]
    paths:
      /things:
        get:
          operationId: listThings
          parameters:
            - {name: limit, in: query, schema: {type: integer, maximum: 9}}
            - {name: colour, in: query, schema: {type: string, enum: [red, blue]}}
          responses: {}
"""
NEW = OLD.replace("maximum: 9", "maximum: 5").replace("[red, blue]", "[red, blue, green]")

_COUNTS: dict[str, object] = {one: {"type": "integer", "minimum": 0} for one in SEVERITIES}
FORM = {
    "type": "object",
    "additionalProperties": False,
    "required": [*SEVERITIES, "changes"],
    "properties": {
        **_COUNTS,
        "changes": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["severity", "kind", "subject", "place", "text", "why", "operations"],
                "properties": {
                    "severity": {"enum": [*SEVERITIES]},
                    "kind": {"enum": ["added", "removed", "renamed", "changed"]},
                    "subject": {"type": "string", "minLength": 1},
                    "place": {"type": "string", "minLength": 1},
                    "text": {"type": "string", "minLength": 1},
                    "why": {"type": "string"},
                    "operations": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    paths = tmp_path / "old.yaml", tmp_path / "new.yaml"
    for path, text in zip(paths, (OLD, NEW), strict=True):
        path.write_text(dedent(text))
    return str(paths[0]), str(paths[1])


def test_text_has_headings_and_the_worst_first(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["spec", "diff", *files]) == 0
    assert capsys.readouterr().out == dedent("""\
        Breaking:
          things.list_things(limit): at most 9 became 5: requests that were accepted may be rejected

        Compatible:
          things.list_things(colour): 'green' added

        2 changes: 1 breaking, 1 compatible
        """)


def test_markdown_is_a_list_under_headings(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["spec", "diff", *files, "--format", "markdown"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "## Breaking",
        "",
        "- `things.list_things(limit)`: at most 9 became 5: requests that were accepted may be rejected",
    ]


def test_json_has_the_form_that_is_documented(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["spec", "diff", *files, "--format", "json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    jsonschema.validate(printed, FORM)
    assert [one["place"] for one in printed["changes"]] == [
        "things.list_things(limit)",
        "things.list_things(colour)",
    ]
    assert (printed["breaking"], printed["compatible"]) == (1, 1)


def test_the_exit_status_is_1_only_where_something_breaks_and_it_is_asked_for(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = files
    assert cli.main(["spec", "diff", old, new, "--exit-code"]) == 1
    assert cli.main(["spec", "diff", old, old, "--exit-code"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no changes"
    assert cli.main(["spec", "diff", new, old, "--exit-code", "--breaking-only"]) == 1
    assert "'green' removed" in capsys.readouterr().out


def test_only_what_breaks_can_be_asked_for(
    files: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["spec", "diff", *files, "--breaking-only"])
    out = capsys.readouterr().out
    assert "limit" in out
    assert "colour" not in out


@pytest.mark.parametrize("text", ["", "openapi: [", "openapi: 3.1.0\npaths: 3\n"])
def test_a_description_that_cannot_be_read_is_an_error(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text(text)
    assert cli.main(["spec", "diff", files[0], str(broken)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "broken.yaml" in printed.err
    assert cli.main(["spec", "diff", "missing.yaml", files[0]]) == 2
    assert "missing.yaml: no such file" in capsys.readouterr().err


@pytest.mark.slow(seconds=2)
def test_the_packaged_description_is_compared_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["spec", "diff", "packaged", "packaged", "--exit-code"]) == 0
    assert capsys.readouterr().out == "no changes\n"


@pytest.mark.slow(seconds=2)
def test_overrides_can_be_given_and_are_missed_aloud(
    files: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, _ = files
    assert cli.main(["spec", "diff", "packaged", old, "--breaking-only"]) == 0
    said = f"{old}: no overrides are applied, unlike to packaged; "
    assert capsys.readouterr().err.startswith(said)
    entry = "- {why: w, patch: {paths: {/things: {get: {x-typed: {name: every}}}}}}\n"
    (tmp_path / "overrides").mkdir()
    (tmp_path / "overrides" / "names.yaml").write_text(entry)
    assert cli.main(["spec", "diff", old, old, "--overrides", str(tmp_path / "overrides")]) == 0
    assert capsys.readouterr() == ("no changes\n", "")
    given = ["--overrides", str(tmp_path / "overrides")]
    assert cli.main(["spec", "diff", old, "packaged", *given]) == 0
    printed = capsys.readouterr()
    assert "things.every: GET https://api.test/things removed" in printed.out or "things.every" in printed.out
    assert printed.err == ""
    assert cli.main(["spec", "diff", old, old, "--overrides", "none"]) == 0
    assert capsys.readouterr() == ("no changes\n", "")


@pytest.mark.slow(seconds=4)
def test_operations_are_told_before_components() -> None:
    old = read_place(str(Path(__file__).parents[2] / "spec" / "openai")).api
    operations = tuple(one for one in old.operations if one.group != "videos")
    components = {name: one for name, one in old.components.items() if name != "Batch"}
    found = compare(old, replace(old, operations=operations, components=components))
    subjects = [one.subject for one in found if one.severity == "breaking"]
    assert set(subjects) == {"operation", "component"}
    assert subjects == sorted(subjects, reverse=True)


def test_many_components_are_told_together_and_many_values_cut() -> None:
    gone = [Change("breaking", "removed", "component", f"Type{one}", "removed", "gone") for one in range(7)]
    values = ", ".join(f"'v{one}'" for one in range(20))
    lost = Change("breaking", "removed", "value", "Thing.state", f"{values} removed", "refused")
    for form, start in ((changes.text, "  "), (changes.markdown, "- ")):
        printed = form([*gone, lost])
        assert f"{start}7 components removed, the types of these names are gone:" in printed
        assert printed.count("Type6") == 1
        assert "'v5' and 14 more removed: refused" in printed
    assert "'v19'" in changes.as_json([lost])


def test_the_same_change_of_many_replies_is_told_once() -> None:
    text = "status 429 (application/json) is documented now"
    found = [Change("compatible", "added", "reply", f"a.op{one}()", text) for one in range(6)]
    places = "a.op0(), a.op1(), a.op2(), a.op3(), a.op4(), a.op5()"
    assert f"  {text}, in 6 places:\n    {places}\n" in changes.text(found)
    assert changes.text(found[:2]).count(text) == 2
    assert changes.markdown(found).count("429") == 1
    assert changes.as_json(found).count("429") == 6


def test_a_few_components_are_told_each() -> None:
    gone = [Change("breaking", "removed", "component", f"Type{one}", "removed", "gone") for one in range(3)]
    assert "  Type1: removed: gone\n" in changes.text(gone)


def test_a_long_list_of_operations_is_cut_and_documentation_counted() -> None:
    names = tuple(f"a.op{number}" for number in range(6))
    found = [
        Change("risky", "added", "value", "Thing.state", "'x' added", operations=names),
        Change("compatible", "changed", "documentation", "Thing", "documentation changed"),
    ]
    printed = changes.text(found)
    assert "  Thing.state: 'x' added [a.op0, a.op1, a.op2, a.op3 and 2 more]\n" in printed
    assert "documentation changed" not in printed
    assert printed.endswith("2 changes: 1 risky, 1 of documentation\n")


def test_text_of_a_description_neither_formats_nor_hides_anything() -> None:
    hostile = Change("breaking", "added", "field", "A.x`y", "a\x1b[2J*b*\u202e<i>\n# c", "")
    line = changes.text([hostile]).splitlines()[1]
    assert line == "  A.x`y: a\\x1b[2J*b*\\u202e<i>\\n# c"
    (item,) = [one for one in changes.markdown([hostile]).splitlines() if one.startswith("- ")]
    assert item == "- `` A.x`y ``: a\\x1b\\[2J\\*b\\*\\u202e\\<i\\>\\n\\# c"
