"""A mypy plugin that reports each mistake in using the API in one line, at its exact place.

Enable it with ``plugins = ["typed_openai_mypy.plugin"]`` in mypy's configuration. mypy still does all type
checking: the plugin rewrites the text of mypy's errors about the API, and adds findings that types cannot
express.

The packages are layers. From bottom to top; a module imports from its own package and from lower ones
only::

    config    the user's options;  codes  error codes;  packages  the client packages
    visibility  modules that can see a client package;  swallowed  failures of the plugin itself
    syntax      from a place in a file to the syntax around it
    compat      all uses of mypy's private parts
    api         names, types and the descriptions of the API;  program  the state of one run;
                concern  whether an error is about the API
    cache_keys  digests that keep mypy's caches valid;  client_imports  the types that a file needs
    messages    every printed message, by what it is about, and hints
    explain     checks an expression again, piece by piece, against the expected type
    values      what is known of values and displays before the program runs
    beyond      findings that types cannot express
    calls       calls of operations, whatever way they are made
    displays    statements and expressions that set an expected type
    reading     reads of replies, judged when a module has been checked, and errors that follow from them
    watching    from mypy's errors to the plugin's:  first_look  skips,  watcher  decides
    hooks       the functions that mypy calls while it checks
    plugin      the plugin object: for each hook of mypy, the function that handles it
"""
