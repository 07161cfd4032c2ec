"""The user's options: ``[tool.typed_openai_mypy]`` in pyproject.toml, ``[typed_openai_mypy]`` in mypy.ini.

Read from the file that mypy itself reads, or else from pyproject.toml beside it.
"""

from __future__ import annotations

import configparser
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from typed_openai_mypy import codes

SECTION: Final = "typed_openai_mypy"


class ConfigError(Exception):
    """A mistake in the options. The message names the file, what was found and what is expected."""


@dataclass(frozen=True, slots=True)
class Config:
    """The options. ``disable`` holds the codes of ours that are not checked."""

    disable: frozenset[str] = field(default_factory=frozenset)

    def fingerprint(self) -> str:
        """A text that differs where the options differ."""
        return f"disable={sorted(self.disable)}"


def read(config_file: str | None) -> Config:
    """The options for a run of mypy that was configured by ``config_file``.

    Raises :class:`ConfigError`.
    """
    beside = Path(config_file).parent if config_file else Path()
    for path in dict.fromkeys([*([Path(config_file)] if config_file else []), beside / "pyproject.toml"]):
        options = _section(path)
        if options is not None:
            return _config(path, options)
    return Config()


def _section(path: Path) -> Mapping[str, object] | None:
    if not path.is_file():
        return None
    if path.suffix == ".toml":
        return _toml_section(path)
    parser = configparser.RawConfigParser()
    try:
        parser.read(path, encoding="utf-8")
    except configparser.Error as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    return dict(parser[SECTION]) if parser.has_section(SECTION) else None


def _toml_section(path: Path) -> Mapping[str, object] | None:
    try:
        tools = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    section = tools.get(SECTION) if isinstance(tools, dict) else None
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{path}: [tool.{SECTION}] must be a table, not {section!r}")
    return section


def _config(path: Path, options: Mapping[str, object]) -> Config:
    disable: frozenset[str] = frozenset()
    for name, value in options.items():
        reader = _OPTIONS.get(name)
        if reader is None:
            near = get_close_matches(name, _OPTIONS, n=1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise ConfigError(f'{path}: {SECTION}: unknown option "{name}"{hint} expected: {_EXPECTED}')
        try:
            disable = reader(value)
        except ValueError as error:
            raise ConfigError(f"{path}: {SECTION}: {name}: {error}; expected: {_EXPECTED}") from None
    return Config(disable)


def _codes(value: object) -> frozenset[str]:
    """A list of codes; in an ini file, separated by commas."""
    listed = [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise ValueError(f"{value!r} is not a list of error codes")
    known = {one.code for one in codes.ALL}
    for one in listed:
        if one not in known:
            raise ValueError(f"{one!r} is not one of {', '.join(sorted(known))}")
    return frozenset(listed)


_OPTIONS: Final[Mapping[str, Callable[[object], frozenset[str]]]] = {"disable": _codes}
_EXPECTED: Final = f'disable = ["{codes.ARGUMENT.code}"]'
