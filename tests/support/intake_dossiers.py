"""Dossiers of intake for tests of its handlers: made by the pure handlers, as they come back from the database."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from contracts.directory import PaperV1
from contracts.intake import ContactV1, ProcedureRef, UnitRef
from contracts.values import Channel, HandOver, Lane
from messaging.handler_table import Decision, numbered
from services.intake.domain.dossier import Dossier, SealedPerson
from services.intake.domain.offers import Offer
from services.intake.handlers.dossier import Acceptance, Submission, receive, return_for_papers, submit
from tests.support.intake_events import NOW
from worktime import Calendar, WorkingDays

CLERK: Final = "cb005"
CODE: Final = "000.00.21.H99-260224-0001"
HERE: Final = UnitRef(id="000.00.21.H99", name="Bộ phận Một cửa huyện Hà An")
PAPERS: Final = (
    PaperV1(code="don", title="Đơn"),
    PaperV1(code="hop-dong", title="Hợp đồng"),
    PaperV1(code="them", title="Giấy thêm", required=False),
)
WEEK: Final = Calendar.from_data(
    {
        "id": "w",
        "version": 1,
        "weekly": {day: [["07:30", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
        "exceptions": [],
    }
)
OFFER: Final = Offer(
    unit=HERE,
    lane=Lane.DISTRICT,
    code_width=4,
    procedure=ProcedureRef(code="1.900011", version=1, title="Đất", field="dat-dai", field_title="Đất đai"),
    papers=PAPERS,
    limit=WorkingDays(2),
    fee=500_000,
    competent=HERE,
    online=True,
    by_post=True,
    calendar=WEEK,
)
CONTACT: Final = ContactV1(name="A", email="a@vidu.test")
REACHABLE: Final = SealedPerson(
    sealed=b"s", identity_index=b"i", telephone_index=None, secret_sealed=b"x", secret_index=b"y", contact=CONTACT
)
UNREACHABLE: Final = replace(REACHABLE, contact=None)


def submission(*papers: str, **changes: Any) -> Submission:
    given = Submission(
        id="d-1",
        offer=OFFER,
        channel=Channel.COUNTER,
        papers=papers,
        hand_over=HandOver.COUNTER,
        at=NOW,
        by=CLERK,
        person=REACHABLE,
    )
    return replace(given, **changes)


def acceptance(*papers: str, at: datetime = NOW) -> Acceptance:
    return Acceptance(offer=OFFER, code=CODE, at=at, by=CLERK, papers=papers or None)


def saved(decision: Decision[Dossier]) -> Dossier:
    """As it comes back from the database: numbered, its history written."""
    state, _ = numbered(decision, NOW, correlation=None)
    return replace(state, pending_history=(), person=None)


def submitted(*papers: str, **changes: Any) -> Dossier:
    return saved(submit(submission(*papers, **changes), NOW))


def returned(*papers: str) -> Dossier:
    reasons = {code: "thiếu" for code in ("don", "hop-dong") if code not in papers}
    return saved(return_for_papers(submitted(*papers), reasons or {"don": "mờ"}, OFFER, NOW, CLERK))


def accepted(**changes: Any) -> Dossier:
    return replace(saved(receive(submission("don", "hop-dong"), acceptance(), NOW)), **changes)
