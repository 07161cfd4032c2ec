"""The events of mkdocs: adds the generated pages to the site."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from typed_openai_docs import migration, reference
from typed_openai_docs.client_pages import client_navigation, client_pages
from typed_openai_spec.index.reader import packaged

# Files of the repository that are pages of the site: links to them are those of a checkout.
_OF_THE_REPOSITORY: Final = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
_MIGRATING: Final = "migrating.md"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the reference into the navigation."""
    assert config.nav is not None
    overview, *rest = reference.navigation(packaged())
    config.nav.append({"API reference": [overview, {"Python": client_navigation()}, *rest]})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the reference, and those that the repository has outside of ``docs``."""
    for path, text in (*client_pages(), *reference.pages(packaged())):
        files.append(File.generated(config, path, content=text))
    root = Path(config.docs_dir).parent
    for name, path in _OF_THE_REPOSITORY.items():
        text = (root / name).read_text(encoding="utf-8").replace("](docs/", "](")
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Point links into the repository to its pages here, and fill in the table of method names."""
    for name, path in _OF_THE_REPOSITORY.items():
        markdown = markdown.replace(f"](../{name}", f"]({path}")
    if page.file.src_uri == _MIGRATING:
        return migration.with_table(markdown, packaged())
    return markdown


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Keep blocks of code out of the search: they repeat the names that the text explains."""
    return html.replace('<div class="language-', '<div data-search-exclude class="language-')
