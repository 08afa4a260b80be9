"""Every item of docs/security.md names a test that is there, or says that it is not met."""

import re

import pytest

from tests.support.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def items() -> list[tuple[str, str, str]]:
    """(numbers, how, tests) of each row."""
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in PAGE.splitlines() if re.match(r"\| \d", line)
    ]
    return [(numbers, how, tests) for numbers, how, tests in rows]


@pytest.mark.parametrize(("numbers", "how", "tests"), items(), ids=lambda text: text[:20])
def test_an_item_names_tests_that_are_there_or_is_not_met(numbers: str, how: str, tests: str) -> None:
    named = TEST.findall(tests)
    assert bool(named) is not how.startswith("**not met"), numbers
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")] == []


def test_no_item_stands_there_twice() -> None:
    numbers = [number for row, _, _ in items() for number in row.split(", ")]
    assert sorted(numbers) == sorted({*numbers})
    assert len(numbers) > 30
