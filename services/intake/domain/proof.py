"""The small proof of somebody who hands in more than is usual: two numbers in words, to be added, once.

It keeps out programs that were not written for us. It asks of a person no script, no second device and no picture to be seen.
A program that was written for us answers too: therefore what is handed in with a proof is bounded as well.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from http import HTTPStatus
from secrets import token_hex
from typing import Final

from contracts.refusal import Refusal

ANSWERED_WITHIN: Final = timedelta(hours=4)
"""As long as a citizen's browser keeps what was typed."""
LARGEST: Final = 20
_TOKEN: Final = re.compile(r"(?P<salt>(?P<asked>[0-9]{1,12})-[0-9a-f]{16})-[0-9a-f]{24}")
_ONES: Final = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_VI: Final = (*_ONES, "mười", *(f"mười {word}".replace("năm", "lăm") for word in _ONES), "hai mươi")
_TEENS: Final = ("thir", "four", "fif", "six", "seven", "eigh", "nine")
_EN: Final = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *(f"{word}teen" for word in _TEENS),
    "twenty",
)
"""From 1 to LARGEST."""

Sign = Callable[[str], bytes]
"""A keyed hash, of 14 bytes at least."""


class ProofNeeded(Refusal):
    """More than is usual was handed in today. `field`: where the answer belongs."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self) -> None:
        super().__init__(
            "proof-needed",
            vi="Hôm nay đã nộp nhiều hồ sơ từ một nơi, cho một người hay tới một đơn vị. Hãy trả lời câu hỏi này rồi gửi lại.",
            en="Many dossiers were handed in today from one place, for one person or to one unit. Answer this question and"
            " send it again.",
            field="proof",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """`token` comes back with the answer: it says which question that was, and that we have asked it."""

    token: str
    first: int
    second: int

    def text(self, language: str) -> str:
        words = _EN if language == "en" else _VI
        first, second = words[self.first - 1], words[self.second - 1]
        return f"What is {first} plus {second}?" if language == "en" else f"{first} cộng {second} bằng bao nhiêu?".capitalize()


@dataclass(frozen=True, slots=True)
class Proof:
    """As it was given: the question's token, and an answer in digits."""

    question: str
    answer: str


def ask(sign: Sign, now: datetime) -> Question:
    return _question(f"{int(now.timestamp())}-{token_hex(8)}", sign)


def judge(proof: Proof, sign: Sign, now: datetime) -> bool | None:
    """Whether it was answered rightly; None for what we have not asked, or too long ago."""
    token = _TOKEN.fullmatch(proof.question)
    if token is None:
        return None
    question = _question(token["salt"], sign)
    asked_by_us = compare_digest(question.token.encode(), proof.question.encode())
    if not asked_by_us or timedelta(seconds=now.timestamp() - int(token["asked"])) > ANSWERED_WITHIN:
        return None
    return _number(proof.answer) == question.first + question.second


def _question(salt: str, sign: Sign) -> Question:
    signature = sign(salt)
    first, second = (1 + byte % LARGEST for byte in signature[:2])
    return Question(f"{salt}-{signature[2:14].hex()}", first, second)


def _number(answer: str) -> int | None:
    """Of digits of any script, as telephones write them."""
    digits = answer.strip()
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(2 * LARGEST)) else None
