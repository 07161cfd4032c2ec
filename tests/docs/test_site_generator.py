"""The pieces that the generated pages of the site are made of."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

import typed_openai
from typed_openai import testing
from typed_openai.cli.explain.pages import Entry, deprecation
from typed_openai_docs.api_entries import item
from typed_openai_docs.client_pages import call, client_pages
from typed_openai_docs.docstring_markup import inline, markdown
from typed_openai_docs.families import OTHERS, families
from typed_openai_docs.markup import Item, annotation, dotted, items, prose
from typed_openai_docs.migration import table
from typed_openai_docs.operation_pages import signature
from typed_openai_docs.reference import navigation, pages
from typed_openai_spec.compile import build, index_files
from typed_openai_spec.index.reader import Index, packaged
from typed_openai_spec.official_names import OfficialMethod

# Families


def test_a_family_is_named_by_first_words_without_verbs() -> None:
    names = ["ChatMessage", "ChatReply", "CreateChatRequest", "ListChat", "UpdateChat"]
    assert families(names) == {"Chat": tuple(names)}


def test_small_families_are_shown_together_and_last() -> None:
    zebras = [f"Zebra{letter}x" for letter in "ABCD"]
    assert list(families(["One", "TwoThree", *zebras]).items()) == [
        ("Zebra", tuple(zebras)),
        (OTHERS, ("One", "TwoThree")),
    ]


def test_a_large_family_is_split_by_its_next_word() -> None:
    names = [f"Beta{kind}N{number}" for kind in ("Run", "Tool") for number in range(80)] + ["BetaOne"]
    found = families(names)
    assert {title: len(members) for title, members in found.items()} == {
        "Beta Run": 80,
        "Beta Tool": 80,
        OTHERS: 1,
    }


@pytest.mark.parametrize("name", ["Create", "_", "x", "List2", "ÄÖ", "A" * 200])
def test_any_name_is_in_a_family(name: str) -> None:
    assert families([name]) == {OTHERS: (name,)}


def test_components_whose_names_cannot_be_told_apart_stay_on_one_page() -> None:
    names = [f"Same_{number}" for number in range(200)]
    assert sorted(one for members in families(names).values() for one in members) == sorted(names)


# Markup


def link(name: str) -> str:
    return f"../{name}/" if name == "Book" else ""


def test_a_component_in_an_annotation_is_a_link_and_a_constant_is_not() -> None:
    assert annotation('list[Book] | Literal["Book"]', link) == (
        '<code class="type" data-search-exclude>list[<a href="../Book/">Book</a>] | Literal["Book"]</code>'
    )


def test_a_long_annotation_can_be_opened() -> None:
    text = " | ".join(["Book", *(f"Other{number}" for number in range(60))])
    shown = annotation(text, link)
    assert shown.startswith("<details")
    assert shown.count("<a ") == 1
    assert "Other59" in shown


@pytest.mark.parametrize("length", [239, 240, 241, 5000])
def test_an_annotation_of_one_long_word_is_shown_whole(length: int) -> None:
    assert "x" * length in annotation("x" * length, link)


def test_text_is_never_markup() -> None:
    nasty = "<script>&"
    shown = items([Item(nasty, notes=(nasty,), doc=f"`{nasty}` {nasty}", anchor='"', url='"><b>')])
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert shown.count("&lt;script&gt;&amp;") == 4


def test_prose_shows_code() -> None:
    assert prose("Use `a` or ``b<c``,\nnot d.") == "Use <code>a</code> or <code>b&lt;c</code>, not d."


def test_nothing_is_no_list() -> None:
    assert items([]) == ""


def test_a_dotted_name_may_be_broken() -> None:
    assert dotted("a.b_c_") == "<code>a.<wbr>b_<wbr>c_</code>"


# Entries


def test_an_item_has_the_notes_and_the_deprecation_of_its_entry() -> None:
    found = item(
        Entry("user", doc="Who asks.", required=True, bounds=("at most 9 characters",), deprecated="name")
    )
    assert found.notes == ("required", "at most 9 characters", "deprecated")
    assert found.doc == "Who asks. Deprecated: use name."


def test_a_deprecation_that_the_sentence_has_is_not_repeated() -> None:
    assert item(Entry("user", doc="Deprecated: use name.", deprecated="name")).doc == "Deprecated: use name."


def test_a_deprecation_may_have_no_replacement() -> None:
    assert deprecation("") == "Deprecated."
    assert deprecation("no other field") == "Deprecated: no other field."


# The client's docstrings


def name_url(name: str) -> str:
    return "#Book" if name == "Book" else ""


def test_an_example_in_a_docstring_is_a_block_of_code() -> None:
    doc = "Read a book.\n\n>>> book = Book(\"<b>\")\n>>> book.title\n'<b>'"
    assert markdown(doc, name_url) == (
        "<p>Read a book.</p>\n\n```pycon\n>>> book = Book(\"<b>\")\n>>> book.title\n'<b>'\n```"
    )


def test_indented_text_in_a_docstring_is_a_block_of_text() -> None:
    assert markdown("Map::\n\n    a\n      b", name_url) == "<p>Map:</p>\n\n```text\na\n  b\n```"


def test_a_name_in_a_docstring_is_a_link_with_and_without_a_role() -> None:
    linked = '<a href="#Book"><code>Book</code></a>'
    text = "A :class:`Book`, ``Book`` or :class:`~Book`, never `Bo<ok`."
    assert inline(text, name_url) == f"A {linked}, {linked} or {linked}, never <code>Bo&lt;ok</code>."


def test_a_short_signature_is_one_line_and_a_long_one_has_a_line_for_each_argument() -> None:
    short, long = ast.parse(
        f"def f(self, a: int, /, *b: str, c: int=1) -> str: ...\ndef g({'x' * 40}, *, {'y' * 40}=1): ..."
    ).body
    assert isinstance(short, ast.FunctionDef)
    assert isinstance(long, ast.FunctionDef)
    assert call("f", short, bound=True) == "f(a: int, /, *b: str, c: int = 1) -> str"
    assert call("g", long) == f"g(\n    {'x' * 40},\n    *,\n    {'y' * 40} = 1,\n)"


def test_the_client_s_pages_have_every_public_name() -> None:
    text = "".join(page for _, page in client_pages())
    names = [*typed_openai.__all__, *testing.__all__, "Client.call", "StreamHandle.error"]
    assert [one for one in names if f"# {one} {{ #{one} }}" not in text] == []


def test_the_client_s_pages_have_every_example_of_the_docstrings() -> None:
    text = "".join(page for _, page in client_pages())
    sources = [inspect.getsource(sys.modules[getattr(typed_openai, one).__module__]) for one in EXPORTED]
    lines = {line.strip() for one in sources for line in one.splitlines() if line.strip().startswith(">>>")}
    assert len(lines) > 60
    assert {line for line in lines if f"\n{line}\n" not in text} == set()


EXPORTED = ("Client", "Stream", "BinaryReply", "Timeout", "Progress", "RateLimit", "paginate", "APIError")


# Operations


@pytest.mark.parametrize(
    ("operation", "call"),
    [
        ("retrieveModel", "client.models.retrieve_model(model)"),
        ("listModels", "client.models.list_models()"),
        ("createChatCompletion", "client.chat.create_chat_completion(messages, model, ...)"),
    ],
)
def test_a_call_shows_what_must_be_given(operation: str, call: str) -> None:
    assert signature(packaged().by_id(operation)) == call


def test_a_long_call_takes_several_lines() -> None:
    lines = [signature(one).splitlines() for one in packaged().operations()]
    assert max(len(line) for shown in lines for line in shown) <= 88
    assert any(len(shown) > 1 and shown[-1] == ")" for shown in lines)


@pytest.mark.slow(seconds=1)
def test_annotations_have_no_private_name_of_the_stubs() -> None:
    text = dict(pages(packaged()))["reference/operations/organization.md"]
    assert "Sequence[str]" in text
    assert "_SequenceNotStr" not in text


# Migration


def test_methods_are_matched_by_their_requests_whatever_placeholders_are_called() -> None:
    methods = [
        OfficialMethod("models.retrieve", "GET", "/models/{id}"),
        OfficialMethod("models.improve", "POST", "/models/{id}"),
        OfficialMethod("models.poll", "helper", "typed_openai.poll"),
    ]
    rows, missing = table(methods, packaged())
    place = "reference/operations/models.md#retrieve_model"
    assert f"| {dotted('models.retrieve')} | [{dotted('models.retrieve_model')}]({place}) |" in rows
    assert dotted("models.improve") in missing
    assert f"| {dotted('models.poll')} | {dotted('typed_openai.poll')} |" in rows
    assert dotted("models.poll") not in missing


# Another API's reference


SHOP = """\
openapi: 3.1.0
info: {title: Shop, version: "1"}
servers: [{url: https://shop.test}]
paths:
  /books:
    get:
      operationId: listBooks
      parameters: [{name: "<b>", in: query, schema: {type: string}}]
      responses: {"200": {content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}}
components: {schemas: {Book: {type: object, properties: {title: {type: string}}}}}
"""


def test_the_reference_of_any_description_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    for name, text in index_files(build(tmp_path / "shop.yaml").api).items():
        (tmp_path / "index" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "index" / name).write_text(text)
    index = Index(tmp_path / "index")
    found = dict(pages(index))
    assert set(found) == {"reference/index.md", "reference/operations/books.md", "reference/types/others.md"}
    assert '<a href="../../types/others/#Book">Book</a>' in found["reference/operations/books.md"]
    assert "## Book { #Book }" in found["reference/types/others.md"]
    assert navigation(index)[1:] == [
        {"Operations": [{"books": "reference/operations/books.md"}]},
        {"Types": [{"Others": "reference/types/others.md"}]},
    ]
