"""What the history keeps of a dossier, and in whose hands it was, read off that history fact by fact."""

from datetime import UTC, date, datetime

import pytest

from contracts.values import Channel, PortalStatus
from services.reporting.domain.dossier import Dossier, Fact
from services.reporting.domain.holding import Holding, holdings


def test_the_history_keeps_what_the_figures_look_at() -> None:
    known = Dossier(
        id="d-1",
        unit="u",
        field="dat-dai",
        channel=Channel.POST,
        status=PortalStatus.DECIDED,
        accepted_on=date(2026, 3, 1),
        promised_on=date(2026, 3, 20),
        case_state="decided",
        officer="cb-an",
        competent_unit="c",
        decided_on=date(2026, 3, 31),
    )
    assert known.intake_data() == {
        "status": PortalStatus.DECIDED,
        "unit": "u",
        "field": "dat-dai",
        "channel": Channel.POST,
        "accepted_on": "2026-03-01",
        "promised_on": "2026-03-20",
    }
    assert known.case_data() == {
        "case_state": "decided",
        "competent_unit": "c",
        "officer": "cb-an",
        "decided_on": "2026-03-31",
    }
    assert set(Dossier(id="d-1").intake_data().values()) == set(Dossier(id="d-1").case_data().values()) == {None}


def moment(hour: int) -> datetime:
    return datetime(2026, 3, 2, hour, tzinfo=UTC)


def fact(source: str, hour: int, **data: str | None) -> Fact:
    at = moment(hour)
    return Fact(
        source=source, subject="d-1", sequence=hour, type="x", at=at, recorded_at=at, lane=None, data={"unit": "door", **data}
    )


SUBMITTED = fact("intake", 1, accepted_on=None)
ACCEPTED = fact("intake", 2, accepted_on="2026-03-02")
OPENED = fact("routing", 3, competent_unit="land", officer=None)
ASSIGNED = fact("routing", 4, competent_unit="land", officer="an")
TAKEN_UP = fact("intake", 5, accepted_on="2026-03-02")
DECIDED = fact("routing", 6, competent_unit="land", officer="an", decided_on="2026-03-02")
HANDED_OVER = fact("intake", 7, accepted_on="2026-03-02")


@pytest.mark.parametrize(
    ("facts", "hands"),
    [
        ([], []),
        ([SUBMITTED], []),
        ([SUBMITTED, ACCEPTED], [Holding(unit="door", officer=None, since=moment(2), until=None)]),
        (
            [ACCEPTED, OPENED],
            [
                Holding(unit="door", officer=None, since=moment(2), until=moment(3)),
                Holding(unit="land", officer=None, since=moment(3), until=None),
            ],
        ),
        (
            [ACCEPTED, OPENED, ASSIGNED, TAKEN_UP],
            [
                Holding(unit="door", officer=None, since=moment(2), until=moment(3)),
                Holding(unit="land", officer=None, since=moment(3), until=moment(4)),
                Holding(unit="land", officer="an", since=moment(4), until=None),
            ],
        ),
        (
            [HANDED_OVER, DECIDED, TAKEN_UP, ASSIGNED, ACCEPTED, SUBMITTED],
            [
                Holding(unit="door", officer=None, since=moment(2), until=moment(4)),
                Holding(unit="land", officer="an", since=moment(4), until=moment(6)),
            ],
        ),
        (
            [ACCEPTED, ASSIGNED, fact("routing", 5, competent_unit="land", officer="an")],
            [
                Holding(unit="door", officer=None, since=moment(2), until=moment(4)),
                Holding(unit="land", officer="an", since=moment(4), until=None),
            ],
        ),
        ([ACCEPTED, fact("routing", 3)], [Holding(unit="door", officer=None, since=moment(2), until=None)]),
    ],
)
def test_hands_follow_the_facts_in_the_order_of_time(facts: list[Fact], hands: list[Holding]) -> None:
    assert holdings(facts) == tuple(hands)
