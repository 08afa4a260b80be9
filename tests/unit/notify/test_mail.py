"""The mail itself: one whole mail for any text, the same at every attempt, with headers that nobody writes into."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.adapters.gateways.mail import BAD_MAIL, mail_of
from services.notify.adapters.gateways.port import Outgoing
from services.notify.adapters.letters import Letter, write
from services.notify.domain.notice import TEMPLATES, content_of
from tests.support.notify_world import ADDRESS, AT, fact

URL = "http://127.0.0.1:8080/"
DOMAIN = "motcua.example"
HOSTILE = "Đất\r\nBcc: thief@evil.example\r\n\r\n<script>alert(1)</script>"


def letter(language: str = "vi") -> Letter:
    return write("accepted.v1", language, content_of(fact()), URL)


def mail(written: Letter, address: str = ADDRESS, domain: str = DOMAIN) -> EmailMessage:
    raw = mail_of(Outgoing("m-" + 32 * "a", address, written, AT), f"khong-tra-loi@{domain}", domain)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    read = message_from_bytes(raw, policy=default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize("reference", [HOSTILE, "x\nTo: thief@evil.example", "\r\n.\r\nMAIL FROM:<x>"])
def test_nothing_in_a_fact_can_add_a_header_or_end_the_mail(reference: str) -> None:
    content = content_of(fact()) | {"reference": reference, "procedure": reference, "unit": reference}
    for template in TEMPLATES.values():
        received = mail(write(template, "vi", content | {"missing": [reference], "outcome": "granted"}, URL))
        assert received.get_all("To") == [ADDRESS]
        assert "Bcc" not in received
        assert "\n" not in received["Subject"]


@given(st.text(min_size=1, max_size=200))
def test_any_text_makes_one_whole_mail(words: str) -> None:
    words = words.replace("\x00", "").encode("utf-8", "ignore").decode()
    content = content_of(fact()) | {"reference": words or "x", "procedure": words, "unit": words}
    received = mail(write("accepted.v1", "vi", content, URL))
    assert sorted(received.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"]
    )


def test_the_mail_is_plain_honest_and_the_same_mail_at_every_attempt() -> None:
    received = mail(letter())
    assert received["Message-ID"] == f"<m-{32 * 'a'}@{DOMAIN}>" == mail(letter("en"))["Message-ID"]
    assert (received["To"], received["From"]) == (ADDRESS, f"Một Cửa <khong-tra-loi@{DOMAIN}>")
    assert received["Auto-Submitted"] == "auto-generated"
    assert datetime.strptime(received["Date"], "%a, %d %b %Y %H:%M:%S %z") == AT
    text, html = received.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert isinstance(text, EmailMessage)
    assert text.get_content().replace("\r\n", "\n").strip() == letter().text.strip()


def test_a_long_domain_of_ours_does_not_change_the_message_id() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example"
    assert mail(letter(), domain=domain)["Message-ID"] == f"<m-{32 * 'a'}@{domain}>"


@pytest.mark.parametrize("address", ["a@b.vn\r\nBcc: x@y.vn", "a..b@example.vn", ".a@example.vn", "a@b.vn, c@d.vn", "no address"])
def test_an_address_that_would_break_its_header_is_refused(address: str) -> None:
    with pytest.raises(BAD_MAIL):
        mail(letter(), address)
