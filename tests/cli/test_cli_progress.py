"""The progress bar: its text, in terminals of any width, and its absence elsewhere."""

from __future__ import annotations

import re

import pytest

from typed_openai import Progress
from typed_openai.cli.progress_bar import progress_bar, text

MIB = 1 << 20


@pytest.mark.parametrize(
    ("progress", "seconds", "width", "bar", "words"),
    [
        (Progress(0, 4 * MIB), 0.0, 80, 0.0, "upload    0%  0 B of 4.0 MiB"),
        (Progress(MIB, 4 * MIB), 2.0, 99, 0.25, "upload   25%  1.0 MiB of 4.0 MiB  512.0 KiB/s  0:06 left"),
        (Progress(MIB, 4 * MIB), 2.0, 60, None, "upload   25%  1.0 MiB of 4.0 MiB  512.0 KiB/s  0:06 left"),
        (Progress(MIB, 4 * MIB), 2.0, 20, None, "upload   25%  1.0 M"),
        (Progress(MIB, 4 * MIB), 2.0, 0, None, ""),
        (Progress(MIB, MIB), 1.0, 80, 1.0, "upload  100%  1.0 MiB of 1.0 MiB  1.0 MiB/s"),
        (Progress(3 * MIB, None), 1.0, 80, None, "upload  3.0 MiB  3.0 MiB/s"),
        (Progress(1, 7200), 1.0, 80, 0.0, "upload    0%  1 B of 7.0 KiB  1 B/s  1:59:59 left"),
        (Progress(0, 0), 0.0, 60, 1.0, "upload  100%  0 B of 0 B"),
    ],
)  # fmt: skip
def test_a_line_says_how_far_it_is_and_fits(
    progress: Progress, seconds: float, width: int, bar: float | None, words: str
) -> None:
    line = text("upload", progress, seconds, width)
    assert len(line) < max(width, 1)
    drawn = re.search(r"  \[(#*) *\]", line)
    assert (line.replace(drawn[0], "") if drawn else line) == words
    if bar is None:
        assert drawn is None
    else:
        assert drawn is not None
        assert len(drawn[1]) == pytest.approx(bar * (len(drawn[0]) - 4), abs=1)


def test_nothing_is_drawn_where_nobody_would_see_it(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("upload") as tell:
        assert tell is None
    assert capsys.readouterr() == ("", "")
