"""Reads an API's OpenAPI description into one frozen model, and compiles that model to an index.

Data flows one way::

    spec/openai/*.yaml + spec/overrides/*.yaml
        -> files       documents, read strictly and patched by the overrides
        -> openapi     OpenAPI's words -> model; schemas for JSON Schema alone
        -> model       Api, Operation, Argument, Reply, Component and the schema nodes
        -> docs        the project's own sentences, attached to the model
        -> compile     model -> index files, deterministic, with a digest
        -> index       index files -> model, with the standard library alone

The packages are layers. From bottom to top: ``problems`` and ``spelling``, ``model``, ``index``,
``validation``, ``files``, ``openapi``, ``docs``, ``comparison``, ``compile`` and ``loading``; a module
imports from its own package and from lower layers only.

``validation`` judges values by a model. ``comparison`` reports what a change of description means to
callers. ``loading`` takes all steps at once for a description that is given as a file at run time, and caches
the result. The client and the plugin import ``model``, ``index``, ``validation``, ``spelling``, ``problems``
and ``loading``; none of these needs YAML unless ``loading`` has something to compile.
"""
