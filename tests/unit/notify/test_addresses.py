"""What is shown and kept of an address: enough to recognise it, too little to write to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import masked_email
from services.notify.domain.contact import without_addresses
from tests.support.notify_world import ADDRESS


@pytest.mark.parametrize(("address", "shown"), [(ADDRESS, "n***@example.vn"), ("a@b.vn", "a***@b.vn")])
def test_an_address_is_shown_by_its_first_letter(address: str, shown: str) -> None:
    assert masked_email(address) == shown


@given(st.text(), st.emails(), st.text())
def test_no_address_that_a_server_repeats_is_kept(before: str, address: str, after: str) -> None:
    kept = without_addresses(f"550 {before} <{address}> {after}")
    assert address not in kept
    assert 0 < len(kept) <= 300
    assert "\n" not in kept


def test_a_server_that_says_nothing_is_given_words() -> None:
    assert without_addresses(" \r\n ") == "no reason given"
    assert without_addresses("550 5.1.1 <a.b@example.vn>: no such\r\nuser") == "550 5.1.1 <***@***>: no such user"
