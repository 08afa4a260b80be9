"""The shadow tables: the same tables in a schema of their own, and how they take the place of those that serve.

The live consumers open each transaction with a shared lock; whoever swaps holds it exclusively. So a batch is written to the
old tables or to the new ones, as a whole, and nothing that the old ones had is missing in the new ones.
"""

from typing import Any, Final

from sqlalchemy import MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from messaging import verdicts
from messaging.connections import JOBS, make_engine
from messaging.statements import Statement
from messaging.verdicts import Word

SCHEMA: Final = "shadow"
_LIVE: Final = "hashtext('motcua reporting: batches')"
_REPLAY: Final = "hashtext('motcua reporting: replay')"

_SHARED = Statement(f"SELECT pg_advisory_xact_lock_shared({_LIVE})")
_EXCLUSIVE = text(f"SELECT pg_advisory_xact_lock({_LIVE})")
_TRY_REPLAY_LOCK = text(f"SELECT pg_try_advisory_lock({_REPLAY})")
_RELEASE_REPLAY_LOCK = text(f"SELECT pg_advisory_unlock({_REPLAY})")
_NEW = (text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"), text(f"CREATE SCHEMA {SCHEMA}"))
# A dead letter's id outlives its table, in `skipped` and on an operator's screen; the serving table goes on numbering meanwhile.
_GO_ON_NUMBERING = text("""
    SELECT setval('shadow.parking_lot_id_seq', (SELECT last_value + 1000000 FROM public.parking_lot_id_seq))
""")
_STORED = text("SELECT topic, partition, next FROM public.read_offset")
_SKIPPED = text("""
    SELECT w.id, s.actor, s.why, s.at FROM shadow.parking_lot w JOIN public.skipped s USING (topic, partition, "offset")
    WHERE w.state IN ('dead', 'waiting', 'newer') ORDER BY w.id
""")
_PASSED_OVER = text("""
    SELECT w.id, p.actor, p.why, p.at FROM shadow.parking_lot w JOIN public.passed_over p USING (source, subject)
    JOIN shadow.inbox i USING (source, subject)
    WHERE w.state = 'early' AND w.sequence = p.through + 1 AND i.last >= p.last AND i.last < p.through ORDER BY w.id
""")


async def shared_swap_lock(connection: AsyncConnection) -> None:
    """Runs first in each transaction of the live consumers (`on_begin`): no swap until it ends."""
    await _SHARED.send(connection)


async def exclusive_swap_lock(connection: AsyncConnection) -> None:
    """Until this transaction ends, no live batch begins; those that had begun have ended."""
    await connection.execute(_EXCLUSIVE)


async def try_replay_lock(connection: AsyncConnection) -> bool:
    """Whether nobody else is rebuilding. Held until it is released, or until the connection is gone."""
    return bool(await connection.scalar(_TRY_REPLAY_LOCK))


async def release_replay_lock(connection: AsyncConnection) -> None:
    await connection.execute(_RELEASE_REPLAY_LOCK)


def make_shadow_engine(database: AsyncEngine) -> AsyncEngine:
    """Connections that see the shadow tables under the usual names. What is lost in a crash is rebuilt, so no commit waits for
    the disk; that of the swap does, and with it all before.
    """
    url = make_url(database.url).update_query_dict({"options": f"-csearch_path={SCHEMA} -csynchronous_commit=off"})
    return make_engine(url.render_as_string(hide_password=False), 2, JOBS)


def make_live_engine(database: AsyncEngine) -> AsyncEngine:
    """Connections apart from the service's own, so that a rebuilding takes none away from pages and consumers. Who freezes while
    the live consumers wait for the swap is cut off, and they go on.
    """
    return make_engine(database.url.render_as_string(hide_password=False), 3, JOBS)


async def create_tables(live: AsyncConnection, shadow: AsyncEngine, metadata: MetaData) -> None:
    """Empty tables, whatever an earlier attempt has left behind."""
    for statement in _NEW:
        await live.execute(statement)
    await live.commit()
    async with shadow.begin() as connection:
        await connection.run_sync(lambda sync: metadata.create_all(sync, checkfirst=False))
        await connection.execute(_GO_ON_NUMBERING)


async def stored_offsets(live: AsyncConnection) -> dict[tuple[str, int], int]:
    """(topic, partition) -> up to where the serving tables have it all."""
    return {(row.topic, row.partition): row.next for row in await live.execute(_STORED)}


async def reapply_skips(live: AsyncConnection, shadow: AsyncEngine) -> int:
    """Skip again what an operator had skipped, and what was to be waited for no more; how many."""
    letters, early = list(await live.execute(_SKIPPED)), list(await live.execute(_PASSED_OVER))
    async with shadow.begin() as connection:
        for letter in letters:
            await verdicts.skip(connection, letter.id, Word(actor=letter.actor, why=letter.why, at=letter.at))
        for event in early:
            await verdicts.skip_to(connection, event.id, Word(actor=event.actor, why=event.why, at=event.at))
    return len(letters) + len(early)


async def block_writers(live: AsyncConnection, tables: tuple[str, ...]) -> None:
    """Until this transaction ends operators' retries and skips wait; readers go on."""
    await live.execute(text(f"LOCK TABLE {', '.join(f'public.{table}' for table in tables)} IN EXCLUSIVE MODE"))


async def swap(live: AsyncConnection, tables: tuple[str, ...]) -> None:
    """In the caller's transaction: the shadow tables serve, the old ones are gone, and with them what else the shadow had."""
    statements: list[Any] = ["CREATE SCHEMA replaced"]
    for table in tables:
        statements += [f"ALTER TABLE public.{table} SET SCHEMA replaced", f"ALTER TABLE {SCHEMA}.{table} SET SCHEMA public"]
    for statement in (*statements, "DROP SCHEMA replaced CASCADE", f"DROP SCHEMA {SCHEMA} CASCADE"):
        await live.execute(text(statement))


async def analyze(shadow: AsyncEngine, tables: tuple[str, ...]) -> None:
    """So that the first page after the swap is planned as well as the last one before."""
    async with shadow.begin() as connection:
        await connection.execute(text(f"ANALYZE {', '.join(tables)}"))
