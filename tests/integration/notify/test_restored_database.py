"""Notify's database may be a restored one: then nobody knows which of its mails went out already."""

import pytest
from sqlalchemy import text

from deploy.sandbox.mail_server.smtp import MailServer
from messaging.publisher_guard import PublisherBehind
from tests.support.notify_world import (
    accepted,
    contact,
    contact_record,
    fact_record,
    notify_database,
    running,
    sender_of,
    settings_for,
    somebody,
)
from tests.support.servers import PostgresServer


async def test_no_mail_leaves_before_the_database_is_compared(postgres: PostgresServer, mail: MailServer) -> None:
    person = somebody()
    async with notify_database(await postgres.create_database("notify")) as notify:
        await notify.read(contact_record(person, contact(person)), fact_record(person, accepted(person)))
        async with notify.database.begin() as connection:
            await connection.execute(text("DELETE FROM compared_database"))
        async with running(notify, settings_for(mail)) as app:
            sender = sender_of(app)
            with pytest.raises(PublisherBehind):
                await sender.send_due()
            await sender.gateway.close()
            assert await notify.attempts(person) == []
        assert mail.mailbox.mails_to(person.address) == []
