"""Records without a key that nobody can read, portion by portion: what is parked already must not slow down what comes.

`.venv/bin/python -m bench.garbage`
"""

import asyncio
import time
from typing import Final

from bench.consume import METADATA, Dossiers, move
from bench.events import MOVES, DossierMovedV1
from bench.options import Options
from bench.servers import servers
from messaging.clock import system_clock
from messaging.connections import make_engine
from messaging.engine import Engine
from messaging.handler_table import Effect, Entry
from messaging.handler_table import Table as Consumers
from messaging.records import Record
from messaging.work import Work

PORTIONS: Final = 5
PORTION: Final = 2_000
BATCH: Final = 500


async def measure(url: str) -> None:
    """Tells how many records a second, of each portion."""
    database = make_engine(url)
    async with database.begin() as connection:
        await connection.run_sync(METADATA.create_all)
    table = Consumers("bench", (MOVES,), (Entry(DossierMovedV1, move, Dossiers(), Effect.PROJECTION),))
    engine = Engine(database=database, table=table, clock=system_clock)
    for portion in range(PORTIONS):
        began = time.perf_counter()
        for first in range(portion * PORTION, (portion + 1) * PORTION, BATCH):
            await engine.process(Work([garbage(offset) for offset in range(first, first + BATCH)]))
        rate = PORTION / (time.perf_counter() - began)
        print(f"{(portion + 1) * PORTION:>6} records: {rate:,.0f} a second", flush=True)
    await database.dispose()


def garbage(offset: int) -> Record:
    return Record(topic=MOVES.base, partition=0, offset=offset, key=None, value=b"garbage", headers=[])


def main() -> None:
    with servers(Options().data) as running:
        url = running.database("garbage").replace("postgresql://", "postgresql+psycopg://")
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
