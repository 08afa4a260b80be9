"""What intake refuses, word for word: a clerk acts on the sentence, a program on code, field and status."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from contracts.directory import PaperV1
from contracts.intake import PaperRef
from contracts.refusal import Refusal
from contracts.values import Channel
from services.intake.domain.guess_limits import NotRecognised, TooManyGuesses
from services.intake.domain.offers import competent_unit, unusable
from services.intake.domain.orders import IllegalOrderStep, OrderState, OrderTransition
from services.intake.domain.papers import PapersMissing, handed_in, named_missing
from services.intake.domain.promise import reception_time, require_recent
from services.intake.domain.stages import IllegalStep, Stage, Transition
from services.intake.domain.submission_limits import TooManySubmissions
from tests.support.intake_dossiers import WEEK
from tests.support.intake_world import NOW
from tests.support.reference_data import CENTRE, DISTRICT, LAND
from tests.unit.intake.test_promise import offered, procedure, unit
from worktime import CalendarError

FORM, DEED = PaperV1(code="don", title="Đơn đăng ký"), PaperV1(code="hop-dong", title="Hợp đồng tặng cho")
COPY = "2.900033"
"""A procedure that is taken at the counter only."""


def raised(refuse: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as refused:
        refuse()
    return refused.value


@pytest.mark.parametrize(
    ("refuse", "code", "field", "status", "vi", "en"),
    [
        pytest.param(
            lambda: offered(COPY).require_channel(Channel.ONLINE),
            "channel-not-offered",
            "procedure",
            422,
            (
                "Thủ tục “Chứng thực bản sao từ bản chính” chưa nhận nộp trực tuyến tại Bộ phận Một cửa huyện Hà An. "
                "Hãy nộp tại quầy."
            ),
            (
                "“Chứng thực bản sao từ bản chính” cannot be handed in online at Bộ phận Một cửa huyện Hà An. "
                "Please hand it in at the counter."
            ),
            id="not online",
        ),
        pytest.param(
            lambda: offered(COPY).require_channel(Channel.POST),
            "channel-not-offered",
            "procedure",
            422,
            (
                "Thủ tục “Chứng thực bản sao từ bản chính” chưa nhận nộp qua bưu chính tại Bộ phận Một cửa huyện Hà An. "
                "Hãy nộp tại quầy."
            ),
            (
                "“Chứng thực bản sao từ bản chính” cannot be handed in by post at Bộ phận Một cửa huyện Hà An. "
                "Please hand it in at the counter."
            ),
            id="not by post",
        ),
        pytest.param(
            lambda: competent_unit(unit(CENTRE), procedure(COPY), NOW.date()),
            "not-received-here",
            "procedure",
            422,
            ("Trung tâm Phục vụ hành chính công tỉnh Thanh Hà không tiếp nhận thủ tục “Chứng thực bản sao từ bản chính”."),
            "Trung tâm Phục vụ hành chính công tỉnh Thanh Hà does not receive “Chứng thực bản sao từ bản chính”.",
            id="not received here",
        ),
        pytest.param(
            lambda: competent_unit(unit(DISTRICT), procedure(LAND), date(2016, 12, 31)),
            "not-in-force",
            "procedure",
            422,
            "Thủ tục 1.900011 chưa có hiệu lực vào ngày 31/12/2016.",
            "Procedure 1.900011 is not in force on 31/12/2016.",
            id="not in force",
        ),
        pytest.param(
            lambda: offered(LAND, valid_to=date(2026, 2, 23), successor=CENTRE),
            "unit-closed",
            "unit",
            422,
            "Bộ phận Một cửa huyện Hà An không hoạt động vào ngày 24/02/2026. Đơn vị kế thừa là 000.00.01.H99.",
            "Bộ phận Một cửa huyện Hà An is not open on 24/02/2026. Its successor is 000.00.01.H99.",
            id="unit closed",
        ),
        pytest.param(
            lambda: offered(LAND, valid_from=date(2026, 2, 25)),
            "unit-closed",
            "unit",
            422,
            "Bộ phận Một cửa huyện Hà An không hoạt động vào ngày 24/02/2026.",
            "Bộ phận Một cửa huyện Hà An is not open on 24/02/2026.",
            id="unit not open yet",
        ),
        pytest.param(
            lambda: _raise(unusable(CalendarError(vi="Lịch sai.", en="Wrong calendar."))),
            "cannot-promise",
            None,
            409,
            "Chưa tính được ngày hẹn trả: Lịch sai. Hãy báo người quản trị danh mục.",
            "No date can be promised: Wrong calendar. Please tell the directory's administrator.",
            id="calendar that cannot be counted with",
        ),
        pytest.param(
            lambda: _raise(PapersMissing([FORM, DEED])),
            "papers-missing",
            "papers",
            422,
            "Chưa đủ giấy tờ để tiếp nhận. Còn thiếu: Đơn đăng ký; Hợp đồng tặng cho.",
            "Papers are missing, so it cannot be accepted yet: Đơn đăng ký; Hợp đồng tặng cho.",
            id="papers missing",
        ),
        pytest.param(
            lambda: handed_in(["x", "don", "a"], [FORM]),
            "unknown-paper",
            "papers",
            422,
            "Thủ tục này không có giấy tờ mã a, x. Hãy xem lại danh mục.",
            "This procedure has no paper a, x. Please check its list.",
            id="unknown papers",
        ),
        pytest.param(
            lambda: named_missing({"don": "chưa ký", "z": "?"}, [], [FORM, DEED]),
            "unknown-paper",
            "papers",
            422,
            "Thủ tục này không có giấy tờ mã z. Hãy xem lại danh mục.",
            "This procedure has no paper z. Please check its list.",
            id="unknown paper in form 02",
        ),
        pytest.param(
            lambda: named_missing({}, [], [FORM, DEED]),
            "missing-not-named",
            "missing",
            422,
            "Phải nêu đủ một lần mọi giấy tờ còn thiếu. Chưa nêu: Đơn đăng ký; Hợp đồng tặng cho.",
            "Everything missing has to be named at once. Not named yet: Đơn đăng ký; Hợp đồng tặng cho.",
            id="missing papers not named",
        ),
        pytest.param(
            lambda: reception_time(NOW + timedelta(minutes=2), NOW),
            "received-in-future",
            "received_at",
            422,
            "Giờ tiếp nhận ở tương lai. Hãy xem lại.",
            "The time of reception is in the future.",
            id="received in the future",
        ),
        pytest.param(
            lambda: reception_time(NOW - timedelta(days=90, seconds=1), NOW),
            "received-too-long-ago",
            "received_at",
            422,
            "Giờ tiếp nhận đã quá 90 ngày trước. Hãy xem lại ngày.",
            "The time of reception is more than 90 days ago. Please check the date.",
            id="received too long ago",
        ),
        pytest.param(
            lambda: require_recent(WEEK, NOW - timedelta(days=1), NOW, 0),
            "received-too-long-ago",
            "received_at",
            422,
            "Giờ tiếp nhận đã quá 0 ngày làm việc trước. Hãy xem lại ngày.",
            "The time of reception is more than 0 working days ago. Please check the date.",
            id="received before today where nothing may be dated back",
        ),
        pytest.param(
            lambda: require_recent(WEEK, NOW - timedelta(days=4), NOW, 1),
            "received-too-long-ago",
            "received_at",
            422,
            "Giờ tiếp nhận đã quá 1 ngày làm việc trước. Hãy xem lại ngày.",
            "The time of reception is more than 1 working day ago. Please check the date.",
            id="received too many working days ago",
        ),
        pytest.param(
            lambda: reception_time(NOW - timedelta(hours=1, seconds=1), NOW, not_before=NOW - timedelta(hours=1)),
            "received-before-submission",
            "received_at",
            422,
            "Giờ tiếp nhận sớm hơn lúc hồ sơ được nộp. Hãy xem lại.",
            "The time of reception is before the dossier was handed in. Please check it.",
            id="received before it was handed in",
        ),
        pytest.param(
            lambda: _raise(TooManyGuesses(14 * 60 + 1)),
            "too-many-tries",
            None,
            429,
            "Đã thử sai quá nhiều lần. Hãy đợi 15 phút rồi thử lại, hoặc hỏi tại quầy.",
            "Too many wrong tries. Please wait 15 minutes and try again, or ask at the counter.",
            id="too many guesses",
        ),
        pytest.param(
            lambda: _raise(TooManySubmissions(23 * 3600 + 1)),
            "too-many-submissions",
            None,
            429,
            "Mỗi ngày, từ một nơi, cho một người hay tới một đơn vị chỉ nộp trực tuyến được một số hồ sơ, và đã đủ số đó."
            " Hãy nộp tại quầy, hoặc thử lại sau 24 giờ.",
            "In a day only so many dossiers can be handed in online from one place, for one person or to one unit, and that"
            " many have been. Hand it in at the counter, or try again in 24 hours.",
            id="too many submissions",
        ),
        pytest.param(
            lambda: _raise(NotRecognised()),
            "not-recognised",
            None,
            404,
            "Mã hồ sơ hoặc mã tra cứu không đúng. Hãy xem lại cả hai trên giấy tiếp nhận.",
            "The dossier's code or the secret is not right. Please check both on the receipt.",
            id="not recognised",
        ),
        pytest.param(
            lambda: _raise(IllegalOrderStep(OrderState.PLANNED, OrderTransition.DELIVER)),
            "illegal-order-step",
            None,
            409,
            "Phiếu gửi bưu điện đang ở bước “planned” nên không thể “deliver”.",
            "The order to the post is planned; it cannot deliver.",
            id="step of an order",
        ),
        pytest.param(
            lambda: _raise(IllegalStep(Stage.DECIDED, Transition.ACCEPT)),
            "illegal-step",
            None,
            409,
            "Không thể tiếp nhận: hồ sơ đã có kết quả, đang chờ trả.",
            "It cannot be accepted: the dossier has its result, which waits to be handed over.",
            id="step of a dossier",
        ),
    ],
)
def test_a_refusal_says_in_both_languages_what_to_do(
    refuse: Callable[[], object], code: str, field: str | None, status: int, vi: str, en: str
) -> None:
    refusal = raised(refuse)
    assert (refusal.code, refusal.field, refusal.status, refusal.vi, refusal.en) == (code, field, status, vi, en)


def _raise(refusal: Refusal) -> None:
    raise refusal


def test_missing_papers_are_named_by_code_too() -> None:
    assert PapersMissing([FORM, DEED]).codes == ("don", "hop-dong")


def test_papers_of_the_sample_that_are_there_are_not_missing() -> None:
    known = procedure(LAND).versions[-1].papers
    assert named_missing({}, [PaperRef(code=paper.code, title=paper.title) for paper in known], known) == ()
