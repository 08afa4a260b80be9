"""What waits for signature: the round of who signs for a unit, or an officer's own drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Role
from services.routing.access import units_of
from services.routing.domain.case import Case
from services.routing.domain.due import Left
from services.routing.domain.work_list import CaseQuery, ListKind
from services.routing.queries import lists
from services.routing.repository.deputies import units_stood_in_for
from services.routing.repository.submitted import count_submitted
from web.paging import Page
from web.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One page of drafts. `signs`: the units that the reader signs for; without any these are the reader's own drafts."""

    signs: Sequence[str]
    page: Page[Any]
    left: Sequence[Left]

    def may_sign(self, row: Any, reader: str) -> bool:
        return row.competent_unit in self.signs and row.submitted_by != reader


async def read_round(connection: AsyncConnection, person: Principal, after: str | None, now: datetime) -> Round:
    signs = await signing_units(connection, person, now)
    query = CaseQuery(
        units=signs or units_of(person),
        kind=ListKind.SUBMITTED,
        officer=None if signs else person.staff_id,
        after=lists.cursor(ListKind.SUBMITTED).decode(after),
    )
    page = await lists.page(connection, query, now)
    return Round(signs=signs, page=page, left=await lists.left_of(connection, page.rows, now))


async def to_sign(connection: AsyncConnection, person: Principal, now: datetime) -> int:
    """How many drafts the person's round holds."""
    signs = await signing_units(connection, person, now)
    return await count_submitted(connection, signs or units_of(person), None if signs else person.staff_id)


async def signing_units(connection: AsyncConnection, person: Principal, now: datetime) -> list[str]:
    """That the person leads, or in which they stand in today and work themselves."""
    deputy_in = set(await units_stood_in_for(connection, person.staff_id, now)) & set(units_of(person))
    return sorted(person.units(Role.LEADER) | deputy_in)


async def signs_for(connection: AsyncConnection, person: Principal, case: Case, now: datetime) -> bool:
    """Whether the person leads or stands in where the case is decided; asked of drafts only."""
    return case.proposal is not None and case.competent_unit.id in await signing_units(connection, person, now)
