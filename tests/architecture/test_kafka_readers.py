"""Whoever reads Kafka in what we run reads committed records only, and none lets its client choose where to read on."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("messaging", "chassis", "services", "web", "cli", "deploy")
READERS = {"AIOKafkaConsumer", "subscriber"}


def readers() -> Iterator[tuple[str, dict[str, ast.expr]]]:
    """Each call that makes a reader, by file and line, with its named arguments."""
    for package in PACKAGES:
        for module in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in READERS:
                    options = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                    if options:
                        yield f"{module.relative_to(ROOT)}:{node.lineno}", options


FOUND = dict(readers())


def test_readers_are_found() -> None:
    assert {path.partition(":")[0] for path in FOUND} >= {"messaging/consumer.py", "messaging/partition_logs.py"}


@pytest.mark.parametrize("where", FOUND)
def test_what_an_aborted_transaction_wrote_is_read_by_nobody(where: str) -> None:
    level = FOUND[where].get("isolation_level")
    assert isinstance(level, ast.Constant)
    assert level.value == "read_committed"


def test_the_services_consumers_leave_the_choice_of_an_offset_to_nobody() -> None:
    (reset,) = [options["auto_offset_reset"] for where, options in FOUND.items() if where.startswith("messaging/consumer.py")]
    assert isinstance(reset, ast.Constant)
    assert reset.value == "none"
