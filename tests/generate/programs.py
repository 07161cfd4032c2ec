"""Programs that use generated packages: correct ones, and mistakes with the expected message of each."""

from __future__ import annotations

GOOD = """\
from functools import partial

import filters
import library
import odd
import shop
import typed_openai
from filters.types import Filter
from library.params import UsersCreateParams
from odd import types
from shop import APIError, Client, Stream, Timeout
from shop.params import CreateItemParams
from shop.types import Cat, Item
from typing_extensions import Unpack

client = Client("key", base_url="http://127.0.0.1:9", timeout=Timeout(total=5))
item: Item = {"name": "a", "price": 2.0, "pet": {"kind": "dog", "tricks": ["sit"]}}


def buy() -> Item:
    made = client.items.create_item("a", 2.0, color="red", pet={"kind": "cat", "lives": 3})
    names: list[str] = [one["name"] for one in client.items.list_items(limit=10)["items"]]
    again = client.call("items.read_item", 3)
    sent = client.request("POST", "/items/", json={"name": "a", "price": 1.5})
    return made if names else again if again["name"] else sent


def use_others() -> None:
    params: UsersCreateParams = {"username": "a", "role": "admin"}
    user = library.Client(base_url="http://127.0.0.1:9").users.users_create(**params)
    groups: list[str] = [one["name"] for one in user["groups"]]
    found: Filter = {"not": {"and": [{"x-y": {"eq": "a"}}]}, "eq": "".join(groups)}
    client = filters.find.find(not_={"eq": "x"}, and_=[{"x-y": found}])
    inner = client["Client"]["Client"]
    answer = odd.mapping.mapping("a", "x", 1)
    listed: list[types.str] = odd.list.list("a", class_="b", int=3)
    other = odd.Client().with_options_.dict()
    reply = typed_openai.Client().chat.create_chat_completion([{"role": "user", "content": "a"}], "m")
    print(inner, answer, listed, other, reply["choices"])
    with shop.Client(max_retries=1).with_options(max_retries=2) as again:
        again.items.read_item(1)


def create(**given: Unpack[CreateItemParams]) -> Item:
    params: CreateItemParams = {"name": "a", "price": 2.5}
    make = partial(client.items.create_item, "a")
    made = [make(2.0), make(2.0, color="red"), client.items.create_item(**params)]
    return client.items.create_item(**given) if made else create(name="a", price=3.5)


def show(error: APIError, stream: Stream[Item]) -> Cat:
    assert isinstance(error, typed_openai.OpenAIError)
    for one in stream:
        assert one["name"]
    return {"kind": "cat"}
"""

BAD = """\
from functools import partial
import filters, library, shop, typed_openai
from typing_extensions import Unpack
from shop.params import CreateItemParams
from filters.types import Filter
from shop import Client
from shop.types import Cat, Item

client = Client(base_url="http://127.0.0.1:9")
client.items.create_item("a", 2.0, colour="red")
client.items.create_item("a", 0.0, pet={"kind": "cat", "lives": 30})
client.items.create_item("a", 2.0, pet={"kind": "cta"})
item: Item = {"name": "a", "prise": 2.0, "price": 1}
cat: Cat = {"kind": "cat", "lives": 77}
cat["lives"] = 10
cat.update({"lives": 12})
client.call("items.create_itm", "a", 2.0)
client.call("items.create_item", "a", "b")
client.request("POST", "/items/", json={"name": "a"})
client.request("POST", "/itms/", json={"name": "a"})
client.items.delete_item(3)
shop.items.read_item(0)
shop.call("read_item_items__item_id__get", 0)
library.users.users_create("admn", "a")
library.users.users_partial_update(1, emial="x")
found: Filter = {"not": {"eq": 3}, "and": [{"x-y": {"eq": "long"}}, {}, {}]}
filters.find.find(not_={"not": {"eq": "long"}})
typed_openai.Client().chat.create_chat_completion([{"role": "user", "content": "x"}], "m", temperature=5)
typed_openai.Client().chat.create_chat_completion([{"role": "usr", "content": "x"}], "m")
typed_openai.call("createChatCompletio")
make = partial(client.items.create_item, "a")
make(0.0)
make(2.0, colour="red")
partial(client.items.create_item, pet={"kind": "cat", "lives": 30})


def create(**given: Unpack[CreateItemParams]) -> Item:
    return client.items.create_item(**given)


create(name="a", price=0.0)
create(name="a", price=1, pet={"kind": "dog", "tricks": [3]})
params: CreateItemParams = {"name": "a", "price": 0.0}
library.users.users_create(**params)
"""

TOLD = """\
10: unexpected keyword "colour" for items.create_item; did you mean "color"?  [openai-arg]
11: price: expected more than 0, got 0.0  [openai-limit]
11: pet.lives: expected at most 9, got 30  [openai-limit]
12: pet.kind: expected one of 'cat', 'dog'; got 'cta'; did you mean 'cat'?  [openai-arg]
13: item: unknown key "prise" for Item  [openai-arg]
14: cat.lives: expected at most 9, got 77  [openai-limit]
15: cat.lives: expected at most 9, got 10  [openai-limit]
16: lives: expected at most 9, got 12  [openai-limit]
17: the API has no operation "items.create_itm"; did you mean "items.create_item"?  [openai-arg]
18: price: expected "float", got "str"  [openai-arg]
19: json: missing key "price" for Item  [openai-arg]
20: the API has no path "POST /itms/"; did you mean "/items/"?  [openai-arg]
21: items.delete_item is deprecated  [openai-deprecated]
22: item_id: expected at least 1, got 0  [openai-limit]
23: item_id: expected at least 1, got 0  [openai-limit]
24: role: expected one of 'admin', 'reader', '', None; got 'admn'; did you mean 'admin'?  [openai-arg]
25: unexpected keyword "emial" for users.users_partial_update; did you mean "email"?  [openai-arg]
26: found.not.eq: expected "str", got "int"  [openai-arg]
26: found.and[0]['x-y'].eq: expected at most 3 characters, got 4  [openai-limit]
27: not_.not.eq: expected at most 3 characters, got 4  [openai-limit]
28: temperature: expected at most 2, got 5  [openai-limit]
29: messages[0].role: expected one of ROLES; got 'usr'; did you mean 'user'?  [openai-arg]
30: the API has no operation "createChatCompletio"; did you mean "createChatCompletion"?  [openai-arg]
32: price: expected more than 0, got 0.0  [openai-limit]
33: unexpected keyword "colour" for items.create_item; did you mean "color"?  [openai-arg]
34: pet.lives: expected at most 9, got 30  [openai-limit]
41: price: expected more than 0, got 0.0  [openai-limit]
42: pet.tricks[0]: expected "str", got "int"  [openai-arg]
43: params.price: expected more than 0, got 0.0  [openai-limit]
44: "CreateItemParams" holds the arguments of items.create_item, not of MISFITS  [openai-arg]
""".replace("ROLES", "'developer', 'system', 'user', 'assistant', 'tool', 'function'").replace(
    "MISFITS",
    'users.users_create; missing: "role", "username"; '
    'unexpected: "color", "name", "pet", "price", "tags", "x_token"',
)
"""The output of mypy for ``BAD`` with the plugin."""
