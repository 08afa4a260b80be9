"""The order of Vietnamese words and names."""

from hypothesis import given
from hypothesis import strategies as st

from services.directory.domain.alphabet import name_key, sort_key


def test_vietnamese_letters_stand_where_the_alphabet_has_them() -> None:
    words = ["an", "ăn", "ân", "bà", "cá", "da", "đa", "em", "êm", "ngô", "nhà", "o", "ô", "ơ", "u", "ư", "y"]
    assert sorted([*words[::2], *words[1::2]], key=sort_key) == words


def test_tones_decide_only_between_the_same_letters() -> None:
    assert sorted(["mạ", "má", "mã", "mả", "mà", "ma", "mab"], key=sort_key) == ["ma", "mà", "mả", "mã", "má", "mạ", "mab"]


def test_people_stand_by_their_given_names() -> None:
    names = ["Nguyễn Văn Bình", "Trần Thị Ánh", "Lê An", "Đỗ Văn Đức", "Phạm Dũng"]
    assert sorted(names, key=name_key) == ["Lê An", "Trần Thị Ánh", "Nguyễn Văn Bình", "Phạm Dũng", "Đỗ Văn Đức"]
    assert name_key("") == name_key("  ")


@given(st.text(max_size=40))
def test_any_text_has_a_key_and_case_makes_no_difference(text: str) -> None:
    assert sort_key(text) == sort_key(text.casefold())
    assert name_key(text)
