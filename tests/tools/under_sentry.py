"""Make a call with Sentry's SDK, and print the statuses of its spans: ``under_sentry CASE URL``."""

from __future__ import annotations

import json
import sys
from typing import Any

import sentry_sdk
from sentry_sdk.transport import Transport
from tests.tools.calls import CASES, KEY

sent: list[Any] = []


class Kept(Transport):  # type: ignore[misc,unused-ignore]  # the SDK is not in the main environment
    def capture_envelope(self, envelope: Any) -> None:
        sent.extend(one.payload.json for one in envelope.items)


def main(name: str, url: str) -> None:
    sentry_sdk.init("http://public@127.0.0.1:1/1", transport=Kept, traces_sample_rate=1.0)
    with sentry_sdk.start_transaction(name="a test"):
        CASES[name].call({"api_key": KEY, "base_url": url})
        sentry_sdk.capture_message("after the call")
    sentry_sdk.flush()
    spans = next(one["spans"] for one in sent if "spans" in one)
    assert KEY not in json.dumps(sent)
    print([one["data"]["http.response.status_code"] for one in spans if one["op"] == "http.client"])


if __name__ == "__main__":
    main(*sys.argv[1:])
