"""Kafka for the bare server: what lies in the outbox is sent and deleted, what was accepted becomes a case by COPY."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from bench.lifecycle.floor import rows
from bench.lifecycle.floor.commands import STEP, Pool
from contracts.topics import DOSSIERS

CASE: Final = (
    "id", "lane", "version", "code", "receiving_unit", "receiving_unit_name", "competent_unit", "competent_unit_name",
    "procedure", "papers", "accepted_at", "promised_at", "opened_at", "officer", "officer_name", "assigned_at",
)  # fmt: skip
_TAKE: Final = f"""WITH taken AS (
        DELETE FROM outbox WHERE position IN (SELECT position FROM outbox ORDER BY position LIMIT 1000)
        RETURNING position, {", ".join(rows.OUTBOX)})
    SELECT {", ".join(rows.OUTBOX)} FROM taken ORDER BY position"""


async def relay(pool: Pool, kafka: str, bell: asyncio.Event) -> None:
    """For ever; `bell` says that the outbox has something."""
    async with AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True) as producer:
        while True:
            await bell.wait()
            bell.clear()
            while await _send(pool, producer):
                continue


async def _send(pool: Pool, producer: AIOKafkaProducer) -> bool:
    """One round in one transaction; whether there was anything."""
    async with pool.connection() as database:
        lines = await (await database.execute(_TAKE)).fetchall()
        sent = [await producer.send(line[1], line[4], line[2].encode(), headers=_headers(line)) for line in lines]
        await asyncio.gather(*sent)
    return bool(lines)


def _headers(line: tuple[Any, ...]) -> list[tuple[str, bytes]]:
    names = ("ce_id", "ce_type", "ce_subject", "ce_sequence", "ce_time", "ce_correlationid")
    values = (line[0], line[3], line[2], f"{line[6]:020}", line[7].isoformat(), line[8])
    head = [("ce_specversion", b"1.0"), ("content-type", b"application/json"), ("ce_source", b"floor")]
    return [*head, *((name, value.encode()) for name, value in zip(names, values, strict=True))]


async def consume(pool: Pool, kafka: str, written: Callable[[], None]) -> None:
    """For ever: each poll's accepted dossiers are one transaction."""
    async with AIOKafkaConsumer(
        *DOSSIERS.names(), bootstrap_servers=kafka, group_id="floor", auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        while True:
            polled = await consumer.getmany(timeout_ms=1000, max_records=1000)
            accepted = [record for records in polled.values() for record in records if _kind(record) == rows.ACCEPTED]
            if accepted:
                await _open(pool, accepted)
                written()
            if polled:
                await consumer.commit()


def _kind(record: ConsumerRecord[bytes, bytes]) -> str:
    return str(next(value.decode() for name, value in record.headers if name == "ce_type"))


async def _open(pool: Pool, records: list[ConsumerRecord[bytes, bytes]]) -> None:
    now = datetime.now(UTC)
    facts = [(str((record.key or b"").decode()), json.loads(record.value or b"")) for record in records]
    async with pool.connection() as database:
        for table, columns, lines in (
            ("routing_case", CASE, [_case(dossier, fact, now) for dossier, fact in facts]),
            ("case_step", STEP, [step for dossier, _ in facts for step in _steps(dossier, now)]),
            ("outbox", rows.OUTBOX, [line for dossier, fact in facts for line in _messages(dossier, fact, now)]),
        ):
            async with database.cursor().copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
                for line in lines:
                    await copy.write_row(line)


def _case(dossier: str, fact: dict[str, Any], now: datetime) -> tuple[Any, ...]:
    unit, competent = fact["unit"], fact["competent_unit"]
    procedure, papers = rows.dumps(fact["procedure"]).decode(), rows.dumps(fact["papers"]).decode()
    return (
        dossier, rows.LANE, 2, fact["code"], unit["id"], unit["name"], competent["id"], competent["name"],
        procedure, papers, fact["accepted_at"], fact["promised_at"], now, rows.OFFICER, rows.OFFICER_NAME, now,
    )  # fmt: skip


def _steps(dossier: str, now: datetime) -> list[tuple[Any, ...]]:
    return [
        (dossier, 1, "opened", now, None, None, None, None),
        (dossier, 2, "assigned", now, None, None, rows.OFFICER, rows.OFFICER_NAME),
    ]


def _messages(dossier: str, fact: dict[str, Any], now: datetime) -> list[tuple[Any, ...]]:
    topic, opened = f"routing.cases.{rows.LANE}", rows.case_fact(fact, now.isoformat())
    assigned = opened | {"officer": rows.OFFICER, "officer_name": rows.OFFICER_NAME}
    return [
        rows.message(topic, dossier, "vn.motcua.routing.case.opened.v1", 1, opened, now),
        rows.message(topic, dossier, "vn.motcua.routing.case.assigned.v1", 2, assigned, now),
    ]
