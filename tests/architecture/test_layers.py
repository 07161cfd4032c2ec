"""The layers of each package, and the imports between packages, read from the sources."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from typing import Final

import pytest
from tests.architecture.sources import PACKAGES, Module, imported, is_within, modules, own_imports

Layers = tuple[tuple[str, ...], ...]

# The layers of each package, from bottom to top. Parts of one line do not import each other.
LAYERS: Final[Mapping[str, Layers]] = {
    "typed_openai_spec": (
        ("records",),
        ("option_tables", "problems", "spelling", "stub_names"),
        ("model",),
        ("index",),
        ("validation", "official_names"),
        ("files",),
        ("openapi.schemas",),
        ("openapi",),
        ("docs",),
        ("comparison",),
        ("kept_names", "unpublished"),
        ("compile",),
        ("loading",),
    ),
    "typed_openai_stubgen": (
        ("call_forms", "order", "python_declarations", "recursive_aliases", "safe_text", "scope", "uses"),
        ("field_aliases",),
        ("annotations", "handwritten_stub", "layers", "option_types"),
        ("output_types",),
        ("accumulation_stub", "client_kinds", "component_stubs", "made_types"),
        ("params_stub", "resources_stub"),
        ("stub_package",),
        ("generated_package",),
    ),
    "typed_openai_mypy": (
        ("codes", "field_types", "memo", "packages", "swallowed"),
        ("config", "visibility"),
        ("syntax",),
        ("compat",),
        ("api",),
        ("cache_keys", "client_imports"),
        ("messages",),
        ("explain",),
        ("values",),
        ("beyond",),
        ("calls",),
        ("displays",),
        ("reading",),
        ("watching",),
        ("hooks",),
        ("plugin",),
    ),
    "typed_openai_docs": (
        ("families", "markup"),
        ("annotation_links", "api_entries", "client_modules", "docstring_markup", "site_places"),
        ("client_pages", "operation_pages", "component_pages", "migration"),
        ("reference",),
        ("mkdocs_events",),
    ),
    "typed_openai": (
        ("errors", "_pyinstaller"),
        (
            "timeouts",
            "progress",
            "omission",
            "output_errors",
            "tool_errors",
            "webhook_errors",
            "run_stores",
            "_shapes",
            "token_usage",
        ),
        ("observing",),
        ("_security", "_durable"),
        ("_accumulating", "_encoding", "_streams"),
        ("_transport",),
        ("_pacing",),
        ("rate_limiting",),
        ("_settings",),
        ("binary", "streaming"),
        ("_calls",),
        ("_aio", "_dynamic", "_identity"),
        ("accumulation", "polling"),
        ("client",),
        ("_answers",),
        ("_toolkit", "tool_runs"),
        ("event_outputs", "outputs", "tool_functions"),
        ("tool_kits",),
        ("aio", "types", "resources", "_components"),  # the last one exists for checkers alone
        ("params", "pagination", "default_client", "identity", "webhook_events", "batch_results"),
        ("_blocking", "_uploads"),
        ("uploading",),
        ("_batches",),
        ("batch_jobs", "line_files"),
        ("_telemetry",),
        ("generated", "telemetry", "testing"),
        ("generated_modules", "_pytest_plugin", "_cassette_fixture"),
        ("cli",),
    ),
}

COMMANDS: Final = "typed_openai.cli"
"""The command line, which may import everything."""

SHARED: Final = tuple(
    f"typed_openai_spec.{part}"
    for part in (
        "model",
        "index",
        "validation",
        "spelling",
        "stub_names",
        "problems",
        "records",
        "option_tables",
        "official_names",
        "loading",
    )
)
"""The parts of the specification's package that the client and the plugin use at run time."""

# The parts of other packages that each package may import.
MAY_IMPORT: Final[Mapping[str, tuple[str, ...]]] = {
    "typed_openai_spec": (),
    "typed_openai": SHARED,
    "typed_openai_mypy": SHARED,
    "typed_openai_stubgen": ("typed_openai_spec",),
    "typed_openai_docs": ("typed_openai_spec", "typed_openai_stubgen", f"{COMMANDS}.explain"),
}

# Libraries, and the only parts of the project that may import them.
ONLY_IN: Final[Mapping[str, tuple[str, ...]]] = {
    "requests": ("typed_openai._transport",),
    "urllib3": ("typed_openai._transport",),
    "opentelemetry": ("typed_openai._telemetry", "typed_openai.telemetry"),
    "pytest": ("typed_openai._pytest_plugin", "typed_openai._cassette_fixture"),
    "mkdocs": ("typed_openai_docs.mkdocs_events",),
    "yaml": ("typed_openai_spec.files.yaml_texts",),
    # Only one module makes suggestions; a baseline finds lines that have moved.
    "difflib": ("typed_openai_spec.spelling", "typed_openai.cli.baseline"),
    "mypy": ("typed_openai_mypy", COMMANDS),
}

EACH_PACKAGE = pytest.mark.parametrize("package", sorted(PACKAGES))


def layer_of(name: str) -> tuple[int, str]:
    """The place of a module's layer, counted from the bottom, and the layer's name. The root is below all."""
    package, _, part = name.partition(".")
    found = [
        (len(layer), level, layer)
        for level, line in enumerate(LAYERS[package])
        for layer in line
        if is_within(part, layer)
    ]
    assert found or not part, f"{name} is in no layer of {package}"
    return max(found)[1:] if part else (-1, "")


def _upward(module: Module) -> set[str]:
    """The modules of the same package that a module may not import."""
    level, layer = layer_of(module.name)
    ours = {one for one in own_imports(module) if is_within(one, module.package)}
    places = {one: layer_of(one) for one in ours}
    return {
        one for one, (other, name) in places.items() if other > level or (other == level and name != layer)
    }


@pytest.mark.parametrize("package", sorted(LAYERS))
def test_a_module_imports_from_its_own_layer_or_lower_ones(package: str) -> None:
    # The root of a package is its public surface: it may import every module that does not import it.
    own = [one for one in modules().values() if is_within(one.name, package) and one.name != package]
    assert {one.name: found for one in own if (found := _upward(one))} == {}


@EACH_PACKAGE
def test_a_package_imports_only_the_shared_parts_of_another(package: str) -> None:
    allowed = (package, *MAY_IMPORT[package])
    own = [one for one in modules().values() if one.package == package and not is_within(one.name, COMMANDS)]
    assert {one.name: found for one in own if (found := _outside(own_imports(one), allowed))} == {}


def _outside(names: Iterable[str], allowed: Iterable[str]) -> set[str]:
    """The names that are in none of the allowed parts."""
    parts = tuple(allowed)
    return {one for one in names if not any(is_within(one, part) for part in parts)}


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_library_is_imported_in_its_own_place_only(library: str) -> None:
    users = {
        name for name, one in modules().items() if any(is_within(each, library) for each in imported(one))
    }
    assert users, f"nothing imports {library}"
    assert _outside(users, ONLY_IN[library]) == set()


@pytest.mark.parametrize("part", SHARED)
def test_the_shared_parts_need_the_standard_library_alone_until_something_is_compiled(part: str) -> None:
    waiting = [name for name in modules() if is_within(name, part)]
    seen: set[str] = set()
    while waiting:
        if (name := waiting.pop()) in modules() and name not in seen:
            waiting.extend(imported(modules()[name], at_once=True))
        seen.add(name)
    assert {
        one for one in seen - set(modules()) if one.partition(".")[0] not in sys.stdlib_module_names
    } == set()


@EACH_PACKAGE
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    edges = {
        name: {one for one in imported(module) if one in modules() and one != name}
        for name, module in modules().items()
        if module.package == package
    }
    done: set[str] = set()

    def check(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path, name))
        if name not in done:
            for one in edges.get(name, ()):
                check(one, (*path, name))
            done.add(name)

    for name in edges:
        check(name, ())
