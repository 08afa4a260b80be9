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


def routing(sequence: int, days: int, state: str, officer: str | None = "cb006", **data: str | int | None) -> Fact:
    at = MONDAY + days * DAY
    return fact("routing", sequence, at, competent_unit="district", officer=officer, case_state=state, **data)


def held(days: int, until: int | None, officer: str | None = "cb006", *, leaders: bool = False) -> Holding:
    end = None if until is None else MONDAY + until * DAY
    return Holding(unit="district", officer=officer, since=MONDAY + days * DAY, until=end, leaders=leaders)


def test_while_a_draft_waits_for_signature_the_leaders_have_it_and_then_who_signed():
    facts = [ACCEPTED, OPENED, ASSIGNED, routing(3, 3, "submitted"), routing(4, 6, "assigned"), routing(5, 7, "submitted")]
    waits = (held(2, 3), held(3, 6, None, leaders=True), held(6, 7), held(7, None, None, leaders=True))
    assert holdings(facts)[2:] == waits
    signed = [routing(6, 9, "signed", "cb007"), routing(7, 9, "decided", decided_on="2026-02-25")]
    assert holdings([*facts, *signed])[2:] == (*waits[:3], held(7, 9, "cb007", leaders=True))


def test_withdrawn_while_it_waits_its_time_was_the_leaders():
    facts = [ACCEPTED, OPENED, ASSIGNED, routing(3, 3, "submitted"), routing(4, 5, "withdrawn")]
    assert holdings(facts)[-1] == held(3, 5, None, leaders=True)
