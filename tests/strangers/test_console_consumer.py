"""Kafka's own console consumer reads every topic, with keys and headers as text."""

from collections import Counter

from deploy.local import vendor
from tests.strangers.wire import Wire, java


def test_it_shows_every_record_of_every_topic(wire: Wire) -> None:
    shown = java(
        [vendor.kafka_classpath(), vendor.test_jar("kafka-tools")],
        "org.apache.kafka.tools.consumer.ConsoleConsumer",
        *("--bootstrap-server", wire.bootstrap, "--include", "(directory|intake|routing|notify|reporting|post)[.].*"),
        *("--from-beginning", "--max-messages", str(len(wire.records)), "--timeout-ms", "60000"),
        *("--formatter-property", "print.key=true", "--formatter-property", "print.headers=true"),
        *("--command-property", "auto.offset.reset=earliest"),
    )
    lines = [line.split("\t", 2) for line in shown.splitlines() if line.startswith("ce_specversion:1.0")]
    expected = Counter(
        (
            ",".join(f"{name}:{value.decode()}" for name, value in record.headers),
            record.key.decode(),
            "null" if record.value is None else record.value.decode(),
        )
        for record in wire.records
    )
    assert Counter((headers, key, value) for headers, key, value in lines) == expected
