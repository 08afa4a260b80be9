"""Reception and promise: from the counter's time, by the unit's calendar, with a reason for each date."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.directory import CalendarV1, LimitV1, ProcedureV1, UnitV1
from contracts.refusal import Invalid, Refusal
from contracts.values import CIVIL_TIME, Channel
from services.intake.domain.offers import Offer, offer
from services.intake.domain.promise import OLDEST, promised, reception_time, require_recent
from tests.support.reference_data import (
    BUSINESS,
    CARD_CORRECTION,
    CENTRE,
    COMMUNE,
    DEPARTMENT,
    DISTRICT,
    DRIVING_LICENCE,
    LAND,
    MARRIAGE,
    entities,
)
from tests.support.reference_data import entity_id as ident

NOW = datetime(2026, 2, 24, 9, 0, tzinfo=CIVIL_TIME)
TODAY = NOW.date()
SWAPPED = {date(2026, 1, 1), date(2026, 1, 2)}
BY_ID = {(type(entity), ident(entity)): entity for entity in entities()}


def unit(identifier: str) -> UnitV1:
    entity = BY_ID[UnitV1, identifier]
    assert isinstance(entity, UnitV1)
    return entity


def procedure(code: str) -> ProcedureV1:
    entity = BY_ID[ProcedureV1, code]
    assert isinstance(entity, ProcedureV1)
    return entity


def offered(code: str, at: str = DISTRICT, by: str = DISTRICT, day: date = TODAY, **changes: object) -> Offer:
    calendar = BY_ID[CalendarV1, unit(at).calendar]
    assert isinstance(calendar, CalendarV1)
    return offer(unit(at).model_copy(update=changes), procedure(code), unit(by), calendar, 7, day)


@given(st.integers(-200_000, 10_000))
@example(1)
@example(2)
def test_time_at_the_counter_is_bounded(minutes: int) -> None:
    given_time = NOW + timedelta(minutes=minutes)
    if minutes > 1 or given_time < NOW - OLDEST:
        with pytest.raises(Invalid) as refused:
            reception_time(given_time, NOW)
        assert refused.value.field == "received_at"
    else:
        assert reception_time(given_time, NOW) == min(given_time, NOW)


def test_reception_is_never_before_the_submission() -> None:
    with pytest.raises(Invalid, match="received-before-submission"):
        reception_time(NOW - timedelta(hours=2), NOW, not_before=NOW - timedelta(hours=1))


def test_now_if_not_given() -> None:
    assert reception_time(None, NOW) == NOW


def test_working_days_of_the_unit_with_their_reasons() -> None:
    promise = promised(offered(LAND), NOW)
    assert promise.moment == datetime(2026, 3, 10, 17, 0, tzinfo=CIVIL_TIME)
    assert promise.explanation.calendar_version == 7
    assert any("Thứ bảy 28/02/2026: mở cửa tiếp nhận" in line for line in promise.explanation.lines("vi"))
    assert any("Chủ nhật 01/03/2026: nghỉ cuối tuần" in line for line in promise.explanation.lines("vi"))


def test_working_hours_and_same_day() -> None:
    hours = promised(offered(DRIVING_LICENCE, CENTRE, DEPARTMENT), NOW)
    # 6 on Tuesday, 7.5 on each working day: the Saturday morning of this desk counts for no limit.
    assert hours.moment == datetime(2026, 3, 3, 11, 30, tzinfo=CIVIL_TIME)
    assert promised(offered(CARD_CORRECTION), NOW).moment == NOW.replace(hour=17)
    assert promised(offered(CARD_CORRECTION), NOW.replace(hour=15, minute=1)).moment.date() == date(2026, 2, 25)


@given(st.integers(0, 30), st.integers(0, 80), st.integers(0, 24 * 60 - 1))
def test_reception_is_dated_back_by_working_days_only(most: int, days: int, minute: int) -> None:
    """Over Tết too: what counts is how many working days lie between."""
    now = datetime(2026, 2, 27, 17, 0, tzinfo=CIVIL_TIME)
    given_time = (now - timedelta(days=days)).replace(hour=minute // 60, minute=minute % 60)
    between = [now.date() - timedelta(days=back) for back in range(days)]
    worked = sum(
        day.weekday() < 5 and not date(2026, 2, 16) <= day <= date(2026, 2, 20) and day not in SWAPPED for day in between
    )
    worked += sum(day == date(2026, 1, 10) for day in between)
    calendar = offered(LAND).calendar
    if worked > most:
        with pytest.raises(Invalid, match="received-too-long-ago"):
            require_recent(calendar, given_time, now, most)
    else:
        require_recent(calendar, given_time, now, most)


def test_a_paper_of_before_tet_typed_after_it_keeps_its_own_time() -> None:
    calendar = offered(LAND).calendar
    before_tet = datetime(2026, 2, 13, 16, 0, tzinfo=CIVIL_TIME)
    require_recent(calendar, before_tet, datetime(2026, 2, 23, 8, 0, tzinfo=CIVIL_TIME), 1)
    with pytest.raises(Invalid, match="received-too-long-ago"):
        require_recent(calendar, before_tet, datetime(2026, 2, 24, 8, 0, tzinfo=CIVIL_TIME), 1)


def test_a_promise_past_the_end_of_the_calendar_is_provisional() -> None:
    provisional = promised(offered(MARRIAGE, COMMUNE, COMMUNE), datetime(2027, 12, 30, 9, 0, tzinfo=CIVIL_TIME)).explanation
    assert (provisional.provisional, provisional.known_until) == (True, date(2027, 12, 31))
    assert not promised(offered(MARRIAGE, COMMUNE, COMMUNE), NOW).explanation.provisional


def test_a_calendar_may_refuse_to_promise_what_it_does_not_know() -> None:
    calendar = BY_ID[CalendarV1, unit(COMMUNE).calendar]
    assert isinstance(calendar, CalendarV1)
    strict = calendar.model_copy(update={"refuse_beyond": True})
    refusing = offer(unit(COMMUNE), procedure(MARRIAGE), unit(COMMUNE), strict, 1, NOW.date())
    with pytest.raises(Refusal, match="cannot-promise") as refused:
        promised(refusing, datetime(2027, 12, 30, 9, 0, tzinfo=CIVIL_TIME))
    assert "31/12/2027" in refused.value.vi
    assert "31/12/2027" in refused.value.en


def test_seconds_are_not_on_the_receipt_and_do_not_count() -> None:
    licence = offered(DRIVING_LICENCE, CENTRE, DEPARTMENT)
    assert promised(licence, NOW.replace(second=59, microsecond=999_999)).moment == promised(licence, NOW).moment


def test_through_tet_and_from_a_sunday() -> None:
    before_tet = datetime(2026, 2, 13, 16, 0, tzinfo=CIVIL_TIME)
    promise = promised(offered(BUSINESS), before_tet)
    assert promise.moment == datetime(2026, 2, 25, 17, 0, tzinfo=CIVIL_TIME)
    assert any("Tết Nguyên đán" in line for line in promise.explanation.lines("vi"))
    sunday = promised(offered(CARD_CORRECTION), datetime(2026, 3, 1, 10, 0, tzinfo=CIVIL_TIME))
    assert sunday.moment.date() == date(2026, 3, 2)


def test_version_in_force_on_the_day_decides() -> None:
    assert offered(BUSINESS, day=date(2021, 6, 30)).procedure.version == 1
    assert offered(BUSINESS, day=date(2021, 7, 1)).procedure.version == 2
    with pytest.raises(Invalid, match="not-in-force"):
        offered(BUSINESS, day=date(2016, 12, 31), valid_from=date(2000, 1, 1))


def test_a_closed_unit_names_its_successor() -> None:
    with pytest.raises(Invalid) as refused:
        offered(LAND, valid_to=date(2026, 2, 23), successor=CENTRE)
    assert refused.value.code == "unit-closed"
    assert CENTRE in refused.value.vi
    assert CENTRE in refused.value.en
    with pytest.raises(Invalid, match="unit-closed"):
        offered(LAND, valid_from=date(2026, 2, 25))


def test_who_receives_nothing_offers_nothing() -> None:
    with pytest.raises(Invalid, match="not-received-here"):
        offered(DRIVING_LICENCE)
    with pytest.raises(Invalid, match="not-received-here"):
        offered(LAND, one_stop=False)


def test_doors_that_are_not_offered() -> None:
    with pytest.raises(Invalid, match="channel-not-offered"):
        offered("2.900033").require_channel(Channel.ONLINE)
    with pytest.raises(Invalid, match="channel-not-offered"):
        offered("2.900033").require_channel(Channel.POST)
    offered("2.900033").require_channel(Channel.COUNTER)


def otherwise(code: str, **changes: object) -> ProcedureV1:
    """The procedure with these fields of its only version changed."""
    (version,) = procedure(code).versions
    return procedure(code).model_copy(update={"versions": [version.model_copy(update=changes)]})


def test_a_limit_in_calendar_days_counts_days_off_too() -> None:
    week = BY_ID[CalendarV1, unit(DISTRICT).calendar]
    assert isinstance(week, CalendarV1)
    thirty = otherwise(LAND, limit=LimitV1(kind="working_days", amount=30, every_day=True))
    promise = promised(offer(unit(DISTRICT), thirty, unit(DISTRICT), week, 7, TODAY), NOW)
    assert promise.moment == datetime(2026, 3, 26, 17, 0, tzinfo=CIVIL_TIME)
    assert promise.explanation.to_data()["limit"] == {"kind": "calendar_days", "amount": 30}


def test_a_same_day_limit_may_have_a_cut_off_of_its_own() -> None:
    week = BY_ID[CalendarV1, unit(DISTRICT).calendar]
    assert isinstance(week, CalendarV1)
    until_noon = otherwise(CARD_CORRECTION, limit=LimitV1(kind="same_day", cutoff="11:00"))
    on_offer = offer(unit(DISTRICT), until_noon, unit(DISTRICT), week, 7, TODAY)
    assert promised(on_offer, NOW.replace(hour=11)).moment.date() == TODAY
    assert promised(on_offer, NOW.replace(hour=11, minute=1)).moment.date() == date(2026, 2, 25)


def test_out_of_area_counts_from_when_the_competent_unit_is_expected_to_receive_it() -> None:
    week = BY_ID[CalendarV1, unit(DISTRICT).calendar]
    assert isinstance(week, CalendarV1)
    (version,) = procedure(LAND).versions
    elsewhere = [rule.model_copy(update={"out_of_area": rule.receiving == DISTRICT}) for rule in version.competences]
    far = otherwise(LAND, competences=elsewhere)
    late = NOW.replace(hour=15, minute=1)
    at_home = promised(offer(unit(CENTRE), far, unit(DISTRICT), week, 7, TODAY), late)
    far_away = promised(offer(unit(DISTRICT), far, unit(DISTRICT), week, 7, TODAY), late)
    assert (at_home.moment.date(), far_away.moment.date()) == (date(2026, 3, 10), date(2026, 3, 11))
    assert at_home.explanation.transfer is None
    assert far_away.explanation.bases == ("Nghị định 118/2025/NĐ-CP",)
    assert far_away.explanation.lines("vi")[1].startswith("Nhận ngoài địa bàn: ")


def test_calendar_or_limit_that_cannot_be_counted_with_is_a_refusal_not_a_fault() -> None:
    calendar = CalendarV1(id="never", name="Không bao giờ", weekly={})
    idle = offer(unit(DISTRICT), procedure(LAND), unit(DISTRICT), calendar, 1, NOW.date())
    with pytest.raises(Refusal, match="cannot-promise"):
        promised(idle, NOW)
    endless = procedure(LAND).versions[0].model_copy(update={"limit": LimitV1(kind="working_days", amount=0)})
    wrong = ProcedureV1(code=LAND, versions=[endless])
    with pytest.raises(Refusal, match="cannot-promise"):
        offer(unit(DISTRICT), wrong, unit(DISTRICT), calendar, 1, NOW.date())
