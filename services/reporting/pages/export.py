"""Form II.06a as a file: what the page of the figures shows for the same address, and everything that is late."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from services.reporting import queries
from services.reporting.access import Access, access_of, page_of
from services.reporting.domain.figures import Measure
from services.reporting.domain.holding import Holding
from services.reporting.domain.question import NOT_FORWARDED, GroupBy
from services.reporting.pages.choice import Choice, read_choice
from services.reporting.pages.lists import held_longest, to_the_form
from services.reporting.pages.workbook import MEASURES, Content, FormRow, LateRow, Said, workbook_of
from services.reporting.repository.figures import Group
from services.reporting.schemas import ListedDossier
from web import formats
from web.languages import chosen_language
from web.pages import CurrentPages
from web.principal import Principal
from web.signin import SignedIn

router = APIRouter()
WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LATE: Final = 2_000
"""Of each, resolved late and overdue: more is no list to read, and says so."""
_PAGE: Final = 500


@router.get("/figures.xlsx")
async def figures_workbook(request: Request, process: CurrentProcess, pages: CurrentPages, person: SignedIn) -> Response:
    now, language = process.clock(), chosen_language(request)
    _, choice = read_choice(request, pages.texts, now)
    if choice is None:
        return to_the_form(request)

    def said(key: str, **values: object) -> str:
        return pages.texts.text(language, key, **values)

    async with process.reads.connect() as connection:
        access = await access_of(connection, person)
        report = await queries.report(connection, access, choice.question, choice.address.by, now)
        late = [
            dossier
            for measure in (Measure.OVERDUE, Measure.LATE)
            for dossier in await _all_late(connection, access, choice, measure, now)
        ]
        names = await queries.officer_names(connection, late)
    site = process.settings.public_url.rstrip("/")
    content = Content(
        notes=_notes(choice, access, said, report.newest),
        by=choice.address.by,
        rows=[FormRow(_name(report.by, row, said), row.figures, _links(site, choice, row.key)) for row in report.rows],
        total=FormRow(said("figures.total"), report.total, _links(site, choice, None)),
        late=[_late_row(site, person, access, dossier, names, said) for dossier in late],
        left_out=report.total.late + report.total.overdue - len(late),
    )
    file = await asyncio.to_thread(workbook_of, content, said)
    period = choice.question.period
    name = f"II.06a_{period.start}_{period.last}.xlsx"
    return Response(file, media_type=WORKBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'})


async def _all_late(
    connection: AsyncConnection, access: Access, choice: Choice, measure: Measure, now: datetime
) -> Sequence[ListedDossier]:
    """Page by page, up to the most."""
    dossiers: list[ListedDossier] = []
    after, more = None, True
    while more and len(dossiers) < MOST_LATE:
        page = await queries.dossiers_behind(
            connection, access, choice.question, measure, now, after=after, limit=min(_PAGE, MOST_LATE - len(dossiers))
        )
        dossiers += page.rows
        after, more = queries.DOSSIERS.decode(page.next), page.next is not None
    return dossiers


def _notes(choice: Choice, access: Access, said: Said, newest: datetime | None) -> list[str]:
    """The period; as of when; what it is limited to."""
    question = choice.question
    known = question.as_of or newest
    limits = [
        f"{said('column.unit')}: {access.unit_name(question.unit)}" if question.unit else "",
        f"{said('column.competent')}: {_deciding(access, said, question.competent)}" if question.competent else "",
        f"{said('column.field')}: {question.field}" if question.field else "",
        f"{said('column.channel')}: {said(f'channel.{question.channel}')}" if question.channel else "",
    ]
    period = question.period
    return [
        said("period.from_to", start=formats.day(period.start), last=formats.day(period.last)),
        said("workbook.as_of", time=formats.short_moment(known)) if known else said("figures.nothing_yet"),
        "; ".join(limit for limit in limits if limit) or said("workbook.everything"),
    ]


def _deciding(access: Access, said: Said, unit: str) -> str:
    return said("figures.not_forwarded") if unit == NOT_FORWARDED else access.unit_name(unit)


def _name(by: GroupBy, row: Group, said: Said) -> str:
    """As the page's table calls it."""
    if by is GroupBy.CHANNEL:
        return said(f"channel.{row.key}")
    return said("figures.not_forwarded") if row.key == NOT_FORWARDED else row.name or row.key


def _links(site: str, choice: Choice, key: str | None) -> dict[Measure, str]:
    return {measure: site + choice.dossiers(measure, key) for measure in MEASURES}


def _late_row(site: str, person: Principal, access: Access, dossier: ListedDossier, names: dict[str, str], said: Said) -> LateRow:
    page = page_of(person, dossier.id, dossier.unit, dossier.competent_unit)
    return LateRow(
        dossier=dossier,
        unit=access.unit_name(dossier.unit, dossier.unit_name),
        competent=access.unit_name(dossier.competent_unit, dossier.competent_name) if dossier.competent_unit else "",
        held=[_held(holding, access, names, said) for holding in held_longest(dossier.held)],
        link=site + page if page else "",
    )


def _held(holding: Holding, access: Access, names: dict[str, Any], said: Said) -> str:
    days = formats.day(holding.since) + (f" – {formats.day(holding.until)}" if holding.until else " –")
    who = [names.get(holding.officer, holding.officer)] if holding.officer else []
    waited = f" ({said('dossiers.signature')})" if holding.leaders else ""
    return f"{days}: {', '.join([*who, access.unit_name(holding.unit)])}{waited}"
