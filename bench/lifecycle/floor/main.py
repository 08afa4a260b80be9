"""`python -m bench.lifecycle.floor.main SOCKET DATABASE KAFKA`: makes tables and topics, serves until it is ended."""

import asyncio
import sys

from psycopg_pool import AsyncConnectionPool
from sqlalchemy import create_engine

from bench.lifecycle.floor import rows, stream
from bench.lifecycle.floor.http import Http
from bench.lifecycle.floor.online import OnlineCalls
from messaging.topic_creation import create_topics
from services.intake import tables as intake
from services.routing import tables as routing

CONNECTIONS = 24
CASE_TABLES = [routing.METADATA.tables[name] for name in ("routing_case", "case_step")]


def make_tables(database: str) -> None:
    """Intake's, and of routing's those of the case: outbox and command they would have alike."""
    engine = create_engine(database.replace("postgresql://", "postgresql+psycopg://"))
    intake.METADATA.create_all(engine)
    routing.METADATA.create_all(engine, tables=CASE_TABLES)
    engine.dispose()


async def serve(socket: str, database: str, kafka: str) -> None:
    await create_topics(kafka, rows.TOPICS)
    bell = asyncio.Event()
    async with AsyncConnectionPool(database, min_size=CONNECTIONS, max_size=CONNECTIONS, open=False) as pool:
        calls = OnlineCalls(pool, bell.set)
        server = await asyncio.get_running_loop().create_unix_server(lambda: Http(calls.answer), socket)
        async with server, asyncio.TaskGroup() as tasks:
            tasks.create_task(stream.relay(pool, kafka, bell))
            tasks.create_task(stream.consume(pool, kafka, bell.set))


def main() -> None:
    socket, database, kafka = sys.argv[1:]
    make_tables(database)
    asyncio.run(serve(socket, database, kafka))


if __name__ == "__main__":
    main()
