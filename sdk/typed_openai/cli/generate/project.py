"""The files of an installable project with a generated package."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Final

from typed_openai import __version__
from typed_openai.cli.generate.readme import readme
from typed_openai_spec.compile import index_files
from typed_openai_spec.index.generated_packages import INDEX
from typed_openai_spec.model import Api
from typed_openai_stubgen import generate_package
from typed_openai_stubgen.safe_text import header, one_line

_PYPROJECT: Final = """\
{header}
[build-system]
requires = ["hatchling>=1.26"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "{version}"
description = {description}
readme = "README.md"
requires-python = ">=3.11"
classifiers = ["Typing :: Typed"]
dependencies = ["typed-openai>={needed}"]

[project.optional-dependencies]
mypy = ["typed-openai[mypy]"]

[tool.hatch.build]
ignore-vcs = true  # what is generated is often ignored there, and belongs into the package

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""

_MOST_NUMBERS: Final = 4


def project_files(api: Api, package: str) -> dict[str, str]:
    """Return each file's text by its path in the project's folder. The result is deterministic.

    Raises :class:`~typed_openai_stubgen.StubError` if a generated text is not valid Python.
    """
    files = {f"{package}/{name}": text for name, text in generate_package(api, package).items()}
    index = index_files(_without_places(api))
    files |= {f"{package}/{INDEX}/{name}": text for name, text in index.items()}
    files["pyproject.toml"] = _pyproject(api, package)
    files["README.md"] = readme(api, package)
    return files


def _without_places(api: Api) -> Api:
    """Return the API without the places of its schemas, which only a comparison with another one needs."""
    components = {name: replace(one, owner="") for name, one in api.components.items()}
    return replace(api, components=components)


def distribution_name(package: str) -> str:
    """Return the distribution name of a package: ``my-api`` for ``my_api``."""
    return re.sub(r"_+", "-", package).strip("-").lower()


def _pyproject(api: Api, package: str) -> str:
    title = one_line(f"{api.title} {api.version}") or package
    return _PYPROJECT.format(
        header=header(api).replace("do not edit", "yours to edit"),
        name=distribution_name(package),
        version=_version(api.version),
        description=json.dumps(f"A strictly typed client of {title}", ensure_ascii=False),
        needed=__version__,
        package=package,
    )


def _version(text: str) -> str:
    """Return the numbers of the API's version as a version that installers accept (PEP 440)."""
    numbers = [str(int(one)) for one in re.findall(r"[0-9]{1,9}", text)[:_MOST_NUMBERS]]
    return ".".join(numbers) or "0"
