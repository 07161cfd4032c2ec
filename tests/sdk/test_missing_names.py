"""Names of the official client, and other names that do not exist, at run time."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path
from pkgutil import resolve_name

import pytest

import typed_openai
from typed_openai import Client
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.official_names import counterpart, export_hint, method_hint, official_methods

FOREIGN = Path(__file__).parents[1] / "fixtures" / "library.yaml"


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ("chat.completions.create", "client.chat.create_chat_completion for chat.completions.create"),
        ("beta.threads.create", "client.threads.create_thread for beta.threads.create"),
        ("responses.create", "client.responses.create_response for responses.create"),
        ("responses.parse", "typed_openai.ask for responses.parse, client.responses.create_response for"),
        ("audio.speech.create", "client.audio.create_speech for audio.speech.create"),
        ("files.content", "client.files.download_file for files.content"),
    ],
)
def test_a_name_of_the_official_client_leads_to_the_operation(chain: str, expected: str) -> None:
    with pytest.raises(AttributeError, match="has no attribute") as caught:
        attrgetter(chain)(Client())
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_names_after_a_missing_one_decide_which_operation_is_named() -> None:
    client = Client()
    with pytest.raises(
        AttributeError, match=r"use client.chat.list_chat_completions for chat.completions.list "
    ):
        client.chat.completions.list()
    with pytest.raises(
        AttributeError, match=r"use client.threads.list_run_steps for beta.threads.runs.steps"
    ):
        client.beta.threads.runs.steps.list("thread", run_id="run")
    with pytest.raises(AttributeError, match=r"use typed_openai.ask for beta.chat.completions.parse, client"):
        client.beta.chat.completions.parse(model="gpt-4o")
    with pytest.raises(
        AttributeError, match=r"use client.embeddings.create_embedding for embeddings.create of"
    ):
        typed_openai.embeddings.create.unknown()


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ("copy", "; use client.with_options(...) for copy of openai"),
        ("with_raw_response", "; use response_info(reply) for with_raw_response of openai"),
        (
            "models.with_raw_response.list",
            "; use client.models.list_models for models.list, "
            "response_info(reply) for with_raw_response of openai",
        ),
        (
            "with_streaming_response.chat.completions.create",
            "; use client.chat.create_chat_completion for chat.completions.create, "
            "response_info(stream) for with_streaming_response of openai",
        ),
    ],
)
def test_other_attributes_of_the_official_client_have_hints(chain: str, expected: str) -> None:
    assert method_hint(chain, packaged()) == expected


def test_every_method_with_an_operation_is_named_by_its_hint() -> None:
    found = [(one.name, counterpart(one, packaged())) for one in official_methods()]
    known = [(name, operation) for name, operation in found if operation is not None]
    assert len(known) > 250
    for name, operation in known:
        assert method_hint(name, packaged()).startswith(f"; use client.{operation.qualified_name} for {name}")


def test_a_misspelt_operation_leads_to_the_nearest() -> None:
    with pytest.raises(AttributeError, match=r"'Chat' object .*; did you mean 'create_chat_completion'\?"):
        _ = Client().chat.create_chat_completon


def test_questions_about_missing_names_are_answered_as_python_does() -> None:
    client = Client()
    assert not hasattr(client, "beta")
    assert not hasattr(client.chat, "completions")
    assert not hasattr(typed_openai, "OpenAI")
    assert getattr(client.chat, "completions", 3) == 3
    with pytest.raises(AttributeError, match=r"has no attribute '__wrapped__'$"):
        _ = client.chat.__wrapped__


def test_importing_a_name_of_the_official_package_says_what_to_import() -> None:
    with pytest.raises(ImportError, match=r"cannot import name 'OpenAI' from 'typed_openai'; use Client$"):
        from typed_openai import OpenAI  # noqa: F401, PLC0415
    with pytest.raises(
        ImportError, match=r"'AsyncOpenAI' from 'typed_openai'; use typed_openai\.aio\.AsyncClient$"
    ):
        from typed_openai import AsyncOpenAI  # noqa: F401, PLC0415
    with pytest.raises(
        ImportError, match=r"'AsyncClient' from 'typed_openai'; use typed_openai\.aio\.AsyncClient$"
    ):
        from typed_openai import AsyncClient  # noqa: F401, PLC0415
    with pytest.raises(ImportError, match=r"'Cliente' from 'typed_openai'; did you mean 'Client'\?"):
        from typed_openai import Cliente  # noqa: F401, PLC0415
    with pytest.raises(AttributeError, match="module 'typed_openai' has no attribute 'OpenAI'; use Client"):
        _ = typed_openai.OpenAI


def test_names_that_replace_exports_exist() -> None:
    for name in (
        "OpenAI",
        "AsyncOpenAI",
        "NOT_GIVEN",
        "NotGiven",
        "AsyncStream",
        "APIResponseValidationError",
    ):
        instead = export_hint(name).removeprefix("; use ").partition(",")[0]
        resolve_name(instead if "." in instead else f"typed_openai.{instead}")
    assert export_hint("Client") == ""


def test_every_helper_has_a_function_that_does_its_work() -> None:
    helpers = [one for one in official_methods() if one.is_helper]
    assert len(helpers) > 20
    for one in helpers:
        resolve_name(one.path)
        assert method_hint(one.name, packaged()).startswith(f"; use {one.path} for {one.name}")


def test_another_api_is_not_compared_with_the_official_client() -> None:
    client = Client(spec=FOREIGN)
    with pytest.raises(AttributeError, match=r"Client of \"Library\" has no attribute 'chat'$"):
        _ = client.chat.completions
