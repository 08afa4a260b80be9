"""The small proof: asked by us, not long ago, answered in digits as people write them; and nothing else passes."""

import hashlib
import hmac
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.domain.proof import ANSWERED_WITHIN, LARGEST, Proof, Question, ask, judge
from tests.support.intake_events import NOW


def sign(text: str) -> bytes:
    return hmac.digest(b"ours", text.encode(), hashlib.sha256)


def signed_by_another(text: str) -> bytes:
    return hmac.digest(b"theirs", text.encode(), hashlib.sha256)


def right_answer(question: Question) -> str:
    return str(question.first + question.second)


def test_the_right_answer_passes_and_its_neighbours_do_not() -> None:
    question = ask(sign, NOW)
    right = question.first + question.second
    assert judge(Proof(question.token, str(right)), sign, NOW) is True
    assert judge(Proof(question.token, str(right + 1)), sign, NOW) is False
    assert judge(Proof(question.token, str(right - 1)), sign, NOW) is False


def test_digits_count_however_they_are_written() -> None:
    question = ask(sign, NOW)
    wide = "".join(chr(ord("０") + int(digit)) for digit in right_answer(question))
    assert judge(Proof(question.token, f"  {wide} "), sign, NOW) is True
    for answer in ("", "²", "mười", "1" * 3000, f"+{right_answer(question)}", f"{right_answer(question)}.0"):
        assert judge(Proof(question.token, answer), sign, NOW) is False


def test_it_serves_for_some_hours() -> None:
    question = ask(sign, NOW)
    proof = Proof(question.token, right_answer(question))
    assert judge(proof, sign, NOW + ANSWERED_WITHIN) is True
    assert judge(proof, sign, NOW + ANSWERED_WITHIN + timedelta(seconds=1)) is None


def test_what_we_have_not_asked_is_no_question() -> None:
    theirs = ask(signed_by_another, NOW)
    assert judge(Proof(theirs.token, right_answer(theirs)), sign, NOW) is None
    ours = ask(sign, NOW)
    later = str(int(ours.token.partition("-")[0]) + 3600) + ours.token[ours.token.index("-") :]
    assert judge(Proof(later, right_answer(ours)), sign, NOW) is None


@given(st.text(max_size=60), st.text(max_size=20))
def test_whatever_is_sent_is_judged(question: str, answer: str) -> None:
    assert judge(Proof(question, answer), sign, NOW) is None


def test_no_question_is_asked_twice() -> None:
    assert len({ask(sign, NOW).token for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("numbers", "vi", "en"),
    [
        ((1, 20), "Một cộng hai mươi bằng bao nhiêu?", "What is one plus twenty?"),
        ((15, 10), "Mười lăm cộng mười bằng bao nhiêu?", "What is fifteen plus ten?"),
        ((5, 11), "Năm cộng mười một bằng bao nhiêu?", "What is five plus eleven?"),
    ],
)
def test_it_is_asked_in_words(numbers: tuple[int, int], vi: str, en: str) -> None:
    question = Question("", *numbers)
    assert (question.text("vi"), question.text("en")) == (vi, en)


def test_every_number_has_its_word() -> None:
    numbers = range(1, LARGEST + 1)
    assert len({Question("", number, 1).text(language) for number in numbers for language in ("vi", "en")}) == 2 * LARGEST
