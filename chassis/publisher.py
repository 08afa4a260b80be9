"""`python -m chassis.publisher raise <service>`: brings a database that was restored, or failed over without its last commits, up
to what Kafka has of its service's events. The service may run, and goes on by itself within seconds.

It needs no sign-in: directory's own database may be the one. `MOTCUA_DATABASE_<SERVICE>` and `MOTCUA_KAFKA` say where to.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from importlib import import_module

from chassis.kafka_settings import KafkaSettings
from chassis.settings import database_url
from messaging.connections import JOBS, make_engine
from messaging.handler_table import Table
from messaging.kafka_access import Brokers
from messaging.raised_numbers import Raised, raise_numbers

USAGE = "python -m chassis.publisher raise <service> [--from-beginning]"


async def raise_service(service: str, url: str, kafka: Brokers, *, from_beginning: bool = False) -> Raised:
    """Raises KafkaError, and what the database raises: then nothing was changed."""
    table: Table = import_module(f"services.{service}.consumers").TABLE
    database = make_engine(url, pool_size=1, limits=JOBS)
    try:
        return await raise_numbers(kafka, database, table.publishes, from_beginning=from_beginning)
    finally:
        await database.dispose()


def main(arguments: list[str]) -> None:
    match arguments:
        case ["raise", service, *rest] if rest in ([], ["--from-beginning"]):
            kafka = KafkaSettings().kafka_access
            raised = asyncio.run(raise_service(service, database_url(service), kafka, from_beginning=bool(rest)))
            sys.stdout.write(json.dumps(asdict(raised), indent=2) + "\n")
        case _:
            sys.exit(USAGE)


if __name__ == "__main__":
    main(sys.argv[1:])
