"""Reference data from the service's own copies: what a unit offers, and the choices of a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import CalendarV1, ProcedureV1, StaffV1, UnitV1
from contracts.refusal import Invalid, Refusal
from contracts.registry import Event
from contracts.topics import Topic
from messaging import copies
from services.intake.domain.offers import Offer, Same, competent_unit, remembered_offer

# The procedures that a unit receives on a day. The topic's rows by primary key of state_copy; a province has some thousands.
_RECEIVED: Final = text("""
    SELECT c.id AS code, newest.value ->> 'title' AS title, newest.value ->> 'online' AS online
    FROM state_copy c CROSS JOIN LATERAL (
        SELECT v.value FROM jsonb_array_elements(c.value -> 'versions') AS v (value)
        WHERE CAST(v.value ->> 'valid_from' AS date) <= :day
        ORDER BY CAST(v.value ->> 'valid_from' AS date) DESC LIMIT 1
    ) AS newest
    WHERE c.topic = 'directory.procedures' AND c.value IS NOT NULL
      AND newest.value -> 'competences' @> jsonb_build_array(jsonb_build_object('receiving', CAST(:unit AS text)))
    ORDER BY title, code
""")
_ONE_STOP: Final = text("""
    SELECT id, value ->> 'name' AS name FROM state_copy
    WHERE topic = 'directory.units' AND CAST(value ->> 'one_stop' AS boolean)
      AND CAST(value ->> 'valid_from' AS date) <= :day
      AND (value ->> 'valid_to' IS NULL OR CAST(value ->> 'valid_to' AS date) >= :day)
    ORDER BY name, id
""")


class NotCopied(Invalid):
    """422 for a person who named it; for an event it means to wait until directory has published it."""

    def __init__(self, kind: type[Event], entity: str, vi: str, en: str, field: str) -> None:
        super().__init__(
            "not-in-directory", vi=f"{vi} {entity} không có trong danh mục.", en=f"There is no {en} {entity}.", field=field
        )
        self.topic: Topic = kind.TOPIC
        self.entity = entity


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    unit: str
    procedure: str
    day: date


async def offer_of(connection: AsyncConnection, unit: str, procedure: str, day: date) -> Offer:
    """Raises NotCopied and what `domain.offers.offer` raises."""
    (offered,) = await offers(connection, [Wanted(unit, procedure, day)])
    if isinstance(offered, Refusal):
        raise offered
    return offered


async def offers(connection: AsyncConnection, wanted: Sequence[Wanted]) -> list[Offer | Refusal]:
    """What each unit offers on its day, or why not, with as many queries for many as for one: one, where nothing has changed."""
    units = await copies.many(connection, UnitV1, sorted({wish.unit for wish in wanted}))
    procedures = await copies.many(connection, ProcedureV1, sorted({wish.procedure for wish in wanted}))
    calendars, versions = await _calendars(connection, units)
    deciders = [_decider(wish, units, procedures) for wish in wanted]
    competents = await copies.many(connection, UnitV1, sorted({unit for unit in deciders if isinstance(unit, str)}))

    def build(wish: Wanted, decider: str | Refusal) -> Offer | Refusal:
        if isinstance(decider, Refusal):
            return decider
        unit = units[wish.unit]
        if decider not in competents:
            return no_such_unit(decider)
        if unit.calendar not in calendars:
            return NotCopied(CalendarV1, unit.calendar, "Lịch làm việc", "calendar", "unit")
        procedure, competent, calendar = procedures[wish.procedure], competents[decider], calendars[unit.calendar]
        try:
            return remembered_offer(
                Same(unit), Same(procedure), Same(competent), Same(calendar), versions[unit.calendar], wish.day
            )
        except Refusal as refusal:
            return refusal

    return [build(wish, decider) for wish, decider in zip(wanted, deciders, strict=True)]


async def _calendars(connection: AsyncConnection, units: dict[str, UnitV1]) -> tuple[dict[str, CalendarV1], dict[str, int]]:
    ids = sorted({unit.calendar for unit in units.values()})
    return await copies.many(connection, CalendarV1, ids), await copies.versions(connection, CalendarV1, ids)


def _decider(wish: Wanted, units: dict[str, UnitV1], procedures: dict[str, ProcedureV1]) -> str | Refusal:
    if wish.unit not in units:
        return no_such_unit(wish.unit)
    if wish.procedure not in procedures:
        return no_such_procedure(wish.procedure)
    try:
        return competent_unit(units[wish.unit], procedures[wish.procedure], wish.day)
    except Refusal as refusal:
        return refusal


def no_such_unit(identifier: str) -> NotCopied:
    return NotCopied(UnitV1, identifier, "Đơn vị", "unit", "unit")


def no_such_procedure(code: str) -> NotCopied:
    return NotCopied(ProcedureV1, code, "Thủ tục", "procedure", "procedure")


async def unit(connection: AsyncConnection, identifier: str) -> UnitV1:
    """Raises NotCopied."""
    copy = await copies.one(connection, UnitV1, identifier)
    if copy is None:
        raise no_such_unit(identifier)
    return copy


async def staff_names(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, str]:
    return {person.id: person.name for person in (await copies.many(connection, StaffV1, ids)).values()}


async def received_by(connection: AsyncConnection, unit: str, day: date, *, online: bool = False) -> list[tuple[str, str]]:
    """(code, title) of the procedures that the unit receives on that day, by title; `online`: only those handed in online."""

    async def read() -> Sequence[Any]:
        return (await connection.execute(_RECEIVED, {"unit": unit, "day": day})).all()

    rows = await copies.derive(connection, ProcedureV1, ("received by", unit, day), read)
    return [(row.code, row.title) for row in rows if not online or row.online != "none"]


async def one_stop_units(connection: AsyncConnection, day: date) -> list[tuple[str, str]]:
    """(id, name) of the units that receive dossiers on that day."""

    async def read() -> Sequence[Any]:
        return (await connection.execute(_ONE_STOP, {"day": day})).all()

    return [(row.id, row.name) for row in await copies.derive(connection, UnitV1, ("one-stop units", day), read)]
