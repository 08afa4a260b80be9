"""Files of an import in the browser: what is wrong with them as a table, or the difference to confirm. Nothing changes here."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from chassis.process import CurrentProcess
from contracts.refusal import Invalid, Refusal
from services.directory.access import Administrator
from services.directory.commands.changes import propose
from services.directory.domain.accounts import OwnAccount
from services.directory.importer.faults import Fault, ImportRefused
from services.directory.importer.formats import FORMATS
from services.directory.importer.uploads import MOST_BYTES, MOST_FILES, read_uploads
from web.body_bounds import BodyBounds
from web.forms import Form, blank
from web.pages import CurrentPages, Pages

router = APIRouter(prefix="/directory/import", include_in_schema=False)


@router.get("")
async def ask(request: Request, pages: CurrentPages, _: Administrator) -> Response:
    return _form(request, pages, blank())


@router.post("", dependencies=[Depends(BodyBounds(size=MOST_BYTES, values=100, keys=100, fields=100))])
async def offer(request: Request, pages: CurrentPages, process: CurrentProcess, person: Administrator) -> Response:
    try:
        files = read_uploads(await _sent(request))
        proposed = await propose(process, person, files)
    except ImportRefused as refusal:
        return _refused(request, pages, refusal, refusal.faults)
    except (Invalid, OwnAccount) as refusal:
        return _refused(request, pages, refusal, ())
    return RedirectResponse(f"/directory/changes/{proposed.id}", HTTPStatus.SEE_OTHER)


async def _sent(request: Request) -> list[tuple[str, bytes]]:
    """A browser sends an empty part where no file was chosen."""
    parts = [part for _, part in (await request.form()).multi_items() if isinstance(part, UploadFile) and part.filename]
    return [((part.filename or "")[:100], await part.read()) for part in parts[: MOST_FILES + 1]]


def _refused(request: Request, pages: Pages, refusal: Refusal, faults: Sequence[Fault]) -> Response:
    return _form(request, pages, blank().refused(refusal), faults, refusal.status)


def _form(request: Request, pages: Pages, form: Form[Any], faults: Sequence[Fault] = (), status: int = HTTPStatus.OK) -> Response:
    return pages.render(request, "import.html", status=status, form=form, faults=faults, formats=FORMATS)
