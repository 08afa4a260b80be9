"""Mail over a real SMTP server: one for each fact, to whom the contact names, in their language; else a line that says why."""

from contracts.intake import DossierReturnedV1, DossierSubmittedV1
from tests.support.eventually import eventually
from tests.support.notify_world import (
    CONTACT,
    NotifyWorld,
    accepted,
    contact,
    contact_record,
    fact,
    fact_record,
    somebody,
)


async def test_a_fact_becomes_one_mail_and_an_honest_line(world: NotifyWorld) -> None:
    person = somebody()
    await world.notify.receive(person)
    row = await world.notify.until(person, "sent")
    assert (row.attempt, row.version, row.reason, row.code) == (1, 1, None, person.code)
    assert world.message_ids(person) == [f"<{person.first}@motcua.example>"]
    assert await world.notify.attempts(person) == ["accepted"]
    assert await world.notify.published(person) == [(1, "sent")]
    (kept,) = world.mail.mailbox.mails_to(person.address)
    received = world.mail.mailbox.find(kept.name)
    assert received is not None
    assert (received["To"], received["Auto-Submitted"]) == (person.address, "auto-generated")
    body = received.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert person.code in text
    assert "0299 3821 001" in text  # the unit's, from the directory
    assert CONTACT.name not in text


async def test_the_same_fact_read_again_makes_no_second_mail(world: NotifyWorld) -> None:
    person = somebody()
    records = contact_record(person, contact(person)), fact_record(person, accepted(person))
    await world.notify.read(*records)
    await world.notify.until(person, "sent")
    await world.notify.read(*records)
    await world.notify.make_due()
    other = somebody()
    await world.notify.receive(other)
    await world.notify.until(other, "sent")
    assert len(world.message_ids(person)) == 1


async def test_in_the_language_of_the_applicant(world: NotifyWorld) -> None:
    person = somebody()
    await world.notify.read(contact_record(person, contact(person, language="en")), fact_record(person, accepted(person)))
    await world.notify.until(person, "sent")
    (kept,) = world.mail.mailbox.mails_to(person.address)
    assert kept.subject == f"Dossier {person.code} has been accepted"


async def test_each_fact_of_a_dossier_is_its_own_message(world: NotifyWorld) -> None:
    person = somebody()
    await world.notify.receive(person, fact(DossierSubmittedV1, code=None))
    await world.notify.read(fact_record(person, fact(DossierReturnedV1, code=None), 2), fact_record(person, accepted(person), 3))
    await eventually(lambda: len(world.message_ids(person)) == 3)
    assert len(set(world.message_ids(person))) == 3


async def test_a_message_waits_for_its_contact_and_what_follows_waits_behind_it(world: NotifyWorld) -> None:
    person = somebody()
    await world.notify.read(
        fact_record(person, fact(DossierSubmittedV1, code=None, contact_version=2)),
        fact_record(person, accepted(person, contact_version=2), 2),
        contact_record(person, contact(person, email="old@example.vn"), 1),
    )
    parked = await world.notify.rows("SELECT state FROM parking_lot WHERE subject = :id ORDER BY sequence", id=person.dossier)
    assert [row.state for row in parked] == ["waiting", "behind"]
    assert await world.notify.rows("SELECT 1 FROM message WHERE dossier = :id", id=person.dossier) == []
    await world.notify.read(contact_record(person, contact(person), 2))
    await eventually(lambda: len(world.message_ids(person)) == 2)
    assert world.mail.mailbox.mails_to("old@example.vn") == []


async def test_who_cannot_be_reached_is_skipped_and_the_ledger_says_why(world: NotifyWorld) -> None:
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
        assert await world.notify.published(person) == [(1, "skipped")]
        assert await world.notify.attempts(person) == []


async def test_who_is_forgotten_while_the_message_waits_is_not_written_to_and_no_address_is_left(world: NotifyWorld) -> None:
    person = somebody()
    await world.mail.stop()
    await world.notify.receive(person)
    await world.notify.read(contact_record(person, None, 2))
    await world.mail.start()
    row = await world.notify.until(person, "skipped")
    assert row.reason == "forgotten"
    assert world.message_ids(person) == []
    for table in ("message", "attempt", "outbox", "state_copy", "parking_lot"):
        (row,) = await world.notify.rows(
            f"SELECT count(*) AS number FROM {table} AS t WHERE t::text LIKE '%' || :address || '%'",  # noqa: S608
            address=person.address.partition("@")[0] + "@",
        )
        assert row.number == 0, table
