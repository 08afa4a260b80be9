"""The real gateway and the development one keep the same promises to the sender."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from contracts.values import Text
from deploy.sandbox.mail_server.smtp import MailServer
from services.notify.adapters.gateways import gateway_of
from services.notify.adapters.gateways.port import Away, Gateway, Outgoing
from services.notify.adapters.gateways.smtp import SmtpGateway
from services.notify.adapters.letters import write
from services.notify.domain.message import Verdict
from services.notify.domain.notice import content_of
from services.notify.settings import NotifySettings
from tests.support.notify_world import ADDRESS, AT, CLOSED_PORT, fact, settings_for

# RFC 5321, without the line end.
LONGEST_LINE = 998


@dataclass
class GatewayCase:
    gateway: Gateway
    ids: Callable[[], set[str]]
    out_of_reach: Gateway
    mail: MailServer


@pytest.fixture(params=["smtp", "folder"])
async def case(request: pytest.FixtureRequest, mail: MailServer, tmp_path: Path) -> AsyncIterator[GatewayCase]:
    settings = settings_for(mail, mail_gateway=request.param, mail_folder=tmp_path / "folder")
    (tmp_path / "file").write_text("in the way of a folder")
    broken = settings.model_copy(update={"smtp": CLOSED_PORT, "mail_folder": tmp_path / "file" / "folder"})

    def ids() -> set[str]:
        in_folder = {f"<{file.stem}@motcua.example>" for file in (tmp_path / "folder").glob("*.eml")}
        return in_folder | {kept.message_id for kept in mail.mailbox.mails}

    built = GatewayCase(gateway_of(settings), ids, gateway_of(broken), mail)
    yield built
    await built.gateway.close()
    await built.out_of_reach.close()


def outgoing(number: int = 1, address: str = ADDRESS) -> Outgoing:
    letter = write("accepted.v2", "vi", content_of(fact(), None), "http://127.0.0.1:8080")
    return Outgoing(f"m-{number:032x}", address, letter, AT)


async def test_it_delivers_and_opens_by_itself(case: GatewayCase) -> None:
    assert (await case.gateway.deliver(outgoing())).verdict is Verdict.ACCEPTED
    await case.gateway.open()
    assert (await case.gateway.deliver(outgoing(2))).verdict is Verdict.ACCEPTED
    assert case.ids() == {f"<m-{number:032x}@motcua.example>" for number in (1, 2)}


async def test_two_attempts_of_one_message_carry_one_message_id(case: GatewayCase) -> None:
    for _ in range(2):
        await case.gateway.deliver(outgoing())
    assert len(case.ids()) == 1


async def test_it_works_again_after_it_was_closed(case: GatewayCase) -> None:
    await case.gateway.deliver(outgoing())
    await case.gateway.close()
    await case.gateway.close()
    assert (await case.gateway.deliver(outgoing(2))).verdict is Verdict.ACCEPTED


async def test_it_says_when_the_other_side_is_away(case: GatewayCase) -> None:
    with pytest.raises(Away):
        await case.out_of_reach.open()
    with pytest.raises(Away):
        await case.out_of_reach.deliver(outgoing())


@pytest.mark.parametrize("subject", [500 * "ệ", 125 * "có ạ", 500 * "\U0001f600", 500 * "x"], ids=["ệ", "words", "emoji", "x"])
async def test_the_longest_subject_of_all_crosses_a_real_server_whole(mail: MailServer, subject: str) -> None:
    assert len(TypeAdapter(Text).validate_python(subject)) == 500
    gateway = SmtpGateway(settings_for(mail))
    letter = replace(outgoing().letter, subject=subject)
    assert (await gateway.deliver(replace(outgoing(), letter=letter))).verdict is Verdict.ACCEPTED
    await gateway.close()
    (kept,) = mail.mailbox.mails_to(ADDRESS)
    received = mail.mailbox.find(kept.name)
    assert received is not None
    assert received["Subject"] == kept.subject == subject
    content = (mail.mailbox.folder / "new" / kept.name).read_bytes()
    assert max(map(len, content.split(b"\r\n"))) <= LONGEST_LINE


@pytest.mark.parametrize("address", ["a@b.vn\r\nBcc: x@y.vn", "a..b@example.vn", "no address"])
async def test_an_address_that_cannot_be_written_is_refused_and_nothing_is_offered(case: GatewayCase, address: str) -> None:
    result = await case.gateway.deliver(outgoing(1, address))
    assert result.verdict is Verdict.REFUSED
    assert "@b.vn" not in result.reason
    assert case.ids() == set()


async def test_a_connection_that_the_server_dropped_is_made_anew(case: GatewayCase) -> None:
    await case.gateway.deliver(outgoing())
    await case.mail.stop()
    await case.mail.start()
    try:
        result = await case.gateway.deliver(outgoing(2))
    except Away:
        result = await case.gateway.deliver(outgoing(2))
    assert result.verdict is Verdict.ACCEPTED


@pytest.mark.parametrize("smtp", ["", "host", "host:", ":25", "host:x", "host:0", "host:70000"])
def test_an_address_of_a_server_that_is_none_is_refused_at_the_start(smtp: str) -> None:
    with pytest.raises(ValueError, match="MOTCUA_SMTP"):
        NotifySettings(smtp=smtp)
