"""A damaged cassette is an error that names the file, the line and the place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from typed_openai.testing import CassetteError, cassette

HEAD: Final = '{"cassette": 1, "test": "t"}'
REQUEST: Final = '{"request": {"method": "GET", "url": "https://a.example/v1", "headers": {}}}'
REPLY: Final = '{"reply": {"status": 200, "headers": {}, "json": {}}}'
STREAMED: Final = '{"reply": {"status": 200, "headers": {}, "streamed": true}}'
END: Final = '{"end": "complete"}'

DAMAGED: dict[str, tuple[list[str], int, str]] = {
    "empty": ([], 1, 'empty; expected {"cassette": 1, ...}'),
    "no head": ([REQUEST, REPLY], 1, 'expected {"cassette": 1, ...}, got "request"'),
    "another version": (['{"cassette": 2}'], 1, "cassette: expected the version 1, got 2"),
    "yaml": (["interactions:", "- request: 1"], 1, "column 1: not JSON (Expecting value): 'interactions:'"),
    "not json": ([HEAD, REQUEST[:-1]], 2, "column 76: not JSON"),
    "nothing known": ([HEAD, '{"rqeuest": {}}'], 2, 'expected one of the fields "cassette", "request"'),
    "no object": ([HEAD, "[1]"], 2, "expected an object, got array: '[1]'"),
    "a conflict": (
        [HEAD, "<<<<<<< HEAD", REQUEST, "=======", REQUEST, ">>>>>>> b", REPLY],
        2,
        "a merge conflict that is not resolved",
    ),
    "no reply": ([HEAD, REQUEST], 2, 'expected the "reply" of this request, got the end of the file'),
    "two requests": ([HEAD, REQUEST, REQUEST], 2, 'of this request, got "request" in line 3'),
    "a reply first": ([HEAD, REPLY], 2, 'expected a "request", got "reply"'),
    "no end": ([HEAD, REQUEST, STREAMED, '{"data": {}}'], 3, 'expected the "end" of this reply'),
    "no end before": (
        [HEAD, REQUEST, STREAMED, REQUEST, REPLY],
        3,
        'expected the "end" of this reply, got "request" in line 4',
    ),
    "pieces of none": ([HEAD, REQUEST, REPLY, '{"data": {}}'], 4, 'expected a "request", got "data"'),
    "no status": (
        [HEAD, REQUEST, '{"reply": {"headers": {}}}'],
        3,
        "reply.status: required, but missing",
    ),
    "a wrong status": (
        [HEAD, REQUEST, REPLY.replace("200", '"200"')],
        3,
        "reply.status: expected a status from 100 to 599, got '200'",
    ),
    "a misspelt field": (
        [HEAD, REQUEST, REPLY.replace("headers", "haeders")],
        3,
        'reply.haeders: unknown field; did you mean "headers"?',
    ),
    "wrong headers": (
        [HEAD, REQUEST.replace("{}", '{"a": 1}'), REPLY],
        2,
        "request.headers: expected an object of strings, got",
    ),
    "a wrong time": (
        [HEAD, REQUEST, STREAMED, '{"data": {}, "after": -1}', END],
        4,
        "after: expected seconds as a number, got -1",
    ),
    "wrong base64": ([HEAD, REQUEST, STREAMED, '{"base64": "&"}', END], 4, "base64: not base64: "),
    "a wrong end": (
        [HEAD, REQUEST, STREAMED, '{"end": "never"}'],
        4,
        'end: expected "complete", "cut", "left", got',
    ),
    "a wrong form": (
        [HEAD, REQUEST.replace('"headers"', '"form": [1], "headers"'), REPLY],
        2,
        "request.form: expected a list of pairs of strings, got [1]",
    ),
    "deep": ([HEAD, "[" * 100_000], 2, "not JSON"),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_is_reported_with_its_line_and_place(name: str, tmp_path: Path) -> None:
    lines, number, text = DAMAGED[name]
    path = tmp_path / "damaged.jsonl"
    path.write_text("".join(f"{one}\n" for one in lines))
    expected = re.escape(f"{path}:{number}: ")
    with pytest.raises(CassetteError, match=expected) as caught, cassette(path):
        pass
    assert text in str(caught.value)
    assert len(str(caught.value)) < 400


def test_bytes_that_are_not_text_are_reported_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "damaged.jsonl"
    path.write_bytes(f"{HEAD}\n".encode() + b"\xff\xfe\n")
    with pytest.raises(CassetteError, match=r"damaged\.jsonl:2: not UTF-8 text"), cassette(path):
        pass


def test_every_cut_of_a_cassette_is_an_error_or_a_shorter_cassette(tmp_path: Path) -> None:
    whole = "\n".join([HEAD, REQUEST, STREAMED, '{"data": {}, "after": 0.1}', END, REQUEST, REPLY, ""])
    path = tmp_path / "cut.jsonl"
    outcomes = set()
    for length in range(len(whole)):
        path.write_text(whole[:length])
        try:
            with cassette(path) as tape:
                outcomes.add(f"{len(tape.unused)} requests")
        except CassetteError as error:
            place = re.match(rf"{re.escape(str(path))}:[1-7]: ", str(error))
            outcomes.add("an error with its place" if place else str(error))
    assert outcomes == {"0 requests", "1 requests", "2 requests", "an error with its place"}


def test_a_path_that_is_a_folder_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), cassette(tmp_path):
        pass


def test_blank_lines_and_windows_line_ends_are_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "fine.jsonl"
    path.write_bytes("\r\n".join([HEAD, "", REQUEST, REPLY, ""]).encode())
    with cassette(path) as tape:
        assert len(tape.unused) == 1
