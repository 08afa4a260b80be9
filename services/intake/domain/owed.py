"""What a dossier waits for after acceptance, and what has been handed in of it. Routing asked, and routing says when it goes on.

Between handing in and routing's answer the dossier waits still: `handed_in` says what came and when. From that moment, not from
the answer, the clock runs again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from contracts.civil import civil_day
from contracts.intake import PaperRef
from contracts.refusal import Invalid, Refusal
from contracts.supplements import OwedKind, OwedPaper
from worktime import Calendar, Explanation, Promise, WorkingDays, promise, recount, resume
from worktime import Owed as Stands


class AlreadyHandedIn(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "already-handed-in",
            vi="Đã ghi nhận, đang chờ cơ quan giải quyết xử lý tiếp. Hãy mở lại hồ sơ để xem.",
            en="It has been recorded, and the competent unit is to go on with it. Open the dossier again to see.",
        )


class StillMissing(Invalid):
    """Everything that was named comes together: half of it would start the clock for an officer who cannot decide."""

    def __init__(self, papers: Iterable[OwedPaper]) -> None:
        named = "; ".join(paper.title for paper in papers)
        super().__init__(
            "still-missing",
            vi=f"Phải nộp đủ một lần mọi giấy tờ đã yêu cầu. Còn thiếu: {named}.",
            en=f"Everything that was asked for has to come together. Still missing: {named}.",
            field="papers",
        )


class OtherOwed(Refusal):
    def __init__(self, owed: OwedKind) -> None:
        vi, en = ("giấy tờ", "papers") if owed is OwedKind.PAPERS else ("tiền", "a payment")
        super().__init__("other-owed", vi=f"Hồ sơ này đang chờ {vi}. Hãy mở lại hồ sơ.", en=f"It waits for {en}. Open it again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """`since`: from when on the clock stands still. `number`: how often it has been asked for. `reminded_at`: as a dossier's."""

    kind: OwedKind
    since: datetime
    number: int
    papers: tuple[OwedPaper, ...] = ()
    amount: int | None = None
    handed_in: HandedIn | None = None
    reminded_at: datetime | None = None

    def received(self, kind: OwedKind, codes: Iterable[str], at: datetime, by: str | None) -> Self:
        """All of it has come. Raises OtherOwed, AlreadyHandedIn and StillMissing."""
        if kind is not self.kind:
            raise OtherOwed(self.kind)
        if self.handed_in is not None:
            raise AlreadyHandedIn
        there = set(codes)
        missing = [paper for paper in self.papers if paper.code not in there]
        if missing:
            raise StillMissing(missing)
        return replace(self, handed_in=HandedIn(at=at, by=by))

    def papers_handed_in(self) -> list[PaperRef]:
        return [PaperRef(code=paper.code, title=paper.title) for paper in self.papers]

    def to_data(self) -> dict[str, Any]:
        """All but `since`, which has a column of its own."""
        return {
            "kind": self.kind,
            "number": self.number,
            "papers": [paper.model_dump(mode="json") for paper in self.papers],
            "amount": self.amount,
            "handed_in": self.handed_in and {"at": self.handed_in.at.isoformat(), "by": self.handed_in.by},
            "reminded_at": self.reminded_at and self.reminded_at.isoformat(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any], since: datetime) -> Self:
        came, reminded = data["handed_in"], data["reminded_at"]
        return cls(
            kind=OwedKind(data["kind"]),
            since=since,
            number=data["number"],
            papers=tuple(map(OwedPaper.model_validate, data["papers"])),
            amount=data["amount"],
            handed_in=came and HandedIn(at=datetime.fromisoformat(came["at"]), by=came["by"]),
            reminded_at=reminded and datetime.fromisoformat(reminded),
        )


def promise_after(
    explanation: Mapping[str, Any], calendar: Calendar, owed: OwedKind, paused_at: datetime, resumed_at: datetime
) -> Promise:
    """The promise with this pause in it. Under a newer calendar what was promised is counted again first, so that it makes no
    difference which of the two came first. Clocks of two services may differ: the pause keeps its order.

    Raises CalendarError for a calendar that cannot be counted with.
    """
    held = Explanation.from_data(explanation)
    before = Promise(held) if held.calendar_version >= calendar.version else recount(calendar, Promise(held))
    earliest = held.pauses[-1].resumed_at if held.pauses else held.accepted_at
    began = max(earliest, paused_at)
    return resume(calendar, before, began, max(began, resumed_at), owed=Stands(owed.value))


def named_date_after(named: datetime, calendar: Calendar, paused_at: datetime, resumed_at: datetime) -> datetime:
    """A date that an apology named, which no limit leads to, with this pause in it: as many working days later as were lost.

    Raises WorktimeError for what cannot be counted.
    """
    lost = calendar.days_worked(civil_day(paused_at), civil_day(resumed_at))
    return promise(calendar, named, WorkingDays(lost)).moment if lost else named
