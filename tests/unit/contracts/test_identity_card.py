"""What a scanner types of a citizen's card."""

import pytest

from contracts.identity_card import IdentityCard, scanned_card

SCANNED = "034085005555|151234567|Nguyễn Văn Cha|01021985|Nam|Thôn Đoài, xã Minh Lạc|10052021"
CARD = IdentityCard("034085005555", "Nguyễn Văn Cha", "Thôn Đoài, xã Minh Lạc")


@pytest.mark.parametrize(
    "typed",
    [
        SCANNED,
        SCANNED.replace("151234567", ""),
        f"{SCANNED}|||",
        SCANNED.removesuffix("|10052021"),
        f" {SCANNED}\r\n",
        SCANNED.replace("Nguyễn", "Nguyễn"),
    ],
    ids=["whole", "no old card", "newer card", "no day of issue", "with its Enter", "marks apart"],
)
def test_a_cards_qr_is_read(typed: str) -> None:
    assert scanned_card(typed) == CARD


@pytest.mark.parametrize("before", ["034199000001", "0341", "034 199 000 001 "])
def test_a_card_scanned_behind_a_number_is_the_card(before: str) -> None:
    assert scanned_card(before + SCANNED) == CARD


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "034085005555",
        "034085005555|Nguyễn Văn Cha",
        "034085005555|151234567|Nguyễn Văn Cha|01021985|Nam",
        SCANNED.replace("01021985", "31021985"),
        SCANNED.replace("01021985", "0102198"),
        SCANNED.replace("Nguyễn Văn Cha", " "),
        SCANNED.replace("034085005555", "C1234567"),
        SCANNED.replace("034085005555", "000000000000"),
    ],
)
def test_what_is_no_cards_qr_is_none(typed: str) -> None:
    assert scanned_card(typed) is None
