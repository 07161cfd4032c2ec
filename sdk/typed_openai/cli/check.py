"""``typed-openai check``: mypy with the plugin, as a gate that needs no configuration.

The project's own configuration of mypy holds, or else the user's, with the plugin added to it for the run.
What mypy finds is printed as mypy prints it, as annotations of GitHub's workflows, or as SARIF 2.1.0.
"""

from __future__ import annotations

import argparse
import configparser
import importlib.util
import io
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from typed_openai.cli.reports import REPORTS, findings
from typed_openai.errors import OpenAIError

PLUGIN: Final = "typed_openai_mypy.plugin"
CONFIG_VARIABLE: Final = "TYPED_OPENAI_MYPY_CONFIG"
"""Tells the plugin where its options are, as mypy is given a copy of the configuration."""

_OWN: Final = ("mypy.ini", ".mypy.ini")
_SHARED: Final = ("pyproject.toml", "setup.cfg")
_CACHE: Final = str(Path(".mypy_cache") / "typed-openai")
"""A cache of its own: with another list of plugins mypy would throw away what it knows."""


_TARGETS: Final = frozenset({"-c", "-m", "-p", "--command", "--module", "--package"})
"""Options of mypy that say what to check, as paths do."""

_TAKE_PATHS: Final = frozenset(
    "--cache-dir --custom-typeshed-dir --exclude --junit-xml --python-executable --shadow-file".split()
)
"""Options of mypy whose value may look like a path to check."""


_RAN: Final = (0, 1)
"""What mypy ends with where nothing stopped it."""


class CheckError(OpenAIError):
    """What keeps mypy from being run. The message tells what was found and what is expected."""

    exit_status = 2
    """What mypy itself gives where it cannot run."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``check``."""
    parser = subparsers.add_parser(
        "check",
        help="check code that uses the API: mypy with the plugin, without configuration",
        usage="%(prog)s [-h] [--output {text,json,github,sarif}] [paths ...] [-- mypy options ...]",
    )
    parser.add_argument(
        "paths",
        nargs="*",
        help="files and folders (default: those of mypy's configuration, else this folder);"
        " after -- options of mypy, as in -- --strict --python-version=3.12",
    )
    parser.add_argument(
        "--output",
        choices=["text", "json", *REPORTS],
        default="text",
        help="mypy's own text or JSON, annotations for GitHub, or SARIF 2.1.0 (default: text)",
    )


def run(args: argparse.Namespace) -> int:
    """Run mypy; the exit status is mypy's. What keeps it from running is in the report, too."""
    try:
        return _checked(args)
    except CheckError as error:
        if args.output in REPORTS:
            sys.stdout.write(REPORTS[args.output]([], error.exit_status, [str(error)]))
        raise


def _checked(args: argparse.Namespace) -> int:
    is_report = args.output in REPORTS
    with tempfile.TemporaryDirectory(prefix="typed-openai-check-") as folder:
        command, environment, config = invocation(args.paths, Path(folder))
        command += [] if args.output == "text" else ["--output=json"]
        done = subprocess.run(  # noqa: S603  our own command
            command,
            env=environment,
            check=False,
            stdout=subprocess.PIPE if is_report else None,
            stderr=subprocess.PIPE,
            text=True,
        )
    found, rest = findings(done.stdout or "")
    told = "".join(f"{line}\n" for line in rest) + _as_given(done.stderr, config, Path(folder))
    stopped = told.splitlines() if done.returncode not in _RAN else []
    sys.stdout.write(REPORTS[args.output](found, done.returncode, stopped) if is_report else "")
    sys.stderr.write(told)
    return done.returncode


def invocation(words: list[str], folder: Path) -> tuple[list[str], dict[str, str], Config | None]:
    """The command that runs mypy with the plugin, its environment, and the user's configuration.

    ``words`` are paths and options of mypy; ``folder`` takes a copy of the configuration where there must be
    one. Raises :class:`CheckError` where mypy cannot be run.
    """
    if importlib.util.find_spec("mypy") is None:
        raise CheckError('mypy is not installed; expected it for "check": pip install "typed-openai[mypy]"')
    words = _joined(words)
    config = find_config(words)
    command = [sys.executable, "-m", "mypy", *mypy_arguments(words, config, folder)]
    return command, _environment(config), config


def _environment(config: Config | None) -> dict[str, str]:
    """The environment of mypy: where its configuration is from, and colours, as errors go to no terminal."""
    place = str((config.path if config else Path("mypy.ini")).absolute())
    colours = {"MYPY_FORCE_COLOR": "1"} if sys.stdout.isatty() and sys.stderr.isatty() else {}
    return {**colours, **os.environ, CONFIG_VARIABLE: place}


def _as_given(text: str, config: Config | None, folder: Path) -> str:
    """What mypy says, with the name of the configuration in place of its copy's."""
    for copy in folder / "mypy.ini", folder / "pyproject.toml":
        text = text.replace(str(copy), os.path.relpath(config.path)) if config is not None else text
    return text


@dataclass(frozen=True)
class Config:
    """mypy's configuration in a file: its text, and the options of its main section (None: it has none)."""

    path: Path
    text: str
    section: Mapping[str, object] | None

    @property
    def options(self) -> Mapping[str, object]:
        """The options of the main section."""
        return self.section or {}

    @property
    def plugins(self) -> list[str]:
        """The plugins that it names."""
        listed = self.options.get("plugins", [])
        names = re.split(r"[,\n]", listed) if isinstance(listed, str) else listed
        return [str(one).strip() for one in names if str(one).strip()] if isinstance(names, list) else []

    @property
    def has_plugin(self) -> bool:
        """Whether ours is among them."""
        return any(one.partition(":")[0] == PLUGIN for one in self.plugins)


def find_config(words: Iterable[str]) -> Config | None:
    """The configuration that mypy would read: that which the options name, the nearest above, the user's.

    Raises :class:`CheckError` where it cannot be read.
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
    """Where mypy looks for a configuration that is not a project's, in its order."""
    if settings := os.environ.get("XDG_CONFIG_HOME"):
        yield Path(settings) / "mypy" / "config"
    yield from (Path(one).expanduser() for one in ("~/.config/mypy/config", "~/.mypy.ini"))


def read_config(path: Path) -> Config:
    """The configuration in a file. Raises :class:`CheckError`."""
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
    """The words of the command line, ``--config-file FILE`` as one."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "--config-file":
            joined[-1] = f"--config-file={word}"
        else:
            joined.append(word)
    return joined


def _has_target(words: Iterable[str]) -> bool:
    """Whether the words say what to check: a word after an option is taken for its value if it may be one."""
    before = ""
    for word in words:
        if word.partition("=")[0] in _TARGETS:
            return True
        is_value = before in _TAKE_PATHS or (before.startswith("--") and not Path(word).exists())
        if not word.startswith("-") and not (is_value and "=" not in before):
            return True
        before = word
    return False


def mypy_arguments(words: list[str], config: Config | None, folder: Path) -> Iterator[str]:
    """The arguments of mypy: the words of the command line, and what makes the plugin run."""
    yield from (word for word in words if not word.startswith("--config-file"))
    has_targets = config is not None and any(
        name in config.options for name in ("files", "modules", "packages")
    )
    if not has_targets and not _has_target(words):
        yield "."
    if config is not None and config.has_plugin:
        yield f"--config-file={config.path}"
        return
    yield f"--config-file={_with_plugin(config, folder)}"
    if not any(word.startswith("--cache-dir") for word in words):
        yield f"--cache-dir={config.options.get('cache_dir', _CACHE) if config else _CACHE}"


def _with_plugin(config: Config | None, folder: Path) -> Path:
    """A copy of the configuration in ``folder``, with the plugin."""
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
    """A plugin that is a file stands beside the configuration."""
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
    """The text with another list of plugins; nothing in the standard library writes TOML."""
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
