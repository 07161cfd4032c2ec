"""The pictures of the documentation are made from the real answers of pyright's language server.

``UPDATE_GOLDEN=1 pytest tests/editors`` draws them again. Another version of pyright may list or word
things differently: a picture is valid as long as the server's answer contains everything that it shows.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.editors.drawing import picture, shown_in
from tests.editors.language_server import LanguageServer
from tests.editors.scenes import SCENES, Scene, answer

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "pictures"

each = pytest.mark.parametrize("scene", SCENES, ids=[one.name for one in SCENES])


@pytest.mark.slow(seconds=3)
@each
def test_the_server_says_what_the_picture_shows(pyright_server: LanguageServer, scene: Scene) -> None:
    path = PICTURES / f"{scene.name}.svg"
    real = answer(pyright_server, scene)
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(picture(scene, real.shown))
    shown = shown_in(path.read_text())
    assert shown
    assert [line for line in shown if line not in real.all] == []


@each
def test_the_picture_is_drawn_as_committed(scene: Scene) -> None:
    text = (PICTURES / f"{scene.name}.svg").read_text()
    assert picture(scene, shown_in(text)) == text


def test_there_is_no_picture_without_a_scene() -> None:
    assert {one.stem for one in PICTURES.glob("*.svg")} == {one.name for one in SCENES}


def pictures_of(page: str) -> dict[str, str]:
    """The pictures that a page shows, and what it says of each."""
    found = re.findall(r"!\[([^\]]+)\]\((?:docs/)?pictures/(\w+)\.svg\)", (ROOT / page).read_text())
    return {name: title for title, name in found}


def test_the_page_on_editors_shows_every_picture_with_what_it_says() -> None:
    assert pictures_of("docs/types.md") == {one.name: one.title for one in SCENES}


def test_the_readme_shows_one_of_them() -> None:
    (shown,) = pictures_of("README.md").items()
    assert shown in {(one.name, one.title) for one in SCENES}


def test_text_of_an_answer_is_only_text() -> None:
    nasty = ['<script>"&amp;"</script>', "'x' > y & z"]
    svg = picture(Scene("nasty", "<&>", "completion", "client.|"), nasty)
    assert shown_in(svg) == nasty
    drawn = ElementTree.fromstring(svg)
    tags = {one.tag.rpartition("}")[2] for one in drawn.iter()}
    assert tags == {"svg", "title", "desc", "rect", "path", "text", "circle"}
    assert nasty[0] in {one.text for one in drawn.iter()}
