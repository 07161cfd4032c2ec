"""Deprecated operations warn at the call, and are marked in their documentation."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from typed_openai import Client, resources
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import class_name

DEPRECATED = [one for one in packaged().operations() if one.deprecated]


def test_every_deprecated_operation_says_what_to_use_instead() -> None:
    assert len(DEPRECATED) > 30
    assert [one.qualified_name for one in DEPRECATED if not one.replacement] == []
    for one in DEPRECATED:
        method = vars(getattr(resources, class_name(one.group)))[one.name]
        assert method.__deprecated__ == one.deprecation
        assert one.replacement in method.__deprecated__
        assert one.replacement in str(method.__doc__)


def test_what_is_said_to_be_used_instead_exists_and_is_not_deprecated() -> None:
    for one in DEPRECATED:
        words = one.replacement.replace("(", " ").replace(")", " ").replace(",", " ").split()
        for name in (word for word in words if word.startswith("client.")):
            group, _, method = name.removeprefix("client.").partition(".")
            assert not packaged().operation(group, method).deprecated


def test_a_call_warns_once_where_it_is_written(server: Any) -> None:
    server.reply({})
    client = Client(api_key="k", base_url=server.base_url)
    client.models.list_models()  # imports during the first request reset the warning filters
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("default")
        for _ in range(2):
            client.threads.get_thread("t")
    assert [one.category for one in told] == [DeprecationWarning]
    assert told[0].filename == __file__
    assert "threads.get_thread is deprecated; use client.conversations.get_conversation" in str(
        told[0].message
    )


def test_other_calls_do_not_warn(server: Any) -> None:
    server.reply({})
    client = Client(api_key="k", base_url=server.base_url)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        client.models.list_models()
        with pytest.raises(DeprecationWarning):
            client.videos.list_videos()
    assert not hasattr(client.models.list_models, "__deprecated__")


def test_beta_operations_say_so() -> None:
    beta = [one for one in packaged().operations() if one.beta]
    opted_in = [
        one for one in packaged().operations() if any("beta" in name.lower() for name, _ in one.headers)
    ]
    assert {one.id for one in opted_in} <= {one.id for one in beta}
    for one in beta:
        method = vars(getattr(resources, class_name(one.group)))[one.name]
        assert "Beta: may change without notice." in str(method.__doc__)
