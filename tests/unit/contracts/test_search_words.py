"""Searching without marks, in any order, by beginnings of words and by other names: as people type."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.search_words import folded, is_match, search_phrases

LAND = "Đăng ký biến động do tặng cho, thừa kế quyền sử dụng đất (cha mẹ chuyển cho con)"


@pytest.mark.parametrize(
    "written",
    ["Đất đai", "dat dai", "ĐẤT  ĐAI", "đất-đai", unicodedata.normalize("NFD", "Đất đai"), "Đất\u200b đai", "ｄａｔ dai"],
)
def test_one_phrase_however_it_is_written(written: str) -> None:
    assert folded(written) == "dat dai"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("giay phep lai xe", "Đổi giấy phép lái xe"),
        ("LÁI  xe", "Đổi giấy phép lái xe"),
        ("xe lai doi", "Đổi giấy phép lái xe"),
        ("gi ph", "Đổi giấy phép lái xe"),
        ("bằng lái", "Đổi giấy phép lái xe"),
        ("doi bang lai xe", "Đổi giấy phép lái xe"),
        ("so do", LAND),
        ("sổ đỏ thừa kế", LAND),
        ("so do", "Cấp giấy chứng nhận quyền sử dụng đất"),
        ("sơ đồ", "Trích lục sơ đồ thửa đất"),
        ("giấy khai sinh", "Đăng ký khai sinh"),
        ("bhyt", "Cấp thẻ bảo hiểm y tế"),
        ("", LAND),
        ("  ", LAND),
    ],
)
def test_what_is_meant_is_found(typed: str, text: str) -> None:
    assert is_match(typed, text)


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("phep xa", "Đổi giấy phép lái xe"),
        ("ai", "Đổi giấy phép lái xe"),
        ("bằng", "Đổi giấy phép lái xe"),
        ("%", LAND),
        ("\u200b-", LAND),
        ("sổ đỏ", "Đăng ký kết hôn"),
    ],
)
def test_what_is_not_meant_is_not(typed: str, text: str) -> None:
    assert not is_match(typed, text)


def test_the_words_may_stand_in_different_texts() -> None:
    assert is_match("dat thua ke", LAND, "Đất đai")
    assert not is_match("dat dai thua ke", LAND)
    assert is_match("dat dai thua ke", LAND, "Đất đai")


def test_each_way_to_say_it_is_looked_for_once() -> None:
    assert search_phrases("bằng lái xe") == [("bang", "lai", "xe"), ("giay", "phep", "lai", "xe")]
    assert search_phrases("giấy phép lái xe") == [("giay", "phep", "lai", "xe")]
    assert search_phrases("…") == []


@given(st.text(max_size=60))
def test_folding_twice_is_folding_once_and_every_text_finds_itself(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert is_match(text, text) or not folded(text)
