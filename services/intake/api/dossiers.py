"""Dossiers, for clerks: receive, find, and every step until the result is handed over."""

# ruff: noqa: FAST003 -- `dossier` of the path is read by DossierCommand, which ruff does not look into

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from chassis.process import CurrentProcess, Process
from contracts.civil import civil_day
from contracts.identity import Identity, IdentityKind, identity_as_kept
from contracts.values import Identifier, PortalStatus, Role, UnitId
from services.intake.access import Clerk, Operator, only_unit, require_clerk_of, require_concerned
from services.intake.api.answers import answer_received, answer_state
from services.intake.commands import receive
from services.intake.commands.dossiers import CurrentCommand
from services.intake.domain.applicant import SearchedNumber
from services.intake.queries import dossiers as queries
from services.intake.schemas import requests, views
from web.conditional import set_etag
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages
from web.paging import After
from web.principal import Principal
from web.signin import SignedIn

router = APIRouter(prefix="/api/intake", tags=["dossiers"])


@router.post("/dossiers", status_code=201)
async def receive_dossier(
    process: CurrentProcess, clerk: Clerk, body: requests.ReceiveDossier, key: IdempotencyKey, response: Response
) -> views.ReceivedDossier:
    """At the counter: submitted and, unless `accept` is false, accepted in the same act."""
    received = await receive.receive_dossier(process, clerk, body, key)
    return await answer_received(process, response, received, body.applicant)


@router.get("/dossiers")
async def find(
    process: CurrentProcess,
    clerk: Clerk,
    unit: Annotated[UnitId | None, Query(description="may be left out by who is clerk of one unit")] = None,
    status: PortalStatus | None = None,
    q: Annotated[str, Query(max_length=100, description="code or its end, submission number")] = "",
    after: After = None,
) -> views.DossierList:
    """A unit's dossiers, newest first, 50 a page; there at once after they were received. `status` and `q` hold together. To find
    a person, `POST /dossiers/search` keeps numbers and names out of the address.
    """
    return await _listed(process, clerk, requests.FindDossiers(unit=unit, status=status, q=q, after=after))


@router.post("/dossiers/search")
async def search(process: CurrentProcess, clerk: Clerk, body: requests.FindDossiers) -> views.DossierList:
    """As GET, with what is looked for in the body."""
    return await _listed(process, clerk, body)


async def _listed(process: Process, clerk: Principal, wanted: requests.FindDossiers) -> views.DossierList:
    chosen = wanted.unit or only_unit(clerk)
    clerk.require(Role.CLERK, chosen)
    page = (await queries.list_dossiers(process, chosen, wanted.status, wanted.q, wanted.after)).page
    lines = [views.DossierLine.of(listed.row, listed.applicant_name) for listed in page.rows]
    return views.DossierList(dossiers=lines, next=page.next)


@router.get("/summary")
async def summary(process: CurrentProcess, _: Operator) -> views.DossierCounts:
    """How many dossiers of all units have each of the portal's statuses."""
    return views.DossierCounts(dossiers=await queries.count_by_status(process))


@router.get("/dossiers/{dossier}")
async def show(process: CurrentProcess, clerk: Clerk, dossier: Identifier, response: Response) -> views.StaffDossier:
    detail = await queries.dossier_detail(process, dossier)
    require_clerk_of(clerk, detail.dossier)
    set_etag(response, detail.dossier.version)
    return views.StaffDossier.of(detail.dossier, detail.history, applicant=detail.applicant, fetched_by=detail.representative)


@router.get("/dossiers/{dossier}/applicant", response_class=HTMLResponse)
async def applicant(
    process: CurrentProcess, person: SignedIn, dossier: Identifier, request: Request, pages: CurrentPages
) -> HTMLResponse:
    """A fragment of HTML for routing's page: who the applicant is, for those who work on the dossier."""
    detail = await queries.dossier_detail(process, dossier)
    require_concerned(person, detail.dossier)
    return pages.render(request, "applicant.html", applicant=detail.applicant)


@router.post("/dossiers/{dossier}/accept")
async def accept(command: CurrentCommand, body: requests.AcceptDossier, response: Response) -> views.DossierState:
    """From here on there are a code and a promised date."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/return")
async def return_for_papers(command: CurrentCommand, body: requests.ReturnDossier, response: Response) -> views.DossierState:
    """Form 02: everything missing named once. Counts a guidance turn in person."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/resubmit")
async def resubmit(command: CurrentCommand, body: requests.ResubmitDossier, response: Response) -> views.DossierState:
    """The applicant has brought what form 02 named."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/refuse")
async def refuse(command: CurrentCommand, body: requests.RefuseDossier, response: Response) -> views.DossierState:
    """Form 03, with its reason."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/hand-over")
async def hand_over(command: CurrentCommand, body: requests.HandOverResult, response: Response) -> views.DossierState:
    """The applicant, or somebody with their authority, has fetched the result at the counter."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/remind")
async def remind(command: CurrentCommand, body: requests.RemindApplicant, response: Response) -> views.DossierState:
    """The result waits at the counter: its applicant is told once more, at most once a day."""
    return answer_state(response, await command.run(body))


@router.post("/dossiers/{dossier}/withdraw")
async def withdraw(command: CurrentCommand, body: requests.WithdrawDossier, response: Response) -> views.DossierState:
    """For its applicant, or as the duplicate of another one of theirs. Between acceptance and decision the competent unit is
    asked: `withdrawal` is set, and the status becomes 7 when the answer has come. A decision that was there first stands.
    """
    return answer_state(response, await command.run(body))


@router.post("/applicants")
async def known_applicant(process: CurrentProcess, clerk: Clerk, body: requests.FindApplicant) -> views.KnownApplicant:
    """A citizen known to one of the clerk's units, as in their newest dossier there; otherwise `applicant` is null."""
    return await _known(process, clerk, identity_as_kept(body.identity_number, body.identity_kind))


@router.get("/applicants", deprecated=True)
async def known_applicant_by_address(
    process: CurrentProcess, clerk: Clerk, identity_number: SearchedNumber, identity_kind: IdentityKind | None = None
) -> views.KnownApplicant:
    """As POST, which keeps the number out of addresses and of whatever writes them down."""
    return await _known(process, clerk, identity_as_kept(identity_number, identity_kind))


async def _known(process: Process, clerk: Principal, identity: Identity) -> views.KnownApplicant:
    person = await queries.known_applicant(process, identity, clerk.units(Role.CLERK))
    return views.KnownApplicant(applicant=person, warnings=views.warnings_of(identity, civil_day(process.clock())))
