"""Which round of the day a dossier goes with."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.civil import civil_day
from contracts.values import CIVIL_TIME
from services.intake.domain.dispatch import Round, round_of, window

moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2030, 1, 1)).map(  # noqa: DTZ001
    lambda moment: moment.replace(tzinfo=CIVIL_TIME)
)


@given(moments)
def test_every_moment_lies_in_the_one_window_of_its_round(moment: datetime) -> None:
    start, end = window(civil_day(moment), round_of(moment))
    assert start <= moment < end
    others = [chosen for chosen in Round if chosen is not round_of(moment)]
    assert not any(start <= moment < end for start, end in (window(civil_day(moment), other) for other in others))


def test_noon_parts_the_day() -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=CIVIL_TIME)
    assert round_of(noon) is Round.AFTERNOON
    assert round_of(noon - timedelta(microseconds=1)) is Round.MORNING
