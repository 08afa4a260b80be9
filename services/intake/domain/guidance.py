"""Guidance turns: help given in person, by an incoming or by an outgoing call; what half-yearly reports count."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

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
