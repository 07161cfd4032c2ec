"""The types of ``accumulate`` follow the events, in the client's stubs and in generated packages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from typed_openai_spec.index.reader import packaged
from typed_openai_stubgen.generated_package import generate_package
from typed_openai_stubgen.stub_package import generate

API = packaged().api()


@pytest.mark.slow(seconds=1)
def test_there_is_an_overload_for_each_kind_of_events() -> None:
    text = generate(API)["accumulation.pyi"]
    for events, one in API.accumulations.items():
        makes = " | ".join(name if name == "bytes" else f"_types.{name}" for name in one.makes)
        assert f"(stream: Stream[_types.{events}]) -> Accumulated[_types.{events}, {makes}]" in text
        assert f"(stream: _AsyncEvents[_types.{events}]) -> AsyncAccumulated[" in text
    assert (
        "(reply: type[_types.Response]) -> Accumulator[_types.ResponseStreamEvent, _types.Response]" in text
    )


@pytest.mark.slow(seconds=1)
def test_an_overloaded_function_has_no_implementation_in_a_stub() -> None:
    text = generate(API)["polling.pyi"]
    assert text.count("@overload") == text.count("def poller(") == 2
    assert text.count("Return a function with the arguments of ``method``") == 1


def test_a_generated_package_has_overloads_for_its_own_events() -> None:
    files = generate_package(API, "shop_api")
    assert "from shop_api import _components as _types" in files["_accumulation.pyi"]
    assert "from shop_api._accumulation import accumulate as accumulate" in files["__init__.pyi"]
    assert "from typed_openai.accumulation import Accumulated as Accumulated" in files["__init__.pyi"]
    assert "create_response" not in files["_accumulation.pyi"]


@pytest.mark.slow(seconds=1)
def test_a_package_without_such_data_has_the_functions_of_the_client() -> None:
    files = generate_package(replace(API, accumulations={}), "shop_api")
    assert "_accumulation.py" not in files
    assert "accumulate as accumulate" in files["__init__.pyi"]
