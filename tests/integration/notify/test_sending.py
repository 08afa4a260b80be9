"""Mail over a real SMTP server: once in effect whatever dies or goes away meanwhile, and an honest line in the ledger."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from fastapi import FastAPI

from contracts.intake import DossierReturnedV1, DossierSubmittedV1
from contracts.values import Lane
from deploy.local.ports import free_ports
from deploy.sandbox.mail_server.mailbox import Mailbox
from deploy.sandbox.mail_server.smtp import Faults, MailServer
from messaging.bell import Bell
from services.notify.gateways.smtp import SmtpGateway
from services.notify.sending import Sender
from services.notify.settings import NotifySettings
from tests.support.eventually import eventually
from tests.support.notify_world import (
    CLOSED_PORT,
    CONTACT,
    Notify,
    Person,
    accepted,
    contact,
    contact_record,
    fact,
    fact_record,
    notify_database,
    running,
    settings_for,
    somebody,
)
from tests.support.servers import PostgresServer


@dataclass
class World:
    notify: Notify
    mail: MailServer
    app: FastAPI

    def ids(self, person: Person) -> list[str]:
        return [one.message_id for one in self.mail.mailbox.mails_to(person.address)]


@pytest.fixture(scope="module")
async def shared(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    mail = MailServer(Mailbox(tmp_path_factory.mktemp("mail")))
    await mail.start()
    async with (
        notify_database(await postgres.create_database("notify")) as notify,
        running(notify, settings_for(mail)) as app,
    ):
        yield World(notify, mail, app)
    await mail.stop()


@pytest.fixture
def world(shared: World) -> World:
    """A running notify and a mail server without faults, there at the start and at the end of each test."""
    for fault in fields(Faults):
        setattr(shared.mail.faults, fault.name, fault.default)
    return shared


@pytest.fixture(scope="module")
async def notify(postgres: PostgresServer) -> AsyncIterator[Notify]:
    """A database with no process on it but those that the test starts."""
    async with notify_database(await postgres.create_database("notify")) as found:
        yield found


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[MailServer]:
    server = MailServer(Mailbox(tmp_path))
    await server.start()
    yield server
    await server.stop()


async def test_a_fact_becomes_one_mail_and_an_honest_line(world: World) -> None:
    person = somebody()
    await world.notify.tell(person)
    row = await world.notify.until(person, "sent")
    assert (row.attempt, row.version, row.reason, row.code) == (1, 1, None, person.code)
    assert world.ids(person) == [f"<{person.first}@motcua.example>"]
    assert await world.notify.attempts(person) == ["accepted"]
    assert await world.notify.told(person) == [(1, "sent")]
    (kept,) = world.mail.mailbox.mails_to(person.address)
    received = world.mail.mailbox.find(kept.name)
    assert received is not None
    assert (received["To"], received["Auto-Submitted"]) == (person.address, "auto-generated")
    body = received.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert person.code in text
    assert CONTACT.name not in text


async def test_the_same_fact_read_again_is_not_told_again(world: World) -> None:
    person = somebody()
    records = contact_record(person, contact(person)), fact_record(person, accepted(person))
    await world.notify.read(*records)
    await world.notify.until(person, "sent")
    await world.notify.read(*records)
    await world.notify.make_due()
    other = somebody()
    await world.notify.tell(other)
    await world.notify.until(other, "sent")
    assert len(world.ids(person)) == 1


async def test_in_the_language_of_the_applicant(world: World) -> None:
    person = somebody()
    await world.notify.read(contact_record(person, contact(person, language="en")), fact_record(person, accepted(person)))
    await world.notify.until(person, "sent")
    (kept,) = world.mail.mailbox.mails_to(person.address)
    assert kept.subject == f"Dossier {person.code} has been accepted"


async def test_each_fact_of_a_dossier_is_its_own_message(world: World) -> None:
    person = somebody()
    await world.notify.tell(person, fact(DossierSubmittedV1, code=None))
    await world.notify.read(fact_record(person, fact(DossierReturnedV1, code=None), 2), fact_record(person, accepted(person), 3))
    await eventually(lambda: len(world.ids(person)) == 3)
    assert len(set(world.ids(person))) == 3


# --- crashes and lost answers ---------------------------------------------------------------------------


async def test_an_answer_lost_after_the_mail_was_taken_leads_to_the_same_message_id(world: World) -> None:
    person = somebody()
    world.mail.faults.drop_every = 1
    await world.notify.tell(person)

    async def lost() -> bool:
        return await world.notify.attempts(person) == ["unknown"]

    await eventually(lost)
    assert (await world.notify.message(person)).state == "queued"
    world.mail.faults.drop_every = 0
    await world.notify.make_due()
    await world.notify.until(person, "sent")
    assert await world.notify.attempts(person) == ["unknown", "accepted"]
    assert len(world.ids(person)) == 2
    assert len(set(world.ids(person))) == 1
    assert await world.notify.told(person) == [(1, "sent")]


def a_sender(world: World) -> Sender:
    """One more sender, which the test moves by hand."""
    settings = world.app.state.process.settings
    assert isinstance(settings, NotifySettings)
    return Sender(world.app.state.process, settings, SmtpGateway(settings), asyncio.Event(), Bell())


async def test_a_crash_between_the_server_s_yes_and_the_commit_leads_to_the_same_message_id(
    notify: Notify, mail: MailServer
) -> None:
    person = somebody()
    await notify.tell(person)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        dying = a_sender(World(notify, mail, app))
        ((message, known),) = await dying._claim(Lane.DISTRICT)
        assert (await dying._attempt(message, known)).verdict == "accepted"
        await dying.gateway.close()
    assert await notify.attempts(person) == ["under way"]
    async with running(notify, settings_for(mail)):
        await notify.make_due()
        await notify.until(person, "sent")
    assert await notify.attempts(person) == ["unknown", "accepted"]
    found = [one.message_id for one in mail.mailbox.mails_to(person.address)]
    assert (len(found), len(set(found))) == (2, 1)


async def test_a_lapsed_attempt_is_not_made_any_more(world: World) -> None:
    """A sender that was frozen wakes up after its lease: it gives back what it holds, and calls nobody."""
    person = somebody()
    await world.mail.stop()
    await world.notify.tell(person)
    sleeper = a_sender(world)
    ((message, known),) = await sleeper._claim(Lane.DISTRICT)
    await world.mail.start()
    await world.notify.make_due()
    await world.notify.until(person, "sent")
    sleeper.settings = sleeper.settings.model_copy(update={"mail_seconds": 600})
    result = await sleeper._attempt(message, known)
    await sleeper._keep(message, result)
    assert result.verdict == "away"
    assert (await world.notify.message(person)).state == "sent"
    assert len(world.ids(person)) == 1


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
        found = [one.message_id for one in mail.mailbox.mails_to(person.address)]
        assert set(found) == {f"<{person.first}@motcua.example>"}
    unknown = await notify.rows("SELECT count(*) AS number FROM attempt WHERE outcome = 'unknown'")
    assert mail.mailbox.summary()["distinct_message_ids"] == len(people)
    assert len(mail.mailbox.mails) - len(people) <= unknown[0].number


# --- the server is away, or says no ---------------------------------------------------------------------


async def test_while_the_server_is_away_nothing_is_tried_and_afterwards_everything_is_sent(world: World) -> None:
    people = [somebody() for _ in range(20)]
    await world.mail.stop()
    for person in people:
        await world.notify.tell(person)
    sender = a_sender(world)
    await world.notify.make_due()
    with pytest.raises(Exception, match="connect"):
        await sender.round()
    for person in people:
        row = await world.notify.message(person)
        assert (row.state, row.attempt, row.deferrals) == ("queued", 0, 0)
    await world.mail.start()
    for person in people:
        row = await world.notify.until(person, "sent")
        assert row.attempt == 1
        assert len(world.ids(person)) == 1


async def test_a_refused_recipient_is_failed_for_good_with_the_reason_and_without_the_address(world: World) -> None:
    person = somebody()
    world.mail.faults.refused = (person.address,)
    await world.notify.tell(person)
    row = await world.notify.until(person, "failed")
    assert row.reason == "550 5.1.1 <***@***>: Recipient address rejected: User unknown"
    assert await world.notify.attempts(person) == ["refused"]
    assert await world.notify.told(person) == [(1, "failed")]
    other = somebody()
    await world.notify.tell(other)
    await world.notify.until(other, "sent")


async def test_a_mail_put_off_is_tried_again_later(world: World) -> None:
    person = somebody()
    world.mail.faults.defer_every = 1
    await world.notify.tell(person)

    async def deferred() -> bool:
        return await world.notify.attempts(person) == ["deferred"]

    await eventually(deferred)
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
        await notify.tell(person)

        async def unknown() -> bool:
            return await notify.attempts(person) == ["unknown"]

        await eventually(unknown)
        mail.faults.slow_seconds = 0
        await notify.make_due()
        await notify.until(person, "sent")


# --- contacts -------------------------------------------------------------------------------------------


async def test_a_message_waits_for_its_contact_and_what_follows_waits_behind_it(world: World) -> None:
    person = somebody()
    await world.notify.read(
        fact_record(person, fact(DossierSubmittedV1, code=None, contact_version=2)),
        fact_record(person, accepted(person, contact_version=2), 2),
        contact_record(person, contact(person, email="old@example.vn"), 1),
    )
    held = await world.notify.rows("SELECT state FROM parking_lot WHERE subject = :id ORDER BY sequence", id=person.dossier)
    assert [row.state for row in held] == ["waiting", "behind"]
    assert await world.notify.rows("SELECT 1 FROM message WHERE dossier = :id", id=person.dossier) == []
    await world.notify.read(contact_record(person, contact(person), 2))
    await eventually(lambda: len(world.ids(person)) == 2)
    assert world.mail.mailbox.mails_to("old@example.vn") == []


async def test_who_cannot_be_reached_is_skipped_and_the_ledger_says_why(world: World) -> None:
    none, no_address, forgotten = somebody(), somebody(), somebody()
    await world.notify.read(
        fact_record(none, accepted(none, contact_version=None)),
        contact_record(no_address, contact(no_address, email=None, telephone="0912345678")),
        fact_record(no_address, accepted(no_address)),
        contact_record(forgotten, None, 2),
        fact_record(forgotten, accepted(forgotten)),
    )
    for person, reason in ((none, "no contact"), (no_address, "no e-mail address"), (forgotten, "forgotten")):
        row = await world.notify.message(person)
        assert (row.state, row.reason, row.attempt) == ("skipped", reason, 0)
        assert await world.notify.told(person) == [(1, "skipped")]
        assert await world.notify.attempts(person) == []


async def test_who_is_forgotten_while_the_message_waits_is_not_written_to_and_no_address_is_left(world: World) -> None:
    person = somebody()
    await world.mail.stop()
    await world.notify.tell(person)
    await world.notify.read(contact_record(person, None, 2))
    await world.mail.start()
    row = await world.notify.until(person, "skipped")
    assert row.reason == "forgotten"
    assert world.ids(person) == []
    for table in ("message", "attempt", "outbox", "state_copy", "parking_lot"):
        (left,) = await world.notify.rows(
            f"SELECT count(*) AS number FROM {table} AS t WHERE t::text LIKE '%' || :address || '%'",  # noqa: S608
            address=person.address.partition("@")[0] + "@",
        )
        assert left.number == 0, table


# --- many at once ---------------------------------------------------------------------------------------


async def test_two_processes_at_once_send_each_message_once(world: World) -> None:
    people = [somebody() for _ in range(80)]
    await world.mail.stop()
    await world.notify.read(*(contact_record(person, contact(person)) for person in people))
    await world.notify.read(*(fact_record(person, accepted(person)) for person in people))
    async with running(world.notify, settings_for(world.mail)):
        await world.mail.start()
        await eventually(lambda: sum(len(world.ids(person)) for person in people) >= len(people))
        for person in people:
            await world.notify.until(person, "sent")
    assert all(len(world.ids(person)) == 1 for person in people)


async def test_a_process_sends_for_its_own_lanes_only(notify: Notify, mail: MailServer) -> None:
    district, post = somebody(), somebody()
    async with running(notify, settings_for(mail, lanes="post")):
        await notify.tell(district)
        await notify.tell(post, lane=Lane.POST)
        await notify.until(post, "sent")
        assert (await notify.message(district)).state == "queued"
    async with running(notify, settings_for(mail, lanes="district,province")):
        await notify.until(district, "sent")


async def test_a_letter_that_cannot_be_written_fails_alone(world: World) -> None:
    broken, sound = somebody(), somebody()
    await world.mail.stop()
    await world.notify.tell(broken)
    await world.notify.rows("UPDATE message SET template = 'returned.v1' WHERE id = :id RETURNING id", id=broken.first)
    await world.notify.tell(sound)
    await world.mail.start()
    assert (await world.notify.until(broken, "failed")).reason == "template returned.v1: UndefinedError"
    await world.notify.until(sound, "sent")


async def test_a_moved_clock_holds_no_mail_back(notify: Notify, mail: MailServer) -> None:
    clock = "2026-02-22T08:00:00+07:00"
    person, later = somebody(), somebody()
    mail.faults.defer_every = 2
    async with running(notify, settings_for(mail, clock=clock)):
        await notify.tell(person)
        await notify.until(person, "sent")
        await notify.tell(later)

        async def deferred() -> bool:
            return await notify.attempts(later) == ["deferred"]

        await eventually(deferred)
    # A new process, whose clock begins anew: the wait of a few seconds stays one of a few seconds.
    async with running(notify, settings_for(mail, clock=clock)):
        await notify.until(later, "sent")
