"""Types that handwritten modules make from the index at run time, as text for their stubs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from typed_openai_spec.model import Api, Literals
from typed_openai_spec.model.webhook_payloads import payload_names
from typed_openai_stubgen.layers import NEEDED
from typed_openai_stubgen.safe_text import string_literal


def made_types(module: str, api: Api, package: str) -> str:
    """Return Python text that defines the types that a module makes, with imports; empty without any."""
    return _MAKERS[module](api, package) if module in _MAKERS else ""


def _webhook_event(api: Api, package: str) -> str:
    """Return the union of all events. Without webhooks it is any JSON object."""
    names = payload_names(api.webhooks)
    imports = [f"from {package}.{NEEDED} import {one}" for one in sorted(names)]
    union = " | ".join(names) or "dict[str, object]"
    return "\n".join(["from typing import TypeAlias", *imports, "", f"WebhookEvent: TypeAlias = {union}", ""])


def _file_purpose(api: Api, package: str) -> str:
    """Return the purposes of files, as the operation that uploads a file lists them."""
    arguments = (one.argument("purpose") for one in api.operations if one.sends_files)
    schemas = (api.resolve(one.schema) for one in arguments if one is not None)
    values = next((one.values for one in schemas if isinstance(one, Literals)), ())
    listed = ", ".join(string_literal(str(one)) for one in values)
    return "\n".join(
        [
            "from typing import Literal, TypeAlias",
            "",
            f"FilePurpose: TypeAlias = {f'Literal[{listed}]' if listed else 'str'}",
            "",
        ]
    )


_MAKERS: Final[Mapping[str, Callable[[Api, str], str]]] = {
    "typed_openai.webhook_events": _webhook_event,
    "typed_openai.uploading": _file_purpose,
}
