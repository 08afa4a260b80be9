"""Whoever reads Kafka in what we run reads committed records only, and none lets its client choose where to read on."""

import ast
from functools import cache

from tests.support.source import MODULES, ROOT, nodes_of, text_of

PACKAGES = ("messaging", "chassis", "services", "web", "cli", "deploy")
READERS = {"AIOKafkaConsumer", "subscriber"}


@cache
def readers() -> dict[str, dict[str, ast.expr]]:
    """Each call that makes a reader, by file and line, with its named arguments."""
    calls: dict[str, dict[str, ast.expr]] = {}
    for module in MODULES:
        path = module.relative_to(ROOT)
        if path.parts[0] not in PACKAGES or not any(name in text_of(module) for name in READERS):
            continue
        for node in nodes_of(module):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in READERS:
                options = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
                if options:
                    calls[f"{path}:{node.lineno}"] = options
    return calls


def constant(options: dict[str, ast.expr], name: str) -> object:
    value = options.get(name)
    return value.value if isinstance(value, ast.Constant) else value


def test_readers_are_found() -> None:
    assert {path.partition(":")[0] for path in readers()} >= {"messaging/consumer.py", "messaging/partition_logs.py"}


def test_what_an_aborted_transaction_wrote_is_read_by_nobody() -> None:
    assert {where: constant(options, "isolation_level") for where, options in readers().items()} == dict.fromkeys(
        readers(), "read_committed"
    )


def test_the_services_consumers_leave_the_choice_of_an_offset_to_nobody() -> None:
    (reset,) = [
        constant(options, "auto_offset_reset") for where, options in readers().items() if "messaging/consumer.py" in where
    ]
    assert reset == "none"
