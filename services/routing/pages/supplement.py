"""To ask for papers or money is a page of its own: it names every paper, and says before a second request what that means."""

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from pydantic import BaseModel, create_model
from starlette.responses import Response

from contracts.given import GivenLongText
from contracts.supplements import SupplementReason
from contracts.values import Dong
from services.routing.commands.case import CaseCommand, CaseId, case_command
from services.routing.domain.supplement_refusals import NothingNamed
from services.routing.pages.act import act
from services.routing.pages.screen import CurrentScreen, Screen
from services.routing.queries.case import CaseRecord
from services.routing.queries.supplement import record_with_papers
from services.routing.schemas.supplements import AskForPapers, AskForPayment, SupplementLine
from web.forms import Form, blank, read_form

router = APIRouter(prefix="/routing/cases", include_in_schema=False)
REASON: Final = "reason-"
NOTE: Final = "note-"


class PaymentForm(BaseModel):
    amount: Dong


def supplement_form(codes: Mapping[str, str]) -> type[BaseModel]:
    """A reason and a note for each paper; one without a reason is not asked for."""
    reasons: dict[str, Any] = {f"{REASON}{code}": (SupplementReason | None, None) for code in codes}
    notes: dict[str, Any] = {f"{NOTE}{code}": (GivenLongText | None, None) for code in codes}
    return create_model("SupplementForm", **reasons, **notes, again=(bool, False))


def request_of(form: BaseModel) -> AskForPapers:
    """Raises NothingNamed."""
    typed = form.model_dump()
    lines = [
        SupplementLine(code=name.removeprefix(REASON), reason=reason, note=typed[f"{NOTE}{name.removeprefix(REASON)}"])
        for name, reason in typed.items()
        if name.startswith(REASON) and reason
    ]
    if not lines:
        raise NothingNamed
    return AskForPapers(missing=lines, again=typed["again"])


@router.get("/{case}/supplement")
async def show(screen: CurrentScreen, case: CaseId) -> Response:
    return _page(screen, *await _read(screen, case), blank())


@router.post("/{case}/supplement")
async def ask_for_papers(screen: CurrentScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    _, papers = await _read(screen, command.case_id)
    form = await read_form(screen.request, supplement_form(papers), screen.pages.texts)
    return await act(screen, command, form, request_of, partial(_again, screen, command.case_id))


@router.post("/{case}/payment")
async def ask_for_payment(screen: CurrentScreen, command: Annotated[CaseCommand, Depends(case_command)]) -> Response:
    form = await read_form(screen.request, PaymentForm, screen.pages.texts)
    return await act(
        screen, command, form, lambda typed: AskForPayment(amount=typed.amount), partial(_again, screen, command.case_id)
    )


async def _again(screen: Screen, case_id: str, form: Form[Any], status: int) -> Response:
    return _page(screen, *await _read(screen, case_id), form, status)


async def _read(screen: Screen, case_id: str) -> tuple[CaseRecord, Mapping[str, str]]:
    async with screen.process.reads.connect() as connection:
        return await record_with_papers(connection, screen.person, case_id, screen.process.clock())


def _page(
    screen: Screen, record: CaseRecord, papers: Mapping[str, str], form: Form[Any], status: int = HTTPStatus.OK
) -> Response:
    return screen.pages.render(
        screen.request,
        "supplement.html",
        status=status,
        record=record,
        case=record.case,
        papers=papers,
        reasons=list(SupplementReason),
        form=form,
    )
