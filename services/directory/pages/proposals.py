"""A form that changes the register: what is wrong comes back at its field, what is right is shown as a difference to confirm."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import Process
from contracts.refusal import Invalid
from services.directory.commands.changes import propose
from services.directory.domain.accounts import OwnAccount
from services.directory.importer.faults import ImportRefused
from web.forms import Form
from web.pages import Pages
from web.principal import Principal
from web.problems import FieldProblem


async def offer(process: Process, person: Principal, files: Mapping[str, str], form: Form[Any]) -> Response | Form[Any]:
    """The way to the difference, or the form with what is wrong."""
    try:
        proposed = await propose(process, person, files)
    except ImportRefused as refusal:
        return _at_fields(form, refusal)
    except (Invalid, OwnAccount) as refusal:
        return form.refused(refusal)
    return RedirectResponse(f"/directory/changes/{proposed.id}", HTTPStatus.SEE_OTHER)


def show_form(request: Request, pages: Pages, template: str, form: Form[Any], **context: object) -> Response:
    """422 while something is wrong with it."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.problems else HTTPStatus.OK
    return pages.render(request, template, status=status, form=form, **context)


def _at_fields(form: Form[BaseModel], refusal: ImportRefused) -> Form[BaseModel]:
    """The columns of the files are the fields of the form."""
    problems = [
        FieldProblem(field=fault.column if fault.column in form.values else "", vi=fault.vi, en=fault.en)
        for fault in refusal.faults
    ]
    return replace(form, problems=problems, data=None)
