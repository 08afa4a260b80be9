"""From the address of a request to a question: dates, filters and the past instant, each refused by name if it cannot be."""

from datetime import date, datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator, Field

from chassis.process import CurrentProcess
from contracts.refusal import Invalid
from contracts.values import Channel, Identifier, Moment, UnitId
from services.reporting.domain.period import EARLIEST, LATEST, Period, PeriodOutOfRange
from services.reporting.domain.question import NOBODY, Question
from services.reporting.repository.lists import Place


class AsOfTheFuture(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "as-of-future",
            vi="Thời điểm tính lại phải ở quá khứ: chưa ai biết sau này sẽ có gì.",
            en="As of when must lie in the past: nobody knows yet what will come.",
            field="as_of",
        )


def _deciding(text: str) -> str:
    if text != NOBODY and not (5 <= len(text) <= 24 and text.replace(".", "").isalnum()):  # noqa: PLR2004 -- a unit id's bounds
        raise ValueError(
            f"phải là mã đơn vị, hoặc {NOBODY} nếu chưa chuyển / must be a unit id, or {NOBODY} if not forwarded yet"
        )
    return text


def _place(text: str) -> str:
    try:
        Place.read(text)
    except ValueError as error:
        raise ValueError("hãy dùng nguyên giá trị `next` của trang trước / use the previous page's `next` as it is") from error
    return text


DecidingUnit = Annotated[str, AfterValidator(_deciding)]
After = Annotated[str, Field(max_length=100, pattern=r"^\d{4}-\d{2}-\d{2}\.[A-Za-z0-9][A-Za-z0-9._:-]*$"), AfterValidator(_place)]


def question(
    process: CurrentProcess,
    start: Annotated[date, Query(alias="from", description="The first day, in Vietnam's calendar.")],
    end: Annotated[date, Query(alias="to", description="The day after the last.")],
    unit: Annotated[UnitId | None, Query(description="Received by this unit.")] = None,
    field: Annotated[Identifier | None, Query(description="A field of procedures.")] = None,
    channel: Annotated[Channel | None, Query()] = None,
    competent: Annotated[DecidingUnit | None, Query(description="Decided by this unit; `none`: not forwarded yet.")] = None,
    as_of: Annotated[Moment | None, Query(description="Only what had been recorded by then; the same for ever.")] = None,
) -> Question:
    """Raises PeriodReversed, PeriodOutOfRange, AsOfTheFuture."""
    return asked(Period(start, end), process.clock(), as_of, unit=unit, field=field, channel=channel, competent=competent)


def asked(
    period: Period,
    now: datetime,
    as_of: datetime | None,
    *,
    unit: str | None = None,
    field: str | None = None,
    channel: Channel | None = None,
    competent: str | None = None,
) -> Question:
    """Raises AsOfTheFuture, PeriodOutOfRange."""
    if as_of is not None and not EARLIEST.year <= as_of.year <= LATEST.year:  # the first and last years overflow in another zone
        raise PeriodOutOfRange("as_of")
    if as_of is not None and as_of > now:
        raise AsOfTheFuture
    return Question(period, as_of, unit, field, channel, competent)


Asked = Annotated[Question, Depends(question)]
