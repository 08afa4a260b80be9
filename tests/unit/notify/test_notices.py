"""Which facts owe the applicant a message: declared once, read by intake's and notify's side of reconcile."""

from datetime import timedelta

import pytest

from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DossierAcceptedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierRescheduledV1,
    DossierResultRemindedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTransferredV1,
    DossierWithdrawalRefusedV1,
    DossierWithdrawalRequestedV1,
    DossierWithdrawnV1,
)
from contracts.notices import NOTICES, asks_for_message
from contracts.registry import EVENTS
from contracts.values import Channel, HandOver
from services.notify.consumers import TABLE
from services.notify.domain.notice import TEMPLATES
from tests.support.notify_world import AT, OWN, fact


@pytest.mark.parametrize(
    "kind",
    [
        DossierReturnedV1,
        DossierAcceptedV1,
        DossierRefusedV1,
        DossierDecidedV1,
        DossierTransferredV1,
        DossierWithdrawnV1,
        DossierStoppedV1,
        DossierExtendedV1,
    ],
)
@pytest.mark.parametrize("channel", Channel)
def test_whatever_the_door_a_message_is_owed(kind: type[DossierFact], channel: Channel) -> None:
    assert asks_for_message(fact(kind, channel=channel))


@pytest.mark.parametrize("kind", [DossierWithdrawalRequestedV1, DossierWithdrawalRefusedV1])
def test_of_a_withdrawal_the_applicant_is_told_when_it_is_done_and_of_nothing_before(kind: type[DossierFact]) -> None:
    assert not asks_for_message(fact(kind))


@pytest.mark.parametrize(("channel", "owed"), [(Channel.COUNTER, False), (Channel.ONLINE, True), (Channel.POST, True)])
def test_only_who_was_not_there_is_written_to_about_a_submission(channel: Channel, owed: bool) -> None:
    assert asks_for_message(fact(DossierSubmittedV1, channel=channel)) is owed


@pytest.mark.parametrize(("by", "owed"), [(HandOver.COUNTER, False), (HandOver.POST, True)])
def test_only_a_result_sent_by_post_is_announced(by: HandOver, owed: bool) -> None:
    assert asks_for_message(fact(DossierHandedOverV1, handed_over_by=by)) is owed


@pytest.mark.parametrize("channel", Channel)
def test_who_left_a_result_waiting_is_reminded_however_the_dossier_came(channel: Channel) -> None:
    assert asks_for_message(fact(DossierResultRemindedV1, channel=channel, hand_over=HandOver.COUNTER))


@pytest.mark.parametrize(("later", "owed"), [(timedelta(), False), (timedelta(days=1), True)])
def test_a_date_that_is_firm_now_is_news_only_where_it_is_another(later: timedelta, owed: bool) -> None:
    assert asks_for_message(fact(DossierRescheduledV1, promised_at=AT + later, previous_at=AT)) is owed


def test_each_fact_about_a_dossier_is_weighed_and_no_other_kind_ever_asks() -> None:
    declared = {kind for kind in EVENTS.values() if issubclass(kind, DossierFact)}
    assert declared == OWN.keys(), "add what it needs of its own to OWN in tests/support/notify_world.py, message or not"
    assert {kind for kind in declared if asks_for_message(fact(kind))} == NOTICES


def test_each_of_them_has_a_template_and_a_line_in_the_table() -> None:
    owed, templates, read = NOTICES, TEMPLATES.keys(), {entry.event for entry in TABLE.entries}
    assert templates == owed == read, "NOTICES, TEMPLATES (domain/notice.py) and the Entry (consumers.py) name the same facts"
