"""Stubs of modules written by hand: public names, types and docstrings, without bodies."""

from textwrap import dedent

import pytest

from typed_openai_stubgen.handwritten_stub import Attribute, handwritten_stub
from typed_openai_stubgen.python_declarations import Untyped


def stub(source: str, *added: Attribute) -> str:
    return handwritten_stub(dedent(source), "a_module", added).text


def test_a_function_keeps_its_signature_and_docstring() -> None:
    text = stub(
        '''
        import os
        import sys
        def run(path: "os.PathLike[str]", /, *names: str, deep: bool = False, by: int = os.F) -> list["str"]:
            """Runs."""
            return sys.argv
        '''
    )
    assert "import os\n" in text
    assert "sys" not in text
    assert (
        "def run(path: os.PathLike[str], /, *names: str, deep: bool=False, by: int=...) -> list[str]:\n"
        '    """Runs."""\n' in text
    )


def test_private_names_are_kept_only_where_a_public_one_needs_them() -> None:
    text = stub(
        """
        class _Base: ...
        class _Other: ...
        class Public(_Base):
            def _hidden(self) -> None: ...
        """
    )
    assert "class _Base: ..." in text
    assert "_Other" not in text
    assert "_hidden" not in text


def test_attributes_of_the_constructor_are_declared() -> None:
    text = stub(
        """
        class Reply:
            def __init__(self, status: int, url: str) -> None:
                self.status = status
                self.text = f"{status}"
                self.place = url + "/"
                self.base = "x" + url
                self.parts: list[str] = []
                self._secret = object()
        """.replace('                self.place = url + "/"\n', "")
    )
    for line in ("status: int", "text: str", "base: str", "parts: list[str]"):
        assert f"    {line}\n" in text
    assert "_secret" not in text


def test_a_public_name_without_a_type_is_reported_with_its_place() -> None:
    with pytest.raises(Untyped, match=r'a_module:2: "Reply\.status": expected an annotation'):
        stub(
            """
            class Reply:
                def __init__(self) -> None:
                    self.status = compute()
            """
        )


def test_literals_keep_their_quotes_and_quoted_aliases_lose_them() -> None:
    text = stub(
        """
        from typing import Literal, TypeAlias
        Mode: TypeAlias = "Literal['int', 'str'] | Later"
        class Later: ...
        """
    )
    assert "Mode: TypeAlias = Literal['int', 'str'] | Later" in text


def test_dynamic_attributes_are_declared_in_place_of_getattr() -> None:
    added = Attribute("Client", "Any", "package", "resources", "Any")
    text = stub(
        """
        from typing import Any
        class Client:
            \"\"\"Calls.\"\"\"
            def __getattr__(self, name: str) -> Any: ...
            def call(self) -> Any: ...
        """,
        added,
    )
    assert "    Any: _resources.Any\n" in text
    assert "from package import resources as _resources" in text
    assert "__getattr__" not in text


def test_a_module_getattr_does_not_make_every_name_right() -> None:
    assert "__getattr__" not in stub("def __getattr__(name: str) -> object: ...")


def test_only_what_all_names_is_public() -> None:
    text = stub(
        """
        from typing import Any
        from other import Exported, Used
        __all__ = ["Exported", "run"]
        def run(value: Used) -> None: ...
        def helper(value: Any) -> None: ...
        """
    )
    assert "from other import Exported as Exported, Used\n" in text
    assert "helper" not in text
    assert "Any" not in text


def test_a_dynamic_attribute_does_not_replace_a_method() -> None:
    added = Attribute("Client", "call", "package", "resources", "Call")
    text = stub("class Client:\n    def call(self) -> None: ...\n", added)
    assert "def call(self) -> None: ..." in text
    assert "_resources.Call" not in text


def test_a_function_keeps_the_ignored_errors_of_its_first_line() -> None:
    text = stub(
        '''
        def documented() -> str:  # type: ignore[misc]  # a reason
            """Return a text."""
        def empty() -> str: ...  # type: ignore[misc]  # another reason
        '''
    )
    assert "def documented() -> str:  # type: ignore[misc]  # a reason\n    " in text
    assert "def empty() -> str: ...  # type: ignore[misc]  # another reason\n" in text
