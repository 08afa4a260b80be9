"""The mail itself: one whole mail for any text, the same at every attempt, with headers that nobody writes into."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notify.adapters.gateways.mail import BAD_MAIL, mail_of
from services.notify.adapters.gateways.port import Outgoing
from services.notify.adapters.letters import Letter, write
from services.notify.domain.notice import TEMPLATES, content_of
from tests.support.notify_world import ADDRESS, AT, fact

URL = "http://127.0.0.1:8080/"
DOMAIN = "motcua.example"
LONGEST_LINE = 78
"""RFC 5322: what a line should have at most, without its end."""
HOSTILE = "Đất\r\nBcc: thief@evil.example\r\n\r\n<script>alert(1)</script>"


def letter(language: str = "vi") -> Letter:
    return write("accepted.v2", language, content_of(fact(), None), URL)


def mail(written: Letter, address: str = ADDRESS, domain: str = DOMAIN) -> EmailMessage:
    raw = mail_of(Outgoing("m-" + 32 * "a", address, written, AT), f"khong-tra-loi@{domain}", domain)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    read = message_from_bytes(raw, policy=default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize("reference", [HOSTILE, "x\nTo: thief@evil.example", "\r\n.\r\nMAIL FROM:<x>"])
def test_nothing_in_a_fact_can_add_a_header_or_end_the_mail(reference: str) -> None:
    content = content_of(fact(), None) | {
        "reference": reference,
        "procedure": reference,
        "unit": reference,
        "transferred_from": reference,
        "duplicate_of": reference,
        "status": 4,
        "days_off": [{"day": "16/02/2026", "vi": reference, "en": reference}],
        "owed": "money",
        "amount": 50_000,
        "ground": reference,
    }
    for template in TEMPLATES.values():
        received = mail(write(template, "vi", content | {"missing": [reference], "outcome": "granted"}, URL))
        assert received.get_all("To") == [ADDRESS]
        assert "Bcc" not in received
        assert "\n" not in received["Subject"]


@given(st.text(min_size=1, max_size=200))
def test_any_text_makes_one_whole_mail(words: str) -> None:
    words = words.replace("\x00", "").encode("utf-8", "ignore").decode()
    content = content_of(fact(), None) | {"reference": words or "x", "procedure": words, "unit": words}
    received = mail(write("accepted.v2", "vi", content, URL))
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


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=400))
@example("--=_alternatives--\n--=_alternatives")
@example("Đã tiếp nhận \n\t\n.\nFrom = x " + 200 * "ệ ")
@example("\r")
@example("a\r\n\r\n")
@example("a\r\r\n\rb")
def test_any_body_is_read_as_it_was_written_and_ends_nothing(words: str) -> None:
    written = replace(letter(), text=words, html=f"<p>{words}</p>")
    for part, given_words in zip(mail(written).iter_parts(), (written.text, written.html), strict=True):
        assert isinstance(part, EmailMessage)
        assert part.get_content().encode().splitlines() == given_words.encode().splitlines()


def test_the_lines_of_a_body_are_short_enough_for_every_server() -> None:
    written = replace(letter(), text=2000 * "ệ", html=2000 * "x")
    raw = mail_of(Outgoing("m-1", ADDRESS, written, AT), f"khong-tra-loi@{DOMAIN}", DOMAIN)
    assert max(map(len, raw.split(b"\r\n"))) <= LONGEST_LINE


@pytest.mark.parametrize("address", ['"a b"@example.vn', "a@[192.0.2.1]"])
def test_an_address_of_an_unusual_form_is_read_as_it_was_written(address: str) -> None:
    (recipient,) = mail(letter(), address)["To"].addresses
    assert recipient.addr_spec == address


def test_a_long_domain_of_ours_does_not_change_the_message_id() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example"
    assert mail(letter(), domain=domain)["Message-ID"] == f"<m-{32 * 'a'}@{domain}>"


@pytest.mark.parametrize(
    "address",
    ["a@b.vn\r\nBcc: x@y.vn", "a..b@example.vn", ".a@example.vn", "a@b.vn, c@d.vn", "no address", "tên@b.vn", "a@b.vn\n"],
)
def test_an_address_that_would_break_its_header_is_refused(address: str) -> None:
    with pytest.raises(BAD_MAIL):
        mail(letter(), address)
