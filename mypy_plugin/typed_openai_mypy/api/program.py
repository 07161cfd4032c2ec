"""The program that mypy checks, and what it is judged by. Each plugin object has one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from mypy.errorcodes import ErrorCode
from mypy.options import Options

from typed_openai_mypy import packages
from typed_openai_mypy.compat.reporting import Reporter
from typed_openai_mypy.config import Config
from typed_openai_mypy.visibility import Visibility

if TYPE_CHECKING:
    from typed_openai_mypy.api.description import Descriptions
    from typed_openai_mypy.api.words import Words
    from typed_openai_spec.index.reader import Index


class Program:
    """The user's options, the descriptions of the API, and what is known about the program so far.

    A program that does not use the API needs no description: the packaged one is loaded when something is
    first judged.
    """

    def __init__(self, options: Config) -> None:
        self.options = options
        self.reporter = Reporter(options)
        self.visibility = Visibility()
        self.indexes: Mapping[str, Index] = {}
        packages.use(options.packages)

    def load(self, mypy_options: Options) -> Sequence[str]:
        """Load the descriptions that the options name, and return what in them was not understood.

        Raises :class:`.config.ConfigError` if a description cannot be used.
        """
        options = self.options
        if options.spec is None and not options.extra_fields and not options.packages:
            return ()
        from typed_openai_mypy.api.description import load_indexes  # noqa: PLC0415  most have no such options
        from typed_openai_mypy.compat.search_path import search_path  # noqa: PLC0415  as above

        self.indexes, problems = load_indexes(options, search_path(mypy_options))
        return problems

    @cached_property
    def descriptions(self) -> Descriptions:
        """The descriptions of all client packages."""
        from typed_openai_mypy.api.description import Descriptions  # noqa: PLC0415  only a use of the API needs them

        return Descriptions(self.indexes)

    @cached_property
    def words(self) -> Words:
        """The words that show that an error may be about the API."""
        from typed_openai_mypy.api.words import Words  # noqa: PLC0415  most programs need none

        return Words()

    def is_disabled(self, code: ErrorCode) -> bool:
        """Return whether the options switch off a code of the plugin."""
        return code.code in self.options.disable

    def forget(self) -> None:
        """Drop what is known about the program: a file has been read, so it may have changed."""
        self.reporter.forget()
        self.visibility.forget()
        if "words" in self.__dict__:
            self.words.forget()
