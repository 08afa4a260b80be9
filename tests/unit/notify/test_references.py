"""The ledger is searched by what a citizen quotes, or by a dossier's own id."""

import pytest

from services.notify.queries import normal_reference

CODE = "000.00.21.H99-260224-0001"


@pytest.mark.parametrize(
    "typed", [CODE, CODE.lower(), f"\ufeff{CODE}\u200b", CODE.replace("-", "\u2011"), "000.00.21.H99 260224 0001"]
)
def test_a_code_is_read_however_it_was_copied(typed: str) -> None:
    assert normal_reference(typed) == CODE


def test_an_id_stays_small_and_nothing_is_nothing() -> None:
    assert normal_reference(" d\u2010ab12cd\n") == "d-ab12cd"
    assert normal_reference(" \u200b ") is None
