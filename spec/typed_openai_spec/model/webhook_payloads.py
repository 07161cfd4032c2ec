"""The components that webhooks send."""

from __future__ import annotations

from collections.abc import Iterable

from typed_openai_spec.model import Webhook
from typed_openai_spec.model.walking import references


def payload_names(webhooks: Iterable[Webhook]) -> tuple[str, ...]:
    """Return the names of the components that the webhooks send, each once, in order."""
    return tuple(dict.fromkeys(name for one in webhooks for name in references(one.schema)))
