"""The sources of documentation: own sentences, the glossary, inheritance, the description's prose."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from typed_openai_spec.compile import Built, build, index_files
from typed_openai_spec.docs.first_sentences import LONGEST, first_sentence
from typed_openai_spec.index.reader import Index
from typed_openai_spec.model import Api, Object
from typed_openai_spec.problems import DescriptionError

DESCRIPTION = """
openapi: 3.1.0
info: {title: Small, version: '1'}
paths:
  /things:
    post:
      operationId: makeThing
      description: "Makes a thing. It takes a while."
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/NewThing'}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    NewThing:
      type: object
      properties:
        name: {type: string, description: The vendor's name.}
        size: {type: object, properties: {x: {type: integer}}}
    Thing:
      description: "A thing.\\n\\nThere are many."
      type: object
      properties:
        id: {type: string}
        name: {type: string, description: "Its name, e.g. Bob. Not unique."}
        parts: {type: array, items: {type: object, properties: {id: {type: string}}}}
    BetaThing:
      type: object
      properties: {id: {type: string}, name: {type: string}}
    Pet:
      oneOf:
        - {type: object, title: Cat, properties: {kind: {const: cat}}}
        - {type: object, title: Dog, properties: {kind: {const: dog}}}
"""


def _built(folder: Path, **files: str) -> Built:
    (folder / "api.yaml").write_text(DESCRIPTION, encoding="utf-8")
    docs = folder / "overrides" / "docs"
    docs.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (docs / f"{name}.yaml").write_text(text, encoding="utf-8")
    return build(folder / "api.yaml", folder / "overrides")


def _field(api: Api, component: str, name: str) -> str:
    schema = api.components[component].schema
    assert isinstance(schema, Object)
    found = schema.field(name)
    assert found is not None
    return found.doc


def test_without_docs_the_descriptions_first_sentences_serve(tmp_path: Path) -> None:
    built = _built(tmp_path)
    api = built.api
    assert (api.operations[0].doc, api.operations[0].text) == (
        "Makes a thing.",
        "Makes a thing. It takes a while.",
    )
    assert (api.components["Thing"].doc, api.components["Thing"].text) == (
        "A thing.",
        "A thing.\n\nThere are many.",
    )
    assert _field(api, "Thing", "name") == "Its name, e.g. Bob."
    (name, size) = api.operations[0].arguments
    assert (name.doc, name.text, size.doc) == ("The vendor's name.", "", "")
    assert {one.origin for one in built.sources} == {"description", "none"}


def test_our_own_sentence_goes_before_all_others(tmp_path: Path) -> None:
    api = _built(
        tmp_path,
        components="Thing: Ours.\nBetaThing: Its own.\ninherit: [{prefix: Beta, why: Newer.}]",
        fields="glossary: {name: Any.}\ncomponents: {Thing: {name: This name.}, BetaThing: {name: That.}}",
    ).api
    assert (api.components["Thing"].doc, api.components["BetaThing"].doc) == ("Ours.", "Its own.")
    assert (_field(api, "Thing", "name"), _field(api, "BetaThing", "name")) == ("This name.", "That.")
    # The whole text is kept for interested readers.
    assert api.components["Thing"].text == "A thing.\n\nThere are many."


def test_the_glossary_goes_before_the_description(tmp_path: Path) -> None:
    api = _built(tmp_path, fields="glossary: {name: Any name., id: Its id.}").api
    assert _field(api, "Thing", "name") == _field(api, "NewThing", "name") == "Any name."
    assert _field(api, "ThingPartsItem", "id") == "Its id."


def test_a_component_takes_the_sentences_of_what_a_rule_likens_it_to(tmp_path: Path) -> None:
    built = _built(
        tmp_path,
        components="Thing: Ours.\ninherit: [{prefix: Beta, why: Newer.}]",
        fields="glossary: {name: Any name., id: Its id.}\ncomponents: {Thing: {name: This name.}}",
    )
    assert built.api.components["BetaThing"].doc == "Ours."
    assert _field(built.api, "BetaThing", "name") == "This name."
    assert _field(built.api, "BetaThing", "id") == "Its id."
    origins = {(one.owner, one.name): one.origin for one in built.sources}
    assert origins["", "BetaThing"] == "inherited"
    assert origins["BetaThing", "name"] == "inherited"
    assert origins["BetaThing", "id"] == "glossary"


def test_a_field_that_is_an_argument_has_the_arguments_sentence(tmp_path: Path) -> None:
    api = _built(
        tmp_path,
        parameters="glossary: {name: The new name., size: How big it is.}",
        fields="glossary: {name: Any name.}",
    ).api
    assert _field(api, "NewThing", "name") == "The new name."
    assert _field(api, "Thing", "name") == "Any name."
    # The unnamed object of the argument has it, too.
    assert api.components["NewThingSize"].doc == "How big it is."


def test_an_object_without_a_name_has_the_sentence_of_what_holds_it(tmp_path: Path) -> None:
    api = _built(tmp_path, fields="glossary: {parts: What it is made of.}", components="Pet: An animal.").api
    assert api.components["ThingPartsItem"].doc == "What it is made of."
    alternatives = [one for name, one in api.components.items() if name.startswith("Pet") and name != "Pet"]
    assert [one.doc for one in alternatives] == ["An animal.", "An animal."]


@pytest.mark.parametrize(
    ("file", "text", "named"),
    [
        ("operations", "makeThin: {summary: x}", "operations.yaml: makeThin"),
        ("parameters", "glossary: {nam: x}", "parameters.yaml: glossary: nam"),
        ("parameters", "operations: {makeThin: {name: x}}", "parameters.yaml: operations: makeThin"),
        ("parameters", "operations: {makeThing: {nam: x}}", "parameters.yaml: operations: makeThing: nam"),
        ("components", "Thin: x", "components.yaml: Thin"),
        ("components", "inherit: [{prefix: Alpha, why: x}]", "components.yaml: inherit: Alpha"),
        ("fields", "glossary: {nam: x}", "fields.yaml: glossary: nam"),
        ("fields", "components: {Thin: {name: x}}", "fields.yaml: components: Thin"),
        ("fields", "components: {Thing: {nam: x}}", "fields.yaml: components: Thing: nam"),
        ("fields", "components: {Pet: {kind: x}}", "fields.yaml: components: Pet: kind"),
    ],
)
def test_an_entry_that_is_about_nothing_is_an_error_that_names_it(
    tmp_path: Path, file: str, text: str, named: str
) -> None:
    with pytest.raises(DescriptionError) as caught:
        _built(tmp_path, **{file: text})
    assert str(caught.value).endswith(f"docs/{named}: documents nothing")


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("operations", "makeThing: {sumary: x}"),
        ("parameters", "glosary: {}"),
        ("components", "Thing: [x]"),
        ("components", "[]"),
        ("components", "inherit: [{prefix: Beta}]"),
        ("components", "inherit: [{why: x}]"),
        ("components", "inherit: [{why: x, prefix: ''}]"),
        ("components", "inherit: [Beta]"),
        ("fields", "glossary: {a: 1}"),
        ("fields", "components: {Thing: text}"),
        ("fields", "operations: {}"),
    ],
)
def test_a_malformed_entry_is_an_error_that_names_the_file(tmp_path: Path, file: str, text: str) -> None:
    with pytest.raises(DescriptionError, match=rf"{file}\.yaml: "):
        _built(tmp_path, **{file: text})


def test_a_call_reads_no_sentence_and_whole_texts_are_apart(tmp_path: Path) -> None:
    built = _built(tmp_path, fields="glossary: {id: Its id.}")
    files = index_files(built.api)
    for name, text in files.items():
        path = tmp_path / "index" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert Index(tmp_path / "index").api() == built.api
    needed = [text for name, text in files.items() if "docs" not in name and "texts" not in name]
    assert not any("A thing" in text or "Its id" in text or "Makes a thing" in text for text in needed)
    assert "takes a while" not in files["docs.json"]
    index = Index(tmp_path / "index")
    bare = index.components["Thing"]
    assert (bare.doc, index.documented_component(bare).doc) == ("", "A thing.")
    assert index.documented_component(bare).text == ""
    assert index.documented_component(bare, in_full=True).text == "A thing.\n\nThere are many."


def test_a_description_without_prose_has_no_file_of_texts(tmp_path: Path) -> None:
    text = "openapi: 3.1.0\ninfo: {title: Small, version: '1'}\npaths: {}\n"
    (tmp_path / "api.yaml").write_text(text, encoding="utf-8")
    assert "texts.json" not in index_files(build(tmp_path / "api.yaml").api)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", ""),
        (" \n\n ", ""),
        ("One", "One"),
        ("One. Two.", "One."),
        ("\n\nOne\ntwo! Three", "One two!"),
        ("Use it, e.g. here. Not there.", "Use it, e.g. here."),
        ("Version 1.5 is `new.` More.", "Version 1.5 is `new.`"),
        ("A list:\n\n- one", "A list:"),
    ],
)
def test_the_first_sentence_ends_where_the_reader_thinks(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence


def test_a_sentence_without_an_end_is_cut_between_words() -> None:
    sentence = first_sentence("word " * 1_000_000)
    assert sentence.endswith(" word...")
    assert len(sentence) <= LONGEST
    assert len(first_sentence("x" * 1_000_000)) <= LONGEST


def test_every_thing_of_an_api_has_one_source(tmp_path: Path) -> None:
    built = _built(tmp_path)
    fields = sum(
        len(one.schema.fields) for one in built.api.components.values() if isinstance(one.schema, Object)
    )
    assert Counter(one.kind for one in built.sources) == {
        "operation": 1,
        "argument": 2,
        "component": len(built.api.components),
        "field": fields,
    }
