"""Every name in a description becomes a valid Python name, and the usual spellings are readable."""

from __future__ import annotations

import keyword
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from typed_openai_spec.model.python_names import (
    RENAMED_GROUPS,
    RESERVED_ARGUMENTS,
    argument_name,
    component_name,
    group_name,
    pascal_case,
    snake_case,
    unique_names,
)

_TEXTS = st.text() | st.from_regex(r"[_A-Za-z0-9.\-\[\] ]{0,20}", fullmatch=True) | st.sampled_from(
    [*keyword.kwlist, *RESERVED_ARGUMENTS, *RENAMED_GROUPS, "__init__", "__", "_", "BASE-URL", "\u202eabc"]
)  # fmt: skip


@given(_TEXTS)
def test_every_name_is_an_identifier_and_no_keyword(text: str) -> None:
    for name in (
        snake_case(text),
        pascal_case(text),
        argument_name(text),
        component_name(text),
        group_name(text),
    ):
        assert name.isidentifier()
        assert unicodedata.normalize("NFKC", name) == name  # as Python reads it
        assert name.isprintable()
        assert not keyword.iskeyword(name)
        assert not name.startswith("__")


@given(_TEXTS)
def test_no_argument_takes_a_name_that_every_call_uses(text: str) -> None:
    assert argument_name(text) not in RESERVED_ARGUMENTS
    assert group_name(text) not in RENAMED_GROUPS


@pytest.mark.parametrize("text", ["con", "AUX", "nul", "Prn", "com1", "lpt9"])
def test_no_group_is_called_as_a_device_whose_name_no_file_can_have(text: str) -> None:
    assert group_name(text) == f"{text.lower()}_"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "query_a", "body_a", "body_a_2"]), st.sampled_from(["query", "body"])
        )
    )
)
def test_names_of_one_operation_never_repeat(wanted: list[tuple[str, str]]) -> None:
    names = unique_names(wanted)
    assert len(set(names)) == len(wanted)
    if wanted:
        assert names[0] == wanted[0][0]


@pytest.mark.parametrize(
    ("text", "snake", "pascal"),
    [
        ("createChatCompletion", "create_chat_completion", "CreateChatCompletion"),
        ("usage-costs", "usage_costs", "UsageCosts"),
        ("HTTPError", "http_error", "HTTPError"),
        ("fine_tuning", "fine_tuning", "FineTuning"),
        ("listMCPTools2", "list_mcp_tools2", "ListMCPTools2"),
        ("a.b/c d", "a_b_c_d", "ABCD"),
        ("créer", "creer", "Creer"),
    ],
)
def test_the_usual_spellings_are_taken_apart(text: str, snake: str, pascal: str) -> None:
    assert (snake_case(text), pascal_case(text)) == (snake, pascal)


@pytest.mark.parametrize(
    ("wire", "name"),
    [
        ("EndTime<", "EndTime_lt"),
        ("EndTime>", "EndTime_gt"),
        ("EndTime<=", "EndTime_lte"),
        ("end-time>=", "end_time_gte"),
        ("name!", "name_not"),
        ("name~", "name_like"),
        ("größe", "größe"),
        ("名前", "名前"),
        ("ﬁle", "file"),
        ("a\u3164b", "a_b"),
        ("<", "argument"),
    ],
)
def test_names_of_arguments_can_be_guessed(wire: str, name: str) -> None:
    assert argument_name(wire) == name
