"""The import, for `motcua import` and whoever else has the files: JSON or multipart, all or nothing, every fault named."""

import json
from typing import Any, Final

from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from messaging.command_table import CommandKey
from services.directory.access import Importer
from services.directory.adapters.signing_key import fingerprint_secret
from services.directory.commands.imports import import_all
from services.directory.importer.faults import Fault, ImportRefused
from services.directory.importer.uploads import MOST_BYTES, read_uploads
from services.directory.schemas import FaultProblem, Imported, ImportFiles, ImportProblem
from services.directory.settings import directory_settings
from web import correlation
from web.addresses import is_form
from web.body_bounds import BodyBounds
from web.errors import answer
from web.idempotency import IdempotencyKey
from web.problems import MEDIA_TYPE, Problem

router = APIRouter(prefix="/api/directory", tags=["import"])

_BODIES: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": ImportFiles.model_json_schema()},
            "multipart/form-data": {
                "schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}},
            },
        },
    }
}
_A_FAULT: Final = {"anyOf": [FaultProblem.model_json_schema(), {"$ref": "#/components/schemas/FieldProblem"}]}
_FAULTS: Final = {"properties": {"errors": {"type": "array", "items": _A_FAULT}}}
REFUSED: Final[dict[str, Any]] = {
    "description": "Nothing was imported. Each of the `errors` names a fault by file, line and column, or a field of the body.",
    "content": {MEDIA_TYPE: {"schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, _FAULTS]}}},
}


@router.post(
    "/import",
    response_model=Imported,
    openapi_extra=_BODIES,
    responses={422: REFUSED},
    dependencies=[Depends(BodyBounds(size=MOST_BYTES, values=100, keys=100, fields=100))],
)
async def import_files(request: Request, person: Importer, key: IdempotencyKey, process: CurrentProcess) -> Imported | Response:
    """The operator's, by `motcua import`: a token in a browser's cookie is refused."""
    try:
        texts = await _texts(request)
        secret = fingerprint_secret(directory_settings(process.settings).signing_key_file)
        command = CommandKey.of(key, person.staff_id, "import", json.dumps(texts, sort_keys=True), secret=secret)
        return await import_all(process, person, command, texts, correlation.current())
    except ImportRefused as refusal:
        return refuse_import(request, refusal)


def refuse_import(request: Request, refusal: ImportRefused) -> Response:
    """With every fault, where it stands."""
    return answer(request, _problem(refusal))


def _problem(refusal: ImportRefused) -> ImportProblem:
    fields = Problem.of_refusal(refusal).model_dump(exclude={"errors"})
    return ImportProblem(**fields, errors=[_fault_problem(fault) for fault in refusal.faults])


def _fault_problem(fault: Fault) -> FaultProblem:
    field = f"{fault.file}:{fault.line}:{fault.column}"
    return FaultProblem(field=field, vi=fault.vi, en=fault.en, file=fault.file, line=fault.line, column=fault.column)


async def _texts(request: Request) -> dict[str, str]:
    """By file name. Raises RequestValidationError or ImportRefused."""
    if is_form(request):
        parts = (await request.form()).multi_items()
        uploads = [((part.filename or "")[:100], await part.read()) for _, part in parts if isinstance(part, UploadFile)]
        return read_uploads(uploads)
    body = await request.json() if await request.body() else None
    try:
        return ImportFiles.model_validate(body).files
    except ValidationError as error:
        raise RequestValidationError([{**mistake, "loc": ("body", *mistake["loc"])} for mistake in error.errors()]) from error
