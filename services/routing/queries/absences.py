"""Who of the officers is away."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.access import units_of
from services.routing.domain.absence import Absence
from services.routing.domain.assignment import Choice
from services.routing.queries.choices import choices
from services.routing.repository.absences import absences_of
from web.principal import Principal


async def read_absences(connection: AsyncConnection, person: Principal) -> tuple[list[Absence], list[Choice]]:
    """The absences of the officers of one's units, and these officers by name."""
    officers_there = await choices(connection, units_of(person))
    return await absences_of(connection, [ident for ident, _, _ in officers_there]), officers_there
