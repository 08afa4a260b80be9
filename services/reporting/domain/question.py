"""What is asked for: a period, perhaps as of a past instant, perhaps of one unit, field, channel or deciding unit."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from contracts.values import Channel
from services.reporting.domain.period import Period

NOBODY: Final = "none"
"""As a deciding unit: not forwarded to any yet."""


class By(StrEnum):
    """What a table of figures has a row for. A dossier counts once, at the unit that received it; `competent` is who decides."""

    UNIT = "unit"
    FIELD = "field"
    CHANNEL = "channel"
    COMPETENT = "competent"


@dataclass(frozen=True, slots=True)
class Question:
    period: Period
    as_of: datetime | None = None
    unit: str | None = None
    field: str | None = None
    channel: Channel | None = None
    competent: str | None = None
