"""What a citizen's mail program reads in the headers is what we wrote, to the last space, on lines that every server takes."""

import re
from datetime import date
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser, BytesParser
from email.policy import compat32, default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contracts.intake import DossierFact
from contracts.values import LANGUAGES, HandOver, Outcome, mint_code
from services.notify.adapters.gateways.mail import BAD_MAIL, mail_of
from services.notify.adapters.gateways.port import Outgoing
from services.notify.adapters.letters import Letter, write
from services.notify.domain.notice import TEMPLATES, content_of
from tests.support.notify_world import ADDRESS, AT, fact

DOMAIN = "motcua.example"
STRICT = default.clone(raise_on_defect=True)

# RFC 5322: a line has at most 998 octets and should have at most 78; RFC 2047: one with an encoded word at most 76, the word 75.
LONGEST_LINE = 78
LONGEST_ENCODED_LINE = 76
LONGEST_ENCODED_WORD = 75

_PART = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=2, max_size=3)
_ROOT = st.builds("{}{:02d}".format, st.sampled_from("ABCDEFGH"), st.integers(0, 99))
_LEAF_FIRST = st.builds(lambda parts, root: ".".join([*parts, root]), st.lists(_PART, min_size=1, max_size=4), _ROOT)
_ROOT_FIRST = st.builds(lambda parts, root: ".".join([root, *parts]), st.lists(_PART, min_size=1, max_size=4), _ROOT)
UNIT_IDS = st.one_of(_LEAF_FIRST, _ROOT_FIRST)
CODES = st.builds(
    mint_code, UNIT_IDS, st.dates(date(2020, 1, 1), date(2068, 12, 31)), st.integers(1, 10**12 - 1), st.sampled_from([4, 6, 7])
)
IDENTIFIERS = st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._:-]{0,79}\Z")
REFERENCES = st.one_of(CODES, IDENTIFIERS)

_LETTERS = "aăâeêioôơuưyđ" + "àảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_MARKS = "\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b"
_OTHERS = "bcghklmnpqrstvx" + 5 * " " + "?=_.,:;-/()“”\"'"
VIETNAMESE = st.text(_LETTERS + _LETTERS.upper() + _MARKS + _OTHERS, min_size=1, max_size=500)
ANY_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=500)


def mail_with(subject: str, address: str = ADDRESS, domain: str = DOMAIN) -> bytes:
    letter = Letter(language="vi", subject=subject, text="Kính gửi\n", html="<p>Kính gửi</p>", paragraphs=())
    return mail_of(Outgoing("m-" + 32 * "a", address, letter, AT), f"khong-tra-loi@{domain}", domain)


def subject_read_back(mail: bytes) -> set[str]:
    """By a parser that takes no defect, and by the older one that many programs still are like."""
    modern = BytesParser(policy=STRICT).parsebytes(mail)
    legacy = BytesHeaderParser(policy=compat32).parsebytes(mail)
    return {str(modern["Subject"]), str(make_header(decode_header(legacy["Subject"])))}


def header_lines(mail: bytes) -> list[bytes]:
    return mail.partition(b"\r\n\r\n")[0].split(b"\r\n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", TEMPLATES, ids=lambda kind: kind.TYPE)
@given(reference=REFERENCES, hand_over=st.sampled_from(HandOver), outcome=st.sampled_from(Outcome))
def test_the_subject_of_each_template_is_read_as_it_was_written(
    kind: type[DossierFact], language: str, reference: str, hand_over: HandOver, outcome: Outcome
) -> None:
    content = content_of(fact(kind), None) | {"reference": reference, "hand_over": hand_over.value, "outcome": outcome.value}
    letter = write(TEMPLATES[kind], language, content, "http://127.0.0.1:8080")
    assert reference in letter.subject
    assert subject_read_back(mail_with(letter.subject)) == {letter.subject}


@given(st.one_of(VIETNAMESE, ANY_LINE))
@example("Hồ sơ 000.00.21.H99-260216-0001 đã có kết quả")
@example(" hai  dấu cách,  và một ở cuối ")
@example("an encoded word, spelt out: =?utf-8?q?x?= and =?utf-8?b?eA==?=")
@example("plain")
@example(500 * "ệ")
@example(166 * "ệ  " + "ệ ")
@example(500 * "x")
@example(125 * "\U0001f600 \u0323\u0302")
def test_any_subject_is_read_as_it_was_written(subject: str) -> None:
    assert subject_read_back(mail_with(subject)) == {subject}


@given(st.one_of(VIETNAMESE, ANY_LINE))
@example(500 * "ệ")
@example(500 * "x")
@example(250 * "x ")
@example(500 * "\U0001f600")
def test_a_subject_is_folded_into_lines_and_words_no_longer_than_the_standards_allow(subject: str) -> None:
    lines = header_lines(mail_with(subject))
    start = next(number for number, line in enumerate(lines) if line.startswith(b"Subject:"))
    of_subject = [lines[start]]
    for line in lines[start + 1 :]:
        if not line.startswith(b" "):
            break
        of_subject.append(line)
    for line in of_subject:
        assert len(line) <= (LONGEST_ENCODED_LINE if b"=?" in line else LONGEST_LINE), line
        assert all(len(word) <= LONGEST_ENCODED_WORD for word in re.findall(rb"=\?[!->@-~]+\?[bq]\?[!->@-~]*\?=", line))


SEVERAL_LINES = ["x\r\nBcc: thief@evil.example", "x\n", "x\ry", "x\n y", "\r\n\r\nbody", "x\u2028y", "x\x85y"]


@pytest.mark.parametrize("subject", SEVERAL_LINES)
def test_a_subject_of_several_lines_is_refused(subject: str) -> None:
    with pytest.raises(BAD_MAIL):
        mail_with(subject)


@given(st.emails(), st.lists(st.from_regex(r"\A[a-z0-9-]{1,60}\Z"), min_size=2, max_size=3).map(".".join))
@example("n" * 64 + "@" + ".".join(3 * ["d" * 60]) + ".vn", ".".join(3 * ["m" * 60]))
def test_who_writes_to_whom_is_read_as_it_was_written(address: str, domain: str) -> None:
    mail = BytesParser(policy=STRICT).parsebytes(mail_with("x", address, domain))
    ((recipient,), (sender,)) = (mail["To"].addresses, mail["From"].addresses)
    assert (recipient.display_name, recipient.addr_spec) == ("", address)
    assert (sender.display_name, sender.addr_spec) == ("Một Cửa", f"khong-tra-loi@{domain}")
