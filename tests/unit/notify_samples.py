"""Facts, contacts and messages that the tests of notify are about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from contracts.envelope import Attributes
from contracts.intake import (
    ContactV1,
    DossierAcceptedV1,
    DossierDecidedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierRefusedV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTakenUpV1,
    MissingPaper,
    ProcedureRef,
    UnitRef,
)
from contracts.values import Channel, HandOver, Lane, Outcome, PortalStatus
from messaging.handling import Context
from services.notify import handlers
from services.notify.domain.contact import KnownContact
from services.notify.domain.message import Message

AT = datetime(2026, 2, 16, 8, tzinfo=UTC)
UNIT = UnitRef(id="000.00.21.H99", name="Bộ phận Một cửa huyện Hà An")
CODE = "000.00.21.H99-260216-0001"
DOSSIER = "d-0001"
ADDRESS = "nguyen.van.a@example.vn"
CONTACT = ContactV1(name="Nguyễn Văn A", email=ADDRESS)
REACHABLE = KnownContact(1, CONTACT)
FORGOTTEN = KnownContact(2, None)

OWN: dict[type[DossierFact], dict[str, Any]] = {
    DossierSubmittedV1: {},
    DossierReturnedV1: {"missing": [MissingPaper(code="p", title="Tờ khai", reason="bà Trần Thị B chưa ký")]},
    DossierAcceptedV1: {"competent_unit": UNIT, "accepted_at": AT},
    DossierRefusedV1: {"reason": "ông Lê Văn C không có thẩm quyền"},
    DossierTakenUpV1: {},
    DossierDecidedV1: {"outcome": Outcome.GRANTED, "decided_at": AT},
    DossierHandedOverV1: {"handed_over_by": HandOver.POST, "handed_over_at": AT},
}
"""What each fact needs besides what all have."""


def fact(kind: type[DossierFact] = DossierAcceptedV1, **given: Any) -> DossierFact:
    procedure = ProcedureRef(code="1.900011", version=1, title="Chuyển quyền sử dụng đất", field="dat-dai", field_title="Đất đai")
    common = {
        "status": PortalStatus.ACCEPTED,
        "submission_number": "N-1",
        "code": CODE,
        "unit": UNIT,
        "procedure": procedure,
        "channel": Channel.ONLINE,
        "contact_version": 1,
        "promised_at": AT,
        "at": AT,
    }
    return kind(**{**common, **OWN[kind], **given})


def context(known: KnownContact | None = REACHABLE, *, sequence: int = 1, event: DossierFact | None = None) -> Context:
    kind = (event or fact()).TYPE
    attributes = Attributes(f"fact-{sequence}", "intake", kind, DOSSIER, AT, sequence)
    return Context(attributes, AT, {} if known is None else {DOSSIER: known}, Lane.DISTRICT)


def queued(**changes: Any) -> Message:
    decision = handlers.tell(None, fact(), context())
    assert decision is not None
    return replace(decision.state, **changes)
