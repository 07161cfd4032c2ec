"""Habits of servers: read from the folder of overrides, merged with examples, and kept in the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from typed_openai_spec.compile import build, index_files
from typed_openai_spec.files.source import DeadOverrides
from typed_openai_spec.index.reader import Index
from typed_openai_spec.problems import DescriptionError

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: https://shop.test/v1}]
paths:
  /books:
    get:
      operationId: GetBook
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Book'}, example: {id: b}}}}
components:
  schemas:
    Book: {type: object, properties: {id: {type: string, example: a}, title: {type: string, example: Emma}}}
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "overrides" / "served").mkdir(parents=True)
    return tmp_path


def habits(shop: Path, text: str, name: str = "habits.yaml") -> Path:
    (shop / "overrides" / "served" / name).write_text(text)
    return shop / "overrides"


def test_habits_take_precedence_over_observations_and_those_over_examples(shop: Path) -> None:
    habits(
        shop,
        "why: Seen.\ncomponents: {Book: {values: {id: seen, title: Seen}}, Gone: {values: {}}}",
        "observed.yaml",
    )
    folder = habits(
        shop,
        "- {why: A, components: {Book: {values: {id: mine}}}}\n"
        "- {why: B, components: {Book: {forms: {id: 2}}}}",
    )
    served = build(shop / "shop.yaml", folder).api.served
    assert served["examples"] == {"GetBook": [{"id": "b"}]}
    assert served["components"] == {"Book": {"values": {"id": "mine", "title": "Seen"}, "forms": {"id": 2}}}


def test_the_index_has_what_was_read(shop: Path) -> None:
    api = build(shop / "shop.yaml", habits(shop, "- {why: Known., models: {small: small-1}}")).api
    for name, text in index_files(api).items():
        (shop / "index" / name).parent.mkdir(parents=True, exist_ok=True)
        (shop / "index" / name).write_text(text)
    index = Index(shop / "index")
    index.verify()
    assert index.served == api.served == index.api().served
    assert index.served["models"] == {"small": "small-1"}
    (shop / "index" / "served.json").unlink()
    index = Index(shop / "index")
    index.verify()
    assert index.served == {}


def test_a_description_without_examples_has_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "bare.yaml").write_text("openapi: 3.1.0\ninfo: {title: Bare, version: '1'}\npaths: {}\n")
    assert "served.json" not in index_files(build(tmp_path / "bare.yaml").api)


def test_habits_do_not_change_the_digest(shop: Path) -> None:
    before = build(shop / "shop.yaml").api.digest
    assert build(shop / "shop.yaml", habits(shop, "- {why: Known., models: {a: b}}")).api.digest == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "- {why: Known., components: {Bok: {values: {id: x}}}}",
            "habits.yaml: components: Bok: is about nothing",
        ),
        (
            "- {why: Known., operations: {GetBok: {each: {data: n}}}}",
            "habits.yaml: operations: GetBok: is about",
        ),
    ],
)
def test_habits_of_nothing_are_dead(shop: Path, text: str, said: str) -> None:
    with pytest.raises(DeadOverrides) as caught:
        build(shop / "shop.yaml", habits(shop, text))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- {components: {Book: {}}}", "entry 0: expected a mapping with a why"),
        ("- 5", "entry 0: expected a mapping with a why, found a number"),
        (
            "- {why: Known., component: {Book: {}}}",
            "entry 0: component: expected mappings by name in operations",
        ),
        ("- {why: Known., components: {Book: 5}}", "entry 0: components: expected mappings by name"),
    ],
)
def test_a_wrong_entry_is_named(shop: Path, text: str, said: str) -> None:
    with pytest.raises(DescriptionError) as caught:
        build(shop / "shop.yaml", habits(shop, text))
    assert said in str(caught.value)


def test_a_file_that_nothing_reads_is_refused(shop: Path) -> None:
    with pytest.raises(DescriptionError, match=r'unknown file; expected .*did you mean "habits.yaml"'):
        build(shop / "shop.yaml", habits(shop, "[]", "habit.yaml"))
