"""A fake OpenAI server for tests, based on the API's description alone.

:func:`serve` starts it on loopback. Each request is checked against the description; an invalid one is
answered with status 400, the place and the reason. The replies are generated to fit the description, as
servers send them. The received requests are in :attr:`Server.requests`; :meth:`Server.reply`,
:meth:`Server.stream`, :meth:`Server.reply_tool_call` and :meth:`Server.fail` script the next answers.
"""

from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.scripted_answers import ScriptError
from typed_openai.testing.server import Server, serve

__all__ = ["RecordedRequest", "ScriptError", "Server", "UploadedFile", "serve"]
