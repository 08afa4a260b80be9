"""What intake publishes of a dossier, to the field; what its history keeps; what of the applicant goes to whom."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.intake import ContactV1, DossierFact, MissingPaper, PaperRef, UnitRef
from contracts.post import RecipientV1
from contracts.values import HandOver, Outcome, PortalStatus, WithdrawalReason
from services.intake.domain import facts
from services.intake.domain.applicant import Applicant, Forgotten
from services.intake.domain.dossier import Dossier, Withdrawal
from services.intake.domain.endings import Extension, Stop
from services.intake.domain.history import HistoryLine
from services.intake.domain.promise import promised
from services.intake.domain.stages import Stage
from tests.support.intake_world import NOW
from tests.support.reference_data import LAND
from tests.unit.intake.test_offers_at_the_bounds import dossier
from tests.unit.intake.test_promise import offered

FORM = PaperRef(code="don", title="Đơn đăng ký")
LACKING = MissingPaper(code="hop-dong", title="Hợp đồng", reason="chưa ký")
LAND_OFFICE = UnitRef(id="000.00.22.H99", name="Phòng Tài nguyên")
CODE = "000.00.21.H99-260224-0001"
OTHER = "000.00.21.H99-260224-0002"
DECIDED_AT = NOW - timedelta(hours=1)

EXTENSION = Extension(ground=ExtensionGround.WORKLOAD, previous_at=DECIDED_AT, at=NOW, by="son", details="Ông A vắng.")


def at_the_end() -> Dossier:
    return replace(
        dossier(),
        stage=Stage.HANDED_OVER,
        hand_over=HandOver.POST,
        papers=(FORM,),
        contact_version=3,
        collection="c-1",
        missing=(LACKING,),
        reason="Không thuộc thẩm quyền.",
        code=CODE,
        competent=LAND_OFFICE,
        fee=500_000,
        accepted_at=NOW,
        promised_at=NOW,
        decided_at=NOW,
        outcome=Outcome.GRANTED,
        result_number="12/QĐ",
        handed_over_at=NOW,
        handed_over_by=HandOver.COUNTER,
        withdrawal=Withdrawal(reason=WithdrawalReason.DUPLICATE, duplicate_of=OTHER, by="hoa"),
        withdrawn_at=NOW,
    )


@pytest.mark.parametrize(
    ("fact", "by", "own"),
    [
        pytest.param(lambda of: facts.submitted(of, "hoa"), "hoa", {"papers": [FORM], "collection": "c-1"}, id="submitted"),
        pytest.param(lambda of: facts.returned(of, NOW, "hoa"), "hoa", {"missing": [LACKING]}, id="returned"),
        pytest.param(
            lambda of: facts.accepted(of, "hoa"),
            "hoa",
            {"competent_unit": LAND_OFFICE, "accepted_at": NOW, "fee": 500_000, "papers": [FORM]},
            id="accepted",
        ),
        pytest.param(lambda of: facts.refused(of, NOW, "hoa"), "hoa", {"reason": "Không thuộc thẩm quyền."}, id="refused"),
        pytest.param(lambda of: facts.taken_up(of, NOW), None, {}, id="taken up"),
        pytest.param(
            lambda of: facts.decided(of, "an"),
            "an",
            {"outcome": Outcome.GRANTED, "decided_at": NOW, "result_number": "12/QĐ"},
            id="decided",
        ),
        pytest.param(
            lambda of: facts.handed_over(of, "hoa"),
            "hoa",
            {"handed_over_by": HandOver.COUNTER, "handed_over_at": NOW},
            id="handed over",
        ),
        pytest.param(
            lambda of: facts.transferred(of, LAND_OFFICE, NOW), None, {"transferred_from": LAND_OFFICE}, id="transferred"
        ),
        pytest.param(lambda of: facts.address_confirmed(of, NOW), None, {}, id="address confirmed"),
        pytest.param(
            lambda of: facts.withdrawal_requested(of, NOW, "Hoa"),
            "hoa",
            {"reason": WithdrawalReason.DUPLICATE, "duplicate_of": OTHER, "by_name": "Hoa"},
            id="withdrawal requested",
        ),
        pytest.param(facts.withdrawn, "hoa", {"reason": WithdrawalReason.DUPLICATE, "duplicate_of": OTHER}, id="withdrawn"),
        pytest.param(
            lambda of: facts.extended(replace(of, extension=EXTENSION)),
            "son",
            {"previous_at": DECIDED_AT, "ground": ExtensionGround.WORKLOAD},
            id="extended",
        ),
        pytest.param(
            lambda of: facts.stopped(replace(of, stop=Stop(ground=StopGround.OTHER, at=NOW, by="son", details="Ông A kiện."))),
            "son",
            {"ground": StopGround.OTHER},
            id="stopped",
        ),
        pytest.param(
            lambda of: facts.withdrawal_refused(of, NOW, DECIDED_AT, "an"), "an", {"decided_at": DECIDED_AT}, id="not withdrawn"
        ),
    ],
)
def test_a_fact_says_what_the_dossier_has_become(fact: Any, by: str | None, own: dict[str, Any]) -> None:
    of = at_the_end()
    said: DossierFact = fact(of)
    assert said == type(said)(
        status=PortalStatus.HANDED_OVER,
        submission_number=of.submission_number,
        code=CODE,
        unit=of.unit,
        procedure=of.procedure,
        channel=of.channel,
        hand_over=HandOver.POST,
        contact_version=3,
        promised_at=NOW,
        at=NOW,
        by=by,
        **own,
    )


def test_the_history_keeps_what_is_this_fact_s_own_as_json_and_leaves_out_what_was_not_said() -> None:
    fact = facts.decided(replace(at_the_end(), result_number=None), "an")
    assert HistoryLine.of(4, fact) == HistoryLine(
        sequence=4,
        type="vn.motcua.intake.dossier.decided.v1",
        at=NOW,
        by="an",
        notice=True,
        data={"outcome": "granted", "decided_at": NOW.isoformat()},
    )


def test_the_promised_date_is_explained_once_there_is_one() -> None:
    assert dossier().why_this_date("vi") == []
    explanation = promised(offered(LAND), NOW).explanation
    accepted = replace(dossier(), explanation=explanation.to_data())
    assert accepted.why_this_date("vi") == explanation.lines("vi")
    assert accepted.why_this_date("en") == explanation.lines("en")


def applicant(**changes: Any) -> Applicant:
    known = {"name": "Nguyễn Văn Thử", "identity_number": " 034 099 000001 ", "address": "Thôn Mẫu", "language": "en"}
    return Applicant(**(known | changes))


@pytest.mark.parametrize("known", [{"telephone": "0912000001"}, {"email": "a@vidu.test"}])
def test_one_way_to_reach_an_applicant_is_enough(known: dict[str, str]) -> None:
    assert applicant(**known).contact() == ContactV1(name="Nguyễn Văn Thử", language="en", **known)
    assert applicant().contact() is None


def test_the_post_learns_name_address_and_telephone() -> None:
    known = applicant(telephone="0912000001", email="a@vidu.test")
    assert known.recipient() == RecipientV1(name="Nguyễn Văn Thử", address="Thôn Mẫu", telephone="+84912000001")


def test_an_identity_number_is_one_however_it_is_typed_and_text_only() -> None:
    assert applicant().identity_number == "034099000001"
    assert applicant(identity_number="b 12").identity_number == "B12"
    with pytest.raises(ValueError, match="valid string"):
        applicant(identity_number=34099000001)


def test_who_was_forgotten_is_refused_in_both_languages() -> None:
    assert (Forgotten().code, Forgotten().vi, Forgotten().en) == (
        "applicant-forgotten",
        "Thông tin người nộp của hồ sơ này đã được xóa.",
        "The applicant of this dossier has been forgotten.",
    )
