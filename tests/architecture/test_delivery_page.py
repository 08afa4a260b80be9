"""Every promise of docs/delivery-guarantees.md names a test that is there; what nothing can prove wrong is no promise."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "delivery-guarantees.md").read_text(encoding="utf-8")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def promises(page: str) -> list[tuple[str, str]]:
    """(promise, proved by) of each row of the first table."""
    rows = [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [(promise, proof) for promise, _, proof in rows[1:]]


@pytest.mark.parametrize(("promise", "proof"), promises(PAGE), ids=lambda text: text[:40])
def test_a_promise_names_tests_that_are_there(promise: str, proof: str) -> None:
    tests = TEST.findall(proof)
    assert tests, f"name a test as `path::name` for: {promise}"
    missing = [f"{path}::{name}" for path, name in tests if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")]
    assert missing == []


def test_the_page_is_read_row_by_row() -> None:
    page = "| Promise | How | Proved by |\n|---|---|---|\n| a | b | `tests/x.py::test_y` |\n| c | d | by thought |\n"
    assert promises(page) == [("a", "`tests/x.py::test_y`"), ("c", "by thought")]
    assert len(promises(PAGE)) > 15
