"""The clients of programs, and the parts of results that they read, in right and in wrong forms.

``$N`` stands for a number that makes names unique.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple


class Receiver(NamedTuple):
    """Definitions before the program, an expression for a client, and definitions after the program."""

    setup: str
    expression: str
    after: str = ""


RECEIVERS: Final[Mapping[str, Receiver]] = {
    "new": Receiver("", "Client()"),
    "attribute": Receiver(
        "class Owner$N:\n    def __init__(self) -> None:\n        self.client = Client()", "Owner$N().client"
    ),
    "optional attribute": Receiver("class Owner$N:\n    client: Client | None = None", "Owner$N.client"),
    "set by a function": Receiver(
        "lazy$N = None\ndef setup$N() -> None:\n    global lazy$N\n    lazy$N = Client()", "lazy$N"
    ),
    "set later by a function": Receiver(
        "lazy$N = None", "lazy$N", "def setup$N() -> None:\n    global lazy$N\n    lazy$N = Client()"
    ),
    "set later by a method": Receiver(
        "class Owner$N:\n    client = None\n    def setup(self) -> None:\n        self.client = Client()",
        "Owner$N().client",
    ),
    "used before it is set": Receiver(
        "lazy$N = None\nclass User$N:\n    def use(self) -> None:\n"
        "        self.reply = lazy$N.models.list_models()",
        "client",
        "def setup$N() -> None:\n    global lazy$N\n    lazy$N = Client()",
    ),
    "defined later": Receiver("", "later_client$N()", "def later_client$N() -> Client:\n    return Client()"),
    "property": Receiver(
        "class Owner$N:\n    @cached_property\n    def client(self) -> Client:\n        return Client()",
        "Owner$N().client",
    ),
    "function": Receiver("@cache\ndef get$N() -> Client:\n    return Client()", "get$N()"),
    "function without annotations": Receiver("def get$N():\n    return Client()", "get$N()"),
    "subclass": Receiver("class Mine$N(Client):\n    name = 'mine'", "Mine$N()"),
    "subclass or not": Receiver(
        "class Mine$N(Client): ...\nclass Owner$N:\n    client: Client | Mine$N = client", "Owner$N.client"
    ),
    "another class or not": Receiver(
        "class Other$N: ...\nclass Owner$N:\n    client: Client | Other$N = client", "Owner$N.client"
    ),
    "anything or not": Receiver("class Owner$N:\n    client: Client | Any = client", "Owner$N.client"),
    "generic": Receiver(
        "class Owner$N(Generic[S]):\n    def __init__(self, one: S) -> None:\n        self.one = one",
        "Owner$N(client).one",
    ),
    "other options": Receiver("", "client.with_options(timeout=3)"),
    "conditional": Receiver("", "(client if flag else Client())"),
    "walrus": Receiver("", "(one$N := client)"),
    "item": Receiver("clients$N = {'key': client}", "clients$N['key']"),
    "unknown": Receiver("", "unknown_client"),
}

_MESSAGES: Final = "[{'role': 'user', 'content': 'text'}]"
_MODEL: Final = "client.models.retrieve_model('text')"
_CHAT: Final = f"client.chat.create_chat_completion({_MESSAGES}, 'text')"
_CHUNK: Final = f"next(iter(client.chat.create_chat_completion({_MESSAGES}, 'text', stream=True)))"
_EVENT: Final = "next(iter(client.responses.create_response('text', 'text', stream=True)))"

READS: Final[Sequence[tuple[str, str]]] = (
    (f"{_MODEL}['id'].upper()", f"{_MODEL}['idd'].upper()"),
    (f"{_MODEL}['id'].upper()", f"{_MODEL}.id.upper()"),
    (f"{_MODEL}['id'].upper()", f"{_MODEL}['created'].upper()"),
    (f"{_MODEL}.get('id', '').upper()", f"{_MODEL}.get('idd', '').upper()"),
    (f"{_MODEL}['id'] + 'text'", f"{_MODEL}['created'] + 'text'"),
    (f"len({_MODEL}['id'])", f"len({_MODEL}['created'])"),
    (f"{_MODEL}['object'] == 'model'", f"{_MODEL}['object'] == 'modl'"),
    (f"{_MODEL} | {{'id': 'text'}}", f"{_MODEL} | {{'id': 3}}"),
    ("client.files.list_files()['data'][0]['id']", "client.files.list_files()['data']['0']['id']"),
    (f"{_CHAT}['choices'][0]['message']['content']", f"{_CHAT}['choices'][0]['message']['content'].upper()"),
    (f"{_CHAT}['choices'][0]['message']['role']", f"{_CHAT}['choices'][0].message['role'].nope"),
    (f"{_CHAT}['usage']", f"{_CHAT}['usage']['total_tokens'].upper()"),
    (_CHUNK, f"{_CHUNK}['choices'][0]['delta']['content']"),
    (_EVENT, f"{_EVENT}['type'] == 'response.output_text.dleta'"),
    (f"{_EVENT}['type']", f"{_EVENT}['delta']"),
    ("client.models", "client.modelz"),
    ("client.models.retrieve_model", "client.models.retreive_model('text')"),
    ("client.with_options(timeout=3).models", "client.with_options(timeot=3).models"),
    ("client.with_options(timeout=3).models", "client.with_options(timeout='text').models"),
    ("Client(api_key='text')", "Client(api_key=3)"),
    ("Client(max_retries=3).models", "Client(max_retries='text').models.nope"),
    ("params.DeleteModelParams(model='text')['model']", "params.DeleteModelParams(model='text')['modl']"),
)
"""Expressions in their right form and with a mistake."""
