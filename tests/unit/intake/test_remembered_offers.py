"""An offer is made once for the same entities, and anew for any other: their content does not count, they themselves do."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from contracts.directory import CalendarV1
from contracts.refusal import Invalid
from services.intake.domain import offers
from services.intake.domain.offers import Same, offer, remembered_offer
from tests.support.reference_data import BIRTH, DISTRICT, LAND
from tests.unit.intake.test_promise import BY_ID, TODAY, procedure, unit
from worktime import Calendar


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    yield
    remembered_offer.cache_clear()
    offers.calendar_of.cache_clear()


def parts(code: str = LAND, day: date = TODAY, version: int = 7) -> tuple[Any, ...]:
    calendar = BY_ID[CalendarV1, unit(DISTRICT).calendar]
    return unit(DISTRICT), procedure(code), unit(DISTRICT), calendar, version, day


def remembered(*given: Any) -> offers.Offer:
    return remembered_offer(*[Same(entity) for entity in given[:4]], *given[4:])


def test_it_is_the_offer_that_would_be_made() -> None:
    assert remembered(*parts()) == offer(*parts())


def test_the_same_entities_give_the_same_object_and_any_changed_part_another() -> None:
    first, given = remembered(*parts()), parts()
    assert remembered(*given) is first
    for at in range(4):
        changed = [*given]
        changed[at] = given[at].model_copy()
        again = remembered(*changed)
        assert again == first
        assert again is not first
    assert remembered(*parts(version=8)).calendar.version == 8
    assert remembered(*parts(day=TODAY + timedelta(days=1))) is not first


def test_a_calendar_is_made_once_for_all_procedures_and_days(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    make = Calendar.from_data

    def noted(data: Any) -> Calendar:
        made.append(data["version"])
        return make(data)

    monkeypatch.setattr(Calendar, "from_data", noted)
    for code, day in ((LAND, TODAY), ("1.900021", TODAY), (LAND, TODAY + timedelta(days=1))):
        remembered(*parts(code, day))
    assert made == [7]
    remembered(*parts(version=8))
    assert made == [7, 8]


def test_a_refusal_is_made_anew() -> None:
    for _ in range(2):
        with pytest.raises(Invalid, match="not-received-here"):
            remembered(*parts(BIRTH))
    assert remembered_offer.cache_info().currsize == 0
