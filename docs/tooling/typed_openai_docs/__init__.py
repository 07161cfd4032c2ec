"""The generated part of the documentation site.

Map, from bottom to top::

    families          components -> the pages that they are shown on
    markup            text -> HTML: sentences, lists, annotations whose components are links
    docstring_markup  docstrings -> Markdown, with examples as blocks of code
    client_modules    the client's sources -> the declarations of its public names
    annotation_links  schemas -> annotations as the stubs have them, as HTML
    api_entries       the texts of ``typed-openai explain`` -> items of lists
    site_places       the place of everything on the site
    operation_pages   a group of operations -> a page
    component_pages   a family of components -> a page
    client_pages      the client's public modules -> pages, and their navigation
    migration         the official client's method names -> a table
    reference         an index -> all pages of the API reference, and their navigation
    mkdocs_events     the events of mkdocs, which add all of this to the site

Everything below ``mkdocs_events`` is pure: the same description gives the same pages.
"""
