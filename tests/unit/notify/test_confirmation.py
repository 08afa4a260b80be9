"""An address whose owner has not given their word gets the one mail that asks for it, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts.intake import (
    ContactV1,
    DossierAcceptedV1,
    DossierAddressConfirmedV1,
    DossierFact,
    DossierReturnedV1,
    DossierSubmittedV1,
)
from contracts.values import LANGUAGES, PortalStatus
from services.notify import handlers
from services.notify.adapters.letters import write
from services.notify.domain.contact import KnownContact, SkipReason
from services.notify.domain.message import Message, State
from services.notify.domain.notice import CONFIRMATION, TEMPLATES, content_of
from services.notify.domain.precedence import LaterMessages
from tests.support.notify_world import ADDRESS, AT, CODE, CONTACT, FORGOTTEN, REACHABLE, TELEPHONE, context, fact

CODE_IN_MAIL = "7K3Q-9XAB-0ZK2-M4F7"
URL = "http://127.0.0.1:8080"
ASKED = KnownContact(1, ContactV1(name=CONTACT.name, email=ADDRESS, confirmed=False, confirmation=CODE_IN_MAIL))
HELD = KnownContact(1, ContactV1(name=CONTACT.name, email=ADDRESS, confirmed=False))


def asked_about(event: DossierFact, known: KnownContact, sequence: int = 1) -> Message:
    decision = handlers.queue_message(None, event, context(known, sequence=sequence, event=event))
    assert decision is not None
    return decision.state


def begun(message: Message, known: KnownContact) -> Message:
    return handlers.begin_attempt(message, known, LaterMessages(), AT, AT, timedelta(seconds=30)).state


def test_the_first_fact_asks_for_the_owners_word_instead_of_telling_anything() -> None:
    message = asked_about(fact(DossierSubmittedV1, code=None), ASKED)
    assert (message.state, message.template) == (State.QUEUED, CONFIRMATION)
    assert begun(message, ASKED).state is State.SENDING


@pytest.mark.parametrize("kind", [DossierSubmittedV1, DossierReturnedV1, DossierAcceptedV1])
def test_before_the_word_is_given_nothing_else_goes_out(kind: type[DossierFact]) -> None:
    """Handed in again after form 02, too: one address is asked once."""
    message = asked_about(fact(kind), ASKED, sequence=3)
    assert (message.state, message.skip_reason) == (State.SKIPPED, SkipReason.UNCONFIRMED)


def test_an_address_that_was_asked_already_gets_no_second_mail() -> None:
    message = asked_about(fact(DossierSubmittedV1), HELD)
    assert (message.state, message.skip_reason) == (State.SKIPPED, SkipReason.UNCONFIRMED)


def test_what_was_queued_while_the_address_was_trusted_is_not_sent_once_it_is_not() -> None:
    message = asked_about(fact(DossierAcceptedV1), REACHABLE)
    assert begun(message, ASKED).skip_reason is SkipReason.UNCONFIRMED


def test_once_the_word_is_given_it_is_asked_for_no_more() -> None:
    message = asked_about(fact(DossierSubmittedV1), ASKED)
    assert begun(message, REACHABLE).skip_reason is SkipReason.SUPERSEDED
    assert begun(message, FORGOTTEN).skip_reason is SkipReason.FORGOTTEN
    assert begun(message, HELD).skip_reason is SkipReason.UNCONFIRMED


def test_after_the_word_the_last_state_is_told() -> None:
    event = fact(DossierAddressConfirmedV1, status=PortalStatus.IN_PROCESS)
    message = asked_about(event, replace(REACHABLE, version=2), sequence=4)
    assert (message.state, message.template) == (State.QUEUED, TEMPLATES[DossierAddressConfirmedV1])
    letter = write(message.template, "vi", message.content, URL)
    assert "Hiện nay: hồ sơ đang được giải quyết" in letter.text
    assert "Hẹn trả kết quả" in letter.text
    ended = write(message.template, "vi", dict(message.content) | {"status": 7}, URL)
    assert "đã được rút" in ended.text
    assert "Hẹn trả kết quả" not in ended.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_mail_that_asks_names_no_dossier_and_its_link_sends_the_code_to_nobody(language: str) -> None:
    content = content_of(fact(DossierSubmittedV1), TELEPHONE)
    letter = write(CONFIRMATION, language, content, URL, CODE_IN_MAIL)
    assert f"{URL}/submit/confirm#{CODE_IN_MAIL}" in letter.text
    assert f": {CODE_IN_MAIL}." in letter.text, "it can be typed"
    for private in (CODE, content["procedure"], CONTACT.name, TELEPHONE):
        assert private not in letter.text + letter.html + letter.subject
    in_the_ledger = write(CONFIRMATION, language, content, URL)
    assert CODE_IN_MAIL not in in_the_ledger.text
