"""A procedure as one unit offers it on one day: who decides, which papers, which limit, by which doors.

Built from the reference data in force that day, so that a dossier never mixes two versions of a rule.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Generic, TypeVar

from contracts.directory import CalendarV1, CompetenceV1, PaperV1, ProcedureV1, ProcedureVersionV1, SigningV1, UnitV1
from contracts.intake import ProcedureRef, UnitRef
from contracts.refusal import Invalid, Refusal
from contracts.values import Channel, Lane
from worktime import Calendar, Limit, WorktimeError, limit_from_data

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Offer:
    """`out_of_area`: the limit runs from when the competent unit receives the dossier, see `worktime.Transfer`."""

    unit: UnitRef
    lane: Lane
    code_width: int
    procedure: ProcedureRef
    papers: tuple[PaperV1, ...]
    limit: Limit
    fee: int
    competent: UnitRef
    online: bool
    by_post: bool
    calendar: Calendar
    out_of_area: bool = False
    signing: SigningV1 | None = None

    def require_channel(self, channel: Channel) -> None:
        """Raises Invalid where the procedure is not offered by this door."""
        if channel is Channel.ONLINE and not self.online:
            raise _not_offered(self, "nộp trực tuyến", "online")
        if channel is Channel.POST and not self.by_post:
            raise _not_offered(self, "nộp qua bưu chính", "by post")


def _not_offered(offer: Offer, vi: str, en: str) -> Invalid:
    return Invalid(
        "channel-not-offered",
        vi=f"Thủ tục “{offer.procedure.title}” chưa nhận {vi} tại {offer.unit.name}. Hãy nộp tại quầy.",
        en=f"“{offer.procedure.title}” cannot be handed in {en} at {offer.unit.name}. Please hand it in at the counter.",
        field="procedure",
    )


def competent_unit(unit: UnitV1, procedure: ProcedureV1, day: date) -> str:
    """The id of the unit that decides what `unit` receives on that day; raises Invalid when it does not receive it."""
    return _competence(unit, procedure, day).competent


def _competence(unit: UnitV1, procedure: ProcedureV1, day: date) -> CompetenceV1:
    version = version_in_force(procedure, day)
    competence = next((rule for rule in version.competences if rule.receiving == unit.id), None)
    if competence is None or not unit.one_stop:
        raise Invalid(
            "not-received-here",
            vi=f"{unit.name} không tiếp nhận thủ tục “{version.title}”.",
            en=f"{unit.name} does not receive “{version.title}”.",
            field="procedure",
        )
    return competence


def version_in_force(procedure: ProcedureV1, day: date) -> ProcedureVersionV1:
    version = procedure.on(day)
    if version is None:
        raise Invalid(
            "not-in-force",
            vi=f"Thủ tục {procedure.code} chưa có hiệu lực vào ngày {day:%d/%m/%Y}.",
            en=f"Procedure {procedure.code} is not in force on {day:%d/%m/%Y}.",
            field="procedure",
        )
    return version


def offer(
    unit: UnitV1, procedure: ProcedureV1, competent: UnitV1, calendar: CalendarV1, calendar_version: int, day: date
) -> Offer:
    """Raises Invalid when the unit is closed that day or does not receive the procedure, Refusal for an unusable calendar."""
    _require_open(unit, day)
    competence = _competence(unit, procedure, day)
    version = version_in_force(procedure, day)
    reference = ProcedureRef(
        code=procedure.code, version=version.version, title=version.title, field=version.field, field_title=version.field_title
    )
    try:
        limit = limit_from_data(version.limit.counting())
        weeks = calendar_of(Same(calendar), calendar_version)
    except WorktimeError as error:
        raise unusable(error) from error
    return Offer(
        unit=UnitRef(id=unit.id, name=unit.name),
        lane=unit.tier.lane,
        code_width=unit.code_width,
        procedure=reference,
        papers=tuple(version.papers),
        limit=limit,
        fee=version.fee,
        competent=UnitRef(id=competent.id, name=competent.name),
        online=version.online != "none",
        by_post=version.by_post,
        calendar=weeks,
        out_of_area=competence.out_of_area,
        signing=version.signing,
    )


class Same(Generic[T]):
    """Reference data as the key of what is made from them. Only the same object is equal: copies give out one object while the
    entity does not change, and to compare a procedure with thousands of competences would cost what remembering saves.
    """

    __slots__ = ("entity",)

    def __init__(self, entity: T) -> None:
        self.entity = entity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.entity is self.entity

    def __hash__(self) -> int:
        return id(self.entity)


@lru_cache(maxsize=512)
def remembered_offer(
    unit: Same[UnitV1],
    procedure: Same[ProcedureV1],
    competent: Same[UnitV1],
    calendar: Same[CalendarV1],
    calendar_version: int,
    day: date,
) -> Offer:
    """`offer`, made once for the same entities; a refusal is made anew."""
    return offer(unit.entity, procedure.entity, competent.entity, calendar.entity, calendar_version, day)


@lru_cache(maxsize=64)
def calendar_of(calendar: Same[CalendarV1], version: int) -> Calendar:
    """Made once for all procedures and days. Raises CalendarError."""
    return Calendar.from_data({**calendar.entity.model_dump(mode="json"), "version": version})


def _require_open(unit: UnitV1, day: date) -> None:
    if unit.valid_from <= day and (unit.valid_to is None or day <= unit.valid_to):
        return
    vi, en = f"{unit.name} không hoạt động vào ngày {day:%d/%m/%Y}.", f"{unit.name} is not open on {day:%d/%m/%Y}."
    if unit.successor:
        vi, en = f"{vi} Đơn vị kế thừa là {unit.successor}.", f"{en} Its successor is {unit.successor}."
    raise Invalid("unit-closed", vi=vi, en=en, field="unit")


def unusable(error: WorktimeError) -> Refusal:
    """A calendar or limit that no date can be counted with: the directory's to mend, so say so."""
    return Refusal(
        "cannot-promise",
        vi=f"Chưa tính được ngày hẹn trả: {error.vi} Hãy báo người quản trị danh mục.",
        en=f"No date can be promised: {error} Please tell the directory's administrator.",
    )
