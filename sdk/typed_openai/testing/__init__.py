"""Tests without the network: a fake OpenAI server, and cassettes of recorded replies.

:func:`serve` starts the server on loopback, based on the API's description alone. Each request is checked
against the description; an invalid one is answered with status 400, the place and the reason. The replies are
generated to fit the description, as servers send them. The received requests are in :attr:`Server.requests`;
:meth:`Server.reply`, :meth:`Server.stream`, :meth:`Server.reply_tool_call` and :meth:`Server.fail` script the
next answers.

:func:`cassette` records the replies of a real server to a file, and replays them from then on.
:func:`signed_webhook` makes the events that the API sends to your server.
"""

from typed_openai.testing.batch_script import BatchScript
from typed_openai.testing.cassettes import Cassette, CassetteError, CassetteMode, cassette
from typed_openai.testing.limit_script import LimitScript
from typed_openai.testing.multipart import UploadedFile
from typed_openai.testing.record import RecordedRequest
from typed_openai.testing.scripted_answers import ScriptError
from typed_openai.testing.sent_webhooks import SentWebhook
from typed_openai.testing.server import Server, serve
from typed_openai.testing.webhooks import SignedWebhook, signed_webhook

__all__ = [
    "BatchScript",
    "Cassette",
    "CassetteError",
    "CassetteMode",
    "LimitScript",
    "RecordedRequest",
    "ScriptError",
    "SentWebhook",
    "Server",
    "SignedWebhook",
    "UploadedFile",
    "cassette",
    "serve",
    "signed_webhook",
]
