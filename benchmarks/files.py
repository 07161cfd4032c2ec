"""The cost of big files: the time of an upload and a download, and the memory that they add to a process.

Linux only: the peak is read from ``/proc/self/status``. Without openai installed, its rows are skipped::

    pip install -e . openai
    python benchmarks/files.py [--mebibytes 1024] [--json]

Each transfer is a process of its own. A server in another process reads uploads and sends zeros. The
uploaded file is sparse, so that the disk does not affect the result.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

MEBIBYTE = 1 << 20
SMALL = 1 << 16


def upload_ours(base_url: str, path: Path, size: int) -> None:
    """Send the file with typed-openai."""
    from typed_openai import Client  # noqa: PLC0415  # each process imports only what it measures

    Client(api_key="k", base_url=base_url).files.create_file(path, "user_data")


def progress_ours(base_url: str, path: Path, size: int) -> None:
    """Send the file with typed-openai and report the progress."""
    from typed_openai import Client  # noqa: PLC0415

    seen: list[Any] = [None]
    client = Client(api_key="k", base_url=base_url)
    client.files.create_file(path, "user_data", on_progress=lambda one: seen.__setitem__(0, one))
    assert seen[0].done == seen[0].total > path.stat().st_size


def save_ours(base_url: str, path: Path, size: int) -> None:
    """Save a download with typed-openai; the file's id is the size that the server sends."""
    from typed_openai import Client  # noqa: PLC0415

    Client(api_key="k", base_url=base_url).files.download_file(str(size)).save("/dev/null")


def iterate_ours(base_url: str, path: Path, size: int) -> None:
    """Iterate over a download with typed-openai."""
    from typed_openai import Client  # noqa: PLC0415

    reply = Client(api_key="k", base_url=base_url).files.download_file(str(size))
    assert sum(len(piece) for piece in reply.iterate(100_000)) == size


def upload_openai(base_url: str, path: Path, size: int) -> None:
    """Send the file with openai."""
    from openai import OpenAI  # noqa: PLC0415

    with path.open("rb") as file:
        OpenAI(api_key="k", base_url=base_url).files.create(file=file, purpose="user_data")


def save_openai(base_url: str, path: Path, size: int) -> None:
    """Save a download with openai."""
    from openai import OpenAI  # noqa: PLC0415

    files = OpenAI(api_key="k", base_url=base_url).files.with_streaming_response
    with files.content(str(size)) as reply:
        reply.stream_to_file("/dev/null")


TRANSFERS = {
    "upload": upload_ours,
    "upload, told": progress_ours,
    "save": save_ours,
    "iterate": iterate_ours,
    "openai upload": upload_openai,
    "openai save": save_openai,
}


def peak() -> float:
    """Return the peak memory of this process, in MiB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    if found is None:
        raise SystemExit("expected VmHWM in /proc/self/status")
    return int(found[1]) / 1024


def transfer(name: str, base_url: str, path: Path) -> None:
    """Make one transfer, after a small one of its kind, and print what it added to the process."""
    small = path.with_name("small.bin")
    TRANSFERS[name](base_url, small, small.stat().st_size)
    before, start = peak(), time.perf_counter()
    TRANSFERS[name](base_url, path, path.stat().st_size)
    print(json.dumps([time.perf_counter() - start, peak() - before]))


def serve() -> None:
    """Discard what is received, and send as many zeros as the path says."""
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer_all, args=(connection,), daemon=True).start()


def answer_all(connection: socket.socket) -> None:
    """Answer the requests of one connection."""
    buffer = memoryview(bytearray(MEBIBYTE))
    while head := receive_head(connection):
        left = int(found[1]) if (found := re.search(rb"(?i)content-length: (\d+)", head)) else 0
        left -= len(head.partition(b"\r\n\r\n")[2])
        while left > 0 and (got := connection.recv_into(buffer, min(left, len(buffer)))):
            left -= got
        found = re.match(rb"GET \S*/(\d+)/content", head)
        size = int(found[1]) if found else 2
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nContent-Type: %s\r\n\r\n"
            % (size, b"application/octet-stream" if found else b"application/json")
        )
        if not found:
            connection.sendall(b"{}")
            continue
        zeros = bytes(MEBIBYTE)
        for start in range(0, size, MEBIBYTE):
            connection.sendall(zeros[: size - start])


def receive_head(connection: socket.socket) -> bytes:
    """Read a request up to the end of its head, with any bytes after it; empty at the connection's end."""
    head = b""
    while b"\r\n\r\n" not in head and (more := connection.recv(SMALL)):
        head += more
    return head if b"\r\n\r\n" in head else b""


def read_through(path: Path) -> None:
    """Read a file once, so that the first transfer does not pay for filling the system's cache."""
    with path.open("rb") as file:
        while file.read(MEBIBYTE):
            pass


def measure(mebibytes: int) -> dict[str, tuple[float, float]]:
    """Return the seconds and the added MiB of each transfer."""
    theirs = importlib.util.find_spec("openai")
    names = [one for one in TRANSFERS if "openai" not in one or (theirs and theirs.origin)]
    server = subprocess.Popen([sys.executable, __file__, "--serve"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    base_url = f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
    results = {}
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "big.bin"
            for file, size in ((path, mebibytes * MEBIBYTE), (path.with_name("small.bin"), SMALL)):
                file.touch()
                os.truncate(file, size)
                read_through(file)
            for name in names:
                command = [sys.executable, __file__, "--transfer", name, base_url, str(path)]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                results[name] = tuple(json.loads(done.stdout))
    finally:
        server.kill()
        server.wait()
    return results


def main() -> None:
    """Measure and print, or act as one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--mebibytes", type=int, default=1024)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--transfer", nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.serve:
        serve()
    elif args.transfer:
        transfer(args.transfer[0], args.transfer[1], Path(args.transfer[2]))
    else:
        results = measure(args.mebibytes)
        if args.json:
            print(json.dumps(results))
            return
        print(f"{args.mebibytes} MiB: seconds, and MiB added to the process at its peak")
        for name, (seconds, added) in results.items():
            print(f"{name:>14}  {seconds:6.2f} s  {added:7.1f} MiB")


if __name__ == "__main__":
    main()
