"""Who held a dossier, from when to when (the control slip, form 06): read off its history of facts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.reporting.domain.dossier import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """A stretch of time in one pair of hands; `officer` None: nobody in the unit yet, or its leaders, for whose signature it
    waited (`leaders`; `officer` then is who signed, once somebody has). `until` None: still there.
    """

    unit: str
    officer: str | None
    since: datetime
    until: datetime | None
    leaders: bool = False


def holdings(facts: Iterable[Fact]) -> tuple[Holding, ...]:
    """From acceptance until its end, in the order of time; the receiving unit holds it until a case is opened."""
    held: list[Holding] = []
    for fact in sorted(facts, key=lambda fact: (fact.at, fact.source, fact.sequence)):
        if held and held[-1].until is not None:
            break
        held = _after(held, fact)
    return tuple(held)


def _after(held: list[Holding], fact: Fact) -> list[Holding]:
    begun = _begun(fact)
    if fact.data.get("case_state") == "signed" and held and held[-1].leaders:
        return [*held[:-1], replace(held[-1], officer=str(fact.data["officer"]))]
    if fact.data.get("decided_on") or fact.data.get("case_state") in {"withdrawn", "stopped"}:
        return _ended(held, fact.at)
    if begun is None or (
        held
        and (
            fact.source == "intake"
            or (held[-1].unit, held[-1].officer, held[-1].leaders) == (begun.unit, begun.officer, begun.leaders)
        )
    ):
        return held
    return [*_ended(held, fact.at), begun]


def _begun(fact: Fact) -> Holding | None:
    """In whose hands the dossier is after this fact, as far as the fact says it."""
    if fact.source == "intake":
        return (
            Holding(unit=str(fact.data["unit"]), officer=None, since=fact.at, until=None)
            if fact.data.get("accepted_on")
            else None
        )
    if fact.data.get("case_state") == "submitted":
        return Holding(unit=str(fact.data["competent_unit"]), officer=None, since=fact.at, until=None, leaders=True)
    unit, officer = fact.data.get("competent_unit"), fact.data.get("officer")
    if unit is None:
        return None
    return Holding(unit=str(unit), officer=None if officer is None else str(officer), since=fact.at, until=None)


def _ended(held: list[Holding], at: datetime) -> list[Holding]:
    return [*held[:-1], replace(held[-1], until=at)] if held else []
