"""A rate beside its peer is a multiple, beside the bare work a share; of several rounds the one in the middle counts."""

import pytest

from bench.outcome import Bare, Measured, Rate, median_rate


def rate(per_second: float) -> Rate:
    return Rate(f"{per_second} a second", round(2 * per_second), 2.0)


@pytest.mark.parametrize(("rates", "expected"), [([5], 5), ([9, 1, 5], 5), ([7, 1, 5, 9], 5)])
def test_the_round_in_the_middle_counts(rates: list[float], expected: float) -> None:
    assert median_rate([rate(number) for number in rates]) == rate(expected)


def measured(bare: Bare | None) -> Measured:
    return Measured(name="relay", floor=4, ours=rate(30), peer=rate(5), order_kept=True, bare=bare)


def test_a_share_is_of_the_bare_rate() -> None:
    shown = measured(Bare(rate=rate(40), least_share=0.5)).as_json()
    assert (shown["ratio"], shown["floor"]) == (6, 4)
    assert (shown["share_of_bare"], shown["least_share"], shown["bare"]["per_second"]) == (0.75, 0.5, 40)


def test_without_bare_work_there_is_no_share() -> None:
    shown = measured(None)
    assert shown.share is None
    assert "bare" not in shown.as_json()


def test_the_table_names_the_share() -> None:
    table = measured(Bare(rate=rate(40), least_share=0.5)).table()
    assert table.row_count == 3
    assert "0.75" in str(table.caption)
