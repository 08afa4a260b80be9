"""Whatever crashes between claim and commit, each message is sent under one Message-ID, and no claimed message is lost."""

import asyncio
import os
import sys
from dataclasses import replace

import pytest

from contracts.values import Lane
from deploy.local.ports import free_ports
from deploy.sandbox.mail_server.smtp import MailServer
from tests.support.eventually import eventually
from tests.support.notify_world import (
    AT,
    CLOSED_PORT,
    Notify,
    NotifyWorld,
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


@pytest.mark.usefixtures("long_waits")
async def test_an_answer_lost_after_the_mail_was_taken_leads_to_the_same_message_id(world: NotifyWorld) -> None:
    person = somebody()
    world.mail.faults.drop_every = 1
    await world.notify.receive(person)
    await world.notify.until_attempted(person, "unknown")
    assert (await world.notify.message(person)).state == "queued"
    world.mail.faults.drop_every = 0
    await world.notify.make_due()
    await world.notify.until(person, "sent")
    assert await world.notify.attempts(person) == ["unknown", "accepted"]
    assert len(world.message_ids(person)) == 2
    assert len(set(world.message_ids(person))) == 1
    assert await world.notify.published(person) == [(1, "sent")]


async def test_a_crash_between_the_server_s_yes_and_the_commit_leads_to_the_same_message_id(
    notify: Notify, mail: MailServer
) -> None:
    person = somebody()
    await notify.receive(person)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        dying = sender_of(app)
        ((message, known),) = await dying.claim(Lane.DISTRICT)
        assert (await dying.attempt(message, known)).verdict == "accepted"
        await dying.gateway.close()
    assert await notify.attempts(person) == ["under way"]
    async with running(notify, settings_for(mail)):
        await notify.make_due()
        await notify.until(person, "sent")
    assert await notify.attempts(person) == ["unknown", "accepted"]
    ids = message_ids(mail, person)
    assert (len(ids), len(set(ids))) == (2, 1)


async def test_a_lapsed_attempt_is_not_made_any_more(notify: Notify, mail: MailServer) -> None:
    """A sender that was frozen wakes up after its lease: it gives back what it holds, and calls nobody."""
    person = somebody()
    await notify.receive(person)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        sleeper = sender_of(app)
        ((message, known),) = await sleeper.claim(Lane.DISTRICT)
        async with running(notify, settings_for(mail)):
            await notify.make_due()
            await notify.until(person, "sent")
        lapsed = replace(message, due_at=AT)
        result = await sleeper.attempt(lapsed, known)
        await sleeper.save_results([(lapsed, result)])
    assert result.verdict == "away"
    assert (await notify.message(person)).state == "sent"
    assert len(message_ids(mail, person)) == 1


async def test_killed_again_and_again_it_sends_each_message_under_one_message_id(notify: Notify, mail: MailServer) -> None:
    """The real process and a real SIGKILL, in the middle of its sending."""
    people = [somebody() for _ in range(60)]
    await notify.read(*(contact_record(person, contact(person)) for person in people))
    await notify.read(*(fact_record(person, accepted(person)) for person in people))
    mail.faults.slow_seconds = 0.1
    environment = os.environ | {
        "MOTCUA_SMTP": f"{mail.host}:{mail.port}",
        "MOTCUA_DATABASE_NOTIFY": notify.url,
        "MOTCUA_KAFKA": CLOSED_PORT,
        "MOTCUA_HTTP_PORT": str(free_ports(1)[0]),
        "MOTCUA_LOG_LEVEL": "CRITICAL",
    }
    for enough in (10, 30):
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.notify.main", env=environment)
        try:
            await eventually(lambda enough=enough: len(mail.mailbox.mails) >= enough)  # type: ignore[misc]
        finally:
            process.kill()
            await process.wait()
    mail.faults.slow_seconds = 0
    async with running(notify, settings_for(mail)):
        await notify.make_due()
        for person in people:
            await notify.until(person, "sent")
    for person in people:
        assert set(message_ids(mail, person)) == {f"<{person.first}@motcua.example>"}
    (unknown,) = await notify.rows("SELECT count(*) AS number FROM attempt WHERE outcome = 'unknown'")
    assert mail.mailbox.summary()["distinct_message_ids"] == len(people)
    assert len(mail.mailbox.mails) - len(people) <= unknown.number
