"""The command that runs mypy with the plugin on top of the user's own configuration of mypy."""

from __future__ import annotations

import configparser
import importlib.util
import io
import os
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typed_openai.cli.targets import targets
from typed_openai.errors import OpenAIError

MYPY: Final = (sys.executable, "-m", "mypy")

PLUGIN: Final = "typed_openai_mypy.plugin"
CONFIG_VARIABLE: Final = "TYPED_OPENAI_MYPY_CONFIG"
"""The variable with the path of the plugin's options: mypy gets a copy of the configuration elsewhere."""

_OWN: Final = ("mypy.ini", ".mypy.ini")
_SHARED: Final = ("pyproject.toml", "setup.cfg")
_CACHE: Final = str(Path(".mypy_cache") / "typed-openai")
"""A separate cache: mypy drops its cache when the list of plugins changes."""


class CheckError(OpenAIError):
    """Raised if mypy cannot run. The message contains the problem and the expected state."""

    exit_status = 2
    """mypy's own exit status if it cannot run."""


def invocation(words: list[str], folder: Path) -> tuple[list[str], dict[str, str], Config | None]:
    """Return the command that runs mypy with the plugin, its environment, and the user's configuration.

    ``words`` are paths and options of mypy. ``folder`` receives a copy of the configuration if one is
    needed. Raises :class:`CheckError` if mypy cannot be run.
    """
    if importlib.util.find_spec("mypy") is None:
        raise CheckError('mypy is not installed; expected it for "check": pip install "typed-openai[mypy]"')
    words = _joined(words)
    config = find_config(words)
    command = [*MYPY, *mypy_arguments(words, config, folder)]
    return command, _environment(config), config


def _environment(config: Config | None) -> dict[str, str]:
    """The environment of mypy: the path of the configuration, and colours if the output is a terminal."""
    place = str((config.path if config else Path("mypy.ini")).absolute())
    colours = {"MYPY_FORCE_COLOR": "1"} if sys.stdout.isatty() and sys.stderr.isatty() else {}
    return {**colours, **os.environ, CONFIG_VARIABLE: place}


def as_given(text: str, config: Config | None, folder: Path) -> str:
    """Replace the path of the configuration's copy in mypy's output by that of the original."""
    for copy in folder / "mypy.ini", folder / "pyproject.toml":
        text = text.replace(str(copy), os.path.relpath(config.path)) if config is not None else text
    return text


@dataclass(frozen=True)
class Config:
    """mypy's configuration in a file: its text, and its main section, or None without one."""

    path: Path
    text: str
    section: Mapping[str, object] | None

    @property
    def options(self) -> Mapping[str, object]:
        """The options of the main section."""
        return self.section or {}

    @property
    def plugins(self) -> list[str]:
        """The plugins in the configuration."""
        listed = self.options.get("plugins", [])
        names = re.split(r"[,\n]", listed) if isinstance(listed, str) else listed
        return [str(one).strip() for one in names if str(one).strip()] if isinstance(names, list) else []

    @property
    def has_plugin(self) -> bool:
        """True if this package's plugin is one of them."""
        return any(one.partition(":")[0] == PLUGIN for one in self.plugins)


def find_config(words: Iterable[str]) -> Config | None:
    """Return the configuration that mypy would use: from the options, the nearest folder, or the user.

    Raises :class:`CheckError` if it cannot be read.
    """
    named = [word.removeprefix("--config-file=") for word in words if word.startswith("--config-file")]
    if named:
        if named[-1] == "--config-file":
            raise CheckError("expected --config-file=FILE")
        return read_config(Path(named[-1])) if named[-1] else None
    for folder in (Path.cwd(), *Path.cwd().parents):
        for name in (*_OWN, *_SHARED):
            config = read_config(folder / name) if (folder / name).is_file() else None
            if config is not None and (name in _OWN or config.section is not None):
                return config
        if (folder / ".git").exists() or (folder / ".hg").exists():
            break
    own = next((one for one in _user_files() if one.is_file()), None)
    return None if own is None else read_config(own)


def _user_files() -> Iterator[Path]:
    """Yield the paths at which mypy looks for the user's own configuration, in its order."""
    if settings := os.environ.get("XDG_CONFIG_HOME"):
        yield Path(settings) / "mypy" / "config"
    yield from (Path(one).expanduser() for one in ("~/.config/mypy/config", "~/.mypy.ini"))


def read_config(path: Path) -> Config:
    """Return the configuration in a file. Raises :class:`CheckError`."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            section = tomllib.loads(text).get("tool", {}).get("mypy")
            if section is not None and not isinstance(section, dict):
                raise ValueError(f"[tool.mypy] must be a table, not {section!r}")
            return Config(path, text, section)
        parser = configparser.RawConfigParser()
        parser.read_string(text)
        return Config(path, text, dict(parser["mypy"]) if parser.has_section("mypy") else None)
    except (OSError, ValueError, configparser.Error, AttributeError) as error:
        reason = " ".join(str(error).split())
        raise CheckError(f"{path}: not a configuration of mypy: {reason}") from error


def _joined(words: Iterable[str]) -> list[str]:
    """Return the words of the command line with ``--config-file FILE`` as one word."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--config-file":
            joined[-1] = f"--config-file={word}"
        else:
            joined.append(word)
    return joined


def mypy_arguments(words: list[str], config: Config | None, folder: Path) -> Iterator[str]:
    """Yield the arguments of mypy: the words of the command line, and those that activate the plugin."""
    yield from (word for word in words if not word.startswith("--config-file"))
    has_targets = config is not None and any(
        name in config.options for name in ("files", "modules", "packages")
    )
    if not has_targets and not any(targets(words)):
        yield "."
    if config is not None and config.has_plugin:
        yield f"--config-file={config.path}"
        return
    yield f"--config-file={_with_plugin(config, folder)}"
    if not any(word.startswith("--cache-dir") for word in words):
        yield f"--cache-dir={config.options.get('cache_dir', _CACHE) if config else _CACHE}"


def _with_plugin(config: Config | None, folder: Path) -> Path:
    """Write a copy of the configuration, with the plugin, to ``folder``."""
    if config is None:
        made, text = folder / "mypy.ini", f"[mypy]\nplugins = {PLUGIN}\n"
    else:
        home = config.path.absolute().parent
        plugins = [*(_absolute(one, home) for one in config.plugins), PLUGIN]
        made = folder / ("pyproject.toml" if config.path.suffix == ".toml" else "mypy.ini")
        text = re.sub(
            r"\$(\{MYPY_CONFIG_FILE_DIR\}|MYPY_CONFIG_FILE_DIR\b)", lambda _: home.as_posix(), config.text
        )
        text = _toml_with(text, plugins, config) if made.suffix == ".toml" else _ini_with(text, plugins)
    made.write_text(text, encoding="utf-8")
    return made


def _absolute(plugin: str, home: Path) -> str:
    """Make the path of a plugin file absolute; it is relative to the configuration."""
    file, colon, function = plugin.rpartition(":") if plugin.count(":") else (plugin, "", "")
    return f"{(home / file).as_posix()}{colon}{function}" if file.endswith(".py") else plugin


def _ini_with(text: str, plugins: list[str]) -> str:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    if not parser.has_section("mypy"):
        parser.add_section("mypy")
    parser.set("mypy", "plugins", ", ".join(plugins))
    out = io.StringIO()
    parser.write(out)
    return out.getvalue()


_TOML_PLUGINS: Final = re.compile(r"""^plugins\s*=\s*(\[[^\]]*\]|"[^"\n]*"|'[^'\n]*')""", re.MULTILINE)


def _toml_with(text: str, plugins: list[str], config: Config) -> str:
    """Return the text with another list of plugins; the standard library cannot write TOML."""
    listed = "plugins = [" + ", ".join(f"'{one}'" for one in plugins) + "]"
    header = re.search(r"^\[\s*tool\s*\.\s*mypy\s*\][^\n]*$", text, re.MULTILINE)
    if header is not None:
        following = re.search(r"^\[", text[header.end() :], re.MULTILINE)
        end = header.end() + following.start() if following else len(text)
        section = _TOML_PLUGINS.sub("", text[header.end() : end], count=1)
        text = f"{text[: header.end()]}\n{listed}{section}{text[end:]}"
    try:
        made = tomllib.loads(text)["tool"]["mypy"]
    except (tomllib.TOMLDecodeError, KeyError):
        made = {}
    if made != {**config.options, "plugins": plugins}:
        raise CheckError(f'{config.path}: the plugin cannot be added; add it: plugins = ["{PLUGIN}"]')
    return text
