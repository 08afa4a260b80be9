"""To whom a case could be given."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from services.routing.domain.assignment import Choice, choices_of
from services.routing.repository import officers


async def choices(connection: AsyncConnection, units: Sequence[str]) -> list[Choice]:
    """The officers of these units, by name."""
    posts = [post for of_unit in (await officers.officers_of(connection, units)).values() for post in of_unit]
    return choices_of(posts, await officers.loads_of(connection, {post.person.id for post in posts}))
