"""Text at the doors: one form of each letter, nothing hidden in a name, line breaks only where lines are meant."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from contracts.given import GivenLongText, GivenText
from contracts.text import compact, visible_line, visible_lines, without_hidden
from contracts.values import LongText, Text

NAME = "Nguyễn Thị Thử"
LINE, LINES = TypeAdapter(GivenText), TypeAdapter(GivenLongText)


@pytest.mark.parametrize("kind", [Text, LongText, GivenText, GivenLongText])
def test_a_name_spelt_in_parts_is_kept_as_every_other(kind: object) -> None:
    assert TypeAdapter(kind).validate_python(unicodedata.normalize("NFD", NAME)) == NAME


def test_a_text_is_measured_in_the_form_in_which_it_is_kept() -> None:
    assert len(LINE.validate_python(unicodedata.normalize("NFD", "ễ") * 500)) == 500


@pytest.mark.parametrize(
    ("hidden", "sign"),
    [
        ("\u200b", "U+200B"),
        ("\u202e", "U+202E"),
        ("\ufeff", "U+FEFF"),
        ("\u00ad", "U+00AD"),
        ("\u2028", "U+2028"),
        ("\u0085", "U+0085"),
        ("\n", "U+000A"),
        ("\t", "U+0009"),
        ("\u200d", "U+200D"),
    ],
)
def test_a_hidden_character_in_a_name_is_refused_by_its_number(hidden: str, sign: str) -> None:
    with pytest.raises(ValidationError, match=rf"\({re.escape(sign)}\).*Delete it and type it again"):
        LINE.validate_python(f"Lê{hidden}Văn A")


@pytest.mark.parametrize("nothing", ["\u200b", "\u3164", "\u2800\u2800", "\u115f \u1160", "\u0301", "\uffa0"])
def test_a_name_of_which_nothing_is_seen_is_refused(nothing: str) -> None:
    with pytest.raises(ValueError, match="/"):
        visible_line(nothing)


@pytest.mark.parametrize("name", [NAME, "H'Hen Niê", "Y-Blong", "O’Neil 2", "李小龙", "№ 5 – «Đơn» 👍"])
def test_names_of_all_peoples_pass(name: str) -> None:
    assert LINE.validate_python(name) == name


def test_only_a_text_of_several_lines_may_have_several() -> None:
    written = "Thiếu:\n\t- giấy khai sinh 👨\u200d👩"
    assert LINES.validate_python(written) == written
    with pytest.raises(ValidationError, match=r"U\+202E"):
        LINES.validate_python("Thiếu \u202e giấy")
    with pytest.raises(ValueError, match="nothing to see"):
        visible_lines("\u200d\n")


def test_where_nobody_can_correct_it_what_is_hidden_is_left_out() -> None:
    assert without_hidden(f" {unicodedata.normalize('NFD', 'Lê')}\nVăn\u202e A\u200b ") == "Lê Văn A"
    assert without_hidden("\u200b\u3164") == ""


@given(st.text(max_size=40))
def test_what_is_left_can_be_given_at_a_door(written: str) -> None:
    left = without_hidden(written)
    assert left == "" or visible_line(left) == left


@given(st.text(max_size=40))
def test_a_number_is_compact_once_and_for_all(written: str) -> None:
    assert compact(compact(written)) == compact(written)
    assert not any(letter.isspace() for letter in compact(written))


def test_a_number_from_another_program_is_read_as_typed_here() -> None:
    assert compact("\ufeff ０３４\u00a0\u200b085‑\u2011a−b ") == "034085--A-B"
