"""Writes the stub package of an API from its model: what editors and type checkers read.

Data flows one way, and nothing here reads or writes a file but the sources of the client's own
modules::

    model.Api
        -> order         which component comes before which, and how much each one pulls in
        -> annotations   schema -> annotation text; asks its scope for every name it uses
        -> scope         names a module uses -> its import lines, so the imports cannot be wrong
        -> text          hostile text -> comments, docstrings, literals
        -> uses          where each component is used, as its docstring
        -> layers        which module each component is written in: no checker reads what it need not
        -> components    types.pyi and the two modules below it
        -> forms         the distinct ways to call an operation: one signature, or overloads
        -> resources     resources.pyi
        -> params        params.pyi
        -> handwritten   the stubs of the modules written by hand, from their inline types
        -> declarations  their classes, functions and names, without bodies
        -> package       all files of the project's own stub package together
        -> generated     all files of a package for another API

:func:`generate` and :func:`generate_package` are pure and deterministic: the same model gives the same bytes.
"""

from __future__ import annotations

from typed_openai_stubgen.declarations import Untyped
from typed_openai_stubgen.generated_package import generate_package
from typed_openai_stubgen.order import mean_reach, reaches
from typed_openai_stubgen.stub_package import StubError, generate

__all__ = ["StubError", "Untyped", "generate", "generate_package", "mean_reach", "reaches"]
