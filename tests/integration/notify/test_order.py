"""A dossier's messages go out in the order of its facts; what a later one has made pointless goes out no more, and says so."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

import pytest
from sqlalchemy import text

from contracts.intake import DossierDecidedV1, DossierFact
from contracts.values import Lane
from deploy.sandbox.mail_server.smtp import MailServer
from services.notify.repository import queue
from tests.support.eventually import eventually
from tests.support.notify_world import (
    AT,
    Notify,
    NotifyWorld,
    Person,
    accepted,
    client,
    contact,
    contact_record,
    fact,
    fact_record,
    running,
    sender_of,
    settings_for,
    somebody,
)
from tests.support.reference_data import headers_for

FAR = datetime(2999, 1, 1, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("long_waits")


def subjects(mail: MailServer, person: Person) -> list[str]:
    """Of the mails in the mailbox, the oldest first."""
    return [kept.subject for kept in sorted(mail.mailbox.mails_to(person.address), key=lambda kept: kept.name)]


async def states(notify: Notify, person: Person) -> list[tuple[str, str | None]]:
    rows = await notify.rows("SELECT state, reason FROM message WHERE dossier = :id ORDER BY sequence", id=person.dossier)
    return [(row.state, row.reason) for row in rows]


async def settled(notify: Notify, person: Person) -> list[tuple[str, str | None]]:
    async def reached() -> bool:
        return {state for state, _ in await states(notify, person)} <= {"sent", "skipped", "failed"}

    await eventually(reached, describe=f"all messages of {person.dossier} settled")
    return await states(notify, person)


async def next_due(notify: Notify) -> datetime | None:
    async with notify.database.begin() as connection:
        due_in = await queue.next_due(connection, [Lane.DISTRICT])
        return None if due_in is None else await queue.machine_now(connection) + due_in


async def forget_all(notify: Notify) -> None:
    await notify.rows("DELETE FROM attempt RETURNING message")
    await notify.rows("DELETE FROM message RETURNING id")


async def read(notify: Notify, person: Person, *events: DossierFact, after: int = 0) -> None:
    records = [fact_record(person, event, sequence) for event, sequence in zip(events, count(after + 1), strict=False)]
    await notify.read(contact_record(person, contact(person, language="en")), *records)


def decided(person: Person) -> DossierFact:
    return fact(DossierDecidedV1, code=person.code)


ACCEPTED, RESULT = "Dossier {} has been accepted", "There is a result for dossier {}"


def letters(person: Person, *lines: str) -> Sequence[str]:
    return [line.format(person.code) for line in lines]


async def test_a_full_mailbox_and_accepted_never_comes_after_the_result(world: NotifyWorld) -> None:
    person = somebody()
    world.mail.faults.full = (person.address,)
    await read(world.notify, person, accepted(person))
    await world.notify.until_attempted(person, "deferred")
    world.mail.faults.full = ()
    await read(world.notify, person, decided(person), after=1)
    assert await settled(world.notify, person) == [("skipped", "superseded"), ("sent", None)]
    await world.notify.make_due()
    other = somebody()
    await world.notify.receive(other)
    await world.notify.until(other, "sent")
    assert subjects(world.mail, person) == letters(person, RESULT)
    assert await world.notify.published(person) == [(1, "skipped")]
    assert await world.notify.attempts(person) == ["deferred"]


async def test_what_waits_together_goes_out_in_order_and_nothing_is_left_out(world: NotifyWorld) -> None:
    people = [somebody() for _ in range(5)]
    await world.mail.stop()
    for person in people:
        await read(world.notify, person, accepted(person), decided(person))
    # The later one was queued first, as clocks may have it.
    await world.notify.rows("UPDATE message SET queued_at = :at WHERE sequence = 2 RETURNING id", at=AT)
    await world.mail.start()
    await world.notify.make_due()
    for person in people:
        assert await settled(world.notify, person) == [("sent", None), ("sent", None)]
        assert subjects(world.mail, person) == letters(person, ACCEPTED, RESULT)


async def test_who_was_held_back_is_sent_as_soon_as_the_first_is(world: NotifyWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sender looks again by itself: what was settled rings."""
    monkeypatch.setattr("services.notify.background.IDLE_LOOK_SECONDS", 3600)
    person = somebody()
    await read(world.notify, person, accepted(person), decided(person))
    assert await settled(world.notify, person) == [("sent", None), ("sent", None)]


async def test_the_later_one_is_held_while_the_earlier_is_on_its_way(notify: Notify, mail: MailServer) -> None:
    """One sender has taken the first up and hangs; when its lease has run out the later one makes the first pointless."""
    person = somebody()
    async with running(notify, settings_for(mail, lanes="post")) as app:
        first, second = sender_of(app), sender_of(app)
        await read(notify, person, accepted(person))
        assert len(await first.claim(Lane.DISTRICT)) == 1
        await read(notify, person, decided(person), after=1)
        assert await second.claim(Lane.DISTRICT) == []
        assert await next_due(notify) == (await notify.message(person)).due_at
        await notify.make_due()
        assert await second.claim(Lane.DISTRICT) == []
        ((message, _),) = await second.claim(Lane.DISTRICT)
    assert message.sequence == 2
    assert (await states(notify, person))[0] == ("skipped", "superseded")
    assert await notify.attempts(person) == ["unknown"]
    await forget_all(notify)


async def test_the_later_one_waits_when_another_sender_has_just_taken_the_earlier_up(notify: Notify, mail: MailServer) -> None:
    person = somebody()
    await read(notify, person, accepted(person), decided(person))
    await notify.rows("UPDATE message SET attempt = 1, due_at = :at WHERE sequence = 1 RETURNING id", at=FAR)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        async with notify.database.begin() as other:
            await other.execute(text("SELECT 1 FROM message WHERE sequence = 1 FOR UPDATE"))
            assert await sender_of(app).claim(Lane.DISTRICT) == []
        assert await states(notify, person) == [("queued", None), ("queued", None)]
        assert len(await sender_of(app).claim(Lane.DISTRICT)) == 1
    assert await states(notify, person) == [("skipped", "superseded"), ("sending", None)]
    await forget_all(notify)


async def test_one_sent_again_by_hand_waits_while_a_later_one_is_on_its_way(notify: Notify, mail: MailServer) -> None:
    """Of two whose leases have run out the earlier is first: neither waits for the other for ever."""
    person = somebody()
    await read(notify, person, decided(person), accepted(person))
    under_way = "UPDATE message SET state = 'sending', attempt = 1, due_at = :at WHERE sequence = 2 RETURNING id"
    await notify.rows(under_way, at=FAR)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        assert await sender_of(app).claim(Lane.DISTRICT) == []
        await notify.make_due()
        ((message, _),) = await sender_of(app).claim(Lane.DISTRICT)
    assert message.sequence == 1
    await forget_all(notify)


async def test_one_that_is_still_worth_saying_holds_back_what_follows_until_it_is_said(notify: Notify, mail: MailServer) -> None:
    """A pair in which neither makes the other pointless; the second is not looked for while the first waits."""
    person = somebody()
    await read(notify, person, decided(person), accepted(person))
    await notify.rows("UPDATE message SET attempt = 1, due_at = :at WHERE sequence = 1 RETURNING id", at=FAR)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        assert await sender_of(app).claim(Lane.DISTRICT) == []
        assert await next_due(notify) == FAR
    async with running(notify, settings_for(mail)):
        await notify.make_due()
        assert await settled(notify, person) == [("sent", None), ("sent", None)]
    assert subjects(mail, person) == letters(person, RESULT, ACCEPTED)


async def test_a_failed_one_holds_nothing_back_and_is_not_sent_by_hand_behind_what_followed(world: NotifyWorld) -> None:
    person = somebody()
    world.mail.faults.refused = (person.address,)
    await read(world.notify, person, decided(person))
    await world.notify.until(person, "failed")
    world.mail.faults.refused = ()
    await read(world.notify, person, accepted(person), after=1)
    assert [state for state, _ in await settled(world.notify, person)] == ["failed", "sent"]
    async with client(world.app) as http:
        answer = await http.post(f"/api/notify/messages/{person.first}/retry", headers=headers_for("son", version=1))
    assert answer.status_code == 200, answer.text
    await world.notify.until(person, "skipped")
    assert await settled(world.notify, person) == [("skipped", "superseded"), ("sent", None)]
    assert subjects(world.mail, person) == letters(person, ACCEPTED)
