"""A cassette at work: it answers requests from its file, or sends them and records the replies."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from typed_openai._calls.facts import request_info
from typed_openai._transport.clock import now
from typed_openai._transport.deadlines import Limits
from typed_openai._transport.interception import SendOnward
from typed_openai._transport.seam import HttpReply, HttpRequest
from typed_openai.observing import RequestInfo
from typed_openai.testing.cassettes.cassette_errors import CassetteError, at
from typed_openai.testing.cassettes.cassette_files import (
    Interaction,
    read_cassette,
    test_of,
    write_cassette,
)
from typed_openai.testing.cassettes.matching import is_match, nearest, shown_differences
from typed_openai.testing.cassettes.modes import VARIABLE
from typed_openai.testing.cassettes.recording import RecordedReply, Recording
from typed_openai.testing.cassettes.replaying import ReplayedReply
from typed_openai.testing.cassettes.scrubbing import Scrubber
from typed_openai.testing.cassettes.secret_fields import masked_request
from typed_openai.testing.cassettes.stored_replies import json_values, stored_reply
from typed_openai.testing.cassettes.stored_requests import content_of, stored_request
from typed_openai.testing.cassettes.tape import Cassette


class Player(Cassette):
    """Intercepts requests: see :class:`~typed_openai._transport.interception.Interceptor`."""

    def __init__(
        self,
        path: Path,
        mode: str,
        *,
        paced: bool,
        ignore: frozenset[str],
        only: Callable[[RequestInfo], bool] | None,
        test: str,
    ) -> None:
        content = path.read_bytes() if path.exists() else None
        super().__init__(
            path, mode, records=mode in ("record", "extend") or (mode == "once" and content is None)
        )
        self.recorded_by = ""
        self._content = content
        self._paced = paced
        self._ignore = ignore
        self._only = only
        self._test = test
        self._process = os.getpid()
        self._lock = threading.Lock()
        self._scrubber = Scrubber()
        if content is not None and mode != "record":
            found = read_cassette(path)
            self._known, self.recorded_by = found.interactions, found.test
        elif content is not None:
            # It may be damaged, and is replaced.
            self.recorded_by = test_of(path)
        self._left = [*self._known]

    def send(
        self, request: HttpRequest, limits: Limits, onward: SendOnward, options: Mapping[str, Any]
    ) -> HttpReply:
        """Answer a request of a client: the clients call this."""
        if self._only is not None and not self._only(request_info(request, 1)):
            return onward(request, limits)
        self._scrubber.learn(request, options)
        content = content_of(request)
        sent = stored_request(request, content)
        if (found := self._taken(sent)) is not None:
            return ReplayedReply(self.path, found, request, limits, paced=self._paced)
        if not self.records:
            raise self._unexpected_call(sent)
        return self._recorded(_with_body(request, content), sent, limits, onward)

    def pause(self, seconds: float) -> float:
        """Return the pause before a request is repeated: none while replaying, unless the pace is kept."""
        return 0.0 if not self._paced and not self.records else seconds

    def _taken(self, sent: Mapping[str, Any]) -> Interaction | None:
        """Return the first recording of a request that was not used yet, and mark it as used."""
        with self._lock:
            for number, one in enumerate(self._left):
                if is_match(one.request, sent, self._ignore):
                    return self._left.pop(number)
        return None

    def _recorded(
        self, request: HttpRequest, sent: Mapping[str, Any], limits: Limits, onward: SendOnward
    ) -> HttpReply:
        if os.getpid() != self._process:
            raise at(self.path, 0, "a forked process cannot record; record without forking, then replay")
        begun = now()
        reply = onward(request, limits)
        recording = Recording(sent, reply, now() - begun)
        with self._lock:
            self._recordings.append(recording)
        return RecordedReply(reply, recording)

    def _unexpected_call(self, sent: Mapping[str, Any]) -> CassetteError:
        """Return the error for a request that is not recorded, with the difference to the nearest one."""
        sent = masked_request(sent, set())
        shown = self._scrubber.request(sent)
        call = f"{shown['method']} {shown['url']} ({shown['operation']})"
        # Those that are left are preferred: of two equal ones, the first is the nearest.
        found = nearest((*self._left, *self._known), sent, self._ignore)
        if found is None:
            text = f"no recording of {call}: the cassette is empty"
        elif not found.differences:
            text = f"{call} is recorded, but was already replayed"
        else:
            lines = shown_differences(found.differences, self._scrubber.json)
            text = f"no recording of {call}; the nearest, with - as recorded and + as sent:\n{lines}"
        line = 0 if found is None else found.interaction.line
        error = at(self.path, line, f'{text}\nto record it, use mode="extend" or {VARIABLE}=extend')
        self._unexpected.append(error)
        return error

    def check(self) -> None:
        """Raise ``CassetteError`` if the requests were not exactly those that are recorded."""
        if self._unexpected:
            raise self._unexpected[0]
        if self.unused and self.mode != "record":
            listed = "".join(f"\n  {one}" for one in self.unused)
            raise at(self.path, 0, f"recorded requests that were not made:{listed}")

    def write(self) -> None:
        """Write what was recorded, without credentials. Raises ``CassetteError`` if another test did so."""
        heard = [(one.request, one.heard()) for one in self._recordings]
        for request, reply in heard:
            self._scrubber.learn_fields(request, json_values(reply))
            self._scrubber.learn_cookies(reply.headers.get("set-cookie", ""))
        fresh = [
            Interaction(self._scrubber.request(request), stored_reply(reply, self._scrubber))
            for request, reply in heard
        ]
        content = self.path.read_bytes() if self.path.exists() else None
        if content != self._content:
            other = test_of(self.path) or "another program"
            raise at(
                self.path, 1, f"{other} has written this cassette; {self._test} must have one of its own"
            )
        write_cassette(self.path, self._test, (*self._known, *fresh))


def _with_body(request: HttpRequest, content: bytes) -> HttpRequest:
    """Return the request with the body that was read, which can be sent again."""
    return request if request.body is None else replace(request, body=content)
