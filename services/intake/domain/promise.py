"""The promise: from the time at the counter, not from the clerk's click, by the unit's own calendar, with its explanation."""

from datetime import datetime, timedelta
from typing import Final

from contracts.civil import civil_day
from contracts.refusal import Invalid
from services.intake.domain.arrival import CLOCKS_APART
from services.intake.domain.offers import Offer, unusable
from worktime import Calendar, Promise, Transfer, WorktimeError, promise

OLDEST: Final = timedelta(days=90)
"""Before any calendar is asked: no number of working days that may be set lies farther back."""


def reception_time(given: datetime | None, now: datetime, *, not_before: datetime | None = None) -> datetime:
    """When it happened at the counter: `given` by the clerk, otherwise now.

    Raises Invalid for the future, for what is too old by any calendar, and for a time before `not_before` (its submission). By
    the unit's own calendar it is `require_recent` that judges.
    """
    if given is None:
        return now
    if given > now + CLOCKS_APART:
        raise _wrong("received-in-future", "Giờ tiếp nhận ở tương lai. Hãy xem lại.", "The time of reception is in the future.")
    if given < now - OLDEST:
        raise _too_long_ago(f"{OLDEST.days} ngày", f"{OLDEST.days} days")
    if not_before is not None and given < not_before:
        raise _wrong(
            "received-before-submission",
            "Giờ tiếp nhận sớm hơn lúc hồ sơ được nộp. Hãy xem lại.",
            "The time of reception is before the dossier was handed in. Please check it.",
        )
    return min(given, now)


def require_recent(calendar: Calendar, given: datetime, now: datetime, most: int) -> None:
    """A paper handed in before Tết and typed after it keeps its own time: only working days count against it. Raises Invalid for
    more than `most` of them between that day and today; what is dated today is never too old.
    """
    if calendar.days_worked(civil_day(given), civil_day(now)) > most:
        raise _too_long_ago(f"{most} ngày làm việc", f"{most} working day{'s' * (most != 1)}")


def _too_long_ago(vi: str, en: str) -> Invalid:
    return _wrong(
        "received-too-long-ago",
        f"Giờ tiếp nhận đã quá {vi} trước. Hãy xem lại ngày.",
        f"The time of reception is more than {en} ago. Please check the date.",
    )


def _wrong(code: str, vi: str, en: str) -> Invalid:
    return Invalid(code, vi=vi, en=en, field="received_at")


def promised(offer: Offer, accepted_at: datetime) -> Promise:
    """Counted from the minute that the receipt shows, out of area from when the competent unit is expected to receive it. Raises
    Refusal when calendar or limit cannot be counted with.
    """
    transfer = Transfer() if offer.out_of_area else None
    try:
        return promise(offer.calendar, accepted_at.replace(second=0, microsecond=0), offer.limit, transfer=transfer)
    except WorktimeError as error:
        raise unusable(error) from error
