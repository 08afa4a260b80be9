"""The languages are listed once; whatever is written per language has all of them."""

import pytest

from contracts.values import LANGUAGES
from web import formats
from web.languages import DEFAULT, Bilingual, bilingual, layout_texts
from web.problems import FieldProblem, Problem


def test_vietnamese_comes_first() -> None:
    assert LANGUAGES == ("vi", "en")
    assert DEFAULT == "vi"


@pytest.mark.parametrize(
    "table", [formats._WEEKDAYS, formats._SEPARATORS, formats._DONG, Bilingual.__annotations__], ids=range(4)
)
def test_what_is_written_by_language_has_each(table: dict[str, object]) -> None:
    assert tuple(sorted(table)) == tuple(sorted(LANGUAGES))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_speaks_each_language(language: str) -> None:
    words = bilingual(lambda spoken: f"words in {spoken}")
    assert FieldProblem(field="name", **words).said_in(language) == f"words in {language}"
    assert Problem.of(409, "not-yet", **words).said_in(language) == f"words in {language}"


def test_a_text_is_given_in_each_language_with_its_values() -> None:
    assert layout_texts().in_each("account.more", count=3) == {
        "vi": layout_texts().text("vi", "account.more", count=3),
        "en": "and 3 more units",
    }
