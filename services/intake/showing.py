"""A dossier as it is shown: to staff with the applicant, to who has the secret without a word about the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from services.intake.commands.saving import civil, outcome
from services.intake.domain.dossier import Dossier
from services.intake.people import Applicant
from worktime import Explanation

Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the history; `kind` is the past tense of its event: submitted, returned, accepted ..."""

    kind: str
    at: datetime
    by: str | None
    data: Mapping[str, Any]


def steps(history: Sequence[Any]) -> list[Step]:
    return [Step(row.type.split(".")[-2], row.at, row.by, row.data) for row in history]


def why_this_date(dossier: Dossier, language: Language) -> list[str]:
    """The explanation of the promised date, one sentence a line; empty before acceptance."""
    if dossier.explanation is None:
        return []
    return Explanation.from_data(dossier.explanation).lines(language)


def public_view(dossier: Dossier, history: Sequence[Any]) -> dict[str, Any]:
    """What the tracking API answers."""
    return outcome(dossier) | {
        "procedure": {"code": dossier.procedure.code, "title": dossier.procedure.title},
        "unit": dossier.unit.model_dump(),
        "competent_unit": dossier.competent and dossier.competent.model_dump(),
        "hand_over": dossier.hand_over,
        "submitted_at": civil(dossier.submitted_at),
        "accepted_at": civil(dossier.accepted_at),
        "why_this_date": {"vi": why_this_date(dossier, "vi"), "en": why_this_date(dossier, "en")},
        "missing": [paper.model_dump() for paper in dossier.missing],
        "reason": dossier.reason,
        "outcome": dossier.outcome,
        "decided_at": civil(dossier.decided_at),
        "handed_over_at": civil(dossier.handed_over_at),
        "steps": [{"kind": step.kind, "at": civil(step.at)} for step in steps(history)],
    }


def staff_view(dossier: Dossier, history: Sequence[Any], applicant: Applicant | None) -> dict[str, Any]:
    """What a clerk of the unit gets."""
    told = [{"kind": s.kind, "at": civil(s.at), "by": s.by, "data": dict(s.data)} for s in steps(history)]
    return public_view(dossier, history) | {
        "procedure": dossier.procedure.model_dump(),
        "channel": dossier.channel,
        "lane": dossier.lane,
        "papers": [paper.model_dump(exclude_none=True) for paper in dossier.papers],
        "fee": dossier.fee,
        "result_number": dossier.result_number,
        "handed_over_by": dossier.handed_over_by,
        "contact_version": dossier.contact_version,
        "applicant": applicant and applicant.model_dump(),
        "steps": told,
    }
