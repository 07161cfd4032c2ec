"""The user's options: ``[tool.typed_openai_mypy]`` in pyproject.toml, ``[typed_openai_mypy]`` in mypy.ini.

They are read from mypy's own configuration file, or else from the pyproject.toml beside it.
"""

from __future__ import annotations

import configparser
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any, Final

from typed_openai_mypy import codes, field_types
from typed_openai_spec import spelling
from typed_openai_spec.records import dataclass

SECTION: Final = "typed_openai_mypy"

_ORIGINAL: Final = "TYPED_OPENAI_MYPY_CONFIG"

_INSTEAD: Final = "TYPED_OPENAI_MYPY_SPEC"
"""The environment variable that names a description to use instead of the one in the options."""

_SAME_NAME: Final = 0.9
"""The minimum similarity at which a section's name counts as a misspelling."""

_SEPARATOR: Final = re.compile(r",(?![^\[]*\])")
"""A comma that is not inside the brackets of a type."""

UNION_THRESHOLD: Final = 6
"""Unions of at most this many TypedDicts are not narrowed: it would save nothing."""


class ConfigError(Exception):
    """A mistake in the options. The message names the file, the value found and the expected one."""


@dataclass(frozen=True, slots=True)
class Config:
    """The options.

    ``disable`` holds the plugin's codes that are not checked, ``warn`` those that are reported as warnings.
    ``spec`` is the description to check against (None: the packaged one). ``extra_fields`` maps a component
    to the fields that a compatible server has in addition to the description's, and each of them to its
    type, which may be empty. Unions of more than
    ``union_threshold`` TypedDicts are narrowed. ``packages`` are generated packages whose use is explained
    as well. ``path`` is the file that contains the options.
    """

    disable: frozenset[str] = frozenset()
    warn: frozenset[str] = frozenset()
    spec: Path | None = None
    extra_fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    union_threshold: int = UNION_THRESHOLD
    packages: tuple[str, ...] = ()
    path: Path = Path("pyproject.toml")

    def fingerprint(self) -> str:
        """A text that differs if the options differ; descriptions have digests of their own."""
        extra = {name: sorted(fields.items()) for name, fields in sorted(self.extra_fields.items())}
        rest = f"threshold={self.union_threshold} packages={sorted(self.packages)}"
        return f"disable={sorted(self.disable)} warn={sorted(self.warn)} extra={extra} {rest}"


def read(config_file: str | None) -> Config:
    """Return the options for a run of mypy that was configured by ``config_file``.

    If the file is a copy, an environment variable names the original; another one may name another
    description. Raises :class:`ConfigError`.
    """
    options = _read(config_file)
    instead = os.environ.get(_INSTEAD)
    return replace(options, spec=Path(instead)) if instead else options


def _read(config_file: str | None) -> Config:
    config_file = os.environ.get(_ORIGINAL) or config_file
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
    if not parser.has_section(SECTION):
        _check_names(path, parser.sections(), f"[{SECTION}]")
        return None
    return dict(parser[SECTION])


def _check_names(path: Path, names: Iterable[str], expected: str) -> None:
    """Reject a misspelt section: mypy would ignore it without an error."""
    plain = {re.sub(r"\W", "_", name.lower()).removeprefix("tool_"): name for name in names}
    if near := spelling.nearest(SECTION, plain, alike=_SAME_NAME):
        raise ConfigError(f"{path}: [{plain[near]}]: unknown section; expected: {expected}")


def _toml_section(path: Path) -> Mapping[str, object] | None:
    try:
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not readable: {error}") from error
    tools = whole.get("tool", {})
    section = tools.get(SECTION) if isinstance(tools, dict) else None
    if section is None:
        names = [f"tool.{one}" for one in tools] if isinstance(tools, dict) else []
        _check_names(path, [*whole, *names], f"[tool.{SECTION}]")
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{path}: [tool.{SECTION}] must be a table, not {section!r}")
    return section


def _config(path: Path, options: Mapping[str, object]) -> Config:
    known: dict[str, Any] = {}
    for name, value in options.items():
        option = OPTIONS.get(name)
        if option is None:
            hint = spelling.hint(name, OPTIONS) or ";"
            expected = _form(path, spelling.nearest(name, OPTIONS))
            raise ConfigError(f'{path}: {SECTION}: unknown option "{name}"{hint} expected: {expected}')
        try:
            known[name] = option.read(value, path.parent)
        except ValueError as error:
            raise mistake(path, name, str(error)) from None
    _check_codes(path, known)
    return Config(**known, path=path)


def _check_codes(path: Path, known: Mapping[str, frozenset[str]]) -> None:
    """Reject codes that are both switched off and reported as warnings."""
    for code in sorted(known.get("disable", frozenset()) & known.get("warn", frozenset())):
        raise ConfigError(f"{path}: {SECTION}: {code!r} is in disable and in warn; expected: in one of them")


def mistake(path: Path, name: str, text: str) -> ConfigError:
    """The error for a mistake in an option: the file, the mistake and an example of what is expected."""
    return ConfigError(f"{path}: {SECTION}: {name}: {text}; expected: {_form(path, name)}")


def _form(path: Path, name: str | None) -> str:
    """An example of an option in the syntax of that file; of all options if ``name`` is None."""
    is_toml = path.suffix == ".toml"
    examples = {one: option.toml if is_toml else option.ini for one, option in OPTIONS.items()}
    shown = [name] if name is not None else sorted(examples)
    return ", ".join(f"{one} = {examples[one]}" for one in shown)


def _codes(value: object, _folder: Path) -> frozenset[str]:
    """A list of codes; in an ini file, separated by commas."""
    listed = _listed(value)
    if listed is None:
        raise ValueError(f"{value!r} is not a list of error codes")
    known = {one.code for one in codes.ALL}
    for one in listed:
        if one not in known:
            raise ValueError(f"{one!r} is not one of {', '.join(sorted(known))}")
    return frozenset(map(str, listed))


def _description(value: object, folder: Path) -> Path:
    """A path, relative to the folder of the configuration."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{value!r} is not a path")
    path = folder / Path(value.strip()).expanduser()
    if not path.exists():
        raise ValueError(f"{path}: no such file or folder")
    return path


def _fields(value: object, _folder: Path) -> Mapping[str, Mapping[str, str]]:
    """A table of lists, or of tables of types; in an ini file ``Component.field: type``, one a line.

    Without a type, commas may separate them as well.
    """
    if not isinstance(value, (str, dict)):
        raise ValueError(f"{value!r} is not a table of fields by component")
    rows = _rows_of_text(value) if isinstance(value, str) else _rows_of_table(value)
    allowed: dict[str, dict[str, str]] = {}
    for owner, name, kind in rows:
        if not (
            isinstance(owner, str)
            and owner.isidentifier()
            and isinstance(name, str)
            and name.split() == [name]
        ):
            raise ValueError(f"{owner!r}, {name!r}: not a component and a field")
        if not isinstance(kind, str):
            raise ValueError(f"{owner}.{name}: {kind!r} is not a type")
        field_types.parsed(kind)
        allowed.setdefault(owner, {})[name] = kind.strip()
    return allowed


def _rows_of_text(text: str) -> Iterator[tuple[object, object, object]]:
    for line in text.splitlines():
        for one in _SEPARATOR.split(line):
            place, _, kind = one.partition(":")
            owner, _, name = place.partition(".")
            if one.strip():
                yield owner.strip(), name.strip(), kind


def _rows_of_table(table: Mapping[object, object]) -> Iterator[tuple[object, object, object]]:
    for owner, listed in table.items():
        if isinstance(listed, dict):
            yield from ((owner, name, kind) for name, kind in listed.items())
        else:
            yield from ((owner, name, "") for name in _listed(listed) or [""])


def _packages(value: object, _folder: Path) -> tuple[str, ...]:
    """A list of names; in an ini file, separated by commas."""
    listed = _listed(value)
    if not listed:
        raise ValueError(f"{value!r} is not a list of generated packages")
    for one in listed:
        if not isinstance(one, str) or not one.isidentifier():
            raise ValueError(f"{one!r} is not a valid package name")
    return tuple(dict.fromkeys(map(str, listed)))


def _threshold(value: object, _folder: Path) -> int:
    number = int(value) if isinstance(value, str) and value.strip().isdecimal() else value
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ValueError(f"{value!r} is not a number of members, 1 or more")
    return number


def _listed(value: object) -> list[object] | None:
    if isinstance(value, str):
        return [one.strip() for one in value.replace("\n", ",").split(",") if one.strip()]
    return value if isinstance(value, list) else None


@dataclass(frozen=True, slots=True)
class Option:
    """An option's reader, and an example of it in each kind of file."""

    read: Callable[[object, Path], object]
    toml: str
    ini: str


OPTIONS: Final[Mapping[str, Option]] = {
    "disable": Option(_codes, f'["{codes.ARGUMENT.code}"]', codes.ARGUMENT.code),
    "warn": Option(_codes, f'["{codes.LIMIT.code}"]', codes.LIMIT.code),
    "spec": Option(_description, '"openapi.yaml"', "openapi.yaml"),
    "extra_fields": Option(
        _fields,
        '{ChatCompletionResponseMessage = {reasoning = "str"}}',
        "ChatCompletionResponseMessage.reasoning: str",
    ),
    "packages": Option(_packages, '["my_api"]', "my_api"),
    "union_threshold": Option(_threshold, str(UNION_THRESHOLD), str(UNION_THRESHOLD)),
}
