"""The sandbox's mail server keeps what it takes, says what it has, and fails in the ways that were asked for."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from pathlib import Path

import httpx
import pytest
from aiosmtplib import SMTP, SMTPDataError, SMTPRecipientRefused, SMTPServerDisconnected

from deploy.local.ports import free_ports
from deploy.sandbox.mail_server.mailbox import Mailbox
from deploy.sandbox.mail_server.pages import create_pages
from deploy.sandbox.mail_server.smtp import MailServer
from tests.support.eventually import PATIENCE, eventually


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[MailServer]:
    mail_server = MailServer(mailbox=Mailbox(tmp_path))
    await mail_server.start()
    yield mail_server
    await mail_server.stop()


def a_mail(ident: str = "<m-1@motcua.example>", subject: str = "Hồ sơ <b>mới</b>") -> bytes:
    mail = EmailMessage(policy=SMTP_POLICY)
    mail["Message-ID"], mail["Subject"], mail["To"] = ident, subject, "a@example.vn"
    mail.set_content("Dòng một.\n.dòng hai <script>\n", cte="quoted-printable")
    return mail.as_bytes()


async def send(port: int, mail: bytes, to: str = "a@example.vn") -> None:
    async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as client:
        await client.mail("khong-tra-loi@motcua.example")
        await client.rcpt(to)
        await client.data(mail)


def browse(server: MailServer) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(create_pages(server.mailbox)), base_url="http://mail.test")


async def test_what_was_taken_is_counted_by_its_message_id_and_is_there_after_a_restart(server: MailServer) -> None:
    for mail, to in ((a_mail(), "a@example.vn"), (a_mail(), "a@example.vn"), (a_mail("<m-2@motcua.example>"), "B@example.vn")):
        await send(server.port, mail, to)
    expected = {"count": 3, "distinct_message_ids": 2, "by_recipient": {"B@example.vn": 1, "a@example.vn": 2}}
    assert server.mailbox.summary() == expected
    again = Mailbox(server.mailbox.folder)
    again.open()
    assert again.summary() == expected
    assert [mail.message_id for mail in again.mails_to("b@example.vn")] == ["<m-2@motcua.example>"]
    assert list((server.mailbox.folder / "tmp").iterdir()) == []


async def test_it_can_be_looked_at_and_escapes_what_a_mail_says(server: MailServer) -> None:
    await send(server.port, a_mail())
    async with browse(server) as client:
        assert (await client.get("/health/ready")).json() == {"ready": True}
        assert (await client.get("/mail")).json()["count"] == 1
        listed = (await client.get("/mail/messages", params={"to": "a@example.vn"})).json()["messages"]
        assert [(mail["subject"], mail["to"]) for mail in listed] == [("Hồ sơ <b>mới</b>", ["a@example.vn"])]
        assert (await client.get("/mail/messages", params={"to": "nobody@example.vn"})).json() == {"messages": []}
        page = (await client.get("/mail/", params={"to": '"><script>'})).text
        assert "<script>" not in page
        assert "&gt;&lt;script&gt;" in page
        page = (await client.get("/mail/")).text
        assert "&lt;b&gt;mới" in page
        mail = (await client.get(f"/mail/messages/{listed[0]['name']}")).text
        assert ".dòng hai &lt;script&gt;" in mail
        assert (await client.get("/mail/messages/..%2F..%2Fetc%2Fpasswd")).status_code == 404
        assert (await client.get("/mail/messages/unknown.eml")).status_code == 404


async def test_it_puts_off_refuses_and_vanishes_as_it_is_set(server: MailServer) -> None:
    server.faults.defer_every = 2
    await send(server.port, a_mail("<1@x.example>"))
    with pytest.raises(SMTPDataError, match="451"):
        await send(server.port, a_mail("<2@x.example>"))
    server.faults.defer_every, server.faults.refused = 0, ("gone@example.vn", "@nobody.example")
    for address in ("gone@example.vn", "x@nobody.example"):
        with pytest.raises(SMTPRecipientRefused, match="550"):
            await send(server.port, a_mail(), address)
    server.faults.full = ("full@example.vn",)
    with pytest.raises(SMTPRecipientRefused, match="452"):
        await send(server.port, a_mail(), "full@example.vn")
    server.faults.drop_every = 1
    with pytest.raises(SMTPServerDisconnected):
        await send(server.port, a_mail("<3@x.example>"))
    assert {mail.message_id for mail in server.mailbox.mails} == {"<1@x.example>", "<3@x.example>"}


async def test_it_runs_as_a_process_and_ends_by_its_signal(tmp_path: Path) -> None:
    smtp, http = free_ports(2)
    environment = os.environ | {"MOTCUA_SMTP": f"127.0.0.1:{smtp}", "MOTCUA_HTTP_PORT": str(http), "MOTCUA_DATA": str(tmp_path)}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "deploy.sandbox.mail_server", env=environment)

    async def ready() -> bool:
        try:
            async with httpx.AsyncClient() as client:
                return (await client.get(f"http://127.0.0.1:{http}/health/ready")).is_success
        except httpx.TransportError:
            return False

    try:
        await eventually(ready, describe="the mail server's process ready")
        await send(smtp, a_mail())
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert len(list((tmp_path / "mail" / "new").glob("*.eml"))) == 1
