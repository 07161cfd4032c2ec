"""The weather of a simulated API: limits, failures, delays, lost replies, and batches that others cancel."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from tests.sdk.fleet.machine import SETTLED, row_id

from typed_openai.testing import BatchScript, Server
from typed_openai.testing.answers import Outgoing
from typed_openai.testing.checking import Incoming, Refusal
from typed_openai.testing.script_book import ScriptedFault
from typed_openai.testing.service import Answer

LATENESS: Final = SETTLED / 5
FAULTS: Final = ("429", "500", "503", "lost", "reset")
_HEADERS: Final[Mapping[str, str]] = {"retry-after": "0"}


class Weather:
    """Changes what a server does, by a seed. ``met`` counts what has happened to requests."""

    def __init__(self, server: Server, seed: int) -> None:
        self._server = server
        self._chance = random.Random(seed)
        self._lock = Lock()
        self._badness = 0.0
        self._created: dict[str, float] = {}
        self._answer = server._sockets.answer
        self.met: Counter[str] = Counter()
        server._sockets.answer = self._answered

    @property
    def engine(self) -> Any:
        """The batches of the server."""
        return self._server._service.work.batches

    def clear(self) -> None:
        """Let everything succeed."""
        self._badness = 0.0
        self._server.script_batches(BatchScript())

    def change(self, jobs: int, rows: int) -> None:
        """Choose the weather of the next hour, for jobs with so many rows."""
        chance = self._chance
        refused = {row_id(chance.randrange(jobs), chance.randrange(rows)): 500 for _ in range(rows // 3)}
        script = BatchScript(
            polls=chance.randrange(1, 4),
            failures=refused if chance.random() < 0.5 else {},
            expire_after=chance.randrange(6) if chance.random() < 0.25 else None,
            token_limit=chance.randrange(12, 40) if chance.random() < 0.4 else None,
            invisible=chance.randrange(4) if chance.random() < 0.4 else 0,
        )
        self.met.update({"expiry": script.expire_after is not None, "limit": script.token_limit is not None})
        self._server.script_batches(script)
        self._badness = chance.choice((0.0, 0.05, 0.15))

    def cancel_a_batch(self) -> None:
        """Cancel a batch in progress, as a person may do on a web page."""
        open_batches = [
            one["id"]
            for one in self.engine.listed({"limit": 10_000}, {"data": []})["data"]
            if one["status"] in ("validating", "in_progress")
        ]
        if open_batches:
            self.met["cancelled"] += 1
            self.engine.cancel({"batch_id": self._chance.choice(open_batches)}, {})

    def _answered(self, incoming: Incoming) -> Answer:
        with self._lock:
            fault = self._chance.choice(FAULTS) if self._chance.random() < self._badness else ""
            self.met[fault] += 1
        if fault.isdecimal():  # refused before anything is done
            body = Refusal(int(fault), "bad weather")
            reply = Outgoing(body.status, "application/json", b'{"error": {"message": "bad weather"}}')
            return Answer(reply, _HEADERS, self._server._service._record(incoming))
        answer = self._late_lists(incoming, self._answer(incoming))
        if fault == "lost":  # everything is done, but the reply says otherwise
            reply = Outgoing(500, "application/json", b'{"error": {"message": "lost"}}')
            return replace(answer, reply=reply, headers=_HEADERS)
        if fault == "reset":
            return replace(answer, reply=replace(answer.reply, fault=ScriptedFault("reset")))
        return answer

    def _late_lists(self, incoming: Incoming, answer: Answer) -> Answer:
        """Leave the newest batches out of a list, as a server whose lists are late does."""
        if not incoming.path.endswith("/batches") or answer.reply.status != 200:
            return answer
        body = json.loads(answer.reply.body)
        now = time.monotonic()
        with self._lock:
            if incoming.method == "POST":
                self._created[body["id"]] = now
                return answer
            kept = [one for one in body["data"] if now - self._created.get(one["id"], 0.0) > LATENESS]
        self.met["late list"] += len(kept) < len(body["data"])
        reply = replace(answer.reply, body=json.dumps({**body, "data": kept}).encode())
        return replace(answer, reply=reply)
