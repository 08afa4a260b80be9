"""The public catalogue: what papers to bring, how long it takes, what it costs, who receives and who decides."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.directory import ProcedureV1, ProcedureVersionV1, UnitV1
from contracts.values import ProcedureCode
from services.directory.api.reading import UnknownProcedure
from services.directory.domain.alphabet import sort_key
from services.directory.repository import entities, reading
from web.pages import CurrentPages
from web.signin import Visitor

router = APIRouter(prefix="/directory/procedures", include_in_schema=False)


@router.get("")
async def catalogue(
    request: Request,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Visitor,
    field: Annotated[str, Query(max_length=80)] = "",
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    async with process.database.connect() as connection:
        found = await reading.catalogue(connection, civil_day(process.clock()))
    fields = sorted({(version["field"], version["field_title"]) for version in found.values()}, key=lambda f: sort_key(f[1]))
    chosen = _chosen(found, field, q.strip())
    return pages.render(request, "procedures.html", groups=_by_field(chosen), fields=fields, field=field, q=q, number=len(chosen))


def _chosen(found: dict[str, dict[str, Any]], field: str, wanted: str) -> list[dict[str, Any]]:
    return [
        {"code": code, **version}
        for code, version in found.items()
        if (not field or version["field"] == field) and (not wanted or _matches(wanted, code, version["title"]))
    ]


def _matches(wanted: str, code: str, title: str) -> bool:
    return code.startswith(wanted) or wanted.casefold() in title.casefold()


def _by_field(procedures: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for procedure in sorted(procedures, key=lambda each: (sort_key(each["field_title"]), sort_key(each["title"]))):
        groups.setdefault(procedure["field_title"], []).append(procedure)
    return list(groups.items())


@router.get("/{code}")
async def procedure(
    request: Request,
    code: ProcedureCode,
    pages: CurrentPages,
    process: CurrentProcess,
    _: Visitor,
    version: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> Response:
    """The version in force today, or any other that is asked for."""
    async with process.database.connect() as connection:
        found = await entities.one(connection, ProcedureV1, code)
        units = await entities.everything(connection, UnitV1)
    today = civil_day(process.clock())
    current = None if found is None else found.entity.on(today)
    shown = current if version is None else _numbered(found.entity if found else None, version)
    if found is None or shown is None:
        raise UnknownProcedure
    names = {key: unit.entity.name for key, unit in units.items()}
    return pages.render(
        request,
        "procedure.html",
        procedure=found.entity,
        shown=shown,
        current=current,
        today=today,
        competences=_competences(shown, names),
    )


def _numbered(found: ProcedureV1 | None, number: int) -> ProcedureVersionV1 | None:
    return None if found is None else next((each for each in found.versions if each.version == number), None)


def _competences(shown: ProcedureVersionV1, names: dict[str, str]) -> list[tuple[str, str]]:
    return [(names.get(each.receiving, each.receiving), names.get(each.competent, each.competent)) for each in shown.competences]
