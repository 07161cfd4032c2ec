"""A mypy plugin that reports each mistake in using the API in one line, at its exact place.

Enable it with ``plugins = ["typed_openai_mypy.plugin"]`` in mypy's configuration. mypy remains the judge of
types: the plugin replaces the text of mypy's errors about the API, and adds findings that types cannot
express.

Loaded in every run::

    plugin      the plugin object: its hooks, and the digest that keeps mypy's caches valid
    config      the user's options
    packages    the client packages: typed_openai and the generated ones;  fullnames  their names
    codes       the plugin's error codes

Hooks, which mypy calls while it checks::

    hooks       the hook for each name;  calling  the work of the hooks in calls of the API
    description the description of the API that calls are checked against

Errors, in the order of the steps from mypy's text to the plugin's::

    gate        skips errors that cannot be about the API, with  reach  (imports) and  words  (text)
    watch       decides about each remaining error
    owners      the syntax that an error belongs to;  concern  and  declared  the types at its place
    explain     checks an expression again, piece by piece, against the expected type
    ignores     ignore comments;  shortening  mypy's own text with shorter names
    failures    what happens when the plugin itself fails

Shared by both::

    features    one module for each kind of code: calls, statements, displays, branches, indexing
    messages    every printed sentence, with  reading  and  hints
    shapes      questions about types, with  containers  and  enclosing
    tree        from a position to the syntax around it
    compat      with the other  compat_...  modules, all uses of mypy's private parts
"""
