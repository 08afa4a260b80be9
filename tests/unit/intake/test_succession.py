"""Who is in charge where a unit has ended: along all successors, never in a circle, and nobody without a counter."""

from datetime import date, timedelta

import pytest

from contracts.directory import UnitV1
from contracts.intake import UnitRef
from contracts.values import Tier
from services.intake.domain.succession import successions, unit_in_charge

DAY = date(2026, 7, 1)
ENDED = DAY - timedelta(days=1)
A, B, C = "H99.21.05.01", "H99.21.05.02", "H99.21.05.03"


def unit(ident: str, valid_to: date | None = None, successor: str | None = None, **given: object) -> UnitV1:
    about: dict[str, object] = {"name": f"Xã {ident}", "tier": Tier.COMMUNE, "valid_from": date(2020, 1, 1), "one_stop": True}
    return UnitV1.model_validate(about | {"id": ident, "calendar": "c", "valid_to": valid_to, "successor": successor} | given)


def in_charge(*units: UnitV1, day: date = DAY) -> str | None:
    after = unit_in_charge(units[0], {known.id: known for known in units}, day)
    return after and after.id


@pytest.mark.parametrize(
    ("units", "expected"),
    [
        pytest.param([unit(A)], A, id="there"),
        pytest.param([unit(A, DAY, B), unit(B)], A, id="on its last day"),
        pytest.param([unit(A, ENDED, B), unit(B)], B, id="ended"),
        pytest.param([unit(A, ENDED, B), unit(B, ENDED, C), unit(C)], C, id="its successor ended too"),
        pytest.param([unit(A, ENDED)], None, id="nobody took over"),
        pytest.param([unit(A, ENDED, B)], None, id="successor unknown"),
        pytest.param([unit(A, ENDED, B), unit(B, ENDED, A)], None, id="in a circle"),
        pytest.param([unit(A, ENDED, B), unit(B, valid_from=DAY + timedelta(days=1))], None, id="successor not begun"),
        pytest.param([unit(A, ENDED, B), unit(B, one_stop=False)], None, id="successor without counter"),
    ],
)
def test_who_is_in_charge(units: list[UnitV1], expected: str | None) -> None:
    assert in_charge(*units) == expected


def test_only_units_that_ended_and_were_taken_over_have_a_succession() -> None:
    units = [unit(A, ENDED, B), unit(B), unit(C, ENDED), unit("H99.21.05.04", DAY, B)]
    assert successions({known.id: known for known in units}, DAY) == {A: UnitRef(id=B, name=f"Xã {B}")}
