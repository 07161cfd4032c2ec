"""Read an API's OpenAPI description into one frozen model, and compile that model to an index.

Data flows one way::

    spec/openai/*.yaml + spec/overrides/*.yaml + spec/additions/*.yaml
        -> files         documents, read strictly, patched by the overrides and extended by the additions
        -> openapi       OpenAPI documents -> model; also plain JSON Schema documents
        -> model         Api, Operation, Argument, Reply, Component and the schema nodes
        -> docs          the project's own sentences, attached to the model
        -> compile       model -> index files, deterministic, with a digest
        -> index         index files -> model, with the standard library alone

The packages are layers. From bottom to top: ``problems``, ``spelling`` and ``option_tables``, ``model``,
``index``, ``validation``, ``files``, ``openapi``, ``docs``, ``comparison``, ``compile`` and ``loading``. A
module imports only from its own package and from lower layers.

``validation`` checks values against a model. ``comparison`` reports what a change of the description means
for callers. ``loading`` runs all steps for a description file that is given at run time, and caches the
result. The client and the plugin import ``model``, ``index``, ``validation``, ``spelling``, ``problems``,
``option_tables`` and ``loading``. None of these needs YAML unless ``loading`` has to compile a description.
"""
