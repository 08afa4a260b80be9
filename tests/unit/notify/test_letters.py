"""What a citizen reads: in their language, with as little about them as can be, and headers that nobody writes into."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateError

from contracts.intake import NOTICES, DossierAcceptedV1, DossierDecidedV1, DossierFact, DossierReturnedV1
from contracts.values import HandOver, Outcome
from services.notify import samples
from services.notify.domain.contact import masked, without_addresses
from services.notify.domain.notice import TEMPLATES, content_of
from services.notify.gateways import Outgoing
from services.notify.gateways.mail import BAD_MAIL, mail_of
from services.notify.letters import FOLDER, LANGUAGES, Letter, write
from tests.support.notify_world import ADDRESS, AT, CODE, CONTACT, UNIT, fact

URL = "http://127.0.0.1:8080/"
DOMAIN = "motcua.example"
EACH = sorted(NOTICES, key=lambda kind: kind.TYPE)
HOSTILE = "Đất\r\nBcc: thief@evil.example\r\n\r\n<script>alert(1)</script>"


def letter(event: DossierFact, language: str = "vi") -> Letter:
    return write(TEMPLATES[type(event)], language, content_of(event), URL)


def mail(written: Letter, address: str = ADDRESS, domain: str = DOMAIN) -> EmailMessage:
    raw = mail_of(Outgoing("m-" + 32 * "a", address, written, AT), f"khong-tra-loi@{domain}", domain)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    found = message_from_bytes(raw, policy=default)
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EACH)
def test_each_fact_is_told_in_each_language_with_its_link_and_where_to_ask(kind: type[DossierFact], language: str) -> None:
    written = letter(fact(kind), language)
    assert CODE in written.subject
    for expected in (CODE, "Chuyển quyền sử dụng đất", UNIT.name, f"http://127.0.0.1:8080/track?code={CODE}"):
        assert expected in written.text
    assert f'<a href="http://127.0.0.1:8080/track?code={CODE}">' in written.html
    assert "\n\n\n" not in written.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", EACH)
def test_no_letter_says_who_it_is_about_or_repeats_a_clerk_s_free_words(kind: type[DossierFact], language: str) -> None:
    written = letter(fact(kind), language)
    for secret in (CONTACT.name, ADDRESS, "Trần Thị B", "Lê Văn C"):
        assert secret not in written.text + written.html + written.subject


def test_both_languages_have_every_template_and_differ() -> None:
    found = {file.name for file in FOLDER.glob("*.txt") if not file.name.startswith("closing")}
    assert found == {f"{name}.{language}.txt" for name in TEMPLATES.values() for language in LANGUAGES}
    for kind in EACH:
        assert letter(fact(kind), "vi").subject != letter(fact(kind), "en").subject


def test_what_matters_stands_in_it() -> None:
    accepted = letter(fact(DossierAcceptedV1))
    assert "Hẹn trả kết quả: 15:00, thứ hai 16/02/2026" in accepted.text
    assert "giấy hẹn" in accepted.text
    assert "bưu chính" in letter(fact(DossierAcceptedV1, hand_over=HandOver.POST)).text
    assert "- Tờ khai" in letter(fact(DossierReturnedV1)).text
    assert "không chấp thuận" in letter(fact(DossierDecidedV1, outcome=Outcome.DECLINED)).text
    assert "không chấp thuận" not in letter(fact(DossierDecidedV1)).text


def test_a_submission_without_a_code_goes_by_its_number() -> None:
    written = letter(fact(DossierReturnedV1, code=None, promised_at=None))
    assert "track?code=N-1" in written.text
    assert "N-1" in written.subject


def test_the_html_says_the_same_words_and_escapes_them() -> None:
    event = fact()
    event = event.model_copy(update={"procedure": event.procedure.model_copy(update={"title": HOSTILE})})
    written = letter(event)
    assert "<script>" not in written.html
    assert "&lt;script&gt;" in written.html
    assert "Bcc: thief" in written.text
    assert "\nBcc" not in written.text


@pytest.mark.parametrize("reference", [HOSTILE, "x\nTo: thief@evil.example", "\r\n.\r\nMAIL FROM:<x>"])
def test_nothing_in_a_fact_can_add_a_header_or_end_the_mail(reference: str) -> None:
    content = content_of(fact()) | {"reference": reference, "procedure": reference, "unit": reference}
    for template in TEMPLATES.values():
        found = mail(write(template, "vi", content | {"missing": [reference], "outcome": "granted"}, URL))
        assert found.get_all("To") == [ADDRESS]
        assert "Bcc" not in found
        assert "\n" not in found["Subject"]


@given(st.text(min_size=1, max_size=200))
def test_any_text_makes_one_whole_mail(words: str) -> None:
    words = words.replace("\x00", "").encode("utf-8", "ignore").decode()
    content = content_of(fact()) | {"reference": words or "x", "procedure": words, "unit": words}
    found = mail(write("accepted.v1", "vi", content, URL))
    assert sorted(found.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "MIME-Version", "Content-Type"]
    )


def test_the_mail_is_plain_honest_and_the_same_mail_at_every_attempt() -> None:
    found = mail(letter(fact()))
    assert found["Message-ID"] == f"<m-{32 * 'a'}@{DOMAIN}>" == mail(letter(fact(), "en"))["Message-ID"]
    assert (found["To"], found["From"]) == (ADDRESS, f"Một Cửa <khong-tra-loi@{DOMAIN}>")
    assert found["Auto-Submitted"] == "auto-generated"
    assert datetime.strptime(found["Date"], "%a, %d %b %Y %H:%M:%S %z") == AT
    text, html = found.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert isinstance(text, EmailMessage)
    assert text.get_content().replace("\r\n", "\n").strip() == letter(fact()).text.strip()


def test_a_long_domain_of_ours_does_not_change_the_message_id() -> None:
    domain = f"{'a' * 60}.{'b' * 60}.example"
    assert mail(letter(fact()), domain=domain)["Message-ID"] == f"<m-{32 * 'a'}@{domain}>"


@pytest.mark.parametrize("address", ["a@b.vn\r\nBcc: x@y.vn", "a..b@example.vn", ".a@example.vn", "a@b.vn, c@d.vn", "no address"])
def test_an_address_that_would_break_its_header_is_refused(address: str) -> None:
    with pytest.raises(BAD_MAIL):
        mail(letter(fact()), address)


def test_a_template_that_wants_what_is_not_there_says_so() -> None:
    with pytest.raises(TemplateError):
        write("returned.v1", "vi", content_of(fact()), URL)


def test_the_samples_show_every_template_in_both_languages() -> None:
    shown = samples.letters(URL, AT)
    assert {sample.template for sample in shown} == set(TEMPLATES.values())
    assert all([one.language for one in sample.letters] == list(LANGUAGES) for sample in shown)


@pytest.mark.parametrize(("address", "shown"), [(ADDRESS, "n***@example.vn"), ("a@b.vn", "a***@b.vn")])
def test_an_address_is_shown_by_its_first_letter(address: str, shown: str) -> None:
    assert masked(address) == shown


@given(st.text(), st.emails(), st.text())
def test_no_address_that_a_server_repeats_is_kept(before: str, address: str, after: str) -> None:
    kept = without_addresses(f"550 {before} <{address}> {after}")
    assert address not in kept
    assert 0 < len(kept) <= 300
    assert "\n" not in kept


def test_a_server_that_says_nothing_is_given_words() -> None:
    assert without_addresses(" \r\n ") == "no reason given"
    assert without_addresses("550 5.1.1 <a.b@example.vn>: no such\r\nuser") == "550 5.1.1 <***@***>: no such user"
