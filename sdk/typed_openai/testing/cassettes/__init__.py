"""Cassettes: files with the requests and replies of a test, which are recorded once and then replayed.

Modules::

    tape             the cassette in use              modes            recording or replaying
    recording        replies while they are recorded  replaying        replies from a cassette
    matching         requests, and their differences  scrubbing        no credentials in a cassette
    request_forms    requests as they are written     reply_forms      replies as they are written
    stored_bodies    bodies as JSON values            event_lines      events of streams as lines
    cassette_files   reading and writing files        lines            the lines of a file, checked
    cassette_owners  the test that writes a cassette  cassette_errors  the error for all of it
"""

from typed_openai.testing.cassettes.cassette_errors import CassetteError
from typed_openai.testing.cassettes.modes import CassetteMode
from typed_openai.testing.cassettes.tape import Cassette, cassette

__all__ = ["Cassette", "CassetteError", "CassetteMode", "cassette"]
