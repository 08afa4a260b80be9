"""The import, for `motcua import` and whoever else has the files: JSON or multipart, all or nothing, every fault named."""

import json
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from chassis.process import CurrentProcess, Process
from contracts.directory import UnitV1
from contracts.values import Role, Tier
from messaging.commands import CommandKey
from services.directory.commands.importing import import_all
from services.directory.domain.faults import Fault, ImportRefused
from services.directory.repository import entities
from web import correlation
from web.addresses import is_form
from web.errors import answer
from web.idempotency import IdempotencyKey
from web.principal import Forbidden, Principal
from web.problems import FieldProblem, Problem
from web.signin import requires

router = APIRouter(prefix="/api/directory", tags=["import"])
Importer = Annotated[Principal, Depends(requires(Role.OPERATOR, Role.ADMIN))]
MOST_FILES: Final = 20


class Files(BaseModel):
    """File name -> content. The files and their columns are described in deploy/sample/README.md."""

    files: Annotated[dict[str, str], Field(min_length=1, max_length=MOST_FILES)]


class Imported(BaseModel):
    """How many entities of each kind were new or different, and how many were as they stood."""

    changed: dict[str, int]
    unchanged: dict[str, int]


class Place(FieldProblem):
    """A fault with its place: `line` counts from 1, 0 is the file as a whole; `field` is `file:line:column`."""

    model_config = ConfigDict(frozen=True)

    file: str
    line: int
    column: str

    @classmethod
    def of(cls, fault: Fault) -> "Place":
        field = f"{fault.file}:{fault.line}:{fault.column}"
        return cls(field=field, vi=fault.vi, en=fault.en, file=fault.file, line=fault.line, column=fault.column)


class Refused(Problem):
    """The problem with its places."""

    errors: list[Place]  # type: ignore[assignment]  # a list that nobody adds to


_BODIES: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": Files.model_json_schema()},
            "multipart/form-data": {
                "schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}},
            },
        },
    }
}


@router.post("/import", response_model=Imported, openapi_extra=_BODIES)
async def import_files(request: Request, person: Importer, key: IdempotencyKey, process: CurrentProcess) -> Response:
    """Operators, and administrators of a provincial unit."""
    await _require_province(process, person)
    try:
        texts = await _texts(request)
        command = CommandKey.of(key, person.staff_id, "import", json.dumps(texts, sort_keys=True))
        done = await import_all(process, command, texts, correlation.request_id.get())
    except ImportRefused as refused:
        places = [Place.of(fault) for fault in refused.faults]
        return answer(request, Refused(**Problem.of_refusal(refused).model_dump(exclude={"errors"}), errors=places))
    return JSONResponse(done.body, status_code=done.status)


async def _require_province(process: Process, person: Principal) -> None:
    """The files speak for the whole province: an administrator of one commune may not."""
    if person.has(Role.OPERATOR):
        return
    async with process.database.connect() as connection:
        for unit in person.units(Role.ADMIN):
            held = await entities.one(connection, UnitV1, unit)
            if held is not None and held.entity.tier is Tier.PROVINCE:
                return
    raise Forbidden((Role.OPERATOR,))


async def _texts(request: Request) -> dict[str, str]:
    if not is_form(request):
        try:
            return Files.model_validate(await _json(request)).files
        except ValidationError as error:
            raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error
    uploads = [part for _, part in (await request.form()).multi_items() if isinstance(part, UploadFile)]
    texts: dict[str, str] = {}
    faults: list[Fault] = []
    for part in uploads:
        name, content = (part.filename or "")[:100], await part.read()
        if name in texts:
            faults.append(Fault(name, 0, "", "Tệp này được gửi hai lần.", "This file was sent twice."))
        texts[name] = _decoded(name, content, faults)
    if faults:
        raise ImportRefused(faults)
    return texts


async def _json(request: Request) -> Any:
    return await request.json() if await request.body() else None


def _decoded(name: str, content: bytes, faults: list[Fault]) -> str:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        vi = "Tệp không ở bảng mã UTF-8. Hãy lưu lại dạng CSV UTF-8."
        faults.append(Fault(name, 0, "", vi, "The file is not in UTF-8. Save it as CSV UTF-8."))
    return text
