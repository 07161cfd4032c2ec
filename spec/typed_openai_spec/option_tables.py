"""The options of every call and the settings of a client, one table for each.

Signatures, stubs, documentation, checks, and the options of the command line are made from these tables:
adding an option or a setting means to add an entry here, and to use its value. The ``kind`` of an entry says
how its value is checked, hidden from tracebacks and read on the command line. Types are written with full
names, because each module that shows them imports them in its own way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

OptionKind: TypeAlias = Literal[
    "callback",
    "count",
    "description",
    "fields",
    "flag",
    "headers",
    "hook",
    "http_client",
    "http_options",
    "key",
    "limit",
    "limiter",
    "name",
    "password",
    "query",
    "receiver",
    "timeout",
    "url",
]


OMIT_TYPE: Final = "typed_openai.omission.Omit"
"""The type of the value that leaves an optional argument out."""


class CallOption(NamedTuple):
    """A keyword that operations accept in addition to their arguments.

    ``taken_by`` are the operations that accept it: all, those that can stream, those that send files.
    ``help`` describes the option of the command line; there is none where it is empty. In ``type``, ``Event``
    and ``State`` stand for the types of a stream's events and of its receiver's state. ``elsewhere`` is the
    name of the option for other APIs than OpenAI's, if it differs; ``own`` options are for OpenAI's alone.
    """

    name: str
    kind: OptionKind
    type: str
    doc: str
    taken_by: Literal["all", "streams", "uploads"] = "all"
    help: str = ""
    elsewhere: str = ""
    own: bool = False


class ClientSetting(NamedTuple):
    """A setting of a client: an argument of ``Client``, and of ``with_options`` unless it is ``fixed``."""

    name: str
    kind: OptionKind
    type: str
    doc: str
    keyword_only: bool = False
    fixed: bool = False


STREAM_TO: Final = "stream_to"
"""The additional option of streaming operations."""

ON_PROGRESS: Final = "on_progress"
"""The additional option of operations that send files."""

CALL_OPTION_TABLE: Final = (
    CallOption(
        "openai_api_key",
        "key",
        "str",
        "The key for this call, instead of the client's.",
        elsewhere="api_key",
    ),
    CallOption(
        "openai_organization_key", "name", "str", "The organization that this call is counted for.", own=True
    ),
    CallOption(
        "base_url",
        "url",
        "str",
        "The server's address for this call.",
        help="the server's address, with its path",
    ),
    CallOption(
        "timeout",
        "timeout",
        "float | typed_openai.timeouts.Timeout | None",
        "A Timeout, or seconds for each of its limits, the whole call among them; None for ever.",
        help="how long to wait, more than 0",
    ),
    CallOption(
        "max_retries",
        "count",
        "int",
        "How often a failed try is repeated.",
        help="how often a failed try is repeated, 0 or more",
    ),
    CallOption(
        "extra_headers",
        "headers",
        "collections.abc.Mapping[str, str | None]",
        "Headers that are sent too, or instead of the client's own; None removes one.",
        help="headers that are sent too",
    ),
    CallOption(
        "extra_query",
        "query",
        "collections.abc.Mapping[str, object]",
        "Query parameters that are sent too.",
        help="query parameters that are sent too",
    ),
    CallOption(
        "extra_body",
        "fields",
        "collections.abc.Mapping[str, object]",
        "Fields that are merged over the body.",
        help="fields that are merged over the body",
    ),
    CallOption(
        STREAM_TO,
        "receiver",
        "collections.abc.Callable[[typed_openai.streaming.StreamMessage[Event]], object]"
        " | typed_openai.streaming.StreamingClient[Event, State]",
        "Called with each message from a background thread; implies streaming.",
        taken_by="streams",
    ),
    CallOption(
        ON_PROGRESS,
        "callback",
        "collections.abc.Callable[[typed_openai.progress.Progress], object]",
        "Called with the bytes done and their total as the request is sent.",
        taken_by="uploads",
    ),
)
"""The options of calls, in the order of signatures."""

OTHER_CALL_OPTION_TABLE: Final = tuple(
    one._replace(name=one.elsewhere or one.name) for one in CALL_OPTION_TABLE if not one.own
)
"""The same for calls of other APIs."""

RENAMED_CALL_OPTIONS: Final = {one.elsewhere: one.name for one in CALL_OPTION_TABLE if one.elsewhere}
"""The names of options that differ for other APIs, each with its name for OpenAI's."""

CLIENT_SETTINGS: Final = (
    ClientSetting(
        "api_key",
        "password",
        "str | collections.abc.Callable[[], str] | collections.abc.Mapping[str, str] | None",
        "The key, or a callable that returns it for each request; by default from the environment."
        " If an API needs several keys at once, a mapping of its security schemes to keys.",
    ),
    ClientSetting("admin_api_key", "key", "str | None", "The key of operations that take an admin key."),
    ClientSetting("organization", "name", "str | None", "The organization that calls are counted for."),
    ClientSetting("project", "name", "str | None", "The project that calls are counted for."),
    ClientSetting("base_url", "url", "str | None", "The server's address, with its path."),
    ClientSetting(
        "http_options",
        "http_options",
        "collections.abc.Mapping[str, typing.Any] | None",
        "Arguments of requests.Session.request, such as proxies, verify and cert.",
    ),
    ClientSetting(
        "http_headers",
        "headers",
        "collections.abc.Mapping[str, str | None] | None",
        "Headers that are sent with every request; None removes one.",
    ),
    ClientSetting(
        "http_client",
        "http_client",
        "typed_openai.client.HttpClient | None",
        "An object with the interface of requests.Session that sends the requests.",
    ),
    ClientSetting(
        "timeout",
        "timeout",
        "float | typed_openai.timeouts.Timeout | None",
        "A Timeout, or seconds for each of its limits; None for ever.",
    ),
    ClientSetting("max_retries", "count", "int", "How often a failed try is repeated."),
    ClientSetting(
        "spec",
        "description",
        "str | os.PathLike[str] | None",
        "The description of another API: an OpenAPI file, or a compiled index.",
        keyword_only=True,
        fixed=True,
    ),
    ClientSetting(
        "retry_timeouts",
        "flag",
        "bool",
        "Repeat a create operation that was not answered in time.",
        keyword_only=True,
    ),
    ClientSetting("keyless", "flag", "bool", "Send no key, for a server that needs none.", keyword_only=True),
    ClientSetting(
        "on_request",
        "hook",
        "collections.abc.Callable[[typed_openai.observing.RequestInfo], object] | None",
        "Called before each request is sent.",
        keyword_only=True,
    ),
    ClientSetting(
        "on_response",
        "hook",
        "collections.abc.Callable[[typed_openai.observing.ResponseInfo], object] | None",
        "Called when the headers of each reply have come.",
        keyword_only=True,
    ),
    ClientSetting(
        "on_retry",
        "hook",
        "collections.abc.Callable[[typed_openai.observing.RetryInfo], object] | None",
        "Called before the pause that precedes another try.",
        keyword_only=True,
    ),
    ClientSetting(
        "on_usage",
        "hook",
        "collections.abc.Callable[[typed_openai.token_usage.UsageInfo], object] | None",
        "Called with the tokens of each call when its reply has been read.",
        keyword_only=True,
    ),
    ClientSetting(
        "rate_limiter",
        "limiter",
        "typed_openai.rate_limiting.RateLimiter | None",
        "Holds calls back until the rate limits allow them; may belong to several clients.",
        keyword_only=True,
    ),
)
"""The settings of a client, in the order of its signature."""

ASYNC_SETTINGS: Final = (
    ClientSetting(
        "max_concurrency",
        "limit",
        "int",
        "The number of calls at a time; further ones wait.",
        keyword_only=True,
    ),
    ClientSetting(
        "max_streams",
        "limit",
        "int",
        "The number of open streams at a time; further ones wait.",
        keyword_only=True,
    ),
)
"""The settings that an async client has in addition."""

ALL_CALL_OPTIONS: Final = tuple(one.name for one in CALL_OPTION_TABLE)
"""The names of all options of calls."""

CALL_OPTIONS: Final = tuple(one.name for one in CALL_OPTION_TABLE if one.taken_by == "all")
"""The names of the options that every operation accepts."""

OTHER_CALL_OPTIONS: Final = tuple(one.name for one in OTHER_CALL_OPTION_TABLE if one.taken_by == "all")
"""The names of the options that every operation of another API accepts."""


class OptionType(NamedTuple):
    """A TypedDict of options, with the type of each."""

    name: str
    doc: str
    fields: Mapping[str, str]


def call_options_type(table: tuple[CallOption, ...] = CALL_OPTION_TABLE) -> OptionType:
    """Return the type of the options of ``Client.request``, which accepts all of them."""
    doc = "The options of every call, for :meth:`Client.request`."
    any_event = {"Event": "typing.Any", "State": "typing.Any"}
    types = {one.name: with_names(one.type, lambda name: any_event.get(name, name)) for one in table}
    return OptionType("CallOptions", doc, {name: f"{one} | {OMIT_TYPE}" for name, one in types.items()})


def client_options_type(table: tuple[ClientSetting, ...] = CLIENT_SETTINGS) -> OptionType:
    """Return the type of the settings of ``Client.with_options``."""
    doc = "The settings of a :class:`Client`, for :meth:`Client.with_options`."
    return OptionType("ClientOptions", doc, {one.name: one.type for one in table if not one.fixed})


def async_client_options_type() -> OptionType:
    """Return the type of the settings of ``AsyncClient.with_options``."""
    doc = "The settings of an :class:`AsyncClient`, for :meth:`AsyncClient.with_options`."
    table = (*CLIENT_SETTINGS, *ASYNC_SETTINGS)
    return OptionType("AsyncClientOptions", doc, {one.name: one.type for one in table if not one.fixed})


_NAME: Final = re.compile(r"[A-Za-z_][\w.]*")


def with_names(annotation: str, local: Callable[[str], str]) -> str:
    """Return the type with each of its names, except ``None``, replaced by ``local(name)``."""
    return _NAME.sub(lambda found: found[0] if found[0] == "None" else local(found[0]), annotation)


def names_in(annotation: str) -> tuple[str, ...]:
    """Return the names in a type, except ``None``."""
    return tuple(name for name in _NAME.findall(annotation) if name != "None")


def short_type(annotation: str) -> str:
    """Return the type with short names, as in a module that imports them: ``PathLike[str]``."""
    return with_names(annotation, lambda name: name.rpartition(".")[2])
