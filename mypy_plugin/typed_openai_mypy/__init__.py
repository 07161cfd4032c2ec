"""A mypy plugin that tells a mistake in using the API in one line, at the exact spot.

Switched on by ``plugins = ["typed_openai_mypy.plugin"]`` in mypy's configuration. Its rooms::

    plugin      what mypy loads: dispatch, the digest that keeps mypy's caches honest
    hooks       what the hooks do; loaded where a program uses our package
    config      the user's options;  description  what they say to check against
    packages    the client's own package and the generated ones, whose names the rest need not tell apart
    watch       the rewriter: sees what mypy is about to print and says it better
    explain     re-checks an expression against the type it should have, piece by piece
    ignores     prints what was found, and lets an ignore comment silence what it would without us
    features    one file for each kind of code: calls, statements, displays, branches, indexing
    messages    what is printed, with reading, hints and shortening;  shapes  questions about types
    tree        from a position to the syntax around it
    compat      with the other compat_... modules, all that touches parts of mypy not made for plugins
"""
