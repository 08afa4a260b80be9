"""Many messages are claimed, and their outcomes recorded, in one transaction each; and never more than a crash may repeat."""

import asyncio

import pytest
from sqlalchemy import text

from contracts.values import Lane
from deploy.sandbox.mail_server.smtp import MailServer
from services.notify.background import Sender
from services.notify.repository import queue
from tests.support.eventually import eventually
from tests.support.noted_statements import noted_statements
from tests.support.notify_world import (
    Notify,
    Person,
    accepted,
    contact,
    contact_record,
    fact_record,
    message_ids,
    running,
    sender_of,
    settings_for,
    somebody,
)

MODULE = "services.notify.background"


async def queue_for(notify: Notify, number: int, lane: Lane = Lane.DISTRICT) -> list[Person]:
    people = [somebody() for _ in range(number)]
    await notify.read(*(contact_record(person, contact(person), lane=lane) for person in people))
    await notify.read(*(fact_record(person, accepted(person), lane=lane) for person in people))
    return people


async def transactions(notify: Notify, table: str, key: str, people: list[Person]) -> int:
    """In how many transactions the lines about these people's first messages were last written."""
    ids = [person.first for person in people]
    statement = f"SELECT count(DISTINCT xmin::text) AS number FROM {table} WHERE {key} = ANY(:ids)"  # noqa: S608 -- our own names
    (row,) = await notify.rows(statement, ids=ids)
    return int(row.number)


async def send_all(sender: Sender, notify: Notify, people: list[Person]) -> None:
    async def sent() -> bool:
        await sender.send_due()
        return {(await notify.message(person)).state for person in people} == {"sent"}

    await eventually(sent, describe="all sent")
    await sender.gateway.close()


async def test_of_a_long_queue_only_what_is_claimed_is_looked_at(notify: Notify) -> None:
    """In the order of its index: who sorts it first looks at all of it, each time."""
    await queue_for(notify, 200, Lane.PROVINCE)
    async with notify.database.begin() as connection:
        await connection.execute(text("ANALYZE message"))
        with noted_statements(notify.database) as statements:
            await queue.claim(connection, Lane.PROVINCE, 5)
        ((statement, values),) = statements
        lines = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE) {statement}", values)
        plan = "\n".join(row[0] for row in lines)
    assert "Sort" not in plan, plan
    assert "message_due" in plan


async def test_a_batch_is_claimed_in_one_transaction_and_recorded_in_one(
    notify: Notify, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{MODULE}.RECORD_SECONDS", 3600)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        people = await queue_for(notify, 12)
        sender = sender_of(app, lanes="district")
        sender.at_a_time = len(people)
        claimed = await sender.claim(Lane.DISTRICT)
        assert len(claimed) == len(people)
        assert await transactions(notify, "attempt", "message", people) == 1
        await notify.make_due()
        await send_all(sender, notify, people)
    for table, key in (("attempt", "message"), ("message", "id"), ("outbox", "aggregateid")):
        assert await transactions(notify, table, key, people) == (1 if table != "attempt" else 2)
    for person in people:
        assert await notify.attempts(person) == ["unknown", "accepted"]
        assert await notify.published(person) == [(1, "sent")]
        assert len(message_ids(mail, person)) == 1


@pytest.mark.parametrize(("name", "bound", "expected"), [("RECORD_SECONDS", 0, 12), ("AT_MOST", 5, 3)], ids=["time", "number"])
async def test_outcomes_wait_no_longer_than_the_bound_in_time_and_number(
    notify: Notify, mail: MailServer, monkeypatch: pytest.MonkeyPatch, name: str, bound: int, expected: int
) -> None:
    monkeypatch.setattr(f"{MODULE}.RECORD_SECONDS", 3600)
    monkeypatch.setattr(f"{MODULE}.{name}", bound)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        people = await queue_for(notify, 12)
        sender = sender_of(app, lanes="district")
        sender.at_a_time = len(people)
        await send_all(sender, notify, people)
    assert await transactions(notify, "message", "id", people) == expected


async def test_a_fault_in_the_middle_of_a_batch_leaves_what_was_accepted_recorded(
    notify: Notify, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(notify, settings_for(mail, lanes="post")) as app:
        people = await queue_for(notify, 3)
        sender = sender_of(app, lanes="district")
        deliver, calls = sender.gateway.deliver, iter(range(3))

        async def faulty(outgoing: object) -> object:
            if next(calls) == 2:
                raise RuntimeError("nobody expected this")
            return await deliver(outgoing)  # type: ignore[arg-type]

        monkeypatch.setattr(sender.gateway, "deliver", faulty)
        with pytest.raises(RuntimeError, match="nobody expected"):
            await sender.send_due()
        await sender.gateway.close()
    assert sorted([(await notify.message(person)).state for person in people]) == ["sending", "sent", "sent"]
    await notify.rows("UPDATE message SET state = 'sent', due_at = NULL, settled_at = now() WHERE state = 'sending' RETURNING id")


async def test_while_one_sender_waits_for_a_slow_server_the_others_take_the_rest(notify: Notify, mail: MailServer) -> None:
    mail.faults.slow_seconds = 3600
    async with running(notify, settings_for(mail)):
        people = await queue_for(notify, 15)

        async def under_way() -> bool:
            return [await notify.attempts(person) for person in people] == [["under way"]] * len(people)

        await eventually(under_way, describe="every message claimed by one of the senders")
        await mail.stop()
    await notify.rows("DELETE FROM attempt RETURNING message")
    await notify.rows("DELETE FROM message RETURNING id")


async def test_a_connection_without_work_is_given_up(notify: Notify, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{MODULE}.IDLE_SECONDS", 0)
    monkeypatch.setattr(f"{MODULE}.IDLE_LOOK_SECONDS", 0.01)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        sender = sender_of(app, lanes="district")
        await sender.gateway.open()
        await sender.send_due()
        assert not sender.gateway._client.is_connected  # type: ignore[attr-defined]
        await sender.gateway.open()
        await sender.turn.acquire()
        waiting = asyncio.create_task(sender.send_due())
        await eventually(lambda: not sender.gateway._client.is_connected, describe="closed while it waits for its turn")  # type: ignore[attr-defined]
        sender.turn.release()
        await waiting
