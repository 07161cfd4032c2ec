"""Secrets in texts and JSON values of a server: found in every form, and nothing else is changed."""

from __future__ import annotations

import json
import logging
from html import escape
from typing import Any
from urllib.parse import quote

import pytest

from typed_openai import APIError, APIStatusError, Client, InvalidReplyError, StreamTruncatedError
from typed_openai._security.credentials import Secret

# Joined here, so that no constant of this file is the key.
KEY = "".join(("c2VjcmV0", "+a2V5/Lw==", "c2VjcmV0"))
MESSAGES = [{"role": "user", "content": "Hello"}]


def in_entities(text: str) -> str:
    return "".join(char if char.isalnum() else f"&#x{ord(char):x};" for char in text)


FORMS = {
    "as it is": KEY,
    "in JSON, every character": "".join(f"\\u{ord(char):04X}" for char in KEY),
    "in JSON, signs": KEY.replace("+", "\\u002B").replace("=", "\\u003d"),
    "in JSON, slashes": KEY.replace("/", "\\/"),
    "in JSON inside of JSON": json.dumps(json.dumps(KEY.replace("+", "\\u002b")))[3:-3],
    "in HTML": in_entities(KEY),
    "in HTML, decimal": "".join(f"&#{ord(char)};" for char in KEY),
    "in HTML, by name": escape(KEY).replace("+", "&plus;"),
    "in a URL": quote(KEY, safe=""),
    "in a URL in HTML": in_entities(quote(KEY, safe="")),
    "in other letters": quote(KEY, safe="").lower(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_found_with_any_escapes(form: str) -> None:
    assert Secret(KEY).redact(f"50% of <{FORMS[form]}> & more \\u00e9") == "50% of <[key]> & more \\u00e9"


@pytest.mark.parametrize("length", [12, 20, len(KEY) - 1])
def test_the_beginning_of_a_key_at_the_end_of_a_text_is_removed(length: int) -> None:
    assert Secret(KEY).redact(f"cut: {KEY[:length]}") == "cut: [key]"
    assert Secret(KEY).redact(f"cut: {quote(KEY[:length])}") == "cut: [key]"


def test_a_text_without_the_key_is_unchanged() -> None:
    text = f"keys begin with {KEY[:8]}: &amp; \\u002B %2B \\\\ &nosuch; %zz"
    assert Secret(KEY).redact(text) == text


@pytest.mark.parametrize("form", ["as it is", "in JSON, signs", "in JSON, every character", "in HTML"])
def test_an_error_body_with_an_escaped_key_does_not_show_it(server: Any, form: str) -> None:
    server.reply(b'{"error": {"message": "bad key %s", "code": "x"}}' % FORMS[form].encode(), status=401)
    with pytest.raises(APIStatusError, match=r"bad key \[key\]") as caught:
        Client(KEY, base_url=server.base_url, max_retries=0).models.list_models()
    assert KEY not in repr(caught.value.body)
    assert caught.value.code == "x"


ERROR = {"message": "The model is unknown", "type": "invalid_request_error", "param": None, "code": 1}


@pytest.mark.parametrize("key", ["null", "1", "error", "code", "type", "model"])
@pytest.mark.parametrize("streams", [False, True])
def test_a_key_that_is_a_word_changes_nothing_but_the_message(server: Any, key: str, streams: bool) -> None:
    if streams:
        server.events(b"data: %s\n\n" % json.dumps({"error": ERROR}).encode())
    else:
        server.reply({"error": ERROR}, status=400)
    client = Client(key, base_url=server.base_url, max_retries=0)
    with pytest.raises(APIError) as caught:
        list(client.chat.create_chat_completion(MESSAGES, "m", stream=True))
    error = caught.value
    assert (error.code, error.type, error.param) == ("1", "invalid_request_error", None)
    body: Any = error.body
    assert body["error"].keys() == ERROR.keys()


def test_a_cookie_that_is_a_number_changes_nothing(server: Any) -> None:
    server.reply({"error": ERROR}, status=400)
    client = Client("k" * 20, base_url=server.base_url, http_headers={"Cookie": "theme=1"}, max_retries=0)
    with pytest.raises(APIStatusError) as caught:
        client.models.list_models()
    assert caught.value.body == {"error": ERROR}


@pytest.mark.parametrize("streams", [False, True])
def test_a_request_id_that_is_the_key_is_not_shown(server: Any, streams: bool) -> None:
    server.reply(b"oops" if not streams else b"", content_type="text/event-stream", X_Request_Id=KEY)
    client = Client(KEY, base_url=server.base_url, max_retries=0)
    with pytest.raises((InvalidReplyError, StreamTruncatedError)) as caught:
        list(client.chat.create_chat_completion(MESSAGES, "m", stream=streams))
    assert KEY not in str(caught.value) + repr(vars(caught.value))


@pytest.mark.parametrize("at", [150, 190, 199, 790, 799])
def test_a_preview_that_ends_in_the_key_has_no_part_of_it(server: Any, at: int) -> None:
    server.reply(b"x" * at + b" " + KEY.encode() + b" and so on")
    with pytest.raises(InvalidReplyError) as caught:
        Client(KEY, base_url=server.base_url, max_retries=0).models.list_models()
    assert KEY[:4] not in caught.value.preview


def test_a_line_break_of_a_server_does_not_begin_a_line_of_the_log(
    server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server.reply(
        {"error": {"message": "x\n2026-01-01 CRITICAL forged"}},
        status=500,
        Retry_After="0",
        X_Request_Id="id\v2026-01-01 CRITICAL forged\x85again",
    )
    with caplog.at_level(logging.DEBUG), pytest.raises(APIStatusError) as caught:
        Client("k", base_url=server.base_url, max_retries=1).models.list_models()
    assert "\n" not in str(caught.value)
    assert not [one for one in caplog.messages if len(one.splitlines()) > 1]
    body: Any = caught.value.body
    assert body["error"]["message"] == "x\n2026-01-01 CRITICAL forged"


@pytest.mark.parametrize("given", [{"extra_query": {"api_key": KEY}}, {"base_url": f"?api-key={quote(KEY)}"}])
def test_a_key_in_the_query_is_in_no_log_and_arrives(
    server: Any, caplog: pytest.LogCaptureFixture, given: dict[str, Any]
) -> None:
    server.reply({"data": []})
    if "base_url" in given:
        given = {"base_url": server.base_url + given["base_url"]}
    with caplog.at_level(logging.DEBUG):
        Client("k", base_url=server.base_url).models.list_models(**given)
    assert quote(KEY, safe="") in server.seen[0].path.replace(quote(KEY), quote(KEY, safe=""))
    assert "urllib3" in caplog.text
    assert KEY not in caplog.text
    assert quote(KEY) not in caplog.text
