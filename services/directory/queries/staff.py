"""The staff as their administrators read them, by given name, page by page behind a person; and who is signed in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import StaffV1, UnitV1
from contracts.values import Role
from services.directory.access import administered_units, require_administered
from services.directory.domain.accounts import Account, UnknownPerson
from services.directory.repository import accounts, entities, lists
from services.directory.repository.lists import ListedAccount, StaffFilter
from services.directory.schemas import ListedPerson, StaffList
from web.paging import Cursor
from web.principal import Principal

MOST_LISTED: Final = 100
MOST_SHOWN: Final = 50


class StaffKey(NamedTuple):
    """The list is ordered by name; the id alone stands in the cursor, and the name in the database."""

    id: str


STAFF: Final = Cursor("staff-by-name", StaffKey)


@dataclass(frozen=True, slots=True)
class StaffPage:
    """People on a page, with the names of all units and fields that their posts may name."""

    list: StaffList
    unit_names: Mapping[str, str]
    field_titles: Mapping[str, str]


async def list_staff(process: Process, person: Principal, search: str, *, after: str | None, page: int) -> StaffList:
    """Whom one administers, a hundred at a time. Without `after` the list begins at that page. Raises BadCursor."""
    key = STAFF.decode(after)
    async with process.reads.connect() as connection:
        wanted = StaffFilter(await administered_units(connection, person), search)
        if key is None and page > 1:
            last = await lists.numbered_staff_id(connection, wanted, (page - 1) * MOST_LISTED)
            if last is None:
                return StaffList(staff=[], next=None)
            key = StaffKey(last)
        return await _page(connection, wanted, key, MOST_LISTED)


async def show_staff(process: Process, person: Principal, search: str, *, after: str | None) -> StaffPage:
    """Whom one administers, fifty at a time. Raises BadCursor."""
    key = STAFF.decode(after)
    async with process.reads.connect() as connection:
        wanted = StaffFilter(await administered_units(connection, person), search)
        listed = await _page(connection, wanted, key, MOST_SHOWN)
        units = await entities.load_all(connection, UnitV1)
        procedures = await lists.catalogue(connection, civil_day(process.clock()))
    return StaffPage(
        list=listed,
        unit_names={unit.id: unit.entity.name for unit in units.values()},
        field_titles={version["field"]: version["field_title"] for version in procedures.values()},
    )


async def _page(connection: AsyncConnection, wanted: StaffFilter, key: StaffKey | None, limit: int) -> StaffList:
    rows = await lists.staff(connection, wanted, after=None if key is None else key.id, limit=limit + 1)
    page = STAFF.page(rows, limit, lambda account: StaffKey(account.staff.id))
    return StaffList(staff=[_listed(account) for account in page.rows], next=page.next)


def _listed(account: ListedAccount) -> ListedPerson:
    return ListedPerson(**dict(account.staff), version=account.version)


async def find_staff(process: Process, username: str) -> StaffV1:
    """What others may know of a person. Raises UnknownPerson."""
    async with process.reads.connect() as connection:
        account = await accounts.find_by_username(connection, username)
    if account is None:
        raise UnknownPerson
    return account.staff


async def find_account_by_username(process: Process, username: str) -> Account:
    """Raises UnknownPerson."""
    async with process.reads.connect() as connection:
        account = await accounts.find_by_username(connection, username)
    if account is None:
        raise UnknownPerson
    return account


async def find_account_to_administer(process: Process, person: Principal, staff_id: str) -> Account:
    """Raises UnknownPerson, Forbidden."""
    async with process.reads.connect() as connection:
        account = await accounts.find(connection, staff_id)
        units = await entities.load_all(connection, UnitV1)
    if account is None:
        raise UnknownPerson
    if not person.has(Role.OPERATOR):
        require_administered(person, account.staff, {unit.id: unit.entity for unit in units.values()})
    return account


async def find_staff_by_id(process: Process, staff_id: str) -> StaffV1:
    """As `find_staff`. Raises UnknownPerson."""
    async with process.reads.connect() as connection:
        account = await accounts.find(connection, staff_id)
    if account is None:
        raise UnknownPerson
    return account.staff
