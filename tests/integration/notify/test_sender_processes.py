"""Several processes share the work: each message is sent once, and by a process that serves its lane."""

from contracts.values import Lane
from deploy.sandbox.mail_server.smtp import MailServer
from tests.support.eventually import eventually
from tests.support.notify_world import (
    Notify,
    NotifyWorld,
    accepted,
    contact,
    contact_record,
    fact_record,
    running,
    settings_for,
    somebody,
)


async def test_two_processes_at_once_send_each_message_once(world: NotifyWorld) -> None:
    people = [somebody() for _ in range(80)]
    await world.mail.stop()
    await world.notify.read(*(contact_record(person, contact(person)) for person in people))
    await world.notify.read(*(fact_record(person, accepted(person)) for person in people))
    async with running(world.notify, settings_for(world.mail)):
        await world.mail.start()
        await eventually(lambda: sum(len(world.message_ids(person)) for person in people) >= len(people))
        for person in people:
            await world.notify.until(person, "sent")
    assert all(len(world.message_ids(person)) == 1 for person in people)


async def test_a_process_sends_for_its_own_lanes_only(notify: Notify, mail: MailServer) -> None:
    district, post = somebody(), somebody()
    async with running(notify, settings_for(mail, lanes="post")):
        await notify.receive(district)
        await notify.receive(post, lane=Lane.POST)
        await notify.until(post, "sent")
        assert (await notify.message(district)).state == "queued"
    async with running(notify, settings_for(mail, lanes="district,province")):
        await notify.until(district, "sent")
