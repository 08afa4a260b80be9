"""A result at the counter: who may fetch it, how long it has waited, and that its applicant is reminded once a day."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError
from starlette.datastructures import FormData

from contracts.identity import IdentityKind
from contracts.intake import DossierResultRemindedV1
from contracts.values import CIVIL_TIME, HandOver, Outcome
from services.intake.domain.dossier import Dossier
from services.intake.domain.results import (
    GivenRepresentative,
    GoesByPost,
    NobodyToRemind,
    RemindedToday,
    days_waited,
    long_before,
    require_fetchable,
)
from services.intake.domain.stages import IllegalStep, Stage
from services.intake.handlers.reminder import remind
from services.intake.pages.forms import HandOverForm, with_scanned_card
from tests.support.intake_dossiers import CLERK, accepted, saved
from tests.support.intake_events import NOW

CARD = "034085005555|123456789|Trần Thị Thay|01011985|Nữ|Thôn Đoài, xã Minh Lạc|01012021"


def decided(**changes: object) -> Dossier:
    given = {"stage": Stage.DECIDED, "decided_at": NOW - timedelta(days=11), "outcome": Outcome.GRANTED} | changes
    return accepted(**given)


def test_a_reminder_is_a_fact_and_leaves_the_dossier_where_it_stands() -> None:
    dossier = decided()
    decision = remind(dossier, NOW, CLERK)
    (fact,) = decision.events
    assert isinstance(fact, DossierResultRemindedV1)
    assert (fact.at, fact.by, fact.decided_at, fact.status) == (NOW, CLERK, dossier.decided_at, dossier.status)
    assert (decision.state.stage, decision.state.reminded_at) == (Stage.DECIDED, NOW)


def test_a_second_reminder_waits_for_the_next_civil_day() -> None:
    late = datetime(2026, 2, 24, 23, 30, tzinfo=CIVIL_TIME)
    once = saved(remind(decided(), late, CLERK))
    with pytest.raises(RemindedToday):
        remind(once, late + timedelta(minutes=29), CLERK)
    assert remind(once, late + timedelta(minutes=30), CLERK).events


@pytest.mark.parametrize(
    ("dossier", "refusal"),
    [
        (decided(hand_over=HandOver.POST), GoesByPost),
        (decided(contact_version=None), NobodyToRemind),
        (accepted(stage=Stage.IN_PROCESS), IllegalStep),
        (decided(stage=Stage.HANDED_OVER, handed_over_at=NOW, handed_over_by=HandOver.COUNTER), IllegalStep),
    ],
)
def test_nobody_is_reminded_of_what_they_cannot_fetch(dossier: Dossier, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        remind(dossier, NOW, CLERK)


def test_what_is_handed_over_at_the_counter_is_decided_and_does_not_go_by_post() -> None:
    require_fetchable(decided())
    with pytest.raises(GoesByPost):
        require_fetchable(decided(hand_over=HandOver.POST))
    with pytest.raises(IllegalStep):
        require_fetchable(accepted())


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_more_than_ten_days_is_counted_by_civil_days_whatever_the_hour(hour: int) -> None:
    now = datetime(2026, 2, 24, hour, 59, tzinfo=CIVIL_TIME)
    tenth, eleventh = (datetime(2026, 2, day, 0, 0, tzinfo=CIVIL_TIME) for day in (14, 13))
    assert not tenth < long_before(now)
    assert eleventh.replace(hour=23, minute=59) < long_before(now)
    assert (days_waited(tenth, now), days_waited(eleventh, now)) == (10, 11)


def test_a_representative_is_kept_with_the_kind_that_the_number_tells() -> None:
    given = GivenRepresentative(name="Trần Thị Thay", identity_number="034 085 005 555")
    kept = given.kept()
    assert (kept.name, kept.identity_number, kept.identity_kind) == ("Trần Thị Thay", "034085005555", IdentityKind.CITIZEN_CARD)
    with pytest.raises(ValidationError):
        GivenRepresentative(name="Trần Thị Thay", identity_number="12")


def test_somebody_with_half_a_name_is_asked_for_the_rest_and_nobody_named_is_the_applicant() -> None:
    assert HandOverForm(name="Trần Thị Thay").lacking() == ["identity_number"]
    assert HandOverForm(identity_number="034085005555").lacking() == ["name"]
    assert HandOverForm().lacking() == []
    assert HandOverForm().body().fetched_by is None
    whole = HandOverForm(name="Trần Thị Thay", identity_number="034085005555")
    assert whole.lacking() == []
    assert whole.body().fetched_by is not None


def test_a_scanned_card_names_who_stands_there_whatever_was_typed_before() -> None:
    sent = with_scanned_card(FormData([("name", "Người Khác"), ("identity_number", CARD), ("csrf_token", "x")]))
    assert (sent["name"], sent["identity_number"], sent["csrf_token"]) == ("Trần Thị Thay", "034085005555", "x")
    typed = FormData([("name", "Người Khác"), ("identity_number", "034085005555")])
    assert with_scanned_card(typed) is typed
