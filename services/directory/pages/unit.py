"""A unit as its administrator changes it: a row of the import, typed into a form."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.directory import UnitV1
from contracts.values import UnitId
from services.directory.access import Administrator
from services.directory.importer.csv_writer import write_file
from services.directory.pages.forms import UnitForm
from services.directory.pages.proposals import offer, show_form
from services.directory.queries.register import find_unit, unit_choices
from web.forms import Form, blank, read_form
from web.pages import CurrentPages

router = APIRouter(prefix="/directory/units", include_in_schema=False)


@router.get("/new")
async def new(request: Request, pages: CurrentPages, process: CurrentProcess, _: Administrator) -> Response:
    return show_form(request, pages, "unit.html", blank(), unit=None, choices=await unit_choices(process))


@router.post("/new")
async def add(request: Request, pages: CurrentPages, process: CurrentProcess, person: Administrator) -> Response:
    """Whether it is there already is said by the difference."""
    form = await read_form(request, UnitForm, pages.texts)
    answer = form if form.data is None else await offer(process, person, _files(form.data, {}), form)
    if isinstance(answer, Form):
        return show_form(request, pages, "unit.html", answer, unit=None, choices=await unit_choices(process))
    return answer


@router.get("/{unit}/edit")
async def ask(request: Request, unit: UnitId, pages: CurrentPages, process: CurrentProcess, _: Administrator) -> Response:
    held = await find_unit(process, unit)
    known = blank(**{name: _typed(value) for name, value in held.model_dump().items()})
    return pages.render(request, "unit.html", status=HTTPStatus.OK, form=known, unit=held, choices=await unit_choices(process))


@router.post("/{unit}/edit")
async def change(request: Request, unit: UnitId, pages: CurrentPages, process: CurrentProcess, person: Administrator) -> Response:
    held = await find_unit(process, unit)
    form = await read_form(request, UnitForm, pages.texts)
    answer = form if form.data is None else await offer(process, person, _files(form.data, _kept(held)), form)
    if isinstance(answer, Form):
        return show_form(request, pages, "unit.html", answer, unit=held, choices=await unit_choices(process))
    return answer


def _files(typed: UnitForm, kept: dict[str, Any]) -> dict[str, str]:
    return {"units.csv": write_file("units.csv", [typed.model_dump() | kept])}


def _kept(held: UnitV1) -> dict[str, Any]:
    """What no form changes."""
    return {"id": held.id, "code_width": held.code_width, "sample": held.sample}


def _typed(value: Any) -> Any:
    """As a checkbox has it."""
    return str(value).lower() if isinstance(value, bool) else value
