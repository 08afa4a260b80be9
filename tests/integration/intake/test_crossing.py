"""Commands that cross: of two that cannot both be, one wins and the other is refused; and a unit's codes under contention."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest

from contracts.civil import civil_day
from messaging.command_table import Answer, Command, CommandEntry, CommandTable, Load, UnitOfWork, anybody
from messaging.commands import Commands
from services.intake.domain.codes import CounterKey, mint
from services.intake.repository.counters import COUNTERS
from tests.support.eventually import PATIENCE, eventually
from tests.support.intake_events import MISSING, NOW, decided_case, delivered, dispatched, new_dossier, opened_case
from tests.support.intake_world import Intake
from tests.support.reference_data import BIRTH, COMMUNE, DISTRICT, POST_OFFICE

AT_ONCE = 200
RETURN: dict[str, object] = {"missing": [{"code": MISSING, "reason": "Bản sao mờ"}]}
REFUSE: dict[str, object] = {"reason": "Không thuộc thẩm quyền"}
REQUESTS: dict[str, dict[str, object]] = {"accept": {}, "return": RETURN, "refuse": REFUSE}
RESULTS = {"accept": "accepted", "return": "returned", "refuse": "refused"}


@pytest.mark.parametrize("pair", [("accept", "return"), ("accept", "refuse"), ("return", "refuse"), ("accept", "accept")])
async def test_of_two_at_once_one_wins_and_the_other_is_refused(intake: Intake, pair: tuple[str, str]) -> None:
    for order in (pair, pair[::-1]):
        received = await intake.receive(accept=False)
        path = f"/dossiers/{received['id']}"
        answers = await asyncio.gather(*(intake.post(f"{path}/{action}", REQUESTS[action], version=1) for action in order))
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        winner = order[0] if answers[0].status_code == 200 else order[1]
        assert await intake.published(received["id"]) == [(1, "submitted"), (2, RESULTS[winner])]
        loser = next(answer for answer in answers if answer.status_code == 412)
        assert loser.json()["code"] == "stale-write"


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("accept", "return"),
        ("accept", "refuse"),
        ("refuse", "accept"),
        ("refuse", "return"),
        ("return", "refuse"),
        ("accept", "accept"),
    ],
)
async def test_who_has_seen_the_first_step_is_refused_the_second(intake: Intake, first: str, then: str) -> None:
    received = await intake.receive(accept=False)
    assert (await intake.post(f"/dossiers/{received['id']}/{first}", REQUESTS[first], version=1)).status_code == 200
    answer = await intake.post(f"/dossiers/{received['id']}/{then}", REQUESTS[then], version=2)
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal-step")
    assert answer.json()["vi"].startswith("Không thể")
    assert len(await intake.published(received["id"])) == 2


async def test_accepting_an_incomplete_one_while_it_is_handed_back_leaves_it_returned(intake: Intake) -> None:
    received = await intake.receive(accept=False, papers=[])
    lines = [{"code": code, "reason": "Chưa có"} for code in new_dossier()["papers"]]
    path = f"/dossiers/{received['id']}"
    accepted, returned = await asyncio.gather(
        intake.post(f"{path}/accept", {}, version=1), intake.post(f"{path}/return", {"missing": lines}, version=1)
    )
    assert returned.status_code == 200
    assert accepted.status_code in {412, 422}
    assert await intake.published(received["id"]) == [(1, "submitted"), (2, "returned")]


async def test_hand_over_before_the_decision_is_refused(intake: Intake) -> None:
    received = await intake.receive()
    path = f"/dossiers/{received['id']}/hand-over"
    early = await intake.post(path, {}, version=2)
    assert (early.status_code, early.json()["code"]) == (409, "illegal-step")
    await intake.consume(received["id"], opened_case(received))
    assert (await intake.post(path, {}, version=3)).json()["code"] == "illegal-step"
    await intake.consume(received["id"], decided_case(received))
    assert (await intake.post(path, {}, version=4)).json()["status"] == 10
    again = await intake.post(path, {}, version=5)
    assert (again.status_code, again.json()["code"]) == (409, "illegal-step")
    assert (await intake.published(received["id"]))[-2:] == [(4, "decided"), (5, "handed-over")]


async def test_handed_over_twice_at_once_is_handed_over_once(intake: Intake) -> None:
    received = await intake.decided()
    path = f"/dossiers/{received['id']}/hand-over"
    answers = await asyncio.gather(*(intake.post(path, {}, version=4) for _ in range(5)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 4}


async def test_decision_and_hand_over_at_once(intake: Intake) -> None:
    """The clerk who has seen `in process` is either too early or has seen too little; the decision always stands."""
    received = await intake.receive()
    await intake.consume(received["id"], opened_case(received))
    path = f"/dossiers/{received['id']}/hand-over"
    answer, _ = await asyncio.gather(intake.post(path, {}, version=3), intake.consume(received["id"], decided_case(received)))
    assert answer.status_code in {409, 412}
    assert (await intake.published(received["id"]))[-1] == (4, "decided")


async def test_what_the_post_delivers_is_not_handed_over_at_the_counter(intake: Intake) -> None:
    received = await intake.decided(hand_over="post")
    answer = await intake.post(f"/dossiers/{received['id']}/hand-over", {}, version=4)
    assert (answer.status_code, answer.json()["code"]) == (409, "goes-by-post")


async def test_delivered_twice_is_handed_over_once(intake: Intake) -> None:
    received = await intake.decided(hand_over="post")
    order = received["id"].replace("d-", "o-")
    await intake.consume(order, dispatched(), delivered())
    await intake.consume(order, delivered(), again=True)
    await intake.consume(order, delivered())
    assert (await intake.published(received["id"]))[-2:] == [(4, "decided"), (5, "handed-over")]
    assert await intake.parked(order) == []
    (row,) = await intake.rows("SELECT * FROM post_order WHERE id = :id", id=order)
    assert (row.state, row.recipient, row.tracking, row.version) == ("delivered", None, "VN123", 1)


async def test_same_key_sent_by_many_at_once_takes_in_one(intake: Intake) -> None:
    key, body = str(uuid4()), new_dossier()
    answers = await asyncio.gather(*(intake.post("/dossiers", body, key=key) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_200_acceptances_at_once_give_200_consecutive_codes(intake: Intake) -> None:
    """Through the real routes, a hundred under way at a time; every eleventh is refused on the way."""
    under_way = asyncio.Semaphore(100)

    async def until_answered(number: int) -> httpx.Response:
        body = new_dossier(unit=COMMUNE, procedure=BIRTH)
        body["papers"] = body["papers"] if number % 11 else []
        key = str(uuid4())

        async def answered() -> httpx.Response | None:
            """503 means to come back."""
            answer = await intake.post("/dossiers", body, clerk="tam", key=key)
            return None if answer.status_code == 503 else answer

        async with under_way:
            return await eventually(answered, within=5 * PATIENCE)

    refused_too = AT_ONCE * 11 // 10
    answers = await asyncio.gather(*(until_answered(number) for number in range(refused_too)))
    codes = sorted(answer.json()["code"] for answer in answers if answer.status_code == 201)
    assert codes == [f"{COMMUNE}-260224-{number:04d}" for number in range(1, len(codes) + 1)]
    assert len(codes) == AT_ONCE
    assert {answer.status_code for answer in answers} == {201, 422}
    rows = await intake.rows("SELECT last FROM code_counter WHERE unit = :unit", unit=COMMUNE)
    assert [row.last for row in rows] == [AT_ONCE]


class MachineError(Exception):
    """The machine fails after the code was minted."""


@dataclass(frozen=True)
class Mint:
    fails: bool


KEY = CounterKey(POST_OFFICE, civil_day(NOW))


def _mint(command: Command[Mint], work: UnitOfWork) -> Answer:
    counter = work.get(COUNTERS, KEY)
    assert counter is not None
    after, code = mint(counter, 4)
    work.save(COUNTERS, after)
    if command.body.fails:
        raise MachineError
    return Answer({"code": code})


async def test_a_code_minted_by_a_command_that_fails_is_minted_again(intake: Intake) -> None:
    entry = CommandEntry(body=Mint, handler=_mint, may=anybody, loads=(Load(COUNTERS, lambda _, __: [KEY]),))
    commands = Commands(database=intake.database, table=CommandTable(order=(COUNTERS,), entries=(entry,)), clock=lambda: NOW)
    ran = (commands.run(Command(body=Mint(number % 3 == 0))) for number in range(60))
    outcomes = await asyncio.gather(*ran, return_exceptions=True)
    assert sum(isinstance(outcome, MachineError) for outcome in outcomes) == 20
    codes = [outcome.body["code"] for outcome in outcomes if isinstance(outcome, Answer)]
    assert codes == [f"{POST_OFFICE}-260224-{number:04d}" for number in range(1, 41)]


async def test_a_units_codes_have_neither_gap_nor_repeat_whatever_was_refused_between(intake: Intake) -> None:
    refused = new_dossier(papers=[])
    for number in range(6):
        assert (await intake.post("/dossiers", refused if number % 2 else new_dossier())).status_code == (
            422 if number % 2 else 201
        )
    rows = await intake.rows("SELECT code FROM dossier WHERE code IS NOT NULL AND unit_id = :unit ORDER BY code", unit=DISTRICT)
    codes = [row.code for row in rows]
    assert len(codes) >= 3
    assert codes == [f"{DISTRICT}-260224-{number:04d}" for number in range(1, len(codes) + 1)]
