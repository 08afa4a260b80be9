"""Where a dossier stands and which steps lead on: the whole table in one place, and a reason for every step that is not in it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.refusal import Refusal
from contracts.values import PortalStatus


class Stage(StrEnum):
    """The portal's statuses of this path, and `returned`, which the portal still shows as submitted."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IN_PROCESS = "in_process"
    DECIDED = "decided"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"
    SUPPLEMENT_OWED = "supplement_owed"
    PAYMENT_OWED = "payment_owed"
    STOPPED = "stopped"

    @property
    def waits(self) -> bool:
        """For its applicant, after acceptance: the clock stands still."""
        return self in {Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED}

    @property
    def portal(self) -> PortalStatus:
        return _PORTAL[self]

    @classmethod
    def of(cls, status: PortalStatus, *, returned: bool) -> "Stage":
        if returned:
            return cls.RETURNED
        return next(stage for stage, portal in _PORTAL.items() if portal is status)


_PORTAL: Final = {
    Stage.SUBMITTED: PortalStatus.SUBMITTED,
    Stage.RETURNED: PortalStatus.SUBMITTED,
    Stage.ACCEPTED: PortalStatus.ACCEPTED,
    Stage.REFUSED: PortalStatus.REFUSED,
    Stage.IN_PROCESS: PortalStatus.IN_PROCESS,
    Stage.DECIDED: PortalStatus.DECIDED,
    Stage.HANDED_OVER: PortalStatus.HANDED_OVER,
    Stage.WITHDRAWN: PortalStatus.WITHDRAWN,
    Stage.SUPPLEMENT_OWED: PortalStatus.SUPPLEMENT_OWED,
    Stage.PAYMENT_OWED: PortalStatus.PAYMENT_OWED,
    Stage.STOPPED: PortalStatus.STOPPED,
}


class Transition(StrEnum):
    """What moves a dossier: a clerk's or citizen's command, an event of routing or of the post, or the end of its unit."""

    RETURN = "return"
    RESUBMIT = "resubmit"
    ACCEPT = "accept"
    REFUSE = "refuse"
    TAKE_UP = "take_up"
    DECIDE = "decide"
    REMIND = "remind"
    HAND_OVER = "hand_over"
    DELIVER = "deliver"
    TRANSFER = "transfer"
    WITHDRAW = "withdraw"
    REQUEST_WITHDRAWAL = "request_withdrawal"
    REFUSE_WITHDRAWAL = "refuse_withdrawal"
    OWE_PAPERS = "owe_papers"
    OWE_MONEY = "owe_money"
    HAND_IN = "hand_in"
    RESUME = "resume"
    STOP = "stop"
    EXTEND = "extend"


TRANSITIONS: Final[Mapping[tuple[Stage, Transition], Stage]] = {
    (Stage.SUBMITTED, Transition.RETURN): Stage.RETURNED,
    (Stage.RETURNED, Transition.RESUBMIT): Stage.SUBMITTED,
    (Stage.SUBMITTED, Transition.ACCEPT): Stage.ACCEPTED,
    (Stage.SUBMITTED, Transition.REFUSE): Stage.REFUSED,
    (Stage.ACCEPTED, Transition.TAKE_UP): Stage.IN_PROCESS,
    (Stage.IN_PROCESS, Transition.DECIDE): Stage.DECIDED,
    (Stage.DECIDED, Transition.REMIND): Stage.DECIDED,
    (Stage.DECIDED, Transition.HAND_OVER): Stage.HANDED_OVER,
    (Stage.DECIDED, Transition.DELIVER): Stage.HANDED_OVER,
    # Between acceptance and decision routing decides: intake asks, and stays where it is until the answer has come.
    (Stage.SUBMITTED, Transition.WITHDRAW): Stage.WITHDRAWN,
    (Stage.RETURNED, Transition.WITHDRAW): Stage.WITHDRAWN,
    (Stage.ACCEPTED, Transition.REQUEST_WITHDRAWAL): Stage.ACCEPTED,
    (Stage.IN_PROCESS, Transition.REQUEST_WITHDRAWAL): Stage.IN_PROCESS,
    (Stage.IN_PROCESS, Transition.WITHDRAW): Stage.WITHDRAWN,
    (Stage.DECIDED, Transition.REFUSE_WITHDRAWAL): Stage.DECIDED,
    (Stage.HANDED_OVER, Transition.REFUSE_WITHDRAWAL): Stage.HANDED_OVER,
    (Stage.IN_PROCESS, Transition.EXTEND): Stage.IN_PROCESS,
    (Stage.IN_PROCESS, Transition.STOP): Stage.STOPPED,
    (Stage.STOPPED, Transition.REFUSE_WITHDRAWAL): Stage.STOPPED,
    # To the unit's successor; where it stands stays as it is.
    (Stage.SUBMITTED, Transition.TRANSFER): Stage.SUBMITTED,
    (Stage.RETURNED, Transition.TRANSFER): Stage.RETURNED,
    (Stage.ACCEPTED, Transition.TRANSFER): Stage.ACCEPTED,
    (Stage.IN_PROCESS, Transition.TRANSFER): Stage.IN_PROCESS,
    (Stage.DECIDED, Transition.TRANSFER): Stage.DECIDED,
    # Papers or money are owed: what is handed in is a request too, and routing's answer leads on.
    (Stage.IN_PROCESS, Transition.OWE_PAPERS): Stage.SUPPLEMENT_OWED,
    (Stage.IN_PROCESS, Transition.OWE_MONEY): Stage.PAYMENT_OWED,
    **{(stage, Transition.HAND_IN): stage for stage in (Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED)},
    **{(stage, Transition.RESUME): Stage.IN_PROCESS for stage in (Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED)},
    **{(stage, Transition.REQUEST_WITHDRAWAL): stage for stage in (Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED)},
    **{(stage, Transition.WITHDRAW): Stage.WITHDRAWN for stage in (Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED)},
    **{(stage, Transition.STOP): Stage.STOPPED for stage in (Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED)},
    **{(stage, Transition.TRANSFER): stage for stage in (Stage.SUPPLEMENT_OWED, Stage.PAYMENT_OWED)},
}

_STANDS: Final = {
    Stage.SUBMITTED: ("đang chờ tiếp nhận", "is waiting to be accepted"),
    Stage.RETURNED: (
        "đã trả lại để bổ sung giấy tờ, đang chờ nộp lại",
        "was handed back for missing papers and has not been handed in again",
    ),
    Stage.ACCEPTED: ("đã được tiếp nhận và chuyển đến cơ quan giải quyết", "has been accepted and sent to the competent unit"),
    Stage.REFUSED: ("đã bị từ chối tiếp nhận", "has been refused"),
    Stage.IN_PROCESS: ("đang được giải quyết, chưa có kết quả", "is being worked on and has no result yet"),
    Stage.DECIDED: ("đã có kết quả, đang chờ trả", "has its result, which waits to be handed over"),
    Stage.HANDED_OVER: ("đã trả kết quả", "has been handed over"),
    Stage.WITHDRAWN: ("đã được rút", "has been withdrawn"),
    Stage.SUPPLEMENT_OWED: ("đang chờ bổ sung giấy tờ", "is waiting for papers that were asked for"),
    Stage.PAYMENT_OWED: ("đang chờ nộp tiền", "is waiting for a payment"),
    Stage.STOPPED: ("đã dừng xử lý", "is processed no more"),
}
NAMES: Final = {
    Transition.RETURN: ("trả lại để bổ sung giấy tờ", "be handed back for papers"),
    Transition.RESUBMIT: ("nộp lại", "be handed in again"),
    Transition.ACCEPT: ("tiếp nhận", "be accepted"),
    Transition.REFUSE: ("từ chối tiếp nhận", "be refused"),
    Transition.TAKE_UP: ("chuyển sang đang xử lý", "be taken up"),
    Transition.DECIDE: ("ghi kết quả", "be decided"),
    Transition.REMIND: ("nhắc người nộp đến nhận kết quả", "have its applicant reminded of the result"),
    Transition.HAND_OVER: ("trả kết quả tại quầy", "be handed over at the counter"),
    Transition.DELIVER: ("ghi là bưu điện đã phát", "be recorded as delivered"),
    Transition.TRANSFER: ("chuyển sang đơn vị kế thừa", "go to the unit's successor"),
    Transition.WITHDRAW: ("rút", "be withdrawn"),
    Transition.REQUEST_WITHDRAWAL: ("yêu cầu rút", "be asked back"),
    Transition.REFUSE_WITHDRAWAL: ("ghi là không rút được", "be recorded as not withdrawn"),
    Transition.OWE_PAPERS: ("yêu cầu bổ sung giấy tờ", "be asked for papers"),
    Transition.OWE_MONEY: ("yêu cầu nộp tiền", "be asked for a payment"),
    Transition.HAND_IN: ("ghi là đã bổ sung hay đã nộp tiền", "have anything handed in for it"),
    Transition.RESUME: ("xử lý tiếp", "go on"),
    Transition.STOP: ("dừng xử lý", "be stopped"),
    Transition.EXTEND: ("gia hạn", "be extended"),
}


class IllegalStep(Refusal):
    """409: says where the dossier stands, which is why the step cannot be taken."""

    def __init__(self, stage: Stage, transition: Transition) -> None:
        vi, en = _STANDS[stage]
        do_vi, do_en = NAMES[transition]
        super().__init__("illegal-step", vi=f"Không thể {do_vi}: hồ sơ {vi}.", en=f"It cannot {do_en}: the dossier {en}.")
        self.stage, self.transition = stage, transition


def after(stage: Stage, transition: Transition) -> Stage:
    """Where the step leads; raises IllegalStep."""
    try:
        return TRANSITIONS[stage, transition]
    except KeyError:
        raise IllegalStep(stage, transition) from None


def allowed(stage: Stage) -> frozenset[Transition]:
    return frozenset(transition for start, transition in TRANSITIONS if start is stage)


STEPS_AHEAD: Final[Mapping[Stage, tuple[str, ...]]] = {
    Stage.SUBMITTED: ("accept", "decide", "hand_over"),
    Stage.RETURNED: ("complete", "accept", "decide", "hand_over"),
    Stage.ACCEPTED: ("decide", "hand_over"),
    Stage.IN_PROCESS: ("decide", "hand_over"),
    Stage.REFUSED: (),
    Stage.DECIDED: ("hand_over",),
    Stage.HANDED_OVER: (),
    Stage.WITHDRAWN: (),
    Stage.SUPPLEMENT_OWED: ("complete", "decide", "hand_over"),
    Stage.PAYMENT_OWED: ("pay", "decide", "hand_over"),
    Stage.STOPPED: (),
}
"""What an applicant may still wait for, in its order; the words are `ahead.<step>`."""
