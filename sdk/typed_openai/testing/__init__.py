"""A fake OpenAI server for tests, based on the API's description alone.

:func:`serve` starts it on loopback. Each request is checked against the description; an invalid one is
answered with status 400, the place and the reason. The replies are generated to fit the description. The
received requests are in :attr:`Server.requests`; :meth:`Server.fail_next` scripts failures.
"""

from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.server import Server, serve

__all__ = ["RecordedRequest", "Server", "UploadedFile", "serve"]
