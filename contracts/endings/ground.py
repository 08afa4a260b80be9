"""On what ground processing is stopped: a word of a short list, so that an event names nobody."""

from enum import StrEnum


class StopGround(StrEnum):
    """`OTHER` is stated in words, by whoever stops it."""

    UNANSWERED_SUPPLEMENT = "unanswered-supplement"
    OBLIGATION_NOT_MET = "obligation-not-met"
    ASKED_BY_AGENCY = "asked-by-agency"
    OTHER = "other"
