"""The examples of a description are what the server of another API replies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from typed_openai import Client
from typed_openai.testing import serve

SHOP = """
openapi: 3.1.0
info: {title: Shop, version: '1'}
servers: [{url: https://shop.test/v1}]
paths:
  /items:
    get:
      operationId: ListItems
      responses:
        '200':
          content:
            application/json:
              schema: {$ref: '#/components/schemas/ItemList'}
              examples:
                two: {value: {data: [{id: i-1, name: Lamp, price: 20}, {id: i-2, name: Desk, price: 90}]}}
    post:
      operationId: CreateItem
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/NewItem'}}}}
      responses:
        '201':
          content:
            application/json:
              schema: {$ref: '#/components/schemas/Item'}
              example: {id: i-9, name: Chair, price: 35}
  /items/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: GetItem
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Item'}}}}}
  /owner:
    get:
      operationId: GetOwner
      responses: {'200': {$ref: '#/components/responses/Owner'}}
  /wrong:
    get:
      operationId: GetWrong
      responses:
        '200':
          content:
            application/json:
              schema: {type: object, required: [a], properties: {a: {type: integer}}}
              example: {a: one}
components:
  responses:
    Owner: {content: {application/json: {schema: {$ref: '#/components/schemas/Owner'}}}}
  schemas:
    ItemList: {type: object, properties: {data: {type: array, items: {$ref: '#/components/schemas/Item'}}}}
    NewItem: {type: object, properties: {name: {type: string}}}
    Item:
      type: object
      required: [id]
      properties:
        id: {type: string, example: i-5}
        name: {type: string, examples: [Shelf, Rug]}
        price: {type: integer}
        note: {type: [string, 'null']}
    Owner:
      type: object
      properties:
        name: {type: string}
        since: {type: integer}
        boss: {type: [string, 'null']}
        tags: {type: array, items: {type: string}}
      example: {name: Ada, since: 1843, boss: null, tags: []}
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TYPED_OPENAI_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP)
    return path


def test_examples_are_what_is_replied(shop: Path) -> None:
    with serve(spec=shop) as server:
        client: Any = Client("test", spec=shop, base_url=server.base_url)
        assert client.call("GetOwner") == {"name": "Ada", "since": 1843, "boss": None, "tags": []}
        assert client.call("GetWrong") == {"a": 1}
        assert client.call("GetItem", "i-7") | {"price": 0, "note": ""} == {
            "id": "i-7",
            "name": "Shelf",
            "price": 0,
            "note": "",
        }
        assert [one["id"] for one in client.call("ListItems")["data"]] == ["i-7"]


def test_lists_have_the_items_of_their_example(shop: Path) -> None:
    with serve(spec=shop) as server:
        client: Any = Client("test", spec=shop, base_url=server.base_url)
        assert {one["name"] for one in client.call("ListItems")["data"]} == {"Lamp", "Desk"}
        assert client.call("GetItem", "i-2")["price"] == 90


def test_created_objects_are_examples_with_ids_of_their_own(shop: Path) -> None:
    with serve(spec=shop) as server:
        client: Any = Client("test", spec=shop, base_url=server.base_url)
        one, two = client.call("CreateItem"), client.call("CreateItem", name="Sofa")
        assert (one["id"], one["name"], one["price"]) == ("i-9", "Chair", 35)
        assert (two["name"], two["price"]) == ("Sofa", 35)
        assert one["id"] != two["id"]
        assert client.call("GetItem", two["id"]) == two
        assert {item["id"] for item in client.call("ListItems")["data"]} == {one["id"], two["id"]}


@pytest.mark.slow(seconds=1)
def test_a_seed_chooses_among_examples(shop: Path) -> None:
    shop.write_text(SHOP.replace("example: {name: Ada", "examples: [{name: Eve}, {name: Bob}]\n      #"))
    names = set()
    for seed in range(12):
        with serve(spec=shop, seed=seed) as server:
            names.add(Client("test", spec=shop, base_url=server.base_url).call("GetOwner").get("name"))
    assert names >= {"Eve"}
