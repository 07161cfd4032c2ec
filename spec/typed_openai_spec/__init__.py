"""Reads an API's OpenAPI description into one frozen model, and compiles that model to an index.

Data flows one way::

    spec/openai/*.yaml + spec/overrides/*.yaml
        -> parsing     JSON and YAML texts (yaml_texts), read strictly: plain values
        -> source      the files, read and patched: one plain document
        -> document    OpenAPI's words -> model
             schemas     JSON Schema (keywords, merging, unions, inline_names)
             arguments   parameters and bodies (styles)
             replies     responses and results (media)
             grouping    groups, and names of operations that have none; servers of their own
             finishing   what only the whole API tells: discriminators, sides of the wire
        -> model       Api, Operation, Argument, Reply, Component and the schema nodes (nodes)
        -> documenting the model with our own sentences (docs), and where each is from
        -> compile     model -> index files, deterministic, with a digest
        -> index       index files -> model, with the standard library alone

``comparison`` tells what one model changes for callers of another. ``canonical`` and ``provenance`` write
spec/openai from a new description. ``validation`` judges values by a model. ``names`` turns text of the
description into safe Python names, and ``problems`` holds what could not be understood. ``loading`` goes all
of the way at once for a description that is given as a file at run time, and keeps what comes of it in a
cache. The client and the plugin import :mod:`typed_openai_spec.index` and :mod:`typed_openai_spec.model` and
what judges by them, so neither needs YAML but where ``loading`` has something to compile.
"""
