"""Every event there is, on a real broker, written as the relay writes them; and how the programs of strangers are called."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from contracts.envelope import headers_of
from contracts.intake import ContactV1
from contracts.registry import EVENTS
from contracts.topics import CONTACTS, DEAD_LETTERS, TOPICS, Topic
from deploy.local import vendor
from messaging.producer import Outgoing, Producer
from messaging.topic_creation import create_topics
from tests.contracts.test_samples import SAMPLES, type_of

BEGAN: Final = datetime(2026, 2, 16, 7, 30, tzinfo=UTC)
DOSSIER, LANE, SOURCE = "d-followed", "district", "intake"
LIFE: Final = ("submitted", "accepted", "taken-up", "decided", "handed-over")
EVENTS_OF: Final = {kind: f"vn.motcua.intake.dossier.{kind}.v1" for kind in (*LIFE, "refused")}
SECONDS: Final = 300


@dataclass(frozen=True, kw_only=True)
class Wire:
    """`records`: all that was sent, in order per topic."""

    bootstrap: str
    records: tuple[Outgoing, ...]

    def of(self, topic: str) -> list[Outgoing]:
        return [record for record in self.records if record.topic == topic]


def topic_names() -> list[str]:
    return [name for topic in (*TOPICS, *DEAD_LETTERS) for name in topic.names()]


def every_sample() -> Iterator[Outgoing]:
    """Each sample on each topic where its type may come, about a subject of its own."""
    numbers = count(1)
    for sample in SAMPLES:
        for topic in _topics_of(type_of(sample)):
            for name in topic.names():
                yield _record(name, type_of(sample), f"x-{next(numbers)}", 1, _published(sample), source=topic.owner)


def a_tombstone() -> Outgoing:
    """What forgets a person: the contact's envelope without a value."""
    return _record(f"{CONTACTS.base}.{LANE}", ContactV1.TYPE, "x-forgotten", 2, None, source=SOURCE)


def a_life() -> Iterator[Outgoing]:
    """One dossier from its submission to its hand-over, with what a reader has to expect beside: the same again, also after a
    later one, a type that is newer than the reader, and another dossier in between.
    """
    facts = [_fact(kind, number) for number, kind in enumerate(LIFE, 1)]
    newer = _record(f"intake.dossiers.{LANE}", "vn.motcua.intake.dossier.weighed.v1", DOSSIER, 6, b'{"grams":40}', source=SOURCE)
    again = _record(f"intake.dossiers.{LANE}", EVENTS_OF["refused"], "d-another", 1, _sample("refused"), source=SOURCE)
    yield from (facts[0], facts[1], facts[1], again, facts[2], facts[0], facts[3], facts[4], newer)


def _fact(kind: str, number: int) -> Outgoing:
    return _record(f"intake.dossiers.{LANE}", EVENTS_OF[kind], DOSSIER, number, _sample(kind), source=SOURCE)


def _sample(kind: str) -> bytes:
    return next(_published(sample) for sample in SAMPLES if sample.name == f"{EVENTS_OF[kind]}.full.json")


def _published(sample: Path) -> bytes:
    """As a service writes it into its outbox."""
    return EVENTS[type_of(sample)].model_validate_json(sample.read_bytes()).model_dump_json().encode()


def _record(topic: str, kind: str, subject: str, number: int, value: bytes | None, *, source: str) -> Outgoing:
    time = BEGAN + timedelta(minutes=number)
    headers = headers_of(f"e-{subject}-{number}", source, kind, subject, time, number, f"c-{subject}", None)
    return Outgoing(topic, subject.encode(), value, headers)


def _topics_of(kind: str) -> Sequence[Topic]:
    topic = EVENTS[kind].TOPIC
    return DEAD_LETTERS if topic not in TOPICS else (topic,)


async def publish(bootstrap: str) -> Wire:
    await create_topics(bootstrap, [*TOPICS, *DEAD_LETTERS])
    records = (*every_sample(), a_tombstone(), *a_life())
    producer = Producer(bootstrap)
    await producer.start()
    try:
        await producer.deliver(records)
    finally:
        await producer.stop()
    return Wire(bootstrap=bootstrap, records=records)


# --- programs -----------------------------------------------------------------------------------------------


def program(name: str, package: str) -> str:
    """Where it is. A test without it is skipped, which pytest's last lines say with the reason; .ci/run installs it if it can."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"not tried, because {name} is not on this machine: install {package}")
    return path


def java(classpath: Sequence[Path | str], *arguments: str, check: bool = True) -> str:
    """What a Java program says, on the JVM that Kafka runs on."""
    command = [str(vendor.java()), "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", os.pathsep.join(map(str, classpath)), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert not check or done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout
