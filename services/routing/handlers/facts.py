"""What all events of a case say of it."""

from datetime import datetime

from services.routing.domain.case import Case


def facts_of(case: Case, at: datetime) -> dict[str, object]:
    return {
        "code": case.code,
        "receiving_unit": case.receiving_unit,
        "competent_unit": case.competent_unit,
        "procedure": case.procedure,
        "promised_at": case.promised_at,
        "at": at,
    }
