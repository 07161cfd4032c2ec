"""``typed-openai serve``: the embedded server on a port, until Ctrl-C."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from threading import Event

from typed_openai._calls.descriptions import described
from typed_openai.cli.printing import one_line
from typed_openai.errors import CallError
from typed_openai.testing import RecordedRequest, ScriptError, SentWebhook, Server, serve


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``serve``."""
    parser = subparsers.add_parser(
        "serve",
        help="start a fake OpenAI server based on the API's description",
        description="Check requests against the API's description, and make up replies that fit it."
        " The server runs until it is interrupted.",
    )
    parser.add_argument("--port", type=_port, default=8000, help="0 takes a free one (default: 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument(
        "--delay",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="wait this long between a stream's events",
    )
    parser.add_argument(
        "--script", metavar="FILE", help="answers for requests: a YAML or JSON file with a list of entries"
    )
    parser.add_argument(
        "--seed", type=int, metavar="NUMBER", help="vary the replies as servers do, always in the same way"
    )
    parser.add_argument(
        "--strict", action="store_true", help="answer only with the scripts, and refuse other requests"
    )
    parser.add_argument(
        "--lenient",
        action="store_true",
        help="accept unknown fields, and requests in the form of gateways such as Azure's",
    )
    parser.add_argument(
        "--webhook",
        metavar="URL",
        help="send events to this URL on this machine when batches, responses in the background or"
        " fine-tuning jobs have ended",
    )
    parser.add_argument(
        "--webhook-secret",
        metavar="SECRET",
        help="sign webhooks with it (default: a new one, which is shown)",
    )
    parser.add_argument(
        "--spec", metavar="FILE", help="the description of another API: an OpenAPI file, or a compiled index"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until the process is interrupted. An unavailable port ends it with status 1."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(
                serve(
                    args.port,
                    host=args.host,
                    delay=args.delay,
                    spec=args.spec,
                    on_request=_report,
                    seed=args.seed,
                    strict=args.strict,
                    lenient=args.lenient,
                    webhook=args.webhook,
                    webhook_secret=args.webhook_secret,
                )
            )
        except ValueError as error:  # a wrong URL or secret
            raise CallError(f"--{str(error).replace('_', '-', 1)}") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise OSError(f"cannot listen on {args.host} port {args.port}: {reason}") from error
        server._on_webhook = _report_webhook
        if args.script is not None:
            _add_scripts(server, Path(args.script))
        index = described(args.spec).index
        text = _INTRODUCTION if args.spec is None else _INTRODUCTION_OF_ANOTHER
        facts = {"title": index.title, "version": index.version, "spec": args.spec or ""}
        shown = {name: one_line(text) for name, text in facts.items()}
        _say(text.format(base_url=server.base_url, **shown))
        if args.webhook is not None and args.webhook_secret is None:
            _say(f"Webhooks are signed with {server.webhook_secret}\n")
        Event().wait()
    return 0


_INTRODUCTION = """\
A fake OpenAI API {version} is running at {base_url} (any key works; press Ctrl-C to stop). For example:

    export OPENAI_BASE_URL={base_url} OPENAI_API_KEY=test
    python -c 'import typed_openai as ai; print(ai.models.list_models())'
"""


_INTRODUCTION_OF_ANOTHER = """\
A fake of "{title}" {version} is running at {base_url} (any key works; press Ctrl-C to stop). For example:

    typed-openai call --spec {spec} --base-url {base_url} --help
"""


def _add_scripts(server: Server, path: Path) -> None:
    """Add the scripts of a file. Raises ``CallError`` that names the file and the line of a wrong one."""
    # Most servers have no scripts.
    from typed_openai.cli.script_files import entries_of  # noqa: PLC0415
    from typed_openai.testing.script_entries import add_entry  # noqa: PLC0415

    for entry, line in entries_of(path):
        try:
            add_entry(server, entry, f"{path}:{line}")
        except ScriptError as error:
            raise CallError(str(error)) from None


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f'expected a number from 0 to 65535, got "{text}"')
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds < 3600:
        raise argparse.ArgumentTypeError(f'expected a number of seconds, 0 or more, got "{text}"')
    return seconds


def _report(request: RecordedRequest) -> None:
    """Print one line for a request: the request, the status, the operation, and the reason or the script."""
    told = request.message or request.scripted
    reason = f": {told}" if told else ""
    operation = f" {request.operation}" if request.operation else ""
    line = f"{request.method} {request.path} {request.status}{operation}{reason}"
    _say("".join(char if char.isprintable() else "?" for char in line))


def _report_webhook(webhook: SentWebhook) -> None:
    """Print one line for a webhook: the event, the object, and the answer."""
    told = "no answer" if webhook.status is None else str(webhook.status)
    tries = f" after {webhook.tries} tries" if webhook.tries > 1 else ""
    _say(f"webhook {webhook.event} {webhook.object_id} {told}{tries}")


def _say(text: str) -> None:
    # A single write for the whole line: several connections may report at once.
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
