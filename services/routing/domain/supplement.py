"""A case waits for its applicant, and goes on. Its officer is the same before, meanwhile and after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.directory import ProcedureV1
from contracts.intake import PaperRef
from contracts.supplements import OwedKind, OwedPaper
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Transition
from services.routing.domain.pause import Pause, Wanted
from services.routing.domain.refusals import SomebodyElses
from services.routing.domain.supplement_refusals import AskedBefore, NothingOwed, PaperUnknown


def may_ask(case: Case, by: Actor) -> None:
    """The officer who has the case asks, or one who leads the unit; a case of nobody is taken first. Raises a Refusal."""
    if case.officer is None and not case.closed:
        raise SomebodyElses(None)
    case.allow(Transition.PAUSED)
    if case.officer is not None and not by.leads and case.officer.id != by.person.id:
        raise SomebodyElses(case.officer.name)


def paused(case: Case, wanted: Wanted, known: Mapping[str, str], by: Actor, at: datetime) -> Case:
    """It waits from now on. `known`: titles of the published procedure's papers by code; nothing else may be asked for.

    Raises AskedBefore for one more request for papers by somebody who has not said that they know, and PaperUnknown.
    """
    may_ask(case, by)
    if wanted.owed is OwedKind.PAPERS and case.supplements and not wanted.again:
        raise AskedBefore(case.supplements)
    supplements = case.supplements + (wanted.owed is OwedKind.PAPERS)
    payments = case.payments + (wanted.owed is OwedKind.MONEY)
    pause = Pause(
        owed=wanted.owed,
        since=at,
        number=supplements if wanted.owed is OwedKind.PAPERS else payments,
        by=by.person,
        papers=_titled(case, wanted, known),
        amount=wanted.amount,
        notes={paper.code: paper.note for paper in wanted.papers if paper.note},
    )
    return replace(case, pause=pause, supplements=supplements, payments=payments)


def resumed(case: Case, papers: Sequence[PaperRef]) -> Case:
    """Its officer works on it again; a paper that came again takes the place of the former one. Raises NothingOwed."""
    if case.pause is None:
        raise NothingOwed(case.code)
    case.allow(Transition.RESUMED)
    there = {paper.code: paper for paper in case.papers} | {paper.code: paper for paper in papers}
    return replace(case, pause=None, papers=tuple(there.values()))


def papers_of(procedure: ProcedureV1 | None, version: int) -> Mapping[str, str]:
    """Titles by code: what the dossier's version of the procedure, and those after it, ask for. Empty until it has come."""
    if procedure is None:
        return {}
    return {paper.code: paper.title for known in procedure.versions if known.version >= version for paper in known.papers}


def _titled(case: Case, wanted: Wanted, known: Mapping[str, str]) -> tuple[OwedPaper, ...]:
    titles = {paper.code: paper.title for paper in case.papers} | dict(known)
    unknown = [paper.code for paper in wanted.papers if paper.code not in titles]
    if unknown:
        raise PaperUnknown(unknown)
    return tuple(OwedPaper(code=paper.code, title=titles[paper.code], reason=paper.reason) for paper in wanted.papers)
