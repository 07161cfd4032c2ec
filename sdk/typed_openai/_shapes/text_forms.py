"""Types that JSON writes as text: their formats, and how their text is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Final, NamedTuple
from uuid import UUID


class TextForm(NamedTuple):
    """The keywords of a type's text, the function that reads it, and a noun for messages."""

    keywords: Mapping[str, str]
    read: Callable[[str], Any]
    noun: str


_DECIMAL: Final = r"^-?\d+(\.\d+)?$"
_DURATION: Final = re.compile(
    r"(?P<sign>-?)P(?!$)(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?!$)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def _datetime(text: str) -> datetime:
    if len(text) < len("2030-01-01T00") or text[10] not in "Tt ":
        raise ValueError
    return datetime.fromisoformat(text)


def _duration(text: str) -> timedelta:
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError
    parts = {name: float(one) for name, one in found.groupdict().items() if one and name != "sign"}
    try:
        length = timedelta(**parts)
    except OverflowError:
        raise ValueError from None
    return -length if found["sign"] else length


def duration_text(length: timedelta) -> str:
    """Return the text of a duration, as ``P1DT1.5S``."""
    sign, length = ("-", -length) if length < timedelta() else ("", length)
    seconds = f"{length.seconds}.{length.microseconds:06}".rstrip("0").rstrip(".")
    days = f"{length.days}D" if length.days else ""
    time = f"T{seconds}S" if seconds != "0" or not days else ""
    return f"{sign}P{days}{time}"


def _decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite():
        raise ValueError
    return number


TEXT_FORMS: Final[Mapping[type, TextForm]] = {
    datetime: TextForm({"format": "date-time"}, _datetime, "a date and time, as 2030-01-31T12:00:00Z"),
    date: TextForm({"format": "date"}, date.fromisoformat, "a date, as 2030-01-31"),
    time: TextForm({"format": "time"}, time.fromisoformat, "a time, as 12:00:00"),
    timedelta: TextForm({"format": "duration"}, _duration, "a duration, as PT1H30M"),
    UUID: TextForm({"format": "uuid"}, UUID, "a UUID"),
    IPv4Address: TextForm({"format": "ipv4"}, IPv4Address, "an IPv4 address"),
    IPv6Address: TextForm({"format": "ipv6"}, IPv6Address, "an IPv6 address"),
    Decimal: TextForm({"pattern": _DECIMAL}, _decimal, "a decimal number in a string"),
}
"""The types by class. Subclasses are other types."""
