"""Keys of several security schemes, alone and together."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from typed_openai import CallError, Client, MissingKeyError
from typed_openai._settings.settings import Settings, Variables
from typed_openai.testing import serve

Described = Callable[..., Client]

KEYS = {"Id": "the-id-of-mine", "Secret": "the-secret-of-mine"}
TEXT = """
    security: %s
    paths: {/a: {get: {operationId: getA, responses: {"204": {description: ok}}}}}
    components:
      securitySchemes:
        Id: {type: apiKey, in: header, name: X-Id}
        Secret: {type: apiKey, in: query, name: secret}
        Token: {type: http, scheme: bearer}
        Login: {type: http, scheme: basic}
"""
BOTH = "[{Id: [], Secret: []}]"


def test_keys_are_sent_together(server: Any, described_client: Described) -> None:
    server.reply(b"", status=204)
    client = described_client(TEXT % BOTH, api_key=KEYS)
    client.a.get_a()
    assert server.seen[-1].headers["x-id"] == KEYS["Id"]
    assert server.seen[-1].path == f"/v1/a?secret={KEYS['Secret']}"
    client.with_options(max_retries=1).a.get_a()
    assert server.seen[-1].headers["x-id"] == KEYS["Id"]


def test_a_mapping_selects_a_scheme_where_one_is_enough(server: Any, described_client: Described) -> None:
    server.reply(b"", status=204)
    listed = "[{Id: []}, {Token: []}, {Login: []}, {Id: [], Secret: []}]"
    described_client(TEXT % listed, api_key={"Token": "a-token"}).a.get_a()
    assert server.seen[-1].headers["authorization"] == "Bearer a-token"
    described_client(TEXT % listed, api_key={"Login": "me:a password"}).a.get_a()
    assert server.seen[-1].headers["authorization"].startswith("Basic ")
    described_client(TEXT % listed, api_key="plain").a.get_a()
    assert (server.seen[-1].headers["x-id"], server.seen[-1].path) == ("plain", "/v1/a")


@pytest.mark.parametrize("given", [None, "a-key", {"Id": "only-the-id"}])
def test_a_missing_key_of_several_is_an_error(
    server: Any, described_client: Described, given: object
) -> None:
    client = described_client(TEXT % BOTH, api_key=given)
    with pytest.raises(MissingKeyError) as caught:
        client.a.get_a()
    assert str(caught.value) == (
        'a.get_a needs several keys at once: pass api_key={"Id": "...", "Secret": "..."} to the client'
    )
    assert server.seen == []


def test_wrong_mappings_are_refused_without_their_keys(server: Any, described_client: Described) -> None:
    client = described_client(TEXT % BOTH, api_key={"Id": "a-secret-a", "Secrt": "a-secret-b"})
    with pytest.raises(CallError) as caught:
        client.a.get_a()
    assert str(caught.value) == (
        'api_key: the API has no security scheme "Secrt"; did you mean "Secret"?; '
        "it has Id, Login, Secret, Token"
    )
    for wrong in ({"Id": 5}, {"Id": None}, {"Id": ""}, {"Id": "two\nlines"}):
        with pytest.raises(CallError, match=r'api_key\["Id"\]: '):
            described_client(TEXT % BOTH, api_key=wrong)


def test_keys_of_a_mapping_are_never_shown(server: Any, described_client: Described) -> None:
    server.reply({"error": {"message": " and ".join(KEYS.values())}}, status=400)
    seen: list[Any] = []
    client = described_client(TEXT % BOTH, api_key=KEYS, on_request=seen.append, on_response=seen.append)
    with pytest.raises(Exception, match=r"400") as caught:
        client.a.get_a()
    shown = [repr(client), repr(vars(client)), str(caught.value), repr(caught.value.__dict__), repr(seen)]
    assert not [one for one in shown if any(key in one for key in KEYS.values())]
    command = client.as_curl("getA")
    assert '--header "X-Id: $X_ID"' in command
    assert 'secret=\'"$SECRET"' in command or 'secret="$SECRET"' in command
    again = pickle.loads(pickle.dumps(client))
    with pytest.raises(MissingKeyError):
        again.a.get_a()
    assert copy.copy(client) is not client


def test_the_embedded_server_wants_all_keys(described_client: Described, tmp_path: Any) -> None:
    client = described_client(TEXT % BOTH, api_key=KEYS)
    with serve(spec=tmp_path / "described.yaml") as running:
        client.with_options(base_url=running.base_url).a.get_a()
        with pytest.raises(Exception, match="not all API keys") as caught:
            client.with_options(base_url=running.base_url, api_key={"Id": "a"}).request(
                "GET", "/a", headers={"Authorization": "Bearer x"}
            )
        assert getattr(caught.value, "status", None) == 401


def test_each_scheme_has_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(variables=Variables(api_key="MY_API_KEY", schemes="MY"))
    assert settings.key_of_scheme("Id") is None
    monkeypatch.setenv("MY_ID", "the-id")
    monkeypatch.setenv("MY_CLIENT_SECRET", "the secret")
    keys = [settings.key_of_scheme(one) for one in ("Id", "clientSecret")]
    assert [one and one.reveal() for one in keys] == ["the-id", "the secret"]
