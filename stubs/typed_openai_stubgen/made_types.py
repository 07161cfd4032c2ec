"""Types that handwritten modules make from the index at run time, as text for their stubs."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from typed_openai_spec.model import Api, Literals
from typed_openai_spec.model.webhook_payloads import payload_names
from typed_openai_stubgen.layers import NEEDED, RECURSIVE, layers
from typed_openai_stubgen.safe_text import string_literal


def made_types(module: str, api: Api, package: str, source: str) -> str:
    """Return Python text that defines the types that a module makes, with imports; empty without any.

    Components that ``source`` imports, and that another API does not have, are any JSON object.
    """
    made = _MAKERS[module](api, package) if module in _MAKERS else ""
    absent = sorted(_absent_components(api, f"{package}.{NEEDED}", source))
    aliases = [f"{name}: TypeAlias = dict[str, object]" for name in absent]
    return "\n".join([made, "from typing import TypeAlias", *aliases, ""]) if aliases else made


def _absent_components(api: Api, module: str, source: str) -> Iterator[str]:
    imported = [
        one.name
        for node in ast.walk(ast.parse(source if module in source else ""))
        if isinstance(node, ast.ImportFrom) and node.module == module
        for one in node.names
    ]
    if imported:
        declared = layers(api)
        present = {one.name for layer in (RECURSIVE, NEEDED) for one in declared[layer]}
        yield from (name for name in imported if name not in present)


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
