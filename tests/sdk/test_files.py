"""Uploads and downloads of files."""

from __future__ import annotations

import email.parser
import email.policy
import io
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from typed_openai import APIConnectionError, APIStatusError, CallError, Client, InternalServerError
from typed_openai._encoding.form_data import SizedMultipartBody, multipart_body
from typed_openai._encoding.saving import save
from typed_openai._encoding.uploads import CHUNK

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
WAV = b"RIFF\x24\0\0\0WAVEfmt "


@pytest.fixture
def client(server: Any) -> Client:
    server.reply({})
    return Client(api_key="k", base_url=server.base_url)


def parts(seen: Any) -> list[Any]:
    """Return the name, file name, content type and content of each part, by the standard library."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + seen.body)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_content_type() if part["content-type"] else "",
            part.get_payload(decode=True),
        )
        for part in message.iter_parts()
    ]


def test_bytes_get_a_name_and_type_from_their_first_bytes(server: Any, client: Client) -> None:
    client.images.create_image_variation(PNG, n=2)
    assert parts(server.seen[0]) == [("image", "image.png", "image/png", PNG), ("n", None, "", b"2")]
    assert server.seen[0].headers["content-length"] == str(len(server.seen[0].body))


def test_a_named_pair_keeps_its_name(server: Any, client: Client) -> None:
    client.audio.create_transcription(("foobar.wav", WAV), "whisper-1")
    assert parts(server.seen[0]) == [
        ("file", "foobar.wav", "audio/wav", WAV),
        ("model", None, "", b"whisper-1"),
    ]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_path_is_read_while_it_is_sent(server: Any, client: Client, tmp_path: Path, kind: Any) -> None:
    path = tmp_path / "data.jsonl"
    content = os.urandom(700_000)
    path.write_bytes(content)
    client.files.create_file(kind(path), "batch")
    assert parts(server.seen[0])[0] == ("file", "data.jsonl", "application/jsonl", content)
    assert "transfer-encoding" not in server.seen[0].headers


def test_an_open_file_is_sent_from_where_it_stands_at_each_try(
    server: Any, client: Client, tmp_path: Path
) -> None:
    server.answers.clear()
    server.reply({}, status=500)
    server.reply({})
    path = tmp_path / "note.md"
    path.write_bytes(b"skip this")
    with path.open("rb") as file:
        file.read(5)
        client.files.create_file(file, "assistants")
    assert [parts(one)[0] for one in server.seen] == [("file", "note.md", "text/markdown", b"this")] * 2


class Pipe(io.RawIOBase):
    """A file that can neither seek nor report its size."""

    def __init__(self, content: bytes) -> None:
        self._content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        return self._content.read(size)


def test_a_pipe_is_sent_in_chunks_and_never_again(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply({}, status=500)
    with pytest.raises(InternalServerError) as caught:
        client.files.create_file(Pipe(b"a" * 300_000), "batch")
    assert [parts(one)[0] for one in server.seen] == [
        ("file", "file.bin", "application/octet-stream", b"a" * 300_000)
    ]
    assert server.seen[0].headers["transfer-encoding"] == "chunked"
    assert caught.value.__notes__ == [
        "Not retried: the body was read from a source that cannot be read twice."
    ]


def test_form_values_are_written_as_the_official_client_writes_them(server: Any, client: Client) -> None:
    client.audio.create_transcription(
        b"x", "m", timestamp_granularities=["word", "segment"], temperature=0.5, prompt=None, stream=False
    )
    client.files.create_file(b"x", "batch", expires_after={"anchor": "created_at", "seconds": 3600})
    client.images.create_image_edit(prompt="p", image=[PNG, ("b.webp", b"w")])
    first, second, third = ([one[:2] + one[3:] for one in parts(seen)] for seen in server.seen)
    assert first[2:] == [
        ("timestamp_granularities[]", None, b"word"),
        ("timestamp_granularities[]", None, b"segment"),
        ("temperature", None, b"0.5"),
        ("stream", None, b"false"),
    ]
    assert second[2:] == [
        ("expires_after[anchor]", None, b"created_at"),
        ("expires_after[seconds]", None, b"3600"),
    ]
    assert third == [("prompt", None, b"p"), ("image[]", "image.png", PNG), ("image[]", "b.webp", b"w")]


def test_a_big_file_is_never_held_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "big.bin"
    with path.open("wb") as file:
        file.truncate(20 * CHUNK + 1)
    form = multipart_body({"file": path}, frozenset({"file"}))
    assert isinstance(form, SizedMultipartBody)
    sizes = [len(chunk) for chunk in form]
    assert max(sizes) == CHUNK
    assert sum(sizes) == len(form)


def test_a_file_that_shrinks_while_it_is_sent_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "log.txt"
    path.write_bytes(b"0123456789")
    form = multipart_body({"file": path}, frozenset({"file"}))
    path.write_bytes(b"0123")
    with pytest.raises(CallError, match=r"log\.txt: .* while it is sent: the file became 6 bytes shorter"):
        list(form)


def test_a_file_that_fails_while_it_is_sent_is_not_taken_for_the_connection(
    server: Any, client: Client
) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError(5, "Input/output error")

    with pytest.raises(CallError, match="the file cannot be read while it is sent: Input/output error"):
        client.files.create_file(("a.txt", Failing(b"0123456789")), "batch")
    assert len(server.seen) <= 1


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("long text " * 600, r"file: no such file: '.{100}\.\.\.'; a str is a path, pass content as bytes"),
        (("n", b"x", 5), 'file: expected a content type as "str", got "int"'),
    ],
)
def test_what_is_no_file_is_refused_before_anything_is_sent(
    server: Any, client: Client, file: Any, said: str
) -> None:
    with pytest.raises(CallError, match=said):
        client.files.create_file(file, "batch")
    assert server.seen == []


def test_a_hostile_file_name_cannot_break_its_header(server: Any, client: Client) -> None:
    client.files.create_file(('a"\r\nX-Evil: 1\r\n\r\n\u00e4.txt', b"x"), "batch")
    assert 'filename="a%22%0D%0AX-Evil: 1%0D%0A%0D%0A\u00e4.txt"'.encode() in server.seen[0].body
    assert len(parts(server.seen[0])) == 2


def test_the_body_s_kind_follows_what_is_given(server: Any, client: Client) -> None:
    client.images.create_image_edit(prompt="p", images=[{"file_id": "f"}])
    client.images.create_image_edit(prompt="p", image=PNG)
    client.realtime.create_realtime_call("v=0")
    client.realtime.create_realtime_call("v=0", session={"type": "realtime"})
    kinds = [seen.headers["content-type"].partition(";")[0] for seen in server.seen]
    assert kinds == ["application/json", "multipart/form-data", "application/sdp", "multipart/form-data"]
    assert server.seen[2].body == b"v=0"
    assert parts(server.seen[3]) == [
        ("sdp", None, "application/sdp", b"v=0"),
        ("session", None, "application/json", b'{"type":"realtime"}'),
    ]


def test_text_formats_give_text(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply("1\nH\u00e4llo".encode(), content_type="text/plain")
    assert client.audio.create_transcription(b"x", "m", response_format="srt") == "1\nH\u00e4llo"


def test_a_binary_reply_is_read_once(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply(PNG, content_type="audio/mpeg; x=y")
    reply = client.audio.create_speech("x", "m", "v")
    assert reply.content_type == "audio/mpeg"
    assert reply.read() == PNG
    with pytest.raises(ValueError, match="has already been read"):
        reply.read()
    with client.files.download_file("f") as reply:
        assert b"".join(reply) == PNG


def test_a_binary_reply_begun_to_be_read_is_not_saved_without_its_beginning(
    server: Any, client: Client, tmp_path: Path
) -> None:
    server.answers.clear()
    server.reply(PNG, content_type="audio/mpeg")
    reply = client.audio.create_speech("x", "m", "v")
    pieces = iter(reply)
    next(pieces)
    with pytest.raises(ValueError, match="wholly or in part"):
        reply.save(tmp_path / "speech.mp3")
    assert list(tmp_path.iterdir()) == []


def test_a_reply_is_saved_through_a_link_under_a_long_name_and_into_a_pipe(
    server: Any, client: Client, tmp_path: Path
) -> None:
    server.answers.clear()
    server.reply(PNG, content_type="audio/mpeg")
    target = tmp_path / ("n" * 250)
    target.write_bytes(b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    client.audio.create_speech("x", "m", "v").save(link)
    assert link.is_symlink()
    assert target.read_bytes() == PNG
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    taken: list[bytes] = []
    reader = threading.Thread(target=lambda: taken.append(pipe.read_bytes()), daemon=True)
    reader.start()
    client.audio.create_speech("x", "m", "v").save(pipe)
    reader.join(10)
    assert taken == [PNG]


def test_a_binary_reply_is_saved_whole_or_not_at_all(server: Any, client: Client, tmp_path: Path) -> None:
    server.answers.clear()
    server.reply(PNG, content_type="application/octet-stream")

    def broken(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    server.answer(broken)
    target = tmp_path / "speech.bin"
    client.files.download_file("f").save(target)
    assert target.read_bytes() == PNG
    with pytest.raises(APIConnectionError):
        client.files.download_file("f").save(str(target))
    assert target.read_bytes() == PNG
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_full_disk_is_reported_with_the_path() -> None:
    with pytest.raises(OSError, match="No space left on device") as caught:
        save([b"x" * 4000] * 5, "/dev/full")
    assert caught.value.filename == "/dev/full"


def test_a_file_that_cannot_be_written_is_named_as_it_was_given(
    server: Any, client: Client, tmp_path: Path
) -> None:
    server.answers.clear()
    server.reply(PNG, content_type="audio/mpeg")
    target = tmp_path / "nope" / "x.mp3"
    reply = client.audio.create_speech("x", "m", "v")
    with pytest.raises(FileNotFoundError) as caught:
        reply.save(target)
    assert caught.value.filename == str(target)
    reply.save(tmp_path / "x.mp3")
    with client.audio.create_speech("x", "m", "v") as reply, pytest.raises(NotADirectoryError):
        reply.save(tmp_path / "x.mp3" / "y.mp3")
    assert (tmp_path / "x.mp3").read_bytes() == PNG


def test_an_error_object_is_no_file_and_other_json_is(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply({"error": {"message": "no such voice", "code": "v"}})
    server.reply(b'{"custom_id": 1}\n' * 20_000)
    server.reply({"error": "mine"}, Content_Disposition="attachment")
    with pytest.raises(APIStatusError, match="no such voice") as caught:
        client.audio.create_speech("x", "m", "v")
    assert (caught.value.status, caught.value.code) == (200, "v")
    assert client.files.download_file("f").read() == b'{"custom_id": 1}\n' * 20_000
    assert b"".join(client.files.download_file("f")) == b'{"error": "mine"}'


def test_one_file_is_never_read_as_two(client: Client, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CallError, match="its content must be bytes"):
        client.files.create_file(("a.txt", "b.txt"), "batch")


def test_operations_without_a_result_give_none(server: Any, client: Client) -> None:
    server.answers.clear()
    server.reply(b"", status=200)
    assert client.call("hangup-realtime-call", "rtc_1") is None


def test_a_saved_file_keeps_the_mode_that_it_had_and_a_new_one_follows_the_umask(
    server: Any, tmp_path: Path
) -> None:
    server.reply(b"ID3", content_type="audio/mpeg")
    client = Client(api_key="k", base_url=server.base_url)
    old, new = tmp_path / "old.mp3", tmp_path / "new.mp3"
    old.write_bytes(b"old")
    old.chmod(0o604)
    before = os.umask(0o027)
    try:
        for path in (old, new):
            client.audio.create_speech("Hello", "m", "alloy").save(path)
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in (old, new)] == [0o604, 0o640]
    assert old.read_bytes() == b"ID3"


def test_a_size_of_pieces_that_is_no_number_is_refused(server: Any) -> None:
    server.reply(b"ID3", content_type="audio/mpeg")
    reply: Any = Client(api_key="k", base_url=server.base_url).audio.create_speech("Hello", "m", "alloy")
    with pytest.raises(TypeError, match='size: expected a number of bytes, got "str"'):
        reply.iterate("5")
    with reply:
        assert reply.read() == b"ID3"
    with pytest.raises(ValueError, match="closed"), reply:
        pass
