"""Calls as users write them, seen from the server's side of the socket."""

from __future__ import annotations

import copy
import os
import threading
from collections.abc import Callable
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote

import pytest
import requests

import typed_openai
from typed_openai import Client, MissingKeyError

MESSAGES = [{"role": "user", "content": "Hello"}]
TOOLS = [{"type": "code_interpreter"}]

# The call, and the method, path and JSON body that must be sent for it.
CALLS: list[tuple[Callable[[Client], Any], str, str, dict[str, Any]]] = [
    (
        lambda ai: ai.completions.create_completion("text-davinci-003", "The sky is"),
        "POST",
        "/v1/completions",
        {"model": "text-davinci-003", "prompt": "The sky is"},
    ),
    (
        lambda ai: ai.chat.create_chat_completion(MESSAGES, "gpt-3.5-turbo", logit_bias={"8043": -100}),
        "POST",
        "/v1/chat/completions",
        {"messages": MESSAGES, "model": "gpt-3.5-turbo", "logit_bias": {"8043": -100}},
    ),
    (
        lambda ai: ai.responses.create_response("a joke", "gpt-4o-mini", previous_response_id="resp_1"),
        "POST",
        "/v1/responses",
        {"input": "a joke", "model": "gpt-4o-mini", "previous_response_id": "resp_1"},
    ),
    (
        lambda ai: ai.assistants.create_assistant("gpt-4o", name="Tutor", tools=TOOLS),
        "POST",
        "/v1/assistants",
        {"model": "gpt-4o", "name": "Tutor", "tools": TOOLS},
    ),
    (
        lambda ai: ai.threads.create_message("thread_1", "I need help", "user"),
        "POST",
        "/v1/threads/thread_1/messages",
        {"content": "I need help", "role": "user"},
    ),
    (
        lambda ai: ai.threads.create_run("thread_1", "asst_1"),
        "POST",
        "/v1/threads/thread_1/runs",
        {"assistant_id": "asst_1"},
    ),
    (lambda ai: ai.threads.create_thread(), "POST", "/v1/threads", {}),
]


@pytest.fixture
def client(server: Any) -> Client:
    return Client(api_key="sk-test", base_url=server.base_url)


@pytest.mark.filterwarnings("ignore:.* is deprecated; use :DeprecationWarning")  # of assistants
@pytest.mark.parametrize(("call", "method", "path", "body"), CALLS)
def test_calls_send_what_they_say(
    server: Any, client: Client, call: Callable[[Client], Any], method: str, path: str, body: dict[str, Any]
) -> None:
    server.reply({"id": "x", "unknown": [1, None]})
    assert call(client) == {"id": "x", "unknown": [1, None]}
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.json) == (method, path, body)
    assert seen.headers["authorization"] == "Bearer sk-test"
    assert seen.headers["content-type"] == "application/json"


def test_options_of_one_call_replace_the_client_s(server: Any) -> None:
    server.reply({"object": "list", "data": []})
    client = Client(api_key="mine", organization="org", base_url="http://127.0.0.1:1")
    client.models.list_models(
        openai_api_key="abc",
        openai_organization_key="def",
        base_url=server.base_url,
        extra_query={"a": [1, True]},
    )
    (seen,) = server.seen
    assert unquote(seen.path) == "/v1/models?a[]=1&a[]=true"
    assert seen.headers["authorization"] == "Bearer abc"
    assert seen.headers["openai-organization"] == "def"
    assert "idempotency-key" not in seen.headers


def test_extra_body_and_headers_are_merged_over_what_the_call_sends(server: Any, client: Client) -> None:
    server.reply({})
    client.chat.create_chat_completion(
        MESSAGES,
        "a",
        top_p=0.5,
        extra_body={"top_p": 1, "vendor": {"x": None}},
        extra_headers={"user-agent": "me"},
    )
    (seen,) = server.seen
    assert seen.json == {"messages": MESSAGES, "model": "a", "top_p": 1, "vendor": {"x": None}}
    assert seen.headers["user-agent"] == "me"


def test_omitted_is_omitted_and_none_is_null_in_json_but_left_out_of_the_query(
    server: Any, client: Client
) -> None:
    server.reply({})
    client.chat.create_chat_completion(MESSAGES, "a", stop=None)
    client.files.list_files(after=None, limit=3)
    assert server.seen[0].json == {"messages": MESSAGES, "model": "a", "stop": None}
    assert server.seen[1].path == "/v1/files?limit=3"


def test_query_arrays_and_objects_are_written_in_brackets(server: Any, client: Client) -> None:
    server.reply({})
    client.responses.list_input_items("resp_1", include=("a", "b"))
    client.chat.list_chat_completions(metadata={"k": "v w"})
    assert [unquote(one.path) for one in server.seen] == [
        "/v1/responses/resp_1/input_items?include[]=a&include[]=b",
        "/v1/chat/completions?metadata[k]=v w",
    ]


@pytest.mark.filterwarnings("ignore:.* is deprecated; use :DeprecationWarning")  # of threads
def test_fixed_queries_and_headers_of_the_description_are_sent(server: Any, client: Client) -> None:
    server.reply({})
    client.responses.beta_create_response(input="x", openai_beta=["responses_multi_agent=v1"])
    client.threads.get_thread("t")
    assert server.seen[0].path == "/v1/responses?beta=true"
    assert server.seen[0].headers["openai-beta"] == "responses_multi_agent=v1"
    assert server.seen[1].headers["openai-beta"] == "assistants=v2"


def test_path_parameters_are_quoted_into_one_segment(server: Any, client: Client) -> None:
    server.reply({})
    client.models.retrieve_model("ft:gpt/../x?y#z\n%2e")
    assert server.seen[0].path == "/v1/models/ft%3Agpt%2F..%2Fx%3Fy%23z%0A%252e"


def test_sequences_mappings_and_generators_become_json_arrays_and_objects(
    server: Any, client: Client
) -> None:
    server.reply({})
    messages = ({"role": "user", "content": text} for text in ("a", "b"))
    client.chat.create_chat_completion(messages, "m", stop=("x",), metadata=MappingProxyType({"k": "v"}))
    assert server.seen[0].json == {
        "messages": [{"role": "user", "content": "a"}, {"role": "user", "content": "b"}],
        "model": "m",
        "stop": ["x"],
        "metadata": {"k": "v"},
    }


def test_administration_uses_the_admin_key(server: Any) -> None:
    server.reply({})
    client = Client(api_key="plain", admin_api_key="admin", base_url=server.base_url)
    client.organization.list_organization_certificates()
    client.organization.list_organization_certificates(openai_api_key="other")
    client.models.list_models()
    assert [one.headers["authorization"] for one in server.seen] == [
        "Bearer admin",
        "Bearer other",
        "Bearer plain",
    ]


def test_a_missing_key_is_reported_when_a_call_needs_it_and_names_both_ways_to_give_it(server: Any) -> None:
    client = Client(base_url=server.base_url)
    with pytest.raises(MissingKeyError, match=r"models\.list_models.*OPENAI_API_KEY.*api_key="):
        client.models.list_models()
    with pytest.raises(MissingKeyError, match=r"OPENAI_ADMIN_KEY.*admin_api_key="):
        client.call("organization.list_organization_certificates")
    assert server.seen == []


def test_the_environment_is_read_when_it_is_needed(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    server.reply({})
    client = Client()
    for name, value in {
        "OPENAI_API_KEY": "from-env",
        "OPENAI_ORG_ID": "org",
        "OPENAI_PROJECT_ID": "proj",
        "OPENAI_BASE_URL": server.base_url + "/",
    }.items():
        monkeypatch.setenv(name, value)
    client.models.list_models()
    monkeypatch.setenv("OPENAI_ORGANIZATION_KEY", "first")
    monkeypatch.setenv("OPENAI_API_KEY", "later")
    client.models.list_models()
    first, second = server.seen
    assert first.path == "/v1/models"
    assert first.headers["authorization"] == "Bearer from-env"
    assert (first.headers["openai-organization"], first.headers["openai-project"]) == ("org", "proj")
    assert (second.headers["openai-organization"], second.headers["authorization"]) == (
        "first",
        "Bearer later",
    )


@pytest.mark.parametrize("name", ["OPENAI_API_URL", "OPENAI_API_BASE", "OPENAI_BASE_URL"])
def test_each_variable_for_the_address_works_through_the_module_s_own_groups(
    server: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    server.reply({"data": []})
    monkeypatch.setenv(name, server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "env")
    assert typed_openai.models.list_models() == {"data": []}
    assert typed_openai.files.list_files() == {"data": []}


def test_the_module_calls_operations_by_id_and_by_path_too(server: Any, monkeypatch: Any) -> None:
    server.reply({"data": []})
    monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
    monkeypatch.setenv("OPENAI_API_KEY", "env")
    assert typed_openai.models.list_models() == {"data": []}
    assert typed_openai.call("listModels") == {"data": []}
    assert typed_openai.request("GET", "/models", params={"a": 1}, extra_headers={"X-A": "b"}) == {"data": []}
    assert [one.path for one in server.seen] == ["/v1/models", "/v1/models", "/v1/models?a=1"]
    assert server.seen[2].headers["x-a"] == "b"


@pytest.mark.filterwarnings("ignore:.* is deprecated; use :DeprecationWarning")  # of threads
def test_headers_of_a_call_go_before_those_of_its_operation_and_those_before_the_client_s(
    server: Any,
) -> None:
    server.reply({})
    client = Client(api_key="k", base_url=server.base_url, http_headers={"OpenAI-Beta": "mine", "X-A": "1"})
    client.threads.get_thread("t")
    client.threads.get_thread("t", extra_headers={"openai-beta": "this call's"})
    client.models.list_models()
    betas = [one.headers["openai-beta"] for one in server.seen]
    assert betas == ["assistants=v2", "this call's", "mine"]


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_keeps_keys_and_settings(server: Any, copied: Callable[[Client], Client]) -> None:
    server.reply({})
    session = requests.Session()
    session.headers["X-Mine"] = "1"
    client = Client(
        api_key="k", base_url=server.base_url, http_headers={"Cookie": "c"}, http_client=session, timeout=3
    )
    client.models.list_models()
    other = copied(client)
    assert other.models is not client.models
    other.models.list_models()
    assert other._sending is not client._sending
    first, second = ({**one.headers} for one in server.seen)
    assert first == second
    assert (second["authorization"], second["cookie"], second["x-mine"]) == ("Bearer k", "c", "1")


def test_netrc_never_replaces_the_key(
    server: Any, client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    def redirect(handler: Any) -> None:
        handler.send_response(307)
        handler.send_header("Location", server.base_url + "/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    server.answer(redirect)
    server.reply({})
    client.models.list_models()
    assert [one.headers["authorization"] for one in server.seen] == ["Bearer sk-test"] * 2


def test_the_user_s_own_authorization_makes_a_key_unnecessary(server: Any) -> None:
    server.reply({})
    client = Client(base_url=server.base_url, http_headers={"authorization": "Basic eDp5"})
    client.models.list_models()
    assert server.seen[0].headers["authorization"] == "Basic eDp5"


def test_http_client_and_http_options_are_used(server: Any) -> None:
    server.reply({})
    session = requests.Session()
    session.headers["X-Mine"] = "1"
    options: list[dict[str, Any]] = []
    plain = session.request

    def request(*args: Any, **kwargs: Any) -> requests.Response:
        options.append(kwargs)
        return plain(*args, **kwargs)

    session.request = request  # type: ignore[method-assign]
    client = Client(
        api_key="k",
        base_url=server.base_url,
        http_client=session,
        http_options={"allow_redirects": False, "timeout": 7},
        http_headers={"X-All": "2"},
    )
    client.models.list_models()
    (seen,) = server.seen
    assert (seen.headers["x-mine"], seen.headers["x-all"]) == ("1", "2")
    assert options[0]["allow_redirects"] is False
    assert options[0]["timeout"] == pytest.approx((7, 7), abs=1)


def test_a_base_url_s_own_query_is_sent_with_every_request(server: Any) -> None:
    server.reply({})
    client = Client(api_key="k", base_url=f"{server.base_url}/?api-version=2024")
    client.files.list_files(limit=1)
    assert server.seen[0].path == "/v1/files?api-version=2024&limit=1"


@pytest.mark.slow(seconds=1)
def test_threads_have_connections_of_their_own_and_mix_nothing(server: Any, client: Client) -> None:
    def echo(handler: Any) -> None:
        data = b'{"id": "%s"}' % handler.path.rpartition("/")[2].encode()
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    server.answer(echo)
    wrong: list[tuple[str, Any]] = []

    def work(number: int) -> None:
        for call in range(20):
            name = f"m-{number}-{call}"
            if (got := client.models.retrieve_model(name)["id"]) != name:
                wrong.append((name, got))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(server.seen) == 160


def test_a_client_used_before_fork_works_in_parent_and_child(server: Any, client: Client) -> None:
    server.reply({"ok": True})
    client.models.list_models()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if client.models.list_models() == {"ok": True} else 2
        finally:
            os._exit(status)
    assert client.models.list_models() == {"ok": True}
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_closed_client_opens_new_connections(server: Any) -> None:
    server.reply({})
    with Client(api_key="k", base_url=server.base_url) as client:
        client.models.list_models()
    client.close()
    assert client.models.list_models() == {}
