"""Order, distribution and randomness of all tests.

Tests marked ``slow`` are left out of the fast loop. ``seconds`` of the mark is roughly the CPU time that a
file or test takes: with workers, the longest start first, so that none is left over at the end.

The gate is deterministic. With ``--explore``, property tests and generated programs are made from new seeds,
and there are more of them.
"""

from __future__ import annotations

import gc
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from typing import Final

import pytest
from hypothesis import settings

from typed_openai.testing import Server, serve

SEEDS: Final = ("FUZZ_SEED", "PROOF_SEED", "LIMITS_SEED")
"""The environment variables that generated programs take their seeds from."""

LONGER: Final = {"FUZZ_PROGRAMS": "4000", "FUZZ_READS": "600", "PROOF_MUTATIONS": "2000"}
"""The number of generated programs of the costliest tests while exploring."""

# Tests start thousands of processes: each would compile the project's modules again, and pytest the tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

settings.register_profile("gate", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("explore", deadline=None, print_blob=True)
settings.load_profile("gate")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that makes a run random."""
    parser.addoption("--explore", action="store_true", help="make random values and programs from new seeds")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Give whole files to workers, as the tests of one share runs of checkers.

    This is no option in the configuration, which pytest without xdist would not understand.
    """
    if config.pluginmanager.hasplugin("xdist") and config.option.dist == "no":
        config.option.dist = "loadfile"
        config.option.loadscopereorder = False


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seeds, before the modules that read them are imported; workers inherit them."""
    if config.getoption("explore"):
        settings.load_profile("explore")
        for name in SEEDS:
            os.environ.setdefault(name, str(random.SystemRandom().randrange(1_000_000)))
        for name, number in LONGER.items():
            os.environ.setdefault(name, number)


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Show how to make the same programs again."""
    if not config.getoption("explore"):
        return []
    return ["exploring with " + " ".join(f"{name}={os.environ[name]}" for name in SEEDS)]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Start the longest first where workers share the tests; among others, files with many tests."""
    if hasattr(config, "workerinput"):
        tests = Counter(one.path for one in items)
        items.sort(key=lambda one: (_seconds(one), tests[one.path]), reverse=True)


def _seconds(item: pytest.Item) -> int:
    mark = item.get_closest_marker("slow")
    return int(mark.kwargs["seconds"]) if mark else 0


@pytest.fixture(scope="session", autouse=True)
def plain_output() -> Iterator[None]:
    """Let programs print plain text, even if CI forces colours: argparse has them since Python 3.14."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("FORCE_COLOR", "PYTHON_COLORS"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def fake() -> Iterator[Server]:
    """The embedded server, which forgets everything at the end of the test."""
    with serve() as running:
        yield running


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Let the programs that a test starts receive SIGINT, even if the tests run in the background.

    A shell makes background processes ignore SIGINT, and their children inherit that.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Leave what exists after it out of garbage collections, which some tests wait for.

    There is next to no garbage before: searching for it would take a fifth of the time.
    """
    gc.disable()
    result = yield
    gc.freeze()
    gc.enable()
    return result
