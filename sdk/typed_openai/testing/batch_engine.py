"""Batches, run by the embedded server: files in, results out, with limits, failures and expiry by script."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count
from random import Random
from threading import RLock
from typing import Any, Final

from typed_openai.testing.batch_script import BatchScript
from typed_openai.testing.checking import Incoming, Refusal
from typed_openai.testing.stored_files import StoredFiles

_FINAL: Final = frozenset({"completed", "failed", "expired", "cancelled"})
_MOST_LINES: Final = 50_000


@dataclass(slots=True)
class _Batch:
    made: dict[str, Any]
    lines: list[dict[str, Any]]
    script: BatchScript
    polls: int = 0


class BatchEngine:
    """Batches by id; ``answer`` answers the request of one line with a status, an id and a body."""

    def __init__(self, files: StoredFiles, answer: Callable[[Incoming], tuple[int, bytes]]) -> None:
        self.script = BatchScript()
        self.ended: list[list[bytes]] = []
        """The lines of results of each batch that has ended."""
        self._is_used = False
        self._files = files
        self._answer = answer
        self._batches: dict[str, _Batch] = {}
        self._numbers = count(1)
        self._lock = RLock()

    def forget(self) -> None:
        """Forget all batches and the script."""
        with self._lock:
            self.script = BatchScript()
            self.ended.clear()
            self._batches.clear()
            self._is_used = False

    def create(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Create a batch of a stored file; another file gives a generated batch."""
        with self._lock:
            file_id = arguments["input_file_id"]
            if (content := self._files.content(file_id)) is None:
                return made
            self._is_used = True
            if self.script.invisible > 0:
                self.script = replace(self.script, invisible=self.script.invisible - 1)
                raise Refusal(400, f"the file {file_id} was not found", param="input_file_id")
            batch_id, now = f"batch_{next(self._numbers):012d}", int(time.time())
            empty = dict.fromkeys(one for one in made if one.endswith(("_at", "_file_id")))
            batch = {**made, **empty, "id": batch_id, "object": "batch", "status": "validating"}
            batch |= {name: arguments[name] for name in ("endpoint", "completion_window", "input_file_id")}
            batch |= {"metadata": arguments.get("metadata"), "errors": None, "created_at": now}
            batch |= {"expires_at": now + 86_400}
            lines, errors = _lines(content, arguments["endpoint"])
            batch["request_counts"] = {"total": len(lines), "completed": 0, "failed": 0}
            if errors:  # found while the file is validated
                batch |= {"failed_at": now, "errors": _listed(errors)}
            elif self.script.token_limit is not None and self._open() + len(lines) > self.script.token_limit:
                message = "Enqueued token limit reached"
                error = {"code": "token_limit_exceeded", "message": message, "line": None, "param": None}
                batch |= {"failed_at": now, "errors": _listed([error])}
            self._batches[batch_id] = _Batch(batch, lines, self.script)
            return dict(batch)

    def retrieve(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Return a batch, a step further than the last time."""
        with self._lock:
            if (batch := self._batches.get(arguments["batch_id"])) is None:
                return made
            self._advance(batch)
            return dict(batch.made)

    def cancel(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Cancel a batch; the next step ends it with what is done."""
        with self._lock:
            if (batch := self._batches.get(arguments["batch_id"])) is None:
                return made
            if batch.made["status"] not in _FINAL:
                batch.made |= {"status": "cancelling", "cancelling_at": int(time.time())}
            return dict(batch.made)

    def listed(self, arguments: Mapping[str, Any], made: dict[str, Any]) -> dict[str, Any]:
        """Return a page of the batches, the newest first; a generated one if there are none."""
        with self._lock:
            found = [dict(one.made) for one in reversed(self._batches.values())]
        if not self._is_used:
            return made
        ids = [one["id"] for one in found]
        if (after := arguments.get("after")) in ids:
            found = found[ids.index(after) + 1 :]
        limit = arguments.get("limit", 20)
        page = found[:limit]
        ends = {"first_id": page[0]["id"], "last_id": page[-1]["id"]} if page else {}
        return {**made, **ends, "data": page, "has_more": len(found) > limit}

    def _open(self) -> int:
        """Return the number of requests in progress."""
        open_batches = [one for one in self._batches.values() if one.made["status"] not in _FINAL]
        return sum(len(one.lines) for one in open_batches if one.made["errors"] is None)

    def _advance(self, batch: _Batch) -> None:
        status, now = batch.made["status"], int(time.time())
        if status in _FINAL:
            return
        if batch.made["errors"] is not None:
            batch.made["status"] = "failed"
        elif status == "cancelling":
            self._end(batch, "cancelled", len(batch.lines) // 2)
        elif status == "validating":
            batch.made |= {"status": "in_progress", "in_progress_at": now}
        else:
            batch.polls += 1
            if batch.polls < batch.script.polls:
                return
            after = batch.script.expire_after
            expires = after is not None and after < len(batch.lines)
            self._end(batch, "expired" if expires else "completed", after if expires else len(batch.lines))

    def _end(self, batch: _Batch, status: str, done: int | None) -> None:
        """Answer the first ``done`` requests, and write the files with results and errors, out of order."""
        results: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for number, line in enumerate(batch.lines):
            if number >= (len(batch.lines) if done is None else done):
                code = "batch_expired" if status == "expired" else "batch_cancelled"
                error = {"code": code, "message": "This request was not executed in time."}
                errors.append(self._result(line, None, error))
                continue
            response = self._response(batch, line)
            (results if response["status_code"] == 200 else errors).append(self._result(line, response, None))
        shuffle = Random(len(batch.lines)).shuffle  # noqa: S311  # no secret
        self.ended.append([json.dumps(one).encode() for one in (*results, *errors)])
        shuffle(results)
        shuffle(errors)
        batch.made["request_counts"] |= {"completed": len(results), "failed": len(errors)}
        batch.made |= {
            "status": status,
            f"{status}_at": int(time.time()),
            "output_file_id": self._stored(batch, "output", results),
            "error_file_id": self._stored(batch, "error", errors),
        }

    def _response(self, batch: _Batch, line: dict[str, Any]) -> dict[str, Any]:
        failure = batch.script.failures.get(line["custom_id"])
        request_id = f"req_{next(self._numbers):012d}"
        if failure is not None:
            body = Refusal(failure, f"scripted failure {failure}").body
            return {"status_code": failure, "request_id": request_id, "body": body}
        content = json.dumps(line["body"]).encode()
        headers = {"content-type": "application/json"}
        status, reply = self._answer(Incoming(line["method"], line["url"], [], headers, content))
        return {"status_code": status, "request_id": request_id, "body": json.loads(reply)}

    def _result(self, line: dict[str, Any], response: object, error: object) -> dict[str, Any]:
        result_id = f"batch_req_{next(self._numbers):012d}"
        return {"id": result_id, "custom_id": line["custom_id"], "response": response, "error": error}

    def _stored(self, batch: _Batch, kind: str, results: list[dict[str, Any]]) -> str | None:
        if not results:
            return None
        content = b"".join(json.dumps(one).encode() + b"\n" for one in results)
        name = f"{batch.made['id']}_{kind}.jsonl"
        made = {"object": "file", "filename": name, "purpose": "batch_output", "status": "processed"}
        return str(self._files.store(content, made)["id"])


def _lines(content: bytes, endpoint: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the requests in a file, and what is wrong with it."""
    lines, errors = [], []
    seen: set[object] = set()
    for number, text in enumerate(content.splitlines(), 1):
        for problem in _problems(text, endpoint, seen):
            errors.append({"code": "invalid_request", "message": problem, "line": number, "param": None})
        if not errors:
            lines.append(json.loads(text))
    if not content.strip() or len(lines) > _MOST_LINES:
        message = f"expected 1 to {_MOST_LINES} requests, got {len(lines)}"
        errors.append({"code": "invalid_file", "message": message, "line": None, "param": None})
    return lines, errors


def _problems(text: bytes, endpoint: str, seen: set[object]) -> Iterator[str]:
    try:
        line = json.loads(text)
    except ValueError:
        yield "the line is not JSON"
        return
    if not isinstance(line, dict) or {"custom_id", "method", "url", "body"} - set(line):
        yield "expected custom_id, method, url and body"
        return
    if line["url"] != endpoint:
        yield f"url: expected {endpoint}, got {line['url']}"
    if line["custom_id"] in seen:
        yield f"custom_id: {line['custom_id']!r} is used twice"
    seen.add(line["custom_id"])


def _listed(errors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": errors}
