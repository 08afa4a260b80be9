"""What the forms of administration begin with: one unit, calendar or person, and what may be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import CalendarV1, StaffV1, UnitV1
from contracts.refusal import NotFound
from contracts.values import Role
from services.directory.access import administered_units, require_administered
from services.directory.domain.accounts import UnknownPerson
from services.directory.domain.alphabet import sort_key
from services.directory.repository import accounts, entities, lists
from web.principal import Principal

MOST_OFFERED: Final = 300
"""Units that a page offers by name; of more, the id is typed."""


class NotInRegister(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "not-in-register", vi="Không có mục này. Hãy xem lại mã.", en="There is no such entry. Look at its code."
        )


@dataclass(frozen=True, slots=True)
class UnitChoices:
    units: Sequence[tuple[str, str]]
    calendars: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class PostChoices:
    """`names`: of all units, for posts that are there already."""

    units: Sequence[tuple[str, str]]
    fields: Sequence[tuple[str, str]]
    names: dict[str, str]


async def find_unit(process: Process, unit_id: str) -> UnitV1:
    """Raises NotInRegister."""
    async with process.reads.connect() as connection:
        unit = await entities.find(connection, UnitV1, unit_id)
    if unit is None:
        raise NotInRegister
    return unit.entity


async def find_calendar(process: Process, calendar_id: str) -> CalendarV1:
    """Raises NotInRegister."""
    async with process.reads.connect() as connection:
        calendar = await entities.find(connection, CalendarV1, calendar_id)
    if calendar is None:
        raise NotInRegister
    return calendar.entity


async def find_administered(process: Process, person: Principal, staff_id: str) -> StaffV1:
    """Raises UnknownPerson, Forbidden."""
    async with process.reads.connect() as connection:
        account = await accounts.find(connection, staff_id)
        units = await entities.load_all(connection, UnitV1)
    if account is None:
        raise UnknownPerson
    if not person.has(Role.OPERATOR):
        require_administered(person, account.staff, {unit.id: unit.entity for unit in units.values()})
    return account.staff


async def is_known(process: Process, staff_id: str) -> bool:
    async with process.reads.connect() as connection:
        return await accounts.find(connection, staff_id) is not None


async def unit_choices(process: Process) -> UnitChoices:
    async with process.reads.connect() as connection:
        units = await entities.load_all(connection, UnitV1)
        calendars = await entities.load_all(connection, CalendarV1)
    return UnitChoices(
        _offered({unit.id: unit.entity.name for unit in units.values()}),
        _offered({calendar.id: calendar.entity.name for calendar in calendars.values()}),
    )


async def post_choices(process: Process, person: Principal) -> PostChoices:
    """Units in which this administrator may give a post, and the fields of the catalogue."""
    async with process.reads.connect() as connection:
        reach = await administered_units(connection, person)
        units = await entities.load_all(connection, UnitV1)
        procedures = await lists.catalogue(connection, civil_day(process.clock()))
    names = {unit.id: unit.entity.name for unit in units.values()}
    fields = {version["field"]: version["field_title"] for version in procedures.values()}
    return PostChoices(
        _offered({unit: name for unit, name in names.items() if reach is None or unit in reach}), _offered(fields), names
    )


def _offered(names: dict[str, str]) -> list[tuple[str, str]]:
    """By name; empty where there are too many."""
    return [] if len(names) > MOST_OFFERED else sorted(names.items(), key=lambda pair: sort_key(pair[1]))
