"""The strictly typed, spec-driven Python SDK for the OpenAI API and for compatible servers.

Map::

    Client                       every operation as client.<group>.<operation>(...)
    Client(spec=...)             the operations of another API, from its OpenAPI description
    chat, responses, files, ...  the same groups of a default client, configured by the environment
    call, request                operations by id, and by path; as_curl shows a call as a command
    OMIT, Omit                   the value that leaves an argument out, and its type
    response_info                facts about a reply: headers, request id, rate limit, time
    RateLimiter                  holds calls back until the rate limits allow them
    UsageTotals                  sums of the tokens that calls use, by model
    BatchJob                     any number of calls through the Batch API, kept in a folder
    upload_file                  a file of any size, in parts if it is big; resumed after a crash
    check_lines                  mistakes in files for fine-tuning and batches, with line and place
    unwrap_webhook               the event of a webhook, after checking its signature
    errors  every error        streaming  Stream and its receivers    binary     files in and out
    types   every component    resources  the groups' classes         testing    a fake server
    params  every operation's arguments, for ``**params``             paginate   a list's items
    accumulate  the reply that a stream's events make up              poll       waits for work's end
    tool, Tools                  functions that a model may call, and the loop that answers it
    ask, parse                   answers as values of Python types; json_schema_of and more in outputs
    identity  short-lived tokens in place of a key
    telemetry  spans and metrics for OpenTelemetry

Every module is imported only when it is used.
"""

# Private, because a public name here would hide a group of operations of that name.
from __future__ import annotations as _annotations

from importlib import import_module as _import_module
from typing import Any as _Any

__version__ = "0.1.0"

# The module of each public name.
_HOMES: dict[str, tuple[str, ...]] = {
    "client": ("Client",),
    "default_client": ("as_curl", "call", "request"),
    "timeouts": ("Timeout",),
    "streaming": (
        "Stream",
        "StreamData",
        "StreamError",
        "StreamFinish",
        "StreamHandle",
        "StreamMessage",
        "StreamingClient",
    ),
    "binary": ("BinaryReply", "FileInput"),
    "progress": ("Progress",),
    "observing": ("RateLimit", "RequestInfo", "ResponseInfo", "RetryInfo", "response_info"),
    "token_usage": ("TokenUsage", "UsageInfo", "UsageTotals"),
    "rate_limiting": ("PacedFamily", "RateLimiter", "WaitInfo"),
    "omission": ("OMIT", "Omit"),
    "pagination": ("paginate",),
    "polling": ("poll", "poller"),
    "accumulation": ("Accumulated", "Accumulator", "AsyncAccumulated", "accumulate", "accumulator"),
    "outputs": (
        "Answer",
        "Bounds",
        "ask",
        "json_schema_of",
        "output_items",
        "output_text",
        "parse",
        "response_format",
        "text_format",
        "text_of",
    ),
    "event_outputs": ("finished_items", "text_deltas"),
    "tool_kits": ("Tools",),
    "tool_functions": ("Injected", "Tool", "tool"),
    "tool_runs": ("Run", "ToolCall"),
    "run_stores": ("RunStore",),
    "tool_errors": ("RunError", "ToolError"),
    "output_errors": ("Incomplete", "Misfit", "OutputError", "Refused"),
    "errors": (
        "APIConnectionError",
        "APIError",
        "APIStatusError",
        "APITimeoutError",
        "AuthenticationError",
        "BadRequestError",
        "CallError",
        "ConflictError",
        "DescriptionWarning",
        "InternalServerError",
        "InvalidReplyError",
        "JobError",
        "MissingKeyError",
        "NotFoundError",
        "OpenAIError",
        "PermissionDeniedError",
        "PollTimeoutError",
        "RateLimitError",
        "StreamTruncatedError",
        "TokenError",
        "UnprocessableEntityError",
    ),
    "batch_jobs": ("BatchJob",),
    "batch_results": (
        "BatchError",
        "BatchFailure",
        "BatchLine",
        "BatchProgress",
        "BatchReply",
        "BatchResponse",
        "BatchResult",
    ),
    "line_files": ("LineKind", "LineProblem", "check_lines", "guess_line_kind"),
    "uploading": ("FilePurpose", "upload_file"),
    "webhook_errors": ("WebhookError", "WebhookReplayError"),
    "webhook_events": ("WebhookEvent", "WebhookHeaders", "unwrap_webhook"),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = frozenset(
    {
        "aio",
        "binary",
        "client",
        "errors",
        "identity",
        "outputs",
        "params",
        "resources",
        "streaming",
        "telemetry",
        "testing",
        "timeouts",
        "types",
    }
)
# Left out by dir(), because importing them may fail: they need the packages of an extra.
_OF_EXTRAS = frozenset({"telemetry"})


__all__ = [name for names in _HOMES.values() for name in names]
"""The names of ``import *``: the classes and functions, without the groups."""


def __getattr__(name: str) -> _Any:
    if name in _HOME_OF:
        value = getattr(_import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    elif name in _MODULES:
        value = _import_module(f"{__name__}.{name}")
    elif name.startswith("_"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    elif name not in _groups():
        missing = _import_module(f"{__name__}._dynamic.missing_names")
        raise missing.missing_name(__name__, name, [*_groups(), *_HOME_OF, *_MODULES], _index())
    else:
        value = getattr(_import_module(f"{__name__}.default_client").default_client(), name)
    return globals().setdefault(name, value)


def __dir__() -> list[str]:
    own = {name for name in globals() if name.startswith("__")}
    return sorted(own | {*_HOME_OF, *_MODULES, *_groups()} - _OF_EXTRAS)


def _index() -> _Any:
    return _import_module("typed_openai_spec.index.reader").packaged()


def _groups() -> _Any:
    return _index().groups
