"""Daily sums: whatever happens to dossiers in whatever batches, the sums are those of the dossiers as they stand."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.values import CIVIL_TIME, Channel, PortalStatus
from services.reporting.domain.board import Waiting, soon_through, summed_for
from services.reporting.domain.definition import DEFINITIONS, V1, V2, Definition
from services.reporting.domain.dossier import Dossier
from services.reporting.domain.figures import Figures, Measure, classify
from services.reporting.domain.period import Period
from services.reporting.domain.question import NOT_FORWARDED
from services.reporting.domain.tally import AMOUNTS, Range, Span, TallyKey, changes, first_of, up_to
from tests.support.reporting_events import countable

HANDED_OVER = datetime(2026, 3, 1, 9, tzinfo=CIVIL_TIME)
DAYS = st.dates(date(2024, 11, 1), date(2026, 2, 28))


@st.composite
def dossiers(draw: st.DrawFn, ident: str = "d-1") -> Dossier:
    """Accepted or not, decided or not, forwarded or not; nothing is decided before it was accepted."""
    accepted = draw(st.none() | DAYS)
    decided = None if accepted is None else draw(st.none() | DAYS.map(lambda day: max(day, accepted)))
    return Dossier(
        id=ident,
        unit=draw(st.sampled_from(["H1", "H2"])),
        field=draw(st.sampled_from(["dat-dai", "ho-tich"])),
        channel=draw(st.sampled_from(Channel)),
        status=draw(st.sampled_from(PortalStatus)),
        competent_unit=draw(st.sampled_from([None, "H1", "G1"])),
        accepted_on=accepted,
        promised_on=None if accepted is None else accepted + timedelta(days=draw(st.integers(0, 40))),
        decided_on=decided,
        officer=draw(st.sampled_from([None, "cb-1"])),
        handed_over_at=draw(st.sampled_from([None, HANDED_OVER])),
    )


def loaded(dossier: Dossier) -> Dossier:
    return replace(dossier, counted_as=dossier.counted())


def plain(sums: object) -> dict[TallyKey, list[int]]:
    return dict(sums)  # type: ignore[call-overload,no-any-return]


@given(st.lists(dossiers(), min_size=1, max_size=6))
def test_changes_one_after_the_other_add_up_to_the_last_state(states: list[Dossier]) -> None:
    total: Counter[tuple[TallyKey, str]] = Counter()
    before = Dossier(id="d-1")
    for state in states:
        for key, amounts in changes([replace(state, counted_as=before.counted())]).items():
            total.update({(key, name): amount for name, amount in zip(AMOUNTS, amounts, strict=True)})
        before = state
    last = {
        (key, name): amount
        for key, amounts in changes([states[-1]]).items()
        for name, amount in zip(AMOUNTS, amounts, strict=True)
        if amount
    }
    assert {key: amount for key, amount in total.items() if amount} == last


@given(dossiers())
def test_what_stays_as_it_is_changes_nothing(dossier: Dossier) -> None:
    assert changes([loaded(dossier)]) == {}


@given(st.lists(dossiers(), max_size=20))
def test_each_span_sums_up_the_same(states: list[Dossier]) -> None:
    sums = {span: Counter(dict.fromkeys(AMOUNTS, 0)) for span in Span}
    for key, amounts in changes(states).items():
        sums[key.span].update(dict(zip(AMOUNTS, amounts, strict=True)))
    assert sums[Span.DAY] == sums[Span.MONTH] == sums[Span.YEAR]


@given(DAYS, DAYS)
def test_what_lies_before_a_day_is_summed_up_once(day: date, end: date) -> None:
    holding = [part for part in up_to(end) if part.since <= first_of(part.span, day) < part.until]
    assert len(holding) == (day < end)


@given(st.sampled_from(DEFINITIONS), st.lists(dossiers(), max_size=30), DAYS, st.integers(1, 400), DAYS)
def test_the_sums_give_the_numbers_of_the_form(
    definition: Definition, states: list[Dossier], start: date, length: int, today: date
) -> None:
    """The arithmetic of the statement, by hand, while nothing is decided after the day of judging."""
    states = [state for state in states if state.decided_on is None or state.decided_on <= today]
    period = Period(start, start + timedelta(days=length))
    judged = min(period.end, today)
    sums = {day: before(states, day, definition) for day in (period.start, period.end, judged)}
    first, last, due = sums[period.start], sums[period.end], sums[judged]
    done_first, done_last = decided(first), decided(last)
    overdue = due["due"] - due["past_due"] + due["late"] - last["late"]
    by_hand = {"total": 0, "received": 0, "carried_over": 0, "resolved": 0, "late": 0, "in_progress": 0, "overdue": 0}
    for state in states:
        for measure in classify(countable(state), period, judged, definition) if state.accepted_on else ():
            by_hand[measure] = by_hand.get(measure, 0) + 1
    assert Figures(**by_hand) == replace(
        Figures(**by_hand),
        total=last["accepted"] - done_first,
        received=last["accepted"] - first["accepted"],
        carried_over=first["accepted"] - done_first,
        resolved=done_last - done_first,
        late=last["late"] - first["late"],
        in_progress=last["accepted"] - done_last,
        overdue=overdue,
    )


@given(st.sampled_from(DEFINITIONS), st.lists(dossiers(), max_size=30), DAYS)
def test_the_sums_of_what_waits_are_the_boards_numbers(definition: Definition, states: list[Dossier], today: date) -> None:
    waiting = [state for state in states if state.accepted_on and state.status in definition.counted]
    undecided = [state for state in waiting if state.decided_on is None]
    to_fetch = [
        state.decided_on
        for state in waiting
        if state.decided_on and state.handed_over_at is None and state.status is PortalStatus.DECIDED
    ]
    assert {number: summed(states, definition, *summed_for(number, today)) for number in Waiting} == {
        Waiting.DUE_SOON: sum(
            today <= state.promised_on <= soon_through(today)
            for state in undecided
            if state.promised_on and state.status not in definition.waiting
        ),
        Waiting.UNASSIGNED: sum(state.competent_unit is not None and state.officer is None for state in undecided),
        Waiting.TO_FETCH: len(to_fetch),
        Waiting.UNFETCHED: sum(day < today - timedelta(days=10) for day in to_fetch),
    }


def summed(states: list[Dossier], definition: Definition, amount: str, ranges: Iterable[Range]) -> int:
    sums = [(key, amounts) for key, amounts in changes(states).items() if key.definition == definition.id]
    within = [
        amounts for part in ranges for key, amounts in sums if key.span is part.span and part.since <= key.first < part.until
    ]
    return sum(amounts[AMOUNTS.index(amount)] for amounts in within)


def before(states: list[Dossier], day: date, definition: Definition) -> Counter[str]:
    total: Counter[str] = Counter()
    for key, amounts in changes(states).items():
        within = any(part.span is key.span and part.since <= key.first < part.until for part in up_to(day))
        if within and key.definition == definition.id:
            total.update(dict(zip(AMOUNTS, amounts, strict=True)))
    return total


def decided(sums: Counter[str]) -> int:
    return sums["early"] + sums["on_time"] + sums["late"]


def test_a_dossier_counts_for_its_unit_field_channel_and_deciding_unit() -> None:
    dossier = Dossier(
        id="d-1",
        unit="H1",
        field="dat-dai",
        channel=Channel.ONLINE,
        status=PortalStatus.ACCEPTED,
        accepted_on=date(2026, 1, 31),
        promised_on=date(2026, 2, 3),
        decided_on=date(2026, 2, 4),
    )
    limits = ("H1", "dat-dai", "online", NOT_FORWARDED)
    by_first = {key: amounts for key, amounts in plain(changes([dossier])).items() if key.definition == "v1"}
    assert by_first == {
        TallyKey("v1", Span.DAY, date(2026, 1, 31), *limits): [1, 0, 0, 0, 0, 0, 0, 0, 0],
        TallyKey("v1", Span.MONTH, date(2026, 1, 1), *limits): [1, 0, 0, 0, 0, 0, 0, 0, 0],
        TallyKey("v1", Span.YEAR, date(2026, 1, 1), *limits): [1, 0, 0, 1, 1, 1, 0, 0, 0],
        TallyKey("v1", Span.DAY, date(2026, 2, 3), *limits): [0, 0, 0, 0, 1, 0, 0, 0, 0],
        TallyKey("v1", Span.DAY, date(2026, 2, 4), *limits): [0, 0, 0, 1, 0, 1, 0, 0, 0],
        TallyKey("v1", Span.MONTH, date(2026, 2, 1), *limits): [0, 0, 0, 1, 1, 1, 0, 0, 0],
    }


def test_while_papers_are_owed_a_dossier_is_late_by_v1_only_and_again_within_time_by_its_new_date() -> None:
    dossier = Dossier(
        id="d-1",
        unit="H1",
        field="dat-dai",
        channel=Channel.COUNTER,
        status=PortalStatus.SUPPLEMENT_OWED,
        accepted_on=date(2026, 1, 5),
        promised_on=date(2026, 1, 9),
    )
    month, judged = Period(date(2026, 1, 1), date(2026, 2, 1)), date(2026, 1, 20)
    overdue = [Measure.OVERDUE in classify(countable(dossier), month, judged, definition) for definition in (V1, V2)]
    assert overdue == [True, False]
    assert [before([dossier], judged, definition)["due"] for definition in (V1, V2)] == [1, 0]
    resumed = replace(dossier, status=PortalStatus.IN_PROCESS, promised_on=date(2026, 1, 19))
    assert Measure.OVERDUE in classify(countable(resumed), month, judged, V2)
