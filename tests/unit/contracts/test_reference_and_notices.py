"""Which version of a procedure is in force on a day, and which facts owe the applicant a message."""

from datetime import UTC, date, datetime

import pytest

from contracts.directory import ProcedureV1, ProcedureVersionV1
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
    DossierTakenUpV1,
    DossierTransferredV1,
)
from contracts.notices import NOTICES, asks_for_message
from contracts.values import Channel, HandOver

SOONER, LATER = (datetime(2028, 1, day, 10, tzinfo=UTC) for day in (3, 4))
FIRST, SECOND = (ProcedureVersionV1.model_construct(valid_from=date(year, 1, 1)) for year in (2024, 2026))
PROCEDURE = ProcedureV1.model_construct(code="1.000001", versions=[FIRST, SECOND])


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), FIRST),
        (date(2025, 12, 31), FIRST),
        (date(2026, 1, 1), SECOND),
        (date(2030, 1, 1), SECOND),
    ],
)
def test_the_version_in_force_is_the_last_that_has_begun(day: date, version: ProcedureVersionV1 | None) -> None:
    assert PROCEDURE.on(day) is version


@pytest.mark.parametrize(
    ("fact", "asks"),
    [
        (DossierSubmittedV1.model_construct(channel=Channel.COUNTER), False),
        (DossierSubmittedV1.model_construct(channel=Channel.ONLINE), True),
        (DossierSubmittedV1.model_construct(channel=Channel.POST), True),
        (DossierReturnedV1.model_construct(), True),
        (DossierAcceptedV1.model_construct(), True),
        (DossierRescheduledV1.model_construct(promised_at=LATER, previous_at=SOONER), True),
        (DossierRescheduledV1.model_construct(promised_at=SOONER, previous_at=SOONER), False),
        (DossierRefusedV1.model_construct(), True),
        (DossierTakenUpV1.model_construct(), False),
        (DossierDecidedV1.model_construct(), True),
        (DossierResultRemindedV1.model_construct(), True),
        (DossierHandedOverV1.model_construct(handed_over_by=HandOver.COUNTER), False),
        (DossierHandedOverV1.model_construct(handed_over_by=HandOver.POST), True),
        (DossierTransferredV1.model_construct(), True),
    ],
)
def test_who_holds_the_paper_in_hand_is_not_written_to(fact: DossierFact, *, asks: bool) -> None:
    assert asks_for_message(fact) is asks


def test_only_a_notice_can_ask_for_a_message() -> None:
    assert DossierTakenUpV1 not in NOTICES
    assert all(issubclass(kind, DossierFact) for kind in NOTICES)
