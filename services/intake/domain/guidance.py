"""Guidance turns: help given in person, by an incoming or by an outgoing call; what half-yearly reports count."""

from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid4, uuid5

from contracts.aggregate import Aggregate
from contracts.intake import ProcedureRef, UnitRef
from contracts.values import GuidanceKind, Lane


@dataclass(frozen=True, kw_only=True)
class Guidance(Aggregate):
    """`dossier` when it was given with form 02."""

    lane: Lane
    unit: UnitRef
    kind: GuidanceKind
    procedure: ProcedureRef | None
    dossier: str | None
    at: datetime
    by: str


def new_guidance_id() -> str:
    return f"g-{uuid4().hex}"


def guidance_id_of_return(dossier: str, version: int) -> str:
    """The turn that explaining form 02 is; one for each time that a dossier is handed back."""
    return f"g-{uuid5(NAMESPACE_URL, f'{dossier}/return/{version}').hex}"
