"""Format a request as a ``curl`` command that can be read, shared and run: without the key."""

from __future__ import annotations

import json
import re
import shlex
import sys
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from typed_openai._calls.authorize import Authorization, authorization
from typed_openai._calls.bind import Call
from typed_openai._calls.build import build
from typed_openai._calls.facts import request_info
from typed_openai._encoding.form_data import MultipartBody
from typed_openai._encoding.styles import cookies, styled_pairs
from typed_openai._encoding.uploads import FilePart
from typed_openai._security.credentials import Secret, is_secret_name, revealed_options, shown_url
from typed_openai._security.key_places import KeyPlace
from typed_openai._security.key_sets import KeySet
from typed_openai._settings.settings import Settings
from typed_openai._transport.seam import HttpRequest
from typed_openai.errors import CallError, MissingKeyError

# Headers that curl sets itself or from other arguments, and one that must not be repeated.
_CURL_S_OWN = frozenset({"user-agent", "idempotency-key", "authorization"})

# Cookies that identify a session of a user.
_SESSION = re.compile(r"sess|sid$|csrf|xsrf", re.IGNORECASE)


def curl_command(call: Call, settings: Settings, default_url: str) -> str:
    """Return the command that sends the same request as ``call``, with the key from the environment.

    Raises :class:`CallError` if the call is invalid, or if its body is produced while it is sent.
    """
    ways = call.endpoint.ways
    needed = _sends_key(call, settings)
    variable = f"${settings.variables.key(ways[0].key if ways else 'api_key') or 'API_KEY'}"
    # The variable stands in place of the key: the request never contains the key itself.
    stand_in = _stand_in(call, variable)
    options = replace(
        call.options, openai_api_key=stand_in if needed else None, stream_to=None, on_progress=None
    )
    keyless = settings if needed else replace(settings, api_key=None, admin_api_key=None)
    request = build(replace(call, options=options), keyless, default_url)
    pipe, body = _body(request)
    lines = [f"curl {_address(request, variable)}", *_method(request)]
    lines += _connection(request.url, revealed_options(settings.http_options))
    lines += ["--no-buffer"] if call.result.kind == "stream" else []
    lines += _headers(request, variable, _shown_cookies(call, request))
    return pipe + " \\\n  ".join([*lines, *body])


def _stand_in(call: Call, variable: str) -> Secret | KeySet:
    combined = call.endpoint.operation.combined_security
    if call.endpoint.ways or not combined:
        return Secret(variable)
    return KeySet({scheme: Secret(variable) for scheme in combined[0]})


def _sends_key(call: Call, settings: Settings) -> bool:
    """Return True if the call needs or has a key, also if it is not known here."""
    own, headers = call.options.openai_api_key, {**settings.all_headers, **call.options.extra_headers}
    try:
        return authorization(call.endpoint, own, headers, settings) != Authorization()
    except MissingKeyError:
        return True


def _method(request: HttpRequest) -> list[str]:
    # With a body, curl sends a POST by default.
    is_usual = request.method == "GET" and request.body is None
    return [] if is_usual else [f"--request {request.method}"]


def _connection(url: str, options: Mapping[str, Any]) -> Iterator[str]:
    """Yield the options for the connection. curl reads the environment's proxies itself."""
    proxies = options.get("proxies") or {}
    parts = urlsplit(url)
    keys = (f"{parts.scheme}://{parts.hostname}", parts.scheme, f"all://{parts.hostname}", "all")
    if proxy := next((proxies[key] for key in keys if proxies.get(key)), None):
        yield f"--proxy {shlex.quote(_without_password(proxy))}"
    verify = options.get("verify")
    if verify is False:
        yield "--insecure"
    elif isinstance(verify, str):
        yield f"--{'capath' if Path(verify).is_dir() else 'cacert'} {shlex.quote(verify)}"
    cert = options.get("cert")
    if cert:
        certificate, key = cert if isinstance(cert, tuple) else (cert, None)
        yield f"--cert {shlex.quote(certificate)}" + (f" --key {shlex.quote(key)}" if key else "")


def _without_password(proxy: str) -> str:
    before, at, host = proxy.rpartition("@")
    scheme, slashes, user = before.rpartition("://")
    return f"{scheme}{slashes}{user.partition(':')[0]}:***@{host}" if at else proxy


def _shown_cookies(call: Call, request: HttpRequest) -> str:
    """Return the cookies that are arguments of the call; those named like credentials are masked.

    The result is empty if the request has other cookies: the meaning of cookies in a header is unknown.
    """
    jar: list[tuple[str, str]] = []
    for name, value in call.values.items():
        argument = call.endpoint.arguments[name]
        if argument.location == "cookie":
            jar += styled_pairs(argument.wire, value, argument.style)
    sent = request.headers.revealed
    if cookies(jar) != next((one for name, one in sent.items() if name.lower() == "cookie"), ""):
        return ""
    return cookies((name, "***" if _is_secret_cookie(name) else text) for name, text in jar)


def _is_secret_cookie(name: str) -> bool:
    return is_secret_name(name) or _SESSION.search(name) is not None


def _headers(request: HttpRequest, variable: str, shown: str) -> Iterator[str]:
    headers = request_info(request, 1).headers
    headers = {**headers, "cookie": shown} if shown else headers
    for place, name in _variables(request, variable):
        if place.is_basic:
            yield f'--user "{name}"'
        elif place.location == "cookie":
            others = f"{_inside(shown)}; " if shown else ""
            yield f'--header "Cookie: {others}{_inside(place.name)}={name}"'
        elif place.location == "header":
            yield f'--header "{_inside(f"{place.name}: {place.prefix}")}{name}"'
    keyed_by_cookie = bool(shown) and any(place.location == "cookie" for _, place in request.keys)
    for name in request.headers:
        lower = name.lower()
        redundant = lower in _CURL_S_OWN and (bool(request.keys) or lower != "authorization")
        redundant = redundant or (lower == "cookie" and keyed_by_cookie)
        # curl generates the boundary of a form.
        if request.headers[name] is None:
            # Without a value, curl leaves out a header of its own.
            yield from [] if redundant else [f"--header {shlex.quote(f'{name}:')}"]
        elif not redundant and not (lower == "content-type" and isinstance(request.body, MultipartBody)):
            yield f"--header {shlex.quote(f'{name}: {headers[lower]}')}"


def _address(request: HttpRequest, variable: str) -> str:
    in_query = [one for one in _variables(request, variable) if one[0].location == "query"]
    if not in_query:
        return shlex.quote(request_info(request, 1).url)
    url, text = shown_url(request.url), ""
    for place, name in in_query:
        mark = "&" if "?" in url or text else "?"
        text += shlex.quote(f"{'' if text else url}{mark}{quote(place.name, safe='')}=") + f'"{name}"'
    return text


def _variables(request: HttpRequest, variable: str) -> Iterator[tuple[KeyPlace, str]]:
    """Yield the places of the keys, and the shell's variable of each.

    Keys that are sent together have variables of their own, by the names of their places.
    """
    for key, place in request.keys:
        own = re.sub(r"\W+", "_", place.name).strip("_").upper()
        yield place, variable if key is request.key else f"${own}"


def _inside(text: str) -> str:
    """Escape a text inside the shell's double quotes."""
    return "".join(f"\\{char}" if char in '\\"$`' else char for char in text)


def _body(request: HttpRequest) -> tuple[str, list[str]]:
    """Return the command to pipe into curl, and curl's arguments for the body."""
    body = request.body
    if body is None:
        return "", []
    if isinstance(body, MultipartBody):
        return "", list(_form(body, request.operation))
    if not isinstance(body, bytes):
        raise _not_shown(request.operation)
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        # A command line cannot contain it.
        return f"echo {b64encode(body).decode()} | base64 -d | ", ["--data-binary @-"]
    return "", [f"--data-raw {shlex.quote(_pretty(text))}"]


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _not_shown(operation: str) -> CallError:
    return CallError(f"{operation}: a streamed request body cannot be shown as a curl command")


def _form(form: MultipartBody, operation: str) -> Iterator[str]:
    for part in form.parts:
        content, kind = part.content, f";type={part.content_type}"
        if isinstance(content, FilePart):
            path = _escaped(_path(content, operation))
            text = f'{part.name}=@"{path}"{kind};filename="{_escaped(content.name)}"'
        elif part.content_type is not None:
            text = f'{part.name}="{_escaped(content.decode())}"{kind}'
        else:
            yield f"--form-string {shlex.quote(f'{part.name}={content.decode()}')}"
            continue
        yield f"--form {shlex.quote(text)}"


def _path(file: FilePart, operation: str) -> str:
    """Return a path that curl can read; content in memory is assumed to be a file with its own name."""
    if isinstance(file.content, Path):
        return str(file.content)
    if file.content is getattr(sys.stdin, "buffer", sys.stdin):
        return "-"
    if not file.replayable:
        raise _not_shown(operation)
    path = getattr(file.content, "name", None)
    return path if isinstance(path, str) else file.name


def _escaped(text: str) -> str:
    """Escape a text inside the quotes of curl's syntax for forms."""
    return text.replace("\\", "\\\\").replace('"', '\\"')
