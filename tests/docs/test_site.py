"""The documentation site: it builds without a warning, its links have targets, and it loads quickly."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.docs.pages import PAGES, ROOT
from tests.docs.site import Html, Site

from typed_openai_docs.markup import dotted
from typed_openai_spec.index.reader import packaged
from typed_openai_spec.model import Object
from typed_openai_spec.official_names import official_methods

pytestmark = pytest.mark.slow(seconds=10)

MOST_SECONDS = 60
LARGEST_PAGE, LARGEST_SEARCH_INDEX = 600_000, 2_500_000
REGISTRIES = re.compile(r"pypi\.org|files\.pythonhosted|npmjs|unpkg|jsdelivr|fonts\.g(oogleapis|static)")


@dataclass(frozen=True)
class Built:
    """A site, and the processor time of its build."""

    site: Site
    seconds: float


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    folder = tmp_path_factory.mktemp("site")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Built(Site(folder), used.ru_utime + used.ru_stime - before.ru_utime - before.ru_stime)


def test_it_builds_quickly(built: Built) -> None:
    assert built.seconds < MOST_SECONDS


def test_every_page_is_in_it(built: Built) -> None:
    expected = {"index.html", *(f"{Path(one).stem}/index.html" for one in PAGES if one != "index.md")}
    assert expected <= set(built.site.pages)


def test_every_link_and_anchor_exists(built: Built) -> None:
    assert len(built.site.pages) > 100
    assert {page: broken for page in built.site.pages if (broken := built.site.broken(page))} == {}


def test_no_anchor_is_there_twice(built: Built) -> None:
    twice = {
        page: [one for one in set(html.anchors) if html.anchors.count(one) > 1]
        for page, html in built.site.pages.items()
        if len(html.anchors) != len(set(html.anchors))
    }
    assert twice == {}


def test_nothing_is_loaded_from_elsewhere(built: Built) -> None:
    loaded = {one for html in built.site.pages.values() for one in html.loaded}
    assert loaded
    assert {one for one in loaded if urlsplit(one).netloc} == set()


def test_no_page_names_a_registry(built: Built) -> None:
    named = [page for page in built.site.pages if REGISTRIES.search((built.site.folder / page).read_text())]
    assert named == []


def test_pages_and_search_index_are_small(built: Built) -> None:
    sizes = {page: (built.site.folder / page).stat().st_size for page in built.site.pages}
    assert {page: size for page, size in sizes.items() if size > LARGEST_PAGE} == {}
    assert (built.site.folder / "search" / "search_index.json").stat().st_size < LARGEST_SEARCH_INDEX


# The reference


def page_of(site: Site, path: str) -> Html:
    return site.pages[f"reference/{path}/index.html"]


def test_every_operation_and_argument_has_a_place(built: Built) -> None:
    index, count = packaged(), 0
    for one in index.operations():
        anchors = set(page_of(built.site, f"operations/{one.group}").anchors)
        assert {one.name, *(f"{one.name}.{each.name}" for each in one.arguments)} <= anchors
        count += 1
    assert count > 280


def test_the_client_s_pages_show_examples_as_code(built: Built) -> None:
    pages = [one for one in built.site.pages if one.startswith("reference/client/")]
    html = "".join((built.site.folder / one).read_text(encoding="utf-8") for one in pages)
    assert {"Client.call", "BinaryReply.save", "serve"} <= {
        anchor for one in pages for anchor in built.site.pages[one].anchors
    }
    assert html.count('class="language-pycon') > 50
    assert "<p>&gt;&gt;&gt;" not in html


def test_every_sentence_of_an_argument_is_shown(built: Built) -> None:
    index = packaged()
    for group in index.groups:
        html = plain((built.site.folder / f"reference/operations/{group}/index.html").read_text("utf-8"))
        for one in index.operations():
            if one.group == group:
                docs = [each.doc for each in index.documented(one).arguments]
                assert [doc for doc in docs if plain(doc) not in html] == []


def plain(text: str) -> str:
    """Letters and digits alone: markup and escapes stand between them."""
    return re.sub(r"\W+|\b(?:amp|lt|gt|quot|code)\b", "", text)


def test_every_component_is_on_one_page_with_its_fields(built: Built) -> None:
    components = packaged().components
    places = [
        anchor
        for page, html in built.site.pages.items()
        if page.startswith("reference/types/")
        for anchor in html.anchors
        if anchor in components
    ]
    assert sorted(places) == sorted(components)
    html = "".join(
        path.read_text(encoding="utf-8") for path in (built.site.folder / "reference/types").rglob("*.html")
    )
    fields = {
        field.name
        for one in components.values()
        if isinstance(one.schema, Object)
        for field in one.schema.fields
    }
    assert {one for one in fields if f'<span class="name"><code>{one}</code></span>' not in html} == set()


def test_the_search_finds_operations_arguments_types_and_pages(built: Built) -> None:
    index = json.loads((built.site.folder / "search" / "search_index.json").read_text())
    texts = {one["location"]: f"{one['title']} {one['text']}" for one in index["docs"]}
    assert "max_completion_tokens" in texts["reference/operations/chat/#create_chat_completion"]
    assert "logprobs" in texts["reference/types/chat/#CreateChatCompletionRequest"]
    assert "Retry-After" in texts["errors/#retries"]


def test_the_table_of_official_names_has_every_method(built: Built) -> None:
    html = (built.site.folder / "migrating/index.html").read_text(encoding="utf-8")
    methods = [one for one in official_methods() if not one.is_helper]
    assert len(methods) > 300
    assert [one.name for one in methods if dotted(one.name) not in html] == []
    assert f"{dotted('chat.create_chat_completion')}</a></td>" in html
