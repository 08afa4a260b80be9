"""Every decision has its date, its status, its four paragraphs and its line in the index. What is missing is named."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "decisions"
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
PAGES = sorted(FOLDER.glob("[0-9]*.md"))
PARAGRAPHS = ("Decision", "Why", "What it costs", "What would make us revisit it")
HEAD = re.compile(
    r"\A# (?P<title>(?P<number>\d{4}): .+)\n\n- Date: (?P<date>\d{4}-\d\d-\d\d)\n- Status: (?P<status>.+)\n\n", re.MULTILINE
)
STATUS = re.compile(r"Proposed|Accepted|Rejected|Superseded by \d{4}")
SOUND = """# 0001: a decision

- Date: 2026-11-22
- Status: Superseded by 0002

**Decision.** We do it.

**Why.** It is needed.

**What it costs.** A little.

**What would make us revisit it.** Another need.
"""
CHANGES: dict[str, Callable[[str], str]] = {
    "no date": lambda text: text.replace("- Date: 2026-11-22\n", ""),
    "no such day": lambda text: text.replace("2026-11-22", "2026-11-31"),
    "no status": lambda text: text.replace("- Status: Superseded by 0002\n", ""),
    "an unknown status": lambda text: text.replace("Superseded by 0002", "Done"),
    "superseded by nothing": lambda text: text.replace("Superseded by 0002", "Superseded"),
    "another number than its file": lambda text: text.replace("# 0001", "# 0002"),
    **{f"without {name!r}": lambda text, name=name: text.replace(f"**{name}.**", "") for name in PARAGRAPHS},
    **{f"{name!r} is empty": lambda text, name=name: re.sub(rf"(\*\*{name}\.\*\*).*", r"\1", text) for name in PARAGRAPHS},
}


def problems(number: str, text: str) -> list[str]:
    """What the page of this number lacks."""
    head = HEAD.match(text)
    if head is None:
        return ["it opens with '# NNNN: title', a blank line, '- Date: YYYY-MM-DD', '- Status: ...', a blank line"]
    lacks = []
    if head["number"] != number:
        lacks.append(f"its title says {head['number']}, its file {number}")
    try:
        date.fromisoformat(head["date"])
    except ValueError:
        lacks.append(f"there is no day {head['date']}")
    if not STATUS.fullmatch(head["status"]):
        lacks.append(f"its status is none: {head['status']}")
    return lacks + [
        f"a paragraph '**{name}.**' is missing"
        for name in PARAGRAPHS
        if not re.search(rf"^\*\*{name}\.\*\* \S", text, re.MULTILINE)
    ]


def line_of(name: str, text: str) -> str:
    """The line of the index that belongs to this page."""
    head = HEAD.match(text)
    assert head is not None, name
    return f"| [{head['title']}]({name}) | {head['date']} | {head['status']} |"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_decision_says_when_why_and_until_when(page: Path) -> None:
    assert problems(page.name[:4], page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_decision_stands_in_the_index(page: Path) -> None:
    line = line_of(page.name, page.read_text(encoding="utf-8"))
    assert line in INDEX.splitlines(), f"add to docs/decisions/README.md: {line}"


def test_the_index_names_no_page_that_is_not_there() -> None:
    assert re.findall(r"\]\(([^)]+\.md)\)", INDEX) == [page.name for page in PAGES]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [page.name[:4] for page in PAGES] == [f"{number:04}" for number in range(1, len(PAGES) + 1)]


def test_a_page_by_the_template_has_no_problem() -> None:
    assert problems("0001", SOUND) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_page_that_lacks_something_is_refused(change: str) -> None:
    assert problems("0001", CHANGES[change](SOUND)) != []
