"""What stands on paper is read by a real decoder, and is the same on every print."""

import pytest

from services.intake.pages import printed_codes
from services.intake.pages.printed_codes import bars_of, qr_of
from tests.support.scanner import read_printed

CODES = ["000.00.21.H99-260224-0001", "H26-261231-123456789012", "S260218-4F7QX-0ZK2M"]


@pytest.mark.parametrize("code", CODES)
def test_a_scanner_reads_from_the_bars_what_people_read_beside_them(code: str) -> None:
    assert read_printed(bars_of(code)) == ("Code128", code)


@pytest.mark.parametrize("code", CODES)
def test_a_telephone_reads_the_tracking_address_from_the_qr(code: str) -> None:
    address = f"https://motcua.thanhha.example/track?code={code}"
    assert read_printed(qr_of(address)) == ("QRCode", address)


def test_a_reprint_is_the_same_to_the_byte() -> None:
    before = [bars_of(CODES[0]), qr_of(CODES[0])]
    for made in (printed_codes.bars_of, printed_codes.qr_of):
        made.cache_clear()
    assert [bars_of(CODES[0]), qr_of(CODES[0])] == before
