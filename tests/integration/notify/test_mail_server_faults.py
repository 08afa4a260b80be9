"""A mail server that is away, says no, later, or nothing: each has its own end, and none harms another message."""

import pytest

from deploy.sandbox.mail_server.smtp import MailServer
from services.notify.adapters.gateways.port import Away
from services.notify.domain.retry_policy import AT_ONCE
from tests.support.notify_world import Notify, NotifyWorld, running, sender_of, settings_for, somebody


async def test_while_the_server_is_away_nothing_is_claimed(notify: Notify, mail: MailServer) -> None:
    person = somebody()
    await notify.receive(person)
    await mail.stop()
    before = await notify.message(person)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        sender = sender_of(app, lanes="district")
        with pytest.raises(Away):
            await sender.send_due()
    assert await notify.message(person) == before
    assert (before.state, before.attempt, before.due_at) == ("queued", 0, AT_ONCE)
    assert await notify.attempts(person) == []


async def test_an_outage_leaves_no_mark_and_afterwards_everything_is_sent(world: NotifyWorld) -> None:
    people = [somebody() for _ in range(20)]
    await world.mail.stop()
    for person in people:
        await world.notify.receive(person)
    with pytest.raises(Away):
        await sender_of(world.app).gateway.open()
    for person in people:
        row = await world.notify.message(person)
        assert (row.state, row.attempt, row.deferrals) == ("queued", 0, 0)
    await world.mail.start()
    await world.notify.make_due()
    for person in people:
        row = await world.notify.until(person, "sent")
        assert row.attempt == 1
        assert len(world.message_ids(person)) == 1


async def test_a_refused_recipient_is_failed_for_good_with_the_reason_and_without_the_address(world: NotifyWorld) -> None:
    person = somebody()
    world.mail.faults.refused = (person.address,)
    await world.notify.receive(person)
    row = await world.notify.until(person, "failed")
    assert row.reason == "550 5.1.1 <***@***>: Recipient address rejected: User unknown"
    assert await world.notify.attempts(person) == ["refused"]
    assert await world.notify.published(person) == [(1, "failed")]
    other = somebody()
    await world.notify.receive(other)
    await world.notify.until(other, "sent")


@pytest.mark.usefixtures("long_waits")
async def test_a_mail_put_off_is_tried_again_later(world: NotifyWorld) -> None:
    person = somebody()
    world.mail.faults.defer_every = 1
    await world.notify.receive(person)
    await world.notify.until_attempted(person, "deferred")
    row = await world.notify.message(person)
    assert (row.state, row.deferrals, row.reason) == ("queued", 1, "451 4.3.2 Try again later")
    world.mail.faults.defer_every = 0
    await world.notify.make_due()
    await world.notify.until(person, "sent")
    assert await world.notify.attempts(person) == ["deferred", "accepted"]


async def test_a_server_too_slow_to_answer_is_unknown_and_not_waited_for_for_ever(notify: Notify, mail: MailServer) -> None:
    person = somebody()
    mail.faults.slow_seconds = 60
    async with running(notify, settings_for(mail, mail_seconds=1)):
        await notify.receive(person)
        await notify.until_attempted(person, "unknown")
        mail.faults.slow_seconds = 0
        await notify.make_due()
        await notify.until(person, "sent")


async def test_a_letter_that_cannot_be_written_fails_alone(world: NotifyWorld) -> None:
    broken, sound = somebody(), somebody()
    await world.mail.stop()
    await world.notify.receive(broken)
    await world.notify.rows("UPDATE message SET template = 'returned.v2' WHERE id = :id RETURNING id", id=broken.first)
    await world.notify.receive(sound)
    await world.mail.start()
    assert (await world.notify.until(broken, "failed")).reason == "template returned.v2: UndefinedError"
    await world.notify.until(sound, "sent")


async def test_a_moved_clock_holds_no_mail_back(notify: Notify, mail: MailServer) -> None:
    clock = "2026-02-22T08:00:00+07:00"
    person, later = somebody(), somebody()
    mail.faults.defer_every = 2
    async with running(notify, settings_for(mail, clock=clock)):
        await notify.receive(person)
        await notify.until(person, "sent")
        await notify.receive(later)
        await notify.until_attempted(later, "deferred")
    # A new process, whose clock begins anew: the wait of a few seconds stays one of a few seconds.
    async with running(notify, settings_for(mail, clock=clock)):
        await notify.until(later, "sent")
