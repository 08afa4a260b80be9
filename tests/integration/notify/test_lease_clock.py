"""Leases and waits are counted by the database's clock: how a host's own is set, makes no difference."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo

import pytest

from contracts.values import Lane
from deploy.sandbox.mail_server.smtp import MailServer
from messaging import clock
from tests.support.notify_world import Notify, running, sender_of, settings_for, somebody


@contextmanager
def host_clock(shift: timedelta) -> Iterator[None]:
    """As on a machine whose clock is set apart."""

    class Apart(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + shift

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "datetime", Apart)
        yield


APART = timedelta(hours=1)


async def test_a_host_whose_clock_is_ahead_takes_no_message_from_under_a_lease(notify: Notify, mail: MailServer) -> None:
    person = somebody()
    await notify.receive(person)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        first, second = sender_of(app), sender_of(app)
        assert len(await first.claim(Lane.DISTRICT)) == 1
        with host_clock(APART):
            assert await second.claim(Lane.DISTRICT) == []
    await notify.rows("DELETE FROM attempt RETURNING message")
    await notify.rows("DELETE FROM message RETURNING id")


@pytest.mark.parametrize("shift", [APART, -APART])
async def test_a_host_whose_clock_is_apart_sends_once_and_holds_the_usual_lease(
    notify: Notify, mail: MailServer, shift: timedelta
) -> None:
    person = somebody()
    await notify.receive(person)
    async with running(notify, settings_for(mail, lanes="post")) as app:
        sender = sender_of(app)
        with host_clock(shift):
            ((message, known),) = await sender.claim(Lane.DISTRICT)
            (lease,) = await notify.rows("SELECT due_at - now() AS left FROM message WHERE id = :id", id=message.id)
            assert timedelta(0) < lease.left <= timedelta(seconds=3 * sender.settings.mail_seconds)
            result = await sender.attempt(message, known)
            await sender.save_results([(message, result)])
    assert await notify.attempts(person) == ["accepted"]


@pytest.mark.parametrize("shift", [APART, -APART])
async def test_what_a_server_put_off_is_due_after_its_wait_whatever_the_host_s_clock_says(
    notify: Notify, mail: MailServer, shift: timedelta
) -> None:
    person = somebody()
    await notify.receive(person)
    mail.faults.defer_every = 1
    async with running(notify, settings_for(mail, lanes="post")) as app:
        sender = sender_of(app)
        with host_clock(shift):
            ((message, known),) = await sender.claim(Lane.DISTRICT)
            await sender.save_results([(message, await sender.attempt(message, known))])
            (wait,) = await notify.rows("SELECT due_at - now() AS left FROM message WHERE id = :id", id=message.id)
            assert timedelta(0) < wait.left < timedelta(seconds=10)
    mail.faults.defer_every = 0
    await notify.rows("DELETE FROM attempt RETURNING message")
    await notify.rows("DELETE FROM message RETURNING id")


async def test_an_idle_sender_waits_as_long_as_the_database_says(
    notify: Notify, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One whose clock is behind would find nothing due, for as long as it is behind."""
    person = somebody()
    await notify.receive(person)
    await notify.rows("UPDATE message SET due_at = now() - interval '1 second' WHERE state = 'queued' RETURNING id")
    waits: list[float] = []
    async with running(notify, settings_for(mail, lanes="post")) as app:
        sender = sender_of(app, lanes="district")
        monkeypatch.setattr(sender, "_rest", _noting(waits))
        with host_clock(-APART):
            await sender.send_due()
    assert waits == []
    assert (await notify.message(person)).state == "sent"


def _noting(waits: list[float]) -> Callable[[float], object]:
    async def rest(seconds: float) -> None:
        waits.append(seconds)

    return rest
