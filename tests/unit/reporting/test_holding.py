"""Who held a dossier, from when to when, whatever order its facts came in."""

from datetime import UTC, datetime, timedelta

from contracts.values import Lane
from services.reporting.domain.dossier import Fact
from services.reporting.domain.holding import Holding, holdings

DAY = timedelta(days=1)
MONDAY = datetime(2026, 2, 16, 1, tzinfo=UTC)


def fact(source: str, sequence: int, at: datetime, **data: str | int | None) -> Fact:
    return Fact(
        source=source,
        subject="d-1",
        sequence=sequence,
        type="",
        at=at,
        recorded_at=at,
        lane=Lane.DISTRICT,
        data=data,
    )


ACCEPTED = fact("intake", 1, MONDAY, unit="commune", accepted_on="2026-02-16")
OPENED = fact("routing", 1, MONDAY + DAY, competent_unit="district", officer=None)
ASSIGNED = fact("routing", 2, MONDAY + 2 * DAY, competent_unit="district", officer="cb006")
DECIDED = fact("routing", 3, MONDAY + 4 * DAY, competent_unit="district", officer="cb006", decided_on="2026-02-20")
CONFIRMED = fact("intake", 2, MONDAY + 5 * DAY, unit="commune", accepted_on="2026-02-16")


def test_it_went_from_hand_to_hand_until_it_was_decided():
    expected = (
        Holding(unit="commune", officer=None, since=MONDAY, until=MONDAY + DAY),
        Holding(unit="district", officer=None, since=MONDAY + DAY, until=MONDAY + 2 * DAY),
        Holding(unit="district", officer="cb006", since=MONDAY + 2 * DAY, until=MONDAY + 4 * DAY),
    )
    assert holdings([CONFIRMED, DECIDED, ASSIGNED, OPENED, ACCEPTED]) == expected


def test_one_still_in_hand_has_no_end():
    assert holdings([ACCEPTED]) == (Holding(unit="commune", officer=None, since=MONDAY, until=None),)
    assert holdings([ACCEPTED, OPENED])[-1] == Holding(unit="district", officer=None, since=MONDAY + DAY, until=None)
    assert holdings([]) == ()


def test_what_was_decided_before_its_acceptance_is_known_has_had_no_hands():
    assert holdings([DECIDED]) == ()
