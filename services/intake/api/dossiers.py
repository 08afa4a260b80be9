"""Dossiers, for clerks: take in, find, and every step until the result is handed over."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response

from chassis.process import CurrentProcess
from contracts.refusal import Invalid
from contracts.values import Identifier, PortalStatus, Role, UnitId
from services.intake import bodies, looking
from services.intake.api.replying import Clerk, reply, reply_created
from services.intake.commands import changing, taking_in
from services.intake.commands.saving import civil
from services.intake.people import IdentityNumber
from services.intake.repository import lists
from services.intake.showing import staff_view
from web.conditional import IfMatch, set_etag
from web.idempotency import IdempotencyKey
from web.pages import CurrentPages
from web.principal import Forbidden, Principal
from web.signin import SignedIn, requires

router = APIRouter(prefix="/api/intake", tags=["dossiers"])


@router.post("/dossiers", status_code=201)
async def take_in(
    process: CurrentProcess, clerk: Clerk, body: bodies.NewDossier, key: IdempotencyKey, response: Response
) -> dict[str, Any]:
    """At the counter: handed in and, unless `accept` is false, accepted in the same act."""
    return await reply_created(process, response, await taking_in.take_in(process, clerk, body, key))


@router.get("/dossiers")
async def find(
    process: CurrentProcess,
    clerk: Clerk,
    unit: Annotated[UnitId | None, Query(description="may be left out by who is clerk of one unit")] = None,
    status: PortalStatus | None = None,
    q: Annotated[str, Query(max_length=100, description="code or its end, submission, identity or telephone number")] = "",
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before")] = None,
) -> dict[str, Any]:
    """A unit's dossiers, newest first, 50 a page; there at once after they were taken in."""
    chosen = unit or only_unit(clerk)
    clerk.require(Role.CLERK, chosen)
    found = await looking.dossiers_of(process, chosen, status, q, after)
    return {"dossiers": [_line(line) for line in found.lines], "next": found.next}


@router.get("/summary")
async def summary(process: CurrentProcess, _: Annotated[Principal, Depends(requires(Role.OPERATOR))]) -> dict[str, Any]:
    """How many dossiers of all units have each of the portal's statuses."""
    async with process.database.connect() as connection:
        return {"dossiers": {str(status): number for status, number in (await lists.by_status(connection)).items()}}


@router.get("/dossiers/{dossier}")
async def see(process: CurrentProcess, clerk: Clerk, dossier: Identifier, response: Response) -> dict[str, Any]:
    found = await looking.dossier_with_all(process, dossier)
    clerk.require(Role.CLERK, found.dossier.unit.id)
    set_etag(response, found.dossier.version)
    return staff_view(found.dossier, found.history, found.applicant)


@router.get("/dossiers/{dossier}/applicant")
async def applicant(
    process: CurrentProcess, person: SignedIn, dossier: Identifier, request: Request, pages: CurrentPages
) -> Response:
    """A fragment of HTML for routing's page: who the applicant is, for those who work on the dossier."""
    found = await looking.dossier_with_all(process, dossier)
    require_concerned(person, found)
    return pages.render(request, "applicant.html", applicant=found.applicant)


@router.post("/dossiers/{dossier}/accept")
async def accept(
    process: CurrentProcess,
    clerk: Clerk,
    dossier: Identifier,
    seen: IfMatch,
    body: bodies.Acceptance,
    key: IdempotencyKey,
    response: Response,
) -> dict[str, Any]:
    """From here on there are a code and a promised date."""
    return reply(response, await changing.accept(process, clerk, dossier, seen, body, key))


@router.post("/dossiers/{dossier}/return")
async def return_for_papers(
    process: CurrentProcess,
    clerk: Clerk,
    dossier: Identifier,
    seen: IfMatch,
    body: bodies.Return,
    key: IdempotencyKey,
    response: Response,
) -> dict[str, Any]:
    """Form 02: everything missing named once. Counts a guidance turn in person."""
    return reply(response, await changing.return_for_papers(process, clerk, dossier, seen, body, key))


@router.post("/dossiers/{dossier}/resubmit")
async def resubmit(
    process: CurrentProcess,
    clerk: Clerk,
    dossier: Identifier,
    seen: IfMatch,
    body: bodies.Resubmission,
    key: IdempotencyKey,
    response: Response,
) -> dict[str, Any]:
    return reply(response, await changing.resubmit(process, clerk, dossier, seen, body, key))


@router.post("/dossiers/{dossier}/refuse")
async def refuse(
    process: CurrentProcess,
    clerk: Clerk,
    dossier: Identifier,
    seen: IfMatch,
    body: bodies.Refusing,
    key: IdempotencyKey,
    response: Response,
) -> dict[str, Any]:
    """Form 03, with its reason."""
    return reply(response, await changing.refuse(process, clerk, dossier, seen, body, key))


@router.post("/dossiers/{dossier}/hand-over")
async def hand_over(
    process: CurrentProcess,
    clerk: Clerk,
    dossier: Identifier,
    seen: IfMatch,
    body: bodies.HandingOver,
    key: IdempotencyKey,
    response: Response,
) -> dict[str, Any]:
    """The citizen has fetched the result at the counter."""
    return reply(response, await changing.hand_over(process, clerk, dossier, seen, body, key))


@router.get("/applicants")
async def known_applicant(process: CurrentProcess, clerk: Clerk, identity_number: IdentityNumber) -> dict[str, Any]:
    """A citizen known to one of the clerk's units, as in their newest dossier there; otherwise `applicant` is null."""
    found = await looking.known_applicant(process, identity_number, clerk.units(Role.CLERK))
    return {"applicant": found and found.model_dump()}


def only_unit(clerk: Principal) -> str:
    units = sorted(clerk.units(Role.CLERK))
    if len(units) == 1:
        return units[0]
    named = ", ".join(units)
    raise Invalid(
        "unit-needed",
        vi=f"Bạn là cán bộ của nhiều đơn vị. Hãy chọn một: {named}.",
        en=f"You are clerk of several units. Please choose one: {named}.",
        field="unit",
    )


def require_concerned(person: Principal, found: looking.Sight) -> None:
    """Clerk, officer or leader of the receiving or of the competent unit; raises Forbidden."""
    roles = (Role.CLERK, Role.OFFICER, Role.LEADER)
    units = [unit.id for unit in (found.dossier.unit, found.dossier.competent) if unit is not None]
    if not any(person.has(role, unit) for role in roles for unit in units):
        raise Forbidden(roles, units[-1])


def _line(line: looking.Listed) -> dict[str, Any]:
    row = line.row
    return {
        "id": row.id,
        "version": row.version,
        "status": row.status,
        "returned": row.returned,
        "code": row.code,
        "submission_number": row.submission_number,
        "procedure": {"code": row.procedure["code"], "title": row.procedure["title"]},
        "channel": row.channel,
        "hand_over": row.hand_over,
        "submitted_at": civil(row.submitted_at),
        "promised_at": civil(row.promised_at),
        "applicant_name": line.name,
    }
