"""Relative URLs of servers, which depend on where a description came from."""

from __future__ import annotations

import pytest

from typed_openai_spec.compile import build_document
from typed_openai_spec.openapi.servers import address, located

FROM = "https://a.test/docs/openapi.json"


@pytest.mark.parametrize(
    ("servers", "url"),
    [
        ([{"url": "/v1"}], "https://a.test/v1"),
        ([{"url": "../v1/"}], "https://a.test/v1"),
        ([{"url": "v1"}], "https://a.test/docs/v1"),
        ([{"url": "/{v}", "variables": {"v": {"default": "v2"}}}], "https://a.test/v2"),
        ([{"url": "https://b.test/v1"}], "https://b.test/v1"),
        ([], "https://a.test"),
        (None, "https://a.test"),
    ],
)
def test_a_relative_server_is_resolved_against_where_the_description_came_from(
    servers: object, url: str
) -> None:
    document = {} if servers is None else {"servers": servers}
    assert address(located(document, FROM)["servers"]) == url


def test_a_description_that_names_itself_came_from_there() -> None:
    document = {
        "openapi": "3.2.0",
        "$self": "https://b.test/api/openapi.yaml",
        "servers": [{"url": "./v1"}],
        "paths": {},
    }
    assert build_document(document).api.base_url == "https://b.test/api/v1"
    del document["$self"]
    assert build_document(document).api.base_url == "./v1"
