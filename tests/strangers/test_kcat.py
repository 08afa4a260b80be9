"""kcat, and with it librdkafka, reads every topic."""

import json
import subprocess
from collections import Counter

import pytest

from tests.strangers.wire import SECONDS, Wire, program, topic_names


@pytest.mark.parametrize("topic", topic_names())
def test_it_shows_every_record(wire: Wire, topic: str) -> None:
    command = [program("kcat", "kcat"), "-C", "-q", "-b", wire.bootstrap, "-t", topic, "-o", "beginning", "-e", "-J"]
    shown = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True).stdout.splitlines()
    records = [json.loads(line) for line in shown]
    assert Counter((record["key"], record["payload"], tuple(record["headers"])) for record in records) == Counter(
        (
            record.key.decode(),
            None if record.value is None else record.value.decode(),
            tuple(text for name, value in record.headers for text in (name, value.decode())),
        )
        for record in wire.of(topic)
    )
