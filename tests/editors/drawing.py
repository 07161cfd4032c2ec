"""Draws a scene as an editor shows it: a panel of code, and the editor's answer next to the cursor.

The pictures are SVG made of text and boxes, so that they stay sharp and small; equal input gives equal
bytes. Each piece of text has its place and its length, so that it fits in any monospaced font.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from textwrap import wrap
from typing import Final

from tests.editors.language_server import place
from tests.editors.scenes import ELLIPSIS, RULE, Scene, cut

_CHARACTER, _LINE, _SIZE = 7.8, 20, 13
_WIDTH, _PADDING, _BAR = 600, 16, 34
_COLUMNS = int((_WIDTH - 4 * _PADDING) / _CHARACTER)
_MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"

_PANEL, _EDGE, _POPUP, _POPUP_EDGE, _CHOSEN = "#1b1e24", "#30353f", "#242932", "#454d5b", "#2f4f7f"
_PLAIN, _FAINT, _MATCH, _CURSOR = "#d6dae2", "#8b94a5", "#7cb7ff", "#f4f6fa"
_COLORS: Final = {
    "string": "#a8cc8c",
    "keyword": "#c79bf2",
    "number": "#e8ab78",
    "call": "#7cb7ff",
    "type": "#e6c77a",
    "name": _PLAIN,
    "other": "#aab2c0",
}
_TOKEN = re.compile(
    r"""(?P<string>"[^"]*"?|'[^']*'?)
    |(?P<keyword>\b(?:from|import|for|in|if|print|class|def|None|True|False)\b)
    |(?P<number>\b\d[\d.]*\b)
    |(?P<call>\b[a-z_]\w*(?=\())
    |(?P<type>\b[A-Z]\w*|\b(?:str|int|float|bool|object)\b)
    |(?P<name>\b\w+)
    |(?P<other>[^\w\s"']+)""",
    re.VERBOSE,
)


def picture(scene: Scene, shown: list[str]) -> str:
    """Return the SVG of a scene whose answer has these lines."""
    where = place(scene.source)
    lines = where.text.splitlines()
    top = _BAR + _PADDING
    body = [part for row, line in enumerate(lines) for part in _code(line, _PADDING, _baseline(top, row))]
    x, y = _PADDING + where.character * _CHARACTER, top + where.line * _LINE
    body.append(f'<rect x="{x - 0.5:g}" y="{y + 2}" width="1.5" height="{_LINE - 3}" fill="{_CURSOR}"/>')
    popup, bottom = _POPUPS[scene.kind](scene, shown, x, y + _LINE + 4)
    height = max(bottom, top + len(lines) * _LINE) + _PADDING
    return "\n".join([*_frame(scene, shown, height), *body, *popup, "</svg>"]) + "\n"


def shown_in(svg: str) -> list[str]:
    """Return the lines of the answer that a picture was drawn from."""
    found = re.search(r"<desc>(.*?)</desc>", svg, re.DOTALL)
    entities = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#x27;", "'"), ("&amp;", "&"))
    text = found[1] if found else ""
    for entity, character in entities:
        text = text.replace(entity, character)
    return text.split("\n")


def _frame(scene: Scene, shown: list[str], height: float) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height:g}" '
        f'viewBox="0 0 {_WIDTH} {height:g}" font-family="{_MONO}" font-size="{_SIZE}" role="img">'
    )
    yield f"<title>{escape(scene.title)}</title>"
    yield f"<desc>{escape(chr(10).join(shown))}</desc>"
    yield _box(0.5, 0.5, _WIDTH - 1, height - 1, _PANEL, _EDGE, 8)
    yield f'<path d="M1 {_BAR}.5H{_WIDTH - 1}" stroke="{_EDGE}"/>'
    yield from _text("example.py", _PADDING, 22, _FAINT)


def _baseline(top: float, row: int) -> float:
    return top + row * _LINE + 14


def _box(x: float, y: float, width: float, height: float, fill: str, edge: str = "", radius: int = 4) -> str:
    stroke = f' stroke="{edge}"' if edge else ""
    size = f'width="{width:g}" height="{height:g}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} rx="{radius}" fill="{fill}"{stroke}/>'


def _text(text: str, x: float, y: float, color: str, more: str = "") -> Iterator[str]:
    if text:
        length = len(text) * _CHARACTER
        where = f'x="{x:g}" y="{y:g}" textLength="{length:g}" lengthAdjust="spacingAndGlyphs"'
        yield f'<text {where} fill="{color}" xml:space="preserve"{more}>{escape(text)}</text>'


def _code(line: str, x: float, y: float) -> Iterator[str]:
    for found in _TOKEN.finditer(line):
        color = _COLORS[found.lastgroup or "other"]
        yield from _text(found[0], x + found.start() * _CHARACTER, y, color)


# The pop-up: its parts, and its lower edge


def _popup(x: float, y: float, columns: int, rows: int) -> tuple[str, float, float, float]:
    """Return an empty box inside the panel, the position of its text, and its lower edge."""
    width, height = columns * _CHARACTER + 24, rows * _LINE + 12
    left = max(_PADDING, min(x - 12, _WIDTH - _PADDING - width))
    return _box(left, y, width, height, _POPUP, _POPUP_EDGE, 6), left + 12, y + 6, y + height


def _completion(scene: Scene, shown: list[str], x: float, y: float) -> tuple[list[str], float]:
    before = scene.source.partition("|")[0]
    typed = re.findall(r'"?\w*$', before)[0]
    box, left, top, bottom = _popup(x - len(typed) * _CHARACTER, y, max(28, *map(len, shown)) + 2, len(shown))
    parts = [box, _box(left - 8, top, max(28, *map(len, shown)) * _CHARACTER + 31.6, _LINE, _CHOSEN)]
    for row, label in enumerate(shown):
        base = _baseline(top, row)
        matched = len(typed) if label.startswith(typed) else 0
        parts.append(f'<circle cx="{left + 2:g}" cy="{base - 4:g}" r="3" fill="{_kind_color(label)}"/>')
        start = left + 2 * _CHARACTER
        parts += _text(label[:matched], start, base, _MATCH, ' font-weight="bold"')
        parts += _text(label[matched:], start + matched * _CHARACTER, base, _PLAIN)
    return parts, bottom


def _kind_color(label: str) -> str:
    if label.startswith('"'):
        return _COLORS["string"]
    return _COLORS["type" if label.endswith("=") else "call"]


def _hover(scene: Scene, shown: list[str], x: float, y: float) -> tuple[list[str], float]:
    split = shown.index(RULE) if RULE in shown else len(shown)
    code, prose = shown[:split], [part for line in shown[split + 1 :] for part in _wrapped(line)]
    return _panel([*_wrapped_code(code), *([RULE] if prose else []), *prose], x, y)


def _definition(scene: Scene, shown: list[str], x: float, y: float) -> tuple[list[str], float]:
    name, *lines = shown
    return _panel([name, RULE, *lines], _PADDING, y, prose_first=True)


def _panel(lines: list[str], x: float, y: float, *, prose_first: bool = False) -> tuple[list[str], float]:
    """Draw code and prose in one box, separated by a rule."""
    split = lines.index(RULE) if RULE in lines else len(lines)
    columns = max(len(_clipped(one)) for one in lines)
    box, left, top, bottom = _popup(x, y, columns, len(lines))
    parts = [box]
    for row, line in enumerate(lines):
        base = _baseline(top, row)
        if row == split:
            middle = top + row * _LINE + _LINE / 2
            parts.append(f'<path d="M{left:g} {middle:g}h{columns * _CHARACTER:g}" stroke="{_POPUP_EDGE}"/>')
        elif (row < split) is prose_first or line == ELLIPSIS:
            indent = 4 if line == ELLIPSIS else len(line) - len(line.lstrip())
            parts += _text(line.lstrip(), left + indent * _CHARACTER, base, _FAINT if prose_first else _PLAIN)
        else:
            parts += _code(_clipped(line), left, base)
    return parts, bottom


def _clipped(line: str) -> str:
    return line if len(line) <= _COLUMNS else line[: _COLUMNS - len(ELLIPSIS)] + ELLIPSIS


def _signature(scene: Scene, shown: list[str], x: float, y: float) -> tuple[list[str], float]:
    label, active, doc = shown
    rows = cut(_wrapped_code([label]), scene.lines)
    prose = _wrapped(doc)
    parts, bottom = _panel([*rows, *([RULE] if prose else []), *prose], x, y)
    row = next(number for number, one in enumerate(rows) if active in one)
    columns = max(map(len, [*rows, *prose]))
    _, left, top, _ = _popup(x, y, columns, 1)
    start = left + rows[row].index(active) * _CHARACTER
    mark = _box(start - 2, top + row * _LINE + 1, len(active) * _CHARACTER + 4, _LINE - 3, _CHOSEN)
    return [parts[0], mark, *parts[1:]], bottom


def _wrapped(line: str) -> list[str]:
    """Wrap prose to the width of a box; indentation is kept."""
    indent = " " * (len(line) - len(line.lstrip()))
    return wrap(line, _COLUMNS, subsequent_indent=indent + "  ", break_on_hyphens=False) or [""]


def _wrapped_code(lines: list[str]) -> list[str]:
    """Wrap code to the width of a box, after commas and before bars."""
    return [
        part
        for line in lines
        for part in wrap(
            line, _COLUMNS, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
    ]


_Popup = Callable[[Scene, list[str], float, float], tuple[list[str], float]]
_POPUPS: Final[dict[str, _Popup]] = {
    "completion": _completion,
    "hover": _hover,
    "signature": _signature,
    "definition": _definition,
}
