"""``params.pyi``: the arguments of each operation as TypedDicts, for ``**params``.

No other stub imports it, so that only its users pay for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from typed_openai_spec.model import Api, Argument
from typed_openai_spec.model.operation_params import Params, former_names, params_of, stems
from typed_openai_stubgen.annotations import Annotator, omittable, sequence_not_str_stub
from typed_openai_stubgen.component_stubs import dir_stub, types_header
from typed_openai_stubgen.layers import NEEDED
from typed_openai_stubgen.safe_text import docstring
from typed_openai_stubgen.scope import Scope

MODULE = "params"


def render(api: Api, package: str) -> str:
    """Return the text of the ``params.pyi`` of ``package``."""
    known = stems(_groups(api))
    found = list(_all(api, known))
    former = former_names(api.operations, known)
    fields = {one.name for params in found for one in params.arguments}
    scope = Scope(f"{package}.{MODULE}", taken=fields | {one.name for one in found} | former.keys())
    types = scope.use(f"{package}.{NEEDED}", alias="types")
    annotator = Annotator(api.components, scope, prefix=f"{types}.")
    body = [line for one in found for line in _typed_dict(one, annotator)]
    body += [f"{old}: {scope.use('typing.TypeAlias')} = {new}" for old, new in former.items()]
    lines = [*sequence_not_str_stub(scope), *body, dir_stub(scope)]
    return "\n".join([*types_header(api), *scope.imports(), "", *lines]) + "\n"


def _groups(api: Api) -> dict[str, dict[str, str]]:
    groups: dict[str, dict[str, str]] = {}
    for one in api.operations:
        groups.setdefault(one.group, {})[one.name] = one.id
    return groups


def _all(api: Api, known: Mapping[str, tuple[str, str]]) -> Iterator[Params]:
    operations = {(one.group, one.name): one for one in api.operations}
    for stem, place in known.items():
        yield from params_of(operations[place], stem, api.components)


def _typed_dict(params: Params, annotator: Annotator) -> Iterator[str]:
    yield f"class {params.name}({params.base or annotator.scope.use('typing.TypedDict')}):"
    yield from docstring([params.doc], "    ")
    for one in params.arguments:
        yield f"    {one.name}: {_annotation(one, annotator)}"
        yield from docstring([one.doc] if one.doc else [], "    ")
    yield ""


def _annotation(argument: Argument, annotator: Annotator) -> str:
    text = annotator.text(argument.schema, sent=True)
    if argument.required:
        return text
    return f"{annotator.scope.use('typing.NotRequired')}[{omittable(text, annotator.scope)}]"
