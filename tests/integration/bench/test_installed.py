"""Small runs of what measures a whole installation, one after the other on one: each counts only if all of it is right."""

import asyncio
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from bench import latency, soak
from bench.installation import Installation, installation
from bench.lifecycle import load
from bench.lifecycle.cast import sign_in, with_online
from bench.lifecycle.life import ONLINE_CALLS
from bench.options import Options
from bench.pipeline import measurement as pipeline
from bench.pipeline.written import ends
from bench.servers import servers
from contracts.services import SERVICES
from contracts.topics import CASES, CONTACTS, DOSSIERS, MESSAGES

LIVES = 20


@pytest.fixture(scope="module")
def made() -> Iterator[Installation]:
    with installation() as running:
        yield running


def base(topic: str) -> str:
    """Without its lane."""
    bases = (DOSSIERS, CONTACTS, CASES, MESSAGES)
    return next(declared.base for declared in bases if topic in declared.names())


def test_the_floor_of_the_pipeline_writes_what_the_lives_left(made: Installation) -> None:
    rounds, wrote, agreed = pipeline.measure(made, Options(size=LIVES, rounds=1))
    assert agreed
    ((decided, done),) = rounds
    assert decided.count == done.count == LIVES
    assert 0 < decided.seconds < done.seconds
    records = Counter(base(record.topic) for record in wrote.records)
    assert records.pop(CASES.base) >= 2 * LIVES  # opened and decided; assigned where somebody is there
    assert records == {DOSSIERS.base: 4 * LIVES, CONTACTS.base: LIVES, MESSAGES.base: 3 * LIVES}
    with servers() as running:
        databases = {service: running.database(service) for service in SERVICES}
        rate = pipeline.floor(databases, running.kafka, wrote, LIVES, 2)
        assert rate.count == LIVES
        rows = 0
        for service, tables in wrote.tables.items():
            with psycopg.connect(databases[service]) as database:
                rows += sum(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)  # type: ignore[index]  # noqa: S608
        assert rows == wrote.rows > 20 * LIVES
        assert sum(asyncio.run(ends(running.kafka)).values()) == 2 * len(wrote.records)


def test_a_life_that_begins_online_is_submitted_and_then_accepted(made: Installation) -> None:
    cast = with_online(sign_in(made.session), 1.0)
    done = asyncio.run(load.closed(made.session.plan.state.port, cast, 2, 0))
    assert (done.record.lives, done.record.errors) == (2, Counter())
    assert {call: len(done.record.seconds[call]) for call in (*ONLINE_CALLS, "receive")} == {
        "submit": 2,
        "accept": 2,
        "receive": 0,
    }


def test_every_hop_of_an_acceptance_is_timed(made: Installation) -> None:
    outcome = asyncio.run(latency.measure(made, Options(seconds=1, clients=(2,))))
    assert outcome.sound, outcome.as_json()
    assert all(second > 0 for by_mark in outcome.seconds.values() for seconds in by_mark.values() for second in seconds)
    assert len(outcome.bare) == latency.ROUND_TRIPS
    assert outcome.ratio > 0
    with psycopg.connect(made.session.plan.database_url("routing").replace("+psycopg", "")) as database:
        assert database.execute("SELECT count(*) FROM pg_proc WHERE proname LIKE 'bench_mark%'").fetchone() == (0,)


def test_a_soak_reads_memory_and_loses_no_dossier(made: Installation) -> None:
    outcome = asyncio.run(soak.measure(made, Options(seconds=1, minutes=0.1, clients=(2,))))
    assert outcome.agrees
    assert (outcome.dossiers, outcome.errors) == (outcome.received, Counter())
    assert len(outcome.tenths) == soak.TENTHS
    assert sum(len(tenth.seconds) for tenth in outcome.tenths) > 0
    for tenth in outcome.tenths:
        assert {"kafka", "postgres", "intake", "routing", "notify", "reporting", "supervisor"} <= tenth.memory.keys()
        assert all(mib > 0 for mib in tenth.memory.values())
