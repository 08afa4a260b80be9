"""What a form has to choose from: the units that receive, the procedures of one, the papers of a procedure, as of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import PaperV1, UnitV1
from contracts.refusal import Refusal
from messaging import copies
from services.intake.domain.dossier import Dossier
from services.intake.domain.offers import Offer
from services.intake.queries.reception import Reception, reception_in
from services.intake.repository import lists, reference

Named = tuple[str, str]
"""(id or code, name or title)"""


@dataclass(frozen=True, slots=True)
class CounterChoices:
    """`offer`: the chosen procedure's, or why there is none; `reception`: what would be promised, unless it is refused."""

    procedures: Sequence[Named]
    offer: Offer | None = None
    reception: Reception | None = None
    refusal: Refusal | None = None


async def counter_choices(process: Process, unit: str, procedure: str = "", at: datetime | None = None) -> CounterChoices:
    """For a clerk of this unit; `at`: when the papers came to the counter, None for now."""
    today, offer = civil_day(process.clock()), None
    async with process.reads.connect() as connection:
        procedures = await reference.received_by(connection, unit, today)
        if not procedure:
            return CounterChoices(procedures)
        try:
            offer = await reference.offer_of(connection, unit, procedure, today)
            reception = await reception_in(process, connection, unit, procedure, at)
        except Refusal as refusal:
            return CounterChoices(procedures, offer, refusal=refusal)
    return CounterChoices(procedures, offer, reception)


@dataclass(frozen=True, slots=True)
class ProcedureChoices:
    """What a counter receives today, and the codes of what it received last, the latest first."""

    received: Sequence[Named]
    lately: Sequence[str]


async def procedure_choices(process: Process, unit: str) -> ProcedureChoices:
    async with process.reads.connect() as connection:
        received = await reference.received_by(connection, unit, civil_day(process.clock()))
        return ProcedureChoices(received, await lists.procedures_lately(connection, unit))


@dataclass(frozen=True, slots=True)
class OnlineChoices:
    """`offer`: the chosen procedure's, or why there is none."""

    units: Sequence[Named]
    procedures: Sequence[Named]
    offer: Offer | None = None
    refusal: Refusal | None = None


async def online_choices(process: Process, unit: str, procedure: str) -> OnlineChoices:
    """For a citizen: only what is handed in online; a procedure that is not among it is as if none was chosen."""
    today = civil_day(process.clock())
    async with process.reads.connect() as connection:
        units = await reference.one_stop_units(connection, today)
        procedures = await reference.received_by(connection, unit, today, online=True) if unit else []
        chosen = procedure in {code for code, _ in procedures}
        try:
            offer = await reference.offer_of(connection, unit, procedure, today) if chosen else None
        except Refusal as refusal:
            return OnlineChoices(units, procedures, refusal=refusal)
    return OnlineChoices(units, procedures, offer)


async def waiting_submissions(process: Process, units: Sequence[str]) -> int:
    async with process.reads.connect() as connection:
        return await lists.waiting(connection, units)


async def papers_asked_for(process: Process, dossier: Dossier) -> tuple[PaperV1, ...]:
    """The procedure's papers as they are asked for today; those of the dossier itself once the reference data is gone."""
    today = civil_day(process.clock())
    async with process.reads.connect() as connection:
        try:
            return (await reference.offer_of(connection, dossier.unit.id, dossier.procedure.code, today)).papers
        except Refusal:
            return tuple(PaperV1(code=paper.code, title=paper.title) for paper in dossier.papers)


async def staff_names(process: Process, ids: Sequence[str]) -> dict[str, str]:
    """By id; who is not known is left out."""
    async with process.reads.connect() as connection:
        return await reference.staff_names(connection, ids)


async def unit_copy(process: Process, unit: str) -> UnitV1 | None:
    """The unit as directory publishes it; None if it has not come yet."""
    async with process.reads.connect() as connection:
        return await copies.one(connection, UnitV1, unit)
