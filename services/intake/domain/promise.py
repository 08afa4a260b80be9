"""The promise: from the time at the counter, not from the clerk's click, by the unit's own calendar, with its explanation."""

from datetime import datetime, timedelta
from typing import Final

from contracts.refusal import Invalid
from services.intake.domain.offers import Offer, unusable
from worktime import Promise, WorktimeError, promise

# A paper handed in on Friday evening and typed on Monday still keeps its own time; anything older is a mistake of typing.
OLDEST: Final = timedelta(days=3)
# Clocks of two machines are never quite equal.
CLOCKS_APART: Final = timedelta(minutes=1)


def reception_time(given: datetime | None, now: datetime, *, not_before: datetime | None = None) -> datetime:
    """When it happened at the counter: `given` by the clerk, otherwise now.

    Raises Invalid for the future, for more than three days ago, and for a time before `not_before` (its submission).
    """
    if given is None:
        return now
    if given > now + CLOCKS_APART:
        raise _wrong("received-in-future", "Giờ tiếp nhận ở tương lai. Hãy xem lại.", "The time of reception is in the future.")
    if given < now - OLDEST:
        days = OLDEST.days
        raise _wrong(
            "received-too-long-ago",
            f"Giờ tiếp nhận đã quá {days} ngày trước. Hãy xem lại ngày.",
            f"The time of reception is more than {days} days ago. Please check the date.",
        )
    if not_before is not None and given < not_before:
        raise _wrong(
            "received-before-submission",
            "Giờ tiếp nhận sớm hơn lúc hồ sơ được nộp. Hãy xem lại.",
            "The time of reception is before the dossier was handed in. Please check it.",
        )
    return min(given, now)


def _wrong(code: str, vi: str, en: str) -> Invalid:
    return Invalid(code, vi=vi, en=en, field="received_at")


def promised(offer: Offer, accepted_at: datetime) -> Promise:
    """Counted from the minute that the receipt shows. Raises Refusal when calendar or limit cannot be counted with."""
    try:
        return promise(offer.calendar, accepted_at.replace(second=0, microsecond=0), offer.limit)
    except WorktimeError as error:
        raise unusable(error) from error
