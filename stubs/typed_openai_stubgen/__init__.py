"""Generate the stub package of an API from its model, for editors and type checkers.

Data flows one way. Nothing here writes files, and only the sources of the client's own modules are read::

    model.Api
        -> order              the order of components, and the number of types that each one needs
        -> annotations        schema -> annotation text; asks its scope for every name it uses
        -> scope              names a module uses -> its import lines, which are correct by construction
        -> safe_text          untrusted text -> comments, docstrings, literals
        -> uses               the places that use each component, for its docstring
        -> layers             the module of each component, so that checkers read no more than necessary
        -> component_stubs    types.pyi and the two modules below it
        -> call_forms         the distinct ways to call an operation: one signature, or overloads
        -> resources_stub     resources.pyi
        -> params_stub        params.pyi
        -> handwritten_stub   the stubs of handwritten modules, from their inline types
        -> declarations       their classes, functions and names, without bodies
        -> stub_package       all files of the project's own stub package
        -> generated_package  all files of a package for another API

:func:`generate` and :func:`generate_package` are pure and deterministic: the same model gives the same
bytes.
"""

from __future__ import annotations

from typed_openai_stubgen.generated_package import generate_package
from typed_openai_stubgen.order import mean_reach, reaches
from typed_openai_stubgen.python_declarations import Untyped
from typed_openai_stubgen.stub_package import StubError, generate

__all__ = ["StubError", "Untyped", "generate", "generate_package", "mean_reach", "reaches"]
