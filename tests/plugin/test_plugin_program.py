"""The state of the plugin in one program."""

from __future__ import annotations

import json
from pathlib import Path

from mypy import types as _types  # noqa: F401  first, or mypy's own import cycles break
from mypy.options import Options

from typed_openai_mypy import codes
from typed_openai_mypy.api.program import Program
from typed_openai_mypy.cache_keys import CacheKeys
from typed_openai_mypy.config import Config

DESCRIPTION = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": {"/things/list": {"get": {"operationId": "listThings", "responses": {"200": {}}}}},
    "components": {"schemas": {"Thing": {"type": "object", "properties": {"size": {"type": "integer"}}}}},
}


def program(options: Config) -> Program:
    made = Program(options)
    assert list(made.load(Options())) == []
    return made


def test_each_program_is_judged_by_its_own_description_and_options(tmp_path: Path) -> None:
    description = tmp_path / "shop.json"
    description.write_text(json.dumps(DESCRIPTION))
    shop = program(Config(spec=description, disable=frozenset({codes.LIMIT.code})))
    packaged = program(Config())
    method, other = "typed_openai.resources.Things.list_things", "typed_openai.resources.Models.list_models"
    assert shop.descriptions.operation_called(method) is not None
    assert shop.descriptions.operation_called(other) is None
    assert packaged.descriptions.operation_called(method) is None
    assert packaged.descriptions.operation_called(other) is not None
    assert shop.descriptions.label(method) == "things.list_things"
    assert [shop.is_disabled(codes.LIMIT), packaged.is_disabled(codes.LIMIT)] == [True, False]
    keys = {CacheKeys(one.options, one.indexes).of_package("typed_openai") for one in (shop, packaged)}
    assert len(keys) == 2


def test_a_validator_belongs_to_its_description(tmp_path: Path) -> None:
    description = tmp_path / "shop.json"
    description.write_text(json.dumps(DESCRIPTION))
    shop, packaged = program(Config(spec=description)), program(Config())
    thing = shop.descriptions.of("typed_openai").component("Thing")
    assert thing is not None
    assert packaged.descriptions.of("typed_openai").component("Thing") is None
    wrong = shop.descriptions.of("typed_openai").validator.violations({"size": "big"}, thing.schema)
    assert [(one.place, one.code) for one in wrong] == [(("size",), "invalid_type")]
