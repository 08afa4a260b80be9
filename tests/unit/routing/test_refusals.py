"""What routing refuses, word for word: an officer acts on these sentences, a program on code, field and status."""

from typing import Any

import pytest

from contracts.refusal import Refusal
from services.routing.domain import refusals

CODE, OTHER = "H26.01-260218-0001", "H26.01-260218-0002"


@pytest.mark.parametrize(
    ("kind", "arguments", "code", "status", "field", "vi", "en"),
    [
        (
            refusals.CaseUnknown,
            (),
            "case-unknown",
            404,
            None,
            "Không có hồ sơ này trong danh sách xử lý. Hồ sơ vừa tiếp nhận có thể cần vài giây mới tới.",
            "There is no such case. A dossier accepted just now may take a few seconds to arrive.",
        ),
        (
            refusals.AlreadyOpen,
            ("H26.01-260218-0001",),
            "case-already-open",
            409,
            None,
            "Hồ sơ H26.01-260218-0001 đã được mở để xử lý.",
            "A case is already open for H26.01-260218-0001.",
        ),
        (
            refusals.AlreadyDecided,
            ("H26.01-260218-0001",),
            "case-already-decided",
            409,
            None,
            "Hồ sơ H26.01-260218-0001 đã có kết quả, không giao hay quyết định lại được.",
            "H26.01-260218-0001 has been decided; it can be neither assigned nor decided again.",
        ),
        (
            refusals.AlreadyWithdrawn,
            (CODE, "Hoa", OTHER),
            "case-withdrawn",
            409,
            None,
            f"Hồ sơ {CODE} đã được rút (trùng với hồ sơ {OTHER}; Hoa ghi), không giao hay quyết định được nữa.",
            f"{CODE} has been withdrawn (a duplicate of {OTHER}; by Hoa); it can be neither assigned nor decided.",
        ),
        (
            refusals.AlreadyTheirs,
            ("An",),
            "case-already-theirs",
            409,
            "officer",
            "An đang giữ hồ sơ này rồi.",
            "An already has this case.",
        ),
        (
            refusals.SomebodyElses,
            ("An",),
            "case-somebody-elses",
            403,
            None,
            "Hồ sơ này do An xử lý.",
            "An works on this case.",
        ),
        (
            refusals.SomebodyElses,
            (None,),
            "case-somebody-elses",
            403,
            None,
            "Hồ sơ này chưa giao cho ai. Hãy nhận hồ sơ trước khi quyết định.",
            "Nobody has this case yet. Take it before you decide it.",
        ),
        (
            refusals.OnlyLeadersReassign,
            (),
            "case-only-leaders-reassign",
            403,
            None,
            "Chuyên viên chỉ tự nhận được hồ sơ chưa giao cho ai. Muốn chuyển người xử lý, hãy nhờ lãnh đạo đơn vị.",
            "An officer may take a case that nobody has. To move one to another officer, ask the unit's leader.",
        ),
        (
            refusals.NotAnOfficerHere,
            ("UBND xã Đông Hưng",),
            "officer-not-here",
            422,
            "officer",
            "Người này không phải chuyên viên đang làm việc tại UBND xã Đông Hưng. Hãy chọn người khác.",
            "This person is not an active officer of UBND xã Đông Hưng. Choose somebody else.",
        ),
        (
            refusals.ReasonMissing,
            (),
            "reason-missing",
            422,
            "reason",
            "Không giải quyết thì phải nêu lý do để người dân biết.",
            "To decline is to state the reason, so that the applicant knows it.",
        ),
        (
            refusals.ReasonWithoutDecline,
            (),
            "reason-without-decline",
            422,
            "reason",
            "Lý do chỉ dùng khi không giải quyết. Hãy xoá lý do, hoặc chọn không giải quyết.",
            "A reason belongs to declining. Clear it, or decline.",
        ),
        (
            refusals.NumberWithoutGrant,
            (),
            "number-without-grant",
            422,
            "result_number",
            "Số, ký hiệu văn bản chỉ có khi giải quyết. Hãy xoá số kết quả.",
            "Only a grant has a result number. Clear it.",
        ),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_a_refusal_is_said_in_both_languages(
    kind: type[Refusal], arguments: tuple[Any, ...], code: str, status: int, field: str | None, vi: str, en: str
) -> None:
    refusal = kind(*arguments)
    assert (refusal.code, refusal.status, refusal.field, refusal.vi, refusal.en) == (code, status, field, vi, en)


def test_every_refusal_of_routing_stands_in_the_table_above() -> None:
    (mark,) = test_a_refusal_is_said_in_both_languages.pytestmark
    compared = {row[0] for row in mark.args[1]}
    declared = {kind for kind in vars(refusals).values() if isinstance(kind, type) and kind.__module__ == refusals.__name__}
    assert compared == declared
