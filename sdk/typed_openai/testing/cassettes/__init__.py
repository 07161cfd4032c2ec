"""Cassettes: files with the requests and replies of a test, which are recorded once and then replayed.

Modules::

    opening          the use of a cassette            player           a cassette at work
    tape             its public view                  modes            recording or replaying
    recording        replies while they are recorded  replaying        replies from a cassette
    matching         requests, and their differences  scrubbing        no credentials in a cassette
    stored_requests  requests as they are written     stored_replies   replies as they are written
    stored_bodies    bodies as JSON values            event_lines      events of streams as lines
    secret_fields    credentials by their names       lines            the lines of a file, checked
    cassette_files   reading and writing files
    cassette_owners  the test that writes a cassette  cassette_errors  the error for all of it
"""

from typed_openai.testing.cassettes.cassette_errors import CassetteError
from typed_openai.testing.cassettes.modes import CassetteMode
from typed_openai.testing.cassettes.opening import cassette
from typed_openai.testing.cassettes.tape import Cassette

__all__ = ["Cassette", "CassetteError", "CassetteMode", "cassette"]
