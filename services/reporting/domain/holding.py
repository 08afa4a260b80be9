"""Who held a dossier, from when to when (the control slip, form 06): read off its history of facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.reporting.domain.dossier import Fact


@dataclass(frozen=True, slots=True)
class Holding:
    """A stretch of time in one pair of hands; `officer` None: nobody in the unit yet. `until` None: still there."""

    unit: str
    officer: str | None
    since: datetime
    until: datetime | None = None


def holdings(facts: Iterable[Fact]) -> tuple[Holding, ...]:
    """From acceptance to the decision, in the order of time; the receiving unit holds it until a case is opened."""
    found: list[Holding] = []
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.source, fact.sequence)):
        if found and found[-1].until is not None:
            break
        found = _after(found, fact)
    return tuple(found)


def _after(found: list[Holding], fact: Fact) -> list[Holding]:
    begun = _begun(fact)
    if fact.data.get("decided_on"):
        return _ended(found, fact.at)
    if begun is None or (
        found and (fact.source == "intake" or (found[-1].unit, found[-1].officer) == (begun.unit, begun.officer))
    ):
        return found
    return [*_ended(found, fact.at), begun]


def _begun(fact: Fact) -> Holding | None:
    """In whose hands the dossier is after this fact, as far as the fact says it."""
    if fact.source == "intake":
        return Holding(str(fact.data["unit"]), None, fact.at) if fact.data.get("accepted_on") else None
    unit, officer = fact.data.get("competent_unit"), fact.data.get("officer")
    return None if unit is None else Holding(str(unit), None if officer is None else str(officer), fact.at)


def _ended(found: list[Holding], at: datetime) -> list[Holding]:
    return [*found[:-1], replace(found[-1], until=at)] if found else []
