"""No text of any service promises a message by itself: only the line that knows where messages go may say that one will come."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.services import SERVICES

ROOT = Path(__file__).parents[3] / "services"
PROMISE = re.compile(
    r"sẽ (?:được )?(?:báo|nhắn|thông báo)|xong (?:sẽ )?báo|báo lại|được gửi đến người nộp|được báo kết quả"
    r"|\b(?:will|we'll|to) (?:be told|tell you|let you know|notify|inform)|tells? you|is told",
    re.IGNORECASE,
)
MAY_PROMISE = re.compile(r"reach\.\w+")
TEXTS = sorted(ROOT.glob("*/texts/*.toml"))


def lines(texts: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in texts.items():
        if isinstance(value, dict):
            yield from lines(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
def test_no_text_promises_a_message_to_somebody_who_may_have_left_no_address(file: Path) -> None:
    promises = [key for key, text in lines(tomllib.loads(file.read_text())) if PROMISE.search(text)]
    assert [key for key in promises if not MAY_PROMISE.fullmatch(key)] == []


def test_all_services_texts_are_read() -> None:
    assert {file.parts[-3] for file in TEXTS} == set(SERVICES)


@pytest.mark.parametrize(
    "promise",
    [
        "Khi có kết quả, chúng tôi sẽ báo.",
        "cán bộ xem xong sẽ báo",
        "Người dân sẽ được báo kết quả.",
        "We will tell you when the result is there.",
        "A clerk looks at it and tells you.",
        "The applicant is told this reason.",
    ],
)
def test_the_promises_that_were_made_are_recognised(promise: str) -> None:
    assert PROMISE.search(promise)
