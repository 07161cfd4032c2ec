"""Requests in the form of gateways: another path before the API's own, keys in headers of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from typed_openai.testing.checking import Incoming


@dataclass(frozen=True, slots=True)
class Gateway:
    """The habits of gateways: prefixes of paths, and headers with keys.

    A prefix may end in a placeholder for an argument that requests then leave out:
    ``/openai/deployments/{model}``.
    """

    prefixes: Sequence[str] = ()
    key_headers: Sequence[str] = ()

    @classmethod
    def of(cls, habits: Mapping[str, Any]) -> Gateway:
        """Return the gateway that the habits of an API describe."""
        return cls(habits.get("prefixes", ()), habits.get("key_headers", ()))

    def plain(self, incoming: Incoming, base_path: str) -> tuple[Incoming, dict[str, str]]:
        """Return the request as the API itself expects it, and the arguments that its path has."""
        headers = dict(incoming.headers)
        key = next((headers[one] for one in self.key_headers if headers.get(one)), "")
        if key and "authorization" not in headers:
            headers["authorization"] = f"Bearer {key}"
        incoming = replace(incoming, headers=headers)
        for prefix in self.prefixes:
            fixed, _, argument = prefix.partition("{")
            if not incoming.path.startswith(fixed.rstrip("/") + "/"):
                continue
            rest = incoming.path[len(fixed.rstrip("/")) + 1 :]
            value, slash, after = rest.partition("/") if argument else ("", "/", rest)
            if slash:
                known = {argument.rstrip("}"): unquote(value)} if argument else {}
                return replace(incoming, path=f"{base_path}/{after}"), known
        return incoming, {}
