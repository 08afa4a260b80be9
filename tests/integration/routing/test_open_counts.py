"""Numbers of open cases against counting them: whatever happens in whatever order, and by which day they are late."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.intake import DossierAcceptedV1, DossierRescheduledV1, DossierWithdrawalRequestedV1
from contracts.refusal import Refusal
from contracts.values import CIVIL_TIME, Outcome, WithdrawalReason
from messaging.handler_table import Decision
from services.routing.domain.absence import Absence
from services.routing.domain.case import Actor, Case
from services.routing.domain.due import days_left
from services.routing.domain.history import Person
from services.routing.domain.ruling import Ruling
from services.routing.domain.stranded import needs_hand
from services.routing.domain.work_list import Counts, by_officer, counts_of
from services.routing.handlers.work import Assignee, assign, decide
from services.routing.reconcile import VIEWS
from services.routing.repository.absences import ABSENCES
from services.routing.repository.cases import CASE_STORE
from services.routing.repository.open_counts import holdings
from tests.support.reference_data import COMMUNE, DISTRICT, people, staff_id
from tests.support.routing_world import NOW, accepted, new_id, process_batch, record, routing_database, rows
from tests.support.servers import PostgresServer

MINH, BICH = staff_id("minh"), staff_id("bich")
HERE = {person.id: person for person in people().values()} | {"x-gone": None}
LEADER = Actor(person=Person("s-lead", "Lãnh đạo"), leads=True)
UNITS = (DISTRICT, COMMUNE)
TODAY = NOW.date()
# At the edges of civil days, which are not those of UTC.
PROMISES = st.builds(
    datetime.combine,
    st.sampled_from([TODAY + timedelta(days=days) for days in (-2, -1, 0, 1, 2)]),
    st.sampled_from([time(0), time(6, 59), time(7), time(17), time(23, 59, 59, 999999)]),
    st.just(CIVIL_TIME),
)
SLOTS = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("open"), SLOTS, st.sampled_from(UNITS), st.sampled_from(["dat-dai", "van-hoa"]), PROMISES),
    st.tuples(st.just("move"), SLOTS, PROMISES),
    st.tuples(st.just("withdraw"), SLOTS),
    st.tuples(st.just("again"), SLOTS),
    st.tuples(st.just("give"), SLOTS, st.sampled_from(sorted(HERE))),
    st.tuples(st.just("decide"), SLOTS),
    st.tuples(st.just("away"), st.sampled_from([MINH, BICH])),
)


@dataclass
class Course:
    """One run: the dossiers in their slots, and every record that was ever read about them."""

    database: AsyncEngine
    ids: dict[int, str] = field(default_factory=dict)
    accepted: dict[int, DossierAcceptedV1] = field(default_factory=dict)
    read: dict[int, list[Any]] = field(default_factory=dict)

    async def take(self, step: Sequence[Any]) -> None:
        name, slot, *what = step
        if name == "away":
            async with self.database.begin() as connection:
                day = TODAY + timedelta(days=1)
                absence = Absence(officer=slot, deputy="x-gone", first_day=TODAY, last_day=day, noted_by="s-lead")
                await ABSENCES.save(connection, [absence])
        elif name == "open":
            self.ids[slot], self.read[slot] = new_id(), []
            self.accepted[slot] = accepted(unit=what[0], field=what[1], promised=what[2])
            await self._read(slot, self.accepted[slot])
        elif slot in self.ids:
            await getattr(self, f"_{name}")(slot, *what)

    async def _read(self, slot: int, event: Any) -> None:
        self.read[slot].append(record(self.ids[slot], event, len(self.read[slot]) + 1))
        await process_batch(self.database, [self.read[slot][-1]])

    async def _move(self, slot: int, promised_at: datetime) -> None:
        facts = self.accepted[slot].model_dump() | {"previous_at": NOW, "promised_at": promised_at}
        await self._read(slot, DossierRescheduledV1.model_validate(facts))

    async def _withdraw(self, slot: int) -> None:
        facts = self.accepted[slot].model_dump(include=set(DossierWithdrawalRequestedV1.model_fields))
        await self._read(slot, DossierWithdrawalRequestedV1.model_validate(facts | {"reason": WithdrawalReason.APPLICANT}))

    async def _again(self, slot: int) -> None:
        await process_batch(self.database, self.read[slot])

    async def _give(self, slot: int, officer: str) -> None:
        to = Assignee(Person(officer, officer), officer_here=True)
        await self._command(slot, lambda case: assign(case, to, LEADER, NOW))

    async def _decide(self, slot: int) -> None:
        await self._command(slot, lambda case: decide(case, Ruling(Outcome.GRANTED), LEADER, NOW))

    async def _command(self, slot: int, do: Callable[[Case], Decision[Case]]) -> None:
        """What is refused changes nothing."""
        async with self.database.begin() as connection:
            for case in (await CASE_STORE.load(connection, [self.ids[slot]])).values():
                with suppress(Refusal):
                    decision = do(case)
                    await CASE_STORE.save(connection, [decision.state.recorded(decision.events)])


async def open_cases(database: AsyncEngine) -> list[Case]:
    async with database.connect() as connection:
        ids = [row.id for row in await rows(database, "SELECT id FROM routing_case")]
        return [case for case in (await CASE_STORE.load(connection, ids)).values() if not case.closed]


def slow_counts(cases: Sequence[Case], now: datetime) -> Counts:
    left = [days_left(case.promised_at, now) for case in cases]
    stranded = sum(needs_hand(case, HERE.get(case.officer.id)) is not None for case in cases if case.officer)
    return Counts(
        open=len(cases),
        late=sum(days < 0 for days in left),
        today=sum(days == 0 for days in left),
        unassigned=stranded + sum(case.officer is None for case in cases),
        needs_hand=stranded,
    )


async def agree(database: AsyncEngine) -> None:
    cases = await open_cases(database)
    for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
        for clock in (time(0), time(6, 59), time(23, 59, 59)):
            await agree_at(database, cases, datetime.combine(day, clock, CIVIL_TIME))
    by_name = {view.name: view.query for view in VIEWS}
    kept, counted = [
        {row.key: row.value for row in await rows(database, by_name[name])} for name in ("open-cases-kept", "open-cases")
    ]
    assert kept == counted


async def agree_at(database: AsyncEngine, cases: Sequence[Case], now: datetime) -> None:
    for units in ([DISTRICT], [COMMUNE], list(UNITS)):
        there = [case for case in cases if case.competent_unit.id in units]
        async with database.connect() as connection:
            held = await holdings(connection, units, now)
        assert counts_of(held) == slow_counts(there, now)
        mine = [case for case in there if case.officer and case.officer.id == MINH]
        of_minh = counts_of(held, MINH)
        assert urgency(of_minh) == urgency(slow_counts(mine, now))
        in_hands = Counter(
            case.officer.id for case in there if case.officer and needs_hand(case, HERE.get(case.officer.id)) is None
        )
        assert {row.officer: row.open for row in by_officer(held)} == in_hands


def urgency(counts: Counts) -> tuple[int, int, int]:
    return counts.open, counts.late, counts.today


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as made:
        yield made


@pytest.fixture(scope="module")
def database(postgres: PostgresServer, runner: asyncio.Runner) -> Iterator[AsyncEngine]:
    async def make() -> AsyncEngine:
        return await routing_database(await postgres.create_database("open_counts"))

    made = runner.run(make())
    yield made
    runner.run(made.dispose())


@example(plan=[("open", 0, DISTRICT, "dat-dai", NOW), ("move", 0, NOW + timedelta(days=1)), ("withdraw", 0), ("again", 0)])
@example(plan=[("away", MINH), ("open", 0, DISTRICT, "dat-dai", NOW), ("give", 0, BICH), ("decide", 0), ("withdraw", 0)])
@settings(max_examples=25)
@given(plan=st.lists(STEPS, max_size=14))
def test_whatever_happens_in_whatever_order_the_numbers_are_what_counting_gives(
    runner: asyncio.Runner, database: AsyncEngine, plan: Sequence[Sequence[Any]]
) -> None:
    """Opened, moved, given on, decided, withdrawn, read again, while officers are away: over all that any run left behind."""

    async def follow() -> None:
        course = Course(database)
        for step in plan:
            await course.take(step)
        await agree(database)

    runner.run(follow())
