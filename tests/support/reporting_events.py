"""Lives of dossiers as intake and routing publish them, made up the same for the same seed.

`PublishedEvent` keeps when its publisher recorded it, so that a test can fold the same events with the pure handlers and compare.
"""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from contracts import intake, routing
from contracts.envelope import Attributes
from contracts.intake import ProcedureRef, UnitRef
from contracts.registry import Event
from contracts.values import CIVIL_TIME, Channel, GuidanceKind, HandOver, Lane, Outcome, PortalStatus, WithdrawalReason, mint_code
from messaging.records import Record
from services.reporting.domain.dossier import Dossier
from services.reporting.domain.figures import CountedDossier
from tests.support.reference_data import CENTRE, COMMUNE, DEPARTMENT, DISTRICT, INSURANCE, POST_OFFICE, staff_id

NOW: Final = datetime(2026, 3, 20, 9, 0, tzinfo=CIVIL_TIME)
HOUR: Final = timedelta(hours=1)
FIELDS: Final = {"dat-dai": "Đất đai", "bao-hiem": "Bảo hiểm xã hội", "tu-phap": "Tư pháp, hộ tịch"}
DOORS: Final = {CENTRE: Lane.PROVINCE, DISTRICT: Lane.DISTRICT, COMMUNE: Lane.DISTRICT, POST_OFFICE: Lane.POST}
DECIDERS: Final = (DEPARTMENT, DISTRICT, COMMUNE, INSURANCE)


@dataclass(frozen=True, kw_only=True)
class PublishedEvent:
    """One event about one subject, numbered by its publisher; `recorded` is its envelope's time."""

    source: str
    subject: str
    sequence: int
    event: Event
    recorded: datetime
    lane: Lane | None

    @property
    def attributes(self) -> Attributes:
        ident = f"{self.source}/{self.subject}/{self.sequence}"
        return Attributes(
            id=ident, source=self.source, type=self.event.TYPE, subject=self.subject, time=self.recorded, sequence=self.sequence
        )

    def record(self, offset: int = 0) -> Record:
        return Record(
            topic=self.event.TOPIC.name(self.lane),
            partition=0,
            offset=offset,
            key=self.subject.encode(),
            value=self.event.model_dump_json(exclude_none=True).encode(),
            headers=self.attributes.headers(),
        )


@dataclass(frozen=True, kw_only=True)
class Life:
    """A dossier from its acceptance on; `decided` None: not yet, or never where it was `withdrawn`. Without `competent` no
    case has been opened.
    """

    number: int
    accepted: date
    promised: date
    decided: date | None = None
    withdrawn: date | None = None
    unit: str = DISTRICT
    field: str = "dat-dai"
    channel: Channel = Channel.COUNTER
    competent: str | None = DISTRICT

    @property
    def id(self) -> str:
        return _dossier_id(self.number)

    @property
    def code(self) -> str:
        return mint_code(self.unit, self.accepted, self.number)

    def events(self) -> list[PublishedEvent]:
        return [
            *_published("intake", self.id, DOORS[self.unit], self._by_intake()),
            *_published("routing", self.id, DOORS[self.unit], self._by_routing()),
        ]

    def _by_intake(self) -> Iterator[Event]:
        at = _at(self.accepted)
        about = _about(self.number, self.unit, self.field, self.channel)
        yield intake.DossierSubmittedV1(**about, status=PortalStatus.SUBMITTED, at=at)
        about |= {"code": self.code, "promised_at": _at(self.promised, 16)}
        receiver = UnitRef(id=self.competent or self.unit, name="Cơ quan")
        yield intake.DossierAcceptedV1(
            **about, status=PortalStatus.ACCEPTED, at=at + HOUR, accepted_at=at + HOUR, competent_unit=receiver
        )
        if self.competent:
            yield intake.DossierTakenUpV1(**about, status=PortalStatus.IN_PROCESS, at=at + 2 * HOUR)
        if self.withdrawn:
            yield from self._withdrawn_by_intake(about)
        if self.decided:
            end = _at(self.decided, 20)
            yield intake.DossierDecidedV1(
                **about, status=PortalStatus.DECIDED, at=end, outcome=Outcome.GRANTED, decided_at=_at(self.decided, 15)
            )
            later = end + timedelta(days=2)
            yield intake.DossierHandedOverV1(
                **about, status=PortalStatus.HANDED_OVER, at=later, handed_over_by=HandOver.COUNTER, handed_over_at=later
            )

    def _withdrawn_by_intake(self, about: dict[str, Any]) -> Iterator[Event]:
        assert self.withdrawn
        why = {"reason": WithdrawalReason.APPLICANT, "at": _at(self.withdrawn)}
        yield intake.DossierWithdrawalRequestedV1(**about, **why, status=PortalStatus.IN_PROCESS)
        yield intake.DossierWithdrawnV1(**about, **why, status=PortalStatus.WITHDRAWN)

    def _by_routing(self) -> Iterator[Event]:
        if not self.competent:
            return
        about: dict[str, Any] = {
            "code": self.code,
            "receiving_unit": UnitRef(id=self.unit, name="Một cửa"),
            "competent_unit": UnitRef(id=self.competent, name="Cơ quan"),
            "procedure": _procedure(self.field),
            "promised_at": _at(self.promised, 16),
        }
        at = _at(self.accepted) + HOUR
        yield routing.CaseOpenedV1(**about, at=at)
        yield routing.CaseAssignedV1(**about, at=at + HOUR, officer=staff_id("minh"), officer_name="Minh")
        if self.withdrawn:
            yield routing.CaseWithdrawnV1(**about, at=_at(self.withdrawn), reason=WithdrawalReason.APPLICANT)
        if self.decided:
            yield routing.CaseDecidedV1(**about, at=_at(self.decided, 15), outcome=Outcome.GRANTED, by=staff_id("minh"))


def moved(life: Life, promised: date) -> list[PublishedEvent]:
    """The life, and the day after its acceptance the promised date moves. For one that is neither decided nor withdrawn."""
    events = life.events()
    last = max(event.sequence for event in events if event.source == "intake")
    at = _at(life.accepted + timedelta(days=1))
    about = _about(life.number, life.unit, life.field, life.channel)
    about |= {"code": life.code, "promised_at": _at(promised, 16), "previous_at": _at(life.promised, 16)}
    event = intake.DossierRescheduledV1(**about, status=PortalStatus.IN_PROCESS, at=at)
    again = PublishedEvent(source="intake", subject=life.id, sequence=last + 1, event=event, recorded=at, lane=DOORS[life.unit])
    return [*events, again]


LATE: Final = Life(
    number=900,
    accepted=date(2026, 3, 1),
    promised=date(2026, 3, 5),
    decided=date(2026, 3, 9),
    field="bao-hiem",
    competent=INSURANCE,
)
"""Decided four days late."""

DUE: Final = Life(number=901, accepted=date(2026, 3, 10), promised=date(2026, 3, 24), field="bao-hiem", competent=INSURANCE)
"""Promised for Tuesday, which is two working days after NOW."""


def refused(number: int, unit: str = DISTRICT) -> list[PublishedEvent]:
    """Handed back once for papers, then refused: never accepted, never counted."""
    about = _about(number, unit, "dat-dai", Channel.ONLINE)
    missing = [intake.MissingPaper(code="to-khai", title="Tờ khai", reason="Thiếu chữ ký.")]
    events = (
        intake.DossierSubmittedV1(**about, status=PortalStatus.SUBMITTED, at=NOW),
        intake.DossierReturnedV1(**about, status=PortalStatus.SUBMITTED, at=NOW + HOUR, missing=missing),
        intake.DossierRefusedV1(**about, status=PortalStatus.REFUSED, at=NOW + 2 * HOUR, reason="Không thuộc thẩm quyền."),
    )
    return list(_published("intake", _dossier_id(number), DOORS[unit], events))


def guided(number: int, kind: GuidanceKind, at: datetime, unit: str = DISTRICT) -> PublishedEvent:
    event = intake.GuidanceGivenV1(unit=UnitRef(id=unit, name="Một cửa"), kind=kind, at=at, by=staff_id("hoa"))
    subject = f"g-{UUID(int=number).hex}"
    return PublishedEvent(source="intake", subject=subject, sequence=1, event=event, recorded=at, lane=None)


def lives(count: int, seed: int = 7, first: int = 1) -> list[Life]:
    """Some of everything, from December to March, the same for the same seed."""
    chance = random.Random(seed)
    return [_life(number, chance) for number in range(first, first + count)]


def _life(number: int, chance: random.Random) -> Life:
    accepted = date(2025, 12, 1) + timedelta(days=chance.randrange(100))
    promised = accepted + timedelta(days=chance.randrange(12))
    decided = promised + timedelta(days=chance.randrange(-8, 8)) if chance.random() < 0.7 else None
    competent = chance.choice(DECIDERS) if decided or chance.random() < 0.7 else None
    return Life(
        number=number,
        accepted=accepted,
        promised=promised,
        decided=max(accepted, decided) if decided else None,
        withdrawn=accepted + timedelta(days=3) if competent and not decided and number % 3 == 0 else None,
        unit=chance.choice(tuple(DOORS)),
        field=chance.choice(tuple(FIELDS)),
        channel=chance.choice(tuple(Channel)),
        competent=competent,
    )


def _published(source: str, subject: str, lane: Lane, events: Iterable[Event]) -> Iterator[PublishedEvent]:
    for sequence, event in enumerate(events, 1):
        at: datetime = event.at  # type: ignore[attr-defined]
        yield PublishedEvent(source=source, subject=subject, sequence=sequence, event=event, recorded=at, lane=lane)


def _about(number: int, unit: str, field: str, channel: Channel) -> dict[str, Any]:
    return {
        "submission_number": f"N-{number}",
        "unit": UnitRef(id=unit, name=f"Đơn vị {unit}"),
        "procedure": _procedure(field),
        "channel": channel,
    }


def _procedure(field: str) -> ProcedureRef:
    return ProcedureRef(code="1.900011", version=1, title=f"Thủ tục {field}", field=field, field_title=FIELDS[field])


def _dossier_id(number: int) -> str:
    return f"d-{UUID(int=number).hex}"


def _at(day: date, hour: int = 8) -> datetime:
    return datetime.combine(day, time(hour), CIVIL_TIME)


def countable(dossier: Dossier) -> CountedDossier:
    """Of a dossier that intake has spoken of."""
    assert dossier.status
    assert dossier.channel
    return CountedDossier(
        status=dossier.status,
        channel=dossier.channel,
        accepted_on=dossier.accepted_on,
        promised_on=dossier.promised_on,
        decided_on=dossier.decided_on,
    )
