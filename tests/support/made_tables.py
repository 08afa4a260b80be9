"""A test's database, taken as compared with its topics: Kafka may be away, or have what other tests published there."""

from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncEngine

from messaging.database_identity import identity_of
from messaging.published_offsets import keep_compared


async def make_tables(database: AsyncEngine, metadata: MetaData) -> None:
    """Those that are not there yet. Connections of before know a database without tables, and are given up."""
    async with database.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await database.dispose()
    async with database.begin() as connection:
        await keep_compared(connection, identity_of(connection))
