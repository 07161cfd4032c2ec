"""The client in ``dir``, ``help`` and ``inspect``, and the cost of importing it."""

from __future__ import annotations

import inspect
import pkgutil
import pydoc
import re
import subprocess
import sys
from importlib.metadata import version
from typing import Any, get_type_hints

import pytest
from typing_extensions import is_typeddict

import typed_openai
from typed_openai import OMIT, Client, resources, types
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import class_name
from typed_openai_spec.option_tables import CALL_OPTIONS

OPERATIONS = [(group, name) for group, names in packaged().groups.items() for name in names]


@pytest.mark.parametrize("group", packaged().groups)
def test_every_operation_is_a_function_with_its_exact_signature(group: str) -> None:
    owner = getattr(resources, class_name(group))
    for name in packaged().groups[group]:
        method = vars(owner)[name]
        assert inspect.isfunction(method)
        assert (method.__name__, method.__module__) == (name, "typed_openai.resources")
        assert method.__qualname__ == f"{owner.__name__}.{name}"
        operation = packaged().operation(group, name)
        given = inspect.signature(method)
        # It is built without checks, so the standard library's own checks must pass.
        assert inspect.Signature(list(given.parameters.values())) == given
        expected = [
            ("self", False, True),
            *((one.name, one.positional or one.required, one.required) for one in operation.arguments),
            *([("stream_to", False, False)] if operation.can_stream else []),
            *([("on_progress", False, False)] if operation.sends_files else []),
            *((option, False, False) for option in CALL_OPTIONS),
        ]
        found = [
            (
                one.name,
                one.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and one.name != "self",
                one.default is inspect.Parameter.empty,
            )
            for one in given.parameters.values()
        ]
        assert found == expected


def test_the_signature_of_a_call_reads_as_it_is_written() -> None:
    shown = str(inspect.signature(Client().models.retrieve_model))
    assert shown == (
        "(model, *, openai_api_key=OMIT, openai_organization_key=OMIT, base_url=OMIT, timeout=OMIT, "
        "max_retries=OMIT, extra_headers=OMIT, extra_query=OMIT, extra_body=OMIT)"
    )
    assert repr(OMIT) == "OMIT"


def test_signatures_and_types_have_annotations_in_every_format() -> None:
    annotationlib = pytest.importorskip("annotationlib", reason="Python 3.14 or newer")
    formats = [one for one in annotationlib.Format if one is not annotationlib.Format.VALUE_WITH_FAKE_GLOBALS]
    made: list[Any] = [one for one in (getattr(types, name) for name in dir(types)) if is_typeddict(one)]
    assert len(made) > 500
    for one in made:
        names = one.__required_keys__ | one.__optional_keys__
        assert get_type_hints(one).keys() == names
        assert all(annotationlib.get_annotations(one, format=form).keys() == names for form in formats)
    for method in (
        Client().models.retrieve_model,
        resources.Models.retrieve_model,
        Client,
        Client.with_options,
    ):
        plain = inspect.signature(method)
        for form in formats:
            options: Any = {"annotation_format": form}
            assert inspect.signature(method, **options).parameters.keys() == plain.parameters.keys()


def test_help_shows_our_summary_each_argument_and_the_reference() -> None:
    text = pydoc.render_doc(Client().chat.create_chat_completion, renderer=pydoc.TextDoc())
    text = re.sub(".\x08", "", text)
    for piece in (
        "Generate the model's next message",
        "    temperature: ",
        "extra_body: ",
        "https://platform.openai.com/docs/api-reference/chat/create",
    ):
        assert piece in text


def test_a_docstring_is_a_str_in_every_way_that_readers_use() -> None:
    method = vars(resources.Models)["list_models"]
    doc = method.__doc__
    assert isinstance(doc, str)
    assert doc == str(doc) == f"{doc}" == "".join(doc)
    assert doc.splitlines()[0] in doc
    assert len(doc) > 20
    assert inspect.getdoc(method) == str(doc)
    assert hash(doc) == hash(str(doc))


def test_dir_lists_the_groups_and_nothing_that_fails() -> None:
    assert set(packaged().groups) <= set(dir(typed_openai)) & set(dir(Client()))
    for name in dir(typed_openai):
        assert getattr(typed_openai, name) is not None
    for name in ("Chat", "FineTuning", "VectorStores"):
        assert name in dir(resources)
    assert {"create_chat_completion", "list_chat_completions"} <= set(dir(Client().chat))


def test_groups_of_the_module_are_those_of_one_default_client() -> None:
    assert typed_openai.files is typed_openai.files
    assert type(typed_openai.files) is resources.Files
    with pytest.raises(AttributeError, match="no attribute 'nope'"):
        _ = typed_openai.nope


def test_no_module_takes_the_place_of_a_public_name_or_group() -> None:
    names = {*packaged().groups, *(one for names in typed_openai._HOMES.values() for one in names)}
    modules = {one.name for one in pkgutil.iter_modules(typed_openai.__path__)}
    assert "_calls" in modules
    assert modules & names == set()


def test_a_group_that_was_used_is_listed_once() -> None:
    client = Client()
    assert client.chat is client.chat
    assert len(set(dir(client))) == len(dir(client))


def test_a_group_is_made_once_per_client_and_its_class_once() -> None:
    first, second = Client(), Client()
    assert first.chat is first.chat
    assert first.chat is not second.chat
    assert type(first.chat) is type(second.chat) is resources.Chat


def test_importing_reads_neither_requests_nor_the_index() -> None:
    code = (
        "import sys, typed_openai; before = set(sys.modules);"
        "assert not {'requests', 'yaml', 'typed_openai_spec', 'typed_openai.client'} & before, before;"
        "client = typed_openai.Client(api_key='k'); client.chat.create_chat_completion;"
        "assert not {'requests', 'yaml'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_version_is_the_distribution_s() -> None:
    assert typed_openai.__version__ == version("typed-openai")
