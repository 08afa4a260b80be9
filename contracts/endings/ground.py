"""On what ground processing is stopped or takes longer: a word of a short list, so that an event names nobody."""

from enum import StrEnum


class StopGround(StrEnum):
    """`OTHER` is stated in words, by whoever stops it."""

    UNANSWERED_SUPPLEMENT = "unanswered-supplement"
    OBLIGATION_NOT_MET = "obligation-not-met"
    ASKED_BY_AGENCY = "asked-by-agency"
    OTHER = "other"


class ExtensionGround(StrEnum):
    """Why more time is needed. `OTHER` is stated in words, by whoever asks for it."""

    WORKLOAD = "workload"
    VERIFICATION = "verification"
    OPINION_AWAITED = "opinion-awaited"
    OTHER = "other"
