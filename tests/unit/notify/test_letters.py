"""What a citizen reads: in their language, with as little about them as can be, the same words in text and HTML."""

from datetime import date, timedelta

import pytest
from jinja2 import TemplateError

from contracts.endings.intake import DossierExtendedV1, DossierStoppedV1
from contracts.intake import (
    DayOff,
    DossierAcceptedV1,
    DossierDecidedV1,
    DossierFact,
    DossierRescheduledV1,
    DossierReturnedV1,
    DossierSubmittedV1,
    DossierTransferredV1,
    DossierWithdrawnV1,
    Provisional,
)
from contracts.notices import NOTICES
from contracts.supplements.intake import DossierPausedV1, DossierResumedV1
from contracts.values import LANGUAGES, HandOver, Outcome
from services.notify.adapters.letters import FOLDER, Letter, write
from services.notify.domain.notice import CONFIRMATION, MOST_DAYS_OFF, TEMPLATES, content_of
from services.notify.queries import sample_letters
from tests.support.notify_world import ADDRESS, AT, CODE, CONTACT, TELEPHONE, UNIT, fact

URL = "http://127.0.0.1:8080/"
FACTS = sorted(NOTICES, key=lambda kind: kind.TYPE)
HOSTILE = "Đất\r\nBcc: thief@evil.example\r\n\r\n<script>alert(1)</script>"


def letter(event: DossierFact, language: str = "vi") -> Letter:
    return write(TEMPLATES[type(event)], language, content_of(event, TELEPHONE), URL)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
def test_each_fact_has_a_letter_in_each_language_with_its_link_and_where_to_ask(kind: type[DossierFact], language: str) -> None:
    written = letter(fact(kind), language)
    assert CODE in written.subject
    for expected in (CODE, "Chuyển quyền sử dụng đất", UNIT.name, f"http://127.0.0.1:8080/track?code={CODE}"):
        assert expected in written.text
    assert f'<a href="http://127.0.0.1:8080/track?code={CODE}">' in written.html
    assert "\n\n\n" not in written.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
def test_no_letter_says_who_it_is_about_or_repeats_a_clerk_s_free_words(kind: type[DossierFact], language: str) -> None:
    written = letter(fact(kind), language)
    for secret in (CONTACT.name, ADDRESS, "Trần Thị B", "Lê Văn C"):
        assert secret not in written.text + written.html + written.subject


def test_both_languages_have_every_template_and_differ() -> None:
    files = {file.name for file in FOLDER.glob("*.txt") if not file.name.startswith("closing")}
    assert files >= {f"{name}.{language}.txt" for name in TEMPLATES.values() for language in LANGUAGES}
    assert files == {f"{name.rpartition('.txt')[0][:-3]}.{language}.txt" for name in files for language in LANGUAGES}
    for kind in FACTS:
        assert letter(fact(kind), "vi").subject != letter(fact(kind), "en").subject


def test_what_matters_stands_in_it() -> None:
    accepted = letter(fact(DossierAcceptedV1))
    assert "Hẹn trả kết quả: 15:00, thứ hai 16/02/2026" in accepted.text
    assert "giấy hẹn" in accepted.text
    assert "bưu chính" in letter(fact(DossierAcceptedV1, hand_over=HandOver.POST)).text
    assert "- Tờ khai" in letter(fact(DossierReturnedV1)).text
    assert "không chấp thuận" in letter(fact(DossierDecidedV1, outcome=Outcome.DECLINED)).text
    assert "không chấp thuận" not in letter(fact(DossierDecidedV1)).text
    transferred = letter(fact(DossierTransferredV1))
    assert transferred.text.startswith("Bộ phận Một cửa xã Minh Lạc đã ngừng hoạt động.")
    assert "15:00, thứ hai 16/02/2026, không thay đổi" in transferred.text
    assert "Hẹn trả" not in letter(fact(DossierTransferredV1, promised_at=None)).text
    extended = letter(fact(DossierExtendedV1)).text
    assert extended.startswith("Chúng tôi xin lỗi")
    assert "Ngày hẹn mới: 15:00, thứ hai 16/02/2026" in extended
    assert "Ngày hẹn trước đó: 15:00, thứ hai 09/02/2026" in extended
    assert "- Lý do: đang chờ ý kiến của cơ quan khác\n\nViệc tiếp theo" in extended
    stopped = letter(fact(DossierStoppedV1)).text
    assert "- Căn cứ: giấy tờ đã yêu cầu chưa được bổ sung\n\nViệc tiếp theo" in stopped
    assert "nộp hồ sơ mới" in stopped
    assert "ghi trong thông báo" in letter(fact(DossierStoppedV1, ground="other")).text
    withdrawn = letter(fact(DossierWithdrawnV1))
    assert "trùng với hồ sơ 000.00.21.H99-260216-0002" in withdrawn.text
    assert "nếu chưa nhận lại giấy tờ" in withdrawn.text
    assert "người nộp xin rút" in letter(fact(DossierWithdrawnV1, reason="applicant", duplicate_of=None)).text


PROVISIONAL = Provisional(calendar="mot-cua", known_until=date(2027, 12, 31))


@pytest.mark.parametrize("kind", [DossierAcceptedV1, DossierRescheduledV1])
def test_a_promise_that_may_still_move_is_called_provisional_with_its_reason(kind: type[DossierFact]) -> None:
    may_move = fact(kind, provisional=PROVISIONAL)
    assert "tạm tính, vì lịch làm việc mới có đến hết 31/12/2027" in letter(may_move).text
    assert "provisional, because the calendar is known until 31/12/2027 only" in letter(may_move, "en").text
    untold = fact(kind, provisional=PROVISIONAL.model_copy(update={"known_until": None}))
    assert "chưa ghi ngày nghỉ nào" in letter(untold).text
    assert "lists no days off yet" in letter(untold, "en").text
    assert "tạm tính" not in letter(fact(kind)).text
    assert "provisional" not in letter(fact(kind), "en").text


def test_a_date_that_moves_is_told_with_the_one_before() -> None:
    moved = fact(DossierRescheduledV1, promised_at=AT + timedelta(days=1), previous_at=AT)
    assert "Ngày hẹn mới: 15:00, thứ ba 17/02/2026" in letter(moved).text
    assert "Ngày hẹn trước đó: 15:00, thứ hai 16/02/2026" in letter(moved).text
    assert "Ngày không tính" not in letter(moved).text


def test_a_date_that_moves_is_told_with_the_days_off_that_moved_it() -> None:
    off = DayOff(day=date(2026, 2, 16), vi="Nghỉ do bão", en="Closed by a storm")
    moved = fact(DossierRescheduledV1, promised_at=AT + timedelta(days=1), previous_at=AT, days_off=[off])
    assert "Ngày không tính thêm: 16/02/2026, Nghỉ do bão" in letter(moved).text
    assert "Day no longer counted: 16/02/2026, Closed by a storm" in letter(moved, "en").text
    many = fact(DossierRescheduledV1, previous_at=AT, days_off=[off] * 30)
    assert letter(many).text.count("Nghỉ do bão") == MOST_DAYS_OFF


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", FACTS)
def test_each_letter_says_whom_to_call_and_where_to_come_if_the_unit_has_no_telephone(
    kind: type[DossierFact], language: str
) -> None:
    assert f"{TELEPHONE} ({UNIT.name})" in letter(fact(kind), language).text
    without = write(TEMPLATES[kind], language, content_of(fact(kind), None), URL)
    assert {"vi": f"hãy đến {UNIT.name}", "en": f"come to {UNIT.name}"}[language] in without.text
    assert "None" not in without.text


@pytest.mark.parametrize(("language", "line"), [("vi", "gửi tới địa chỉ này"), ("en", "to this address")])
@pytest.mark.parametrize("kind", [DossierSubmittedV1, DossierAcceptedV1])
def test_a_letter_that_promises_another_says_where_that_will_go(kind: type[DossierFact], language: str, line: str) -> None:
    for hand_over in HandOver:
        assert line in letter(fact(kind, hand_over=hand_over), language).text


# That of another date had the telephone from its first version on.
@pytest.mark.parametrize("kind", [kind for kind in FACTS if TEMPLATES[kind].endswith(".v2") and kind is not DossierRescheduledV1])
def test_a_letter_of_before_is_shown_as_it_was_sent(kind: type[DossierFact]) -> None:
    before = {name: value for name, value in content_of(fact(kind), TELEPHONE).items() if name != "telephone"}
    written = write(TEMPLATES[kind].replace(".v2", ".v1"), "vi", before, URL)
    assert f"hãy liên hệ {UNIT.name} và đọc số {CODE}" in written.text


def test_a_letter_about_another_date_that_was_queued_without_the_days_off_is_still_written() -> None:
    before = {name: value for name, value in content_of(fact(DossierRescheduledV1), TELEPHONE).items() if name != "days_off"}
    assert "Ngày hẹn trước đó: 15:00, chủ nhật 15/02/2026" in write("rescheduled.v1", "vi", before, URL).text


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


def test_a_template_that_wants_what_is_not_there_says_so() -> None:
    with pytest.raises(TemplateError):
        write("returned.v2", "vi", content_of(fact(), TELEPHONE), URL)


def test_the_samples_show_every_template_in_both_languages() -> None:
    shown = sample_letters(URL, AT)
    assert {sample.template for sample in shown} == {*TEMPLATES.values(), CONFIRMATION}
    assert all([letter.language for letter in sample.letters] == list(LANGUAGES) for sample in shown)


@pytest.mark.parametrize(("language", "amount"), [("vi", "150.000 đồng"), ("en", "150,000 VND")])
def test_a_payment_names_its_amount_and_no_papers(language: str, amount: str) -> None:
    owed = fact(DossierPausedV1, owed="money", amount=150_000, missing=[])
    letter = write("paused.v1", language, content_of(owed, TELEPHONE), URL)
    assert amount in letter.text
    assert "Tờ khai" not in letter.text


def test_papers_are_named_by_their_titles_and_a_date_that_stays_is_not_called_new() -> None:
    asked = write("paused.v1", "vi", content_of(fact(DossierPausedV1), TELEPHONE), URL)
    assert "Tờ khai" in asked.text
    same = fact(DossierResumedV1, previous_at=AT, promised_at=AT)
    assert "không đổi" in write("resumed.v1", "vi", content_of(same, TELEPHONE), URL).text
    assert "Ngày hẹn trước đây" in write("resumed.v1", "vi", content_of(fact(DossierResumedV1), TELEPHONE), URL).text
