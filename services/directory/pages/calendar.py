"""A calendar as a year: each day off with its reason, and a form for one more, less or other day. Works by links, no script."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.directory import CalendarV1
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.domain.calendar_year import with_day, year_of
from services.directory.importer.csv_writer import write_calendars
from services.directory.pages.forms import DayForm
from services.directory.pages.proposals import offer, show_form
from services.directory.queries.register import find_calendar
from web.forms import Form, blank, read_form
from web.pages import CurrentPages, Pages

router = APIRouter(prefix="/directory/calendars", include_in_schema=False)
Year = Annotated[int | None, Query(ge=2000, le=2100)]


@router.get("/{calendar}")
async def show(
    request: Request,
    calendar: Identifier,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Administrator,
    year: Year = None,
    day: Annotated[date | None, Query()] = None,
) -> Response:
    """`day`: what stands there is filled into the form."""
    held = await find_calendar(process, calendar)
    shown = year or (day or civil_day(process.clock())).year
    return _page(request, pages, held, shown, _known(held, day))


@router.post("/{calendar}")
async def change(
    request: Request, calendar: Identifier, pages: CurrentPages, process: CurrentProcess, person: Administrator
) -> Response:
    held = await find_calendar(process, calendar)
    form = await read_form(request, DayForm, pages.texts)
    answer: Response | Form[DayForm] = form
    if form.data is not None:
        changed = with_day(held, form.data.date, None if form.data.kind is None else _exception(form.data))
        answer = await offer(process, person, write_calendars([changed]), form)
    if isinstance(answer, Form):
        shown = civil_day(process.clock()).year if form.data is None else form.data.date.year
        return _page(request, pages, held, shown, answer)
    return answer


def _page(request: Request, pages: Pages, held: CalendarV1, year: int, form: Form) -> Response:  # type: ignore[type-arg]  # any
    return show_form(request, pages, "calendar.html", form, calendar=held, year=year, months=year_of(held, year))


def _known(held: CalendarV1, day: date | None) -> Form:  # type: ignore[type-arg]  # blank, or with what stands there
    exceptions = {str(exception["date"]): exception for exception in held.exceptions}
    stands = {} if day is None else exceptions.get(day.isoformat(), {})
    shifts = " ".join("-".join(shift) for shift in stands.get("shifts", ()))  # type: ignore[attr-defined]  # JSON
    names = {"name_vi": stands.get("vi"), "name_en": stands.get("en"), "half": stands.get("half")}
    return blank(date=day, kind=stands.get("kind"), shifts=shifts or None, **names)


def _exception(typed: DayForm) -> dict[str, object]:
    """As a calendar has it; what is missing is said by the checks."""
    shifts = [part.split("-", 1) for part in typed.shifts.split()]
    return {
        "date": typed.date.isoformat(),
        "kind": str(typed.kind),
        "vi": typed.name_vi or "",
        "en": typed.name_en or "",
        "shifts": [[shift[0], shift[-1]] for shift in shifts],
        **({} if typed.half is None else {"half": str(typed.half)}),
    }
