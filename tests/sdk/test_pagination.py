"""``paginate``: all items of every paginated list, fetched as they are needed."""

from __future__ import annotations

import copy
import warnings
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import typed_openai
from typed_openai import CallError, Client, InvalidReplyError, aio, paginate
from typed_openai.aio import AsyncClient
from typed_openai.testing import serve
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Operation

ALL = list(packaged().operations())
PAGED = [one for one in ALL if one.paging is not None]
UNPAGED = [one for one in ALL if one.paging is None]
PAGES: list[list[str]] = [["a", "b"], [], ["c"], ["d"]]
IDS = [one for page in PAGES for one in page]


def page(number: int, operation: Operation) -> dict[str, Any]:
    """Return one of :data:`PAGES` as the operation returns it. An empty one still has its cursor."""
    assert operation.paging is not None
    more = number + 1 < len(PAGES)
    reply: dict[str, Any] = {"data": [{"id": one} for one in PAGES[number]], "has_more": more}
    if operation.paging.cursor:
        reply[operation.paging.cursor] = f"to-{number + 1}" if more else None
    elif not reply["data"]:
        reply["data"] = [{"id": f"skipped-{number}"}]
    return reply


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="k", admin_api_key="a", base_url=server.base_url)


def answer(server: Any, *pages: object) -> None:
    """Answer with the pages in order."""
    for one in pages:
        server.reply(one)


def cursors(server: Any, argument: str) -> list[str | None]:
    return [parse_qs(urlsplit(one.path).query).get(argument, [None])[0] for one in server.seen]


def method_of(client: Client, operation: Operation) -> Any:
    return getattr(getattr(client, operation.group), operation.name)


@pytest.mark.slow(seconds=8)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("operation", PAGED, ids=lambda one: one.qualified_name)
def test_every_paged_list_gives_the_items_of_all_pages(
    operation: Operation, server: Any, client: Client
) -> None:
    assert operation.paging is not None
    answer(server, *(page(number, operation) for number in range(len(PAGES))))
    required = {one.name: "x" for one in operation.arguments if one.required}
    found = [one["id"] for one in paginate(method_of(client, operation), limit=2, **required)]
    expected = IDS if operation.paging.cursor else ["a", "b", "skipped-1", "c", "d"]
    assert found == expected
    sent = ["to-1", "to-2", "to-3"] if operation.paging.cursor else ["b", "skipped-1", "c"]
    assert cursors(server, operation.paging.argument) == [None, *sent]
    assert all(parse_qs(urlsplit(one.path).query)["limit"] == ["2"] for one in server.seen)


def test_what_does_not_page_is_refused_by_name(client: Client) -> None:
    for operation in UNPAGED:
        with pytest.raises(CallError, match=rf"{operation.qualified_name} is not paginated"):
            paginate(method_of(client, operation))


@pytest.mark.parametrize("method", [print, lambda: {"data": [], "has_more": False}, 3])
def test_what_is_no_method_of_a_client_is_refused(method: Any) -> None:
    with pytest.raises(CallError, match=r"expected a method of a client, as client\.files\.list_files; got"):
        paginate(method)


def test_a_method_of_the_other_kind_of_client_is_refused(client: Client) -> None:
    methods: Any = client.files.list_files, AsyncClient(api_key="k").files.list_files
    with pytest.raises(CallError, match=r"is a method of AsyncClient; use typed_openai\.aio\.paginate"):
        paginate(methods[1])
    with pytest.raises(CallError, match=r"is a method of Client; use typed_openai\.paginate"):
        aio.paginate(methods[0])


def test_a_page_is_fetched_only_when_its_items_are_wanted(server: Any, client: Client) -> None:
    files = packaged().operation("files", "list_files")
    answer(server, *(page(number, files) for number in range(len(PAGES))))
    items = paginate(client.files.list_files)
    assert server.seen == []
    assert [one["id"] for one in islice(items, 2)] == ["a", "b"]
    assert len(server.seen) == 1
    assert next(items)["id"] == "c"
    assert len(server.seen) == 3


def test_it_begins_where_the_caller_says_and_keeps_the_other_arguments(server: Any, client: Client) -> None:
    answer(
        server,
        {"data": [{"id": "b"}], "has_more": True, "last_id": "b"},
        {"data": [{"id": "c"}], "has_more": False, "last_id": "c"},
    )
    copied = copy.copy(client)
    found = paginate(
        copied.files.list_files, after="a", order="asc", openai_api_key="call-key", extra_query={"x": 1}
    )
    assert [one["id"] for one in found] == ["b", "c"]
    queries = [parse_qs(urlsplit(one.path).query) for one in server.seen]
    assert queries == [{"after": [one], "order": ["asc"], "x": ["1"]} for one in ("a", "b")]
    assert [one.headers["authorization"] for one in server.seen] == ["Bearer call-key"] * 2


def test_a_missing_cursor_is_the_last_items_id(server: Any, client: Client) -> None:
    answer(
        server,
        {"data": [{"id": "a"}], "has_more": True, "last_id": None},
        {"data": [], "has_more": False},
    )
    assert [one["id"] for one in paginate(client.files.list_files)] == ["a"]
    assert cursors(server, "after") == [None, "a"]


def test_a_repeated_cursor_ends_in_an_error_after_the_items(server: Any, client: Client) -> None:
    def turn(cursor: str) -> dict[str, Any]:
        return {"data": [{"id": cursor}], "has_more": True, "last_id": cursor}

    answer(server, turn("a"), turn("b"), turn("a"))
    found = paginate(client.files.list_files)
    assert [next(found)["id"] for _ in range(3)] == ["a", "b", "a"]
    with pytest.raises(InvalidReplyError, match=r"files\.list_files: .*repeated the cursor 'a'") as caught:
        next(found)
    assert caught.value.operation == "files.list_files"
    assert len(server.seen) == 3


def test_a_cursor_that_the_caller_began_with_is_a_repeated_one(server: Any, client: Client) -> None:
    answer(server, {"data": [{"id": "a"}], "has_more": True, "last_id": "a"})
    with pytest.raises(InvalidReplyError, match="endless pagination"):
        list(paginate(client.files.list_files, after="a"))


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        (
            {"data": [], "has_more": True, "last_id": None},
            'there are more pages, but no cursor: expected "last_id"',
        ),
        ({"data": [{"id": 3}], "has_more": True, "last_id": ""}, "there are more pages, but no cursor"),
        ({"data": None, "has_more": False}, 'a list "data", got data = None'),
        ({"has_more": True}, 'a list "data", got data = None'),
        ([], 'a list "data", got list'),
    ],
)
def test_what_is_no_page_is_told(reply: Any, text: str, server: Any, client: Client) -> None:
    server.reply(reply)
    with pytest.raises(InvalidReplyError, match=text):
        list(paginate(client.files.list_files))


def test_a_reply_that_does_not_tell_whether_there_is_more_is_the_last(server: Any, client: Client) -> None:
    server.reply({"data": [{"id": "a"}]})
    assert [one["id"] for one in paginate(client.files.list_files)] == ["a"]


def test_the_default_client_pages_too(server: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    server.reply({"data": [{"id": "a"}], "has_more": False})
    assert [one["id"] for one in paginate(typed_openai.files.list_files)] == ["a"]


def test_wrong_arguments_are_refused_as_by_the_method(client: Client) -> None:
    wrong: Any = {"limt": 3}
    with pytest.raises(CallError, match=r'unexpected keyword "limt" for files\.list_files'):
        list(paginate(client.files.list_files, **wrong))


def test_a_deprecated_list_is_warned_of_where_paginate_is_called() -> None:
    with serve() as embedded:
        client = Client(api_key="k", base_url=embedded.base_url)
        with pytest.warns(DeprecationWarning, match="deprecated") as warned:
            items = paginate(client.threads.list_messages, "thread_1")
        assert [one.filename for one in warned] == [__file__]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert list(items)
