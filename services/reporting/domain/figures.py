"""The figures of form II.06a for a period, counted from dates alone.

A dossier belongs to a period if it was accepted before the period's end and not decided before its start. It then stands on
both sides of the form: received or carried over, and resolved or in progress. So received + carried over == resolved + in
progress for any set of dossiers (3 = 7 + 11), and so do early + on time + late (7 = 8 + 9 + 10), within + overdue (11 = 12 + 13).
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from contracts.values import Channel, PortalStatus
from services.reporting.domain.definition import Definition
from services.reporting.domain.period import Period


class Measure(StrEnum):
    """Each number of the form, in its order; its name is the field of Figures."""

    TOTAL = "total"
    RECEIVED = "received"
    RECEIVED_ONLINE = "received_online"
    RECEIVED_DIRECT = "received_direct"
    CARRIED_OVER = "carried_over"
    RESOLVED = "resolved"
    EARLY = "early"
    ON_TIME = "on_time"
    LATE = "late"
    IN_PROGRESS = "in_progress"
    WITHIN_TIME = "within_time"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedDossier:
    """What decides where a dossier is counted. The dates are civil; `decided_on` None: not yet."""

    status: PortalStatus
    channel: Channel
    accepted_on: date | None
    promised_on: date | None
    decided_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    total: int = 0
    received: int = 0
    received_online: int = 0
    received_direct: int = 0
    carried_over: int = 0
    resolved: int = 0
    early: int = 0
    on_time: int = 0
    late: int = 0
    in_progress: int = 0
    within_time: int = 0
    overdue: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{name: getattr(self, name) + getattr(other, name) for name in _NAMES})

    @property
    def on_time_rate(self) -> Decimal | None:
        """Early and on time of all resolved, in per cent to two places; None if nothing was resolved."""
        if not self.resolved:
            return None
        return (Decimal(100 * (self.early + self.on_time)) / self.resolved).quantize(Decimal("0.01"), ROUND_HALF_UP)


_NAMES: Final = tuple(field.name for field in fields(Figures))


def judged_before(period: Period, today: date) -> date:
    """Unfinished dossiers promised before this day are overdue: the day after a past period's end, else today."""
    return min(period.end, today)


def classify(dossier: CountedDossier, period: Period, judged: date, definition: Definition) -> frozenset[Measure]:
    """Every number of the form that counts this dossier; none if it does not belong to the period."""
    accepted, promised, decided = dossier.accepted_on, dossier.promised_on, dossier.decided_on
    if dossier.status not in definition.counted or accepted is None or promised is None or accepted >= period.end:
        return frozenset()
    if decided is not None and decided < period.start:
        return frozenset()
    if decided is None and dossier.status in definition.waiting:
        promised = max(promised, judged)
    return frozenset({Measure.TOTAL, *_came(accepted, dossier.channel, period), *_went(promised, decided, period, judged)})


def _came(accepted: date, channel: Channel, period: Period) -> tuple[Measure, ...]:
    if accepted < period.start:
        return (Measure.CARRIED_OVER,)
    return Measure.RECEIVED, Measure.RECEIVED_ONLINE if channel is Channel.ONLINE else Measure.RECEIVED_DIRECT


def _went(promised: date, decided: date | None, period: Period, judged: date) -> tuple[Measure, ...]:
    if decided is None or decided >= period.end:
        return Measure.IN_PROGRESS, Measure.OVERDUE if promised < judged else Measure.WITHIN_TIME
    if decided > promised:
        return Measure.RESOLVED, Measure.LATE
    return Measure.RESOLVED, Measure.ON_TIME if decided == promised else Measure.EARLY


def count(dossiers: Iterable[CountedDossier], period: Period, judged: date, definition: Definition) -> Figures:
    """The form's numbers over some dossiers."""
    total = Figures()
    for dossier in dossiers:
        total += Figures(**dict.fromkeys(classify(dossier, period, judged, definition), 1))
    return total


def days_late(promised: date, decided: date | None, period: Period, judged: date) -> int:
    """Calendar days past the promised date, when it was decided or, unfinished, when it is judged; 0 if not late."""
    ended = decided if decided is not None and decided < period.end else judged
    return max(0, (ended - promised).days)
