"""The union of all events that a webhook may deliver, made from the index as at run time."""

from __future__ import annotations

from typing import Final

from typed_openai_spec.model import Api
from typed_openai_spec.model.webhook_payloads import payload_names
from typed_openai_stubgen.layers import NEEDED

MODULE: Final = "typed_openai.webhook_events"
NAME: Final = "WebhookEvent"


def webhook_types(api: Api, package: str) -> str:
    """Return Python text that defines the union, with imports. Without webhooks it is any JSON object."""
    names = payload_names(api.webhooks)
    imports = [f"from {package}.{NEEDED} import {one}" for one in sorted(names)]
    union = " | ".join(names) or "dict[str, object]"
    return "\n".join(["from typing import TypeAlias", *imports, "", f"{NAME}: TypeAlias = {union}", ""])
