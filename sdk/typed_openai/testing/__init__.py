"""A fake OpenAI server for tests, made from the API's description alone.

:func:`serve` starts it on loopback. Each request is checked against the description, with a 400
that names the place and the reason where it does not fit; the replies are made up to fit. What it
got is in :attr:`Server.requests`; :meth:`Server.fail_next` scripts failures.
"""

from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.server import Server, serve

__all__ = ["RecordedRequest", "Server", "UploadedFile", "serve"]
