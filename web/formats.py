"""Dates, numbers and money as people here write them: `14:30, thứ hai 16/02/2026`, `1.234,5`, `150.000 đồng`. In civil time."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from contracts.values import CIVIL_TIME
from web.languages import DEFAULT

_WEEKDAYS: Final = {
    "vi": ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_SEPARATORS: Final = {"vi": str.maketrans(",.", ".,"), "en": str.maketrans("", "")}
_DIALLED: Final = re.compile(r"\+?[0-9](?:[ .()-]*[0-9]){5,14}", re.ASCII)
_DONG: Final = {"vi": "đồng", "en": "VND"}


def moment(value: datetime, language: str = DEFAULT) -> str:
    """Hour, weekday and date of an aware moment, in civil time."""
    local = _local(value)
    return f"{local:%H:%M}, {weekday(local.date(), language)} {local:%d/%m/%Y}"


def short_moment(value: datetime) -> str:
    """For lists, where the weekday would crowd."""
    return f"{_local(value):%H:%M %d/%m/%Y}"


def day(value: date) -> str:
    """A date, or the civil date of an aware moment."""
    return f"{_local(value) if isinstance(value, datetime) else value:%d/%m/%Y}"


def weekday(value: date, language: str = DEFAULT) -> str:
    return _WEEKDAYS[language][value.weekday()]


def clock_time(value: datetime) -> str:
    return f"{_local(value):%H:%M:%S}"


def number(value: float | Decimal, language: str = DEFAULT, digits: int | None = None) -> str:
    """Grouped by thousands; `digits` after the comma, or as many as the number has."""
    written = f"{value:,.{digits}f}" if digits is not None else f"{value:,}"
    return written.translate(_SEPARATORS[language])


def dong(value: int, language: str = DEFAULT) -> str:
    return f"{number(value, language)} {_DONG[language]}"


def dialled(value: str) -> str:
    """The first number in what the directory calls a telephone, as a `tel:` address takes it; empty where there is none."""
    number = _DIALLED.search(value)
    return "" if number is None else re.sub(r"[ .()-]", "", number[0])


def _local(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be shown")
    return value.astimezone(CIVIL_TIME)
