"""The counter's field for the procedure, as clerks type in it."""

import pytest

from services.intake.pages.procedure_field import MOST, read_procedure
from services.intake.queries.choices import ProcedureChoices

LAND, SPLIT, BIRTH, COPY = "1.000001", "1.000002", "1.000003", "1.000004"
RECEIVED = [
    (LAND, "Đăng ký biến động quyền sử dụng đất"),
    (SPLIT, "Tách thửa, hợp thửa đất"),
    (BIRTH, "Đăng ký khai sinh"),
    (COPY, "Đăng ký khai sinh có yếu tố nước ngoài"),
]
CHOICES = ProcedureChoices(RECEIVED, lately=[SPLIT, "1.999999"])


@pytest.mark.parametrize(
    ("typed", "code"),
    [("tach thua", SPLIT), ("TÁCH THỬA, HỢP THỬA ĐẤT", SPLIT), ("sổ đỏ", LAND), (LAND, LAND), ("1.555555", "1.555555")],
)
def test_words_of_one_title_are_that_procedure(typed: str, code: str) -> None:
    assert read_procedure(typed, "", CHOICES).code == code


def test_a_whole_title_is_its_procedure_though_it_begins_another() -> None:
    assert read_procedure("đăng ký khai sinh", "", CHOICES).code == BIRTH


def test_of_several_the_clerk_chooses_what_was_received_last_stands_first() -> None:
    field = read_procedure("dat", "", CHOICES)
    assert (field.code, [code for code, _ in field.offered], field.unmatched) == ("", [SPLIT, LAND], False)


def test_nothing_typed_offers_what_was_received_last_and_is_still_received() -> None:
    assert [code for code, _ in read_procedure("", LAND, CHOICES).offered] == [SPLIT]


def test_no_match_chooses_nothing() -> None:
    field = read_procedure("tàu vũ trụ", LAND, CHOICES)
    assert (field.code, field.offered, field.unmatched) == ("", [], True)


def test_a_title_that_two_have_is_the_one_that_the_page_was_opened_for() -> None:
    twice = ProcedureChoices([(LAND, "Cấp lại"), (SPLIT, "Cấp lại")], lately=())
    assert read_procedure("cấp lại", SPLIT, twice).code == SPLIT
    assert read_procedure("cấp lại", "", twice).code == ""


def test_so_many_are_offered_as_a_screen_holds() -> None:
    many = ProcedureChoices([(f"1.{number:06}", f"Thủ tục {number}") for number in range(MOST + 1)], lately=())
    assert len(read_procedure("thu tuc", "", many).offered) == MOST
