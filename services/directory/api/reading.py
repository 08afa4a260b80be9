"""The public part of the reference data: units, and procedures as they are in force today."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from chassis.process import CurrentProcess
from contracts.civil import civil_day
from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from contracts.refusal import NotFound
from contracts.values import ProcedureCode
from services.directory.repository import entities, reading

router = APIRouter(prefix="/api/directory", tags=["reference data"])


class UnknownProcedure(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "unknown-procedure",
            vi="Không có thủ tục này, hoặc thủ tục chưa có hiệu lực.",
            en="There is no such procedure, or it is not in force yet.",
        )


class Units(BaseModel):
    units: list[UnitV1]


class Calendars(BaseModel):
    calendars: list[CalendarV1]


@router.get("/units")
async def units(process: CurrentProcess) -> Units:
    async with process.database.connect() as connection:
        found = await entities.everything(connection, UnitV1)
    return Units(units=[unit.entity for unit in found.values()])


@router.get("/calendars")
async def calendars(process: CurrentProcess) -> Calendars:
    async with process.database.connect() as connection:
        found = await entities.everything(connection, CalendarV1)
    return Calendars(calendars=[calendar.entity for calendar in found.values()])


@router.get("/procedures")
async def procedures(process: CurrentProcess) -> dict[str, Any]:
    """As in force today, without competences: those stand in the procedure itself."""
    async with process.database.connect() as connection:
        found = await reading.catalogue(connection, civil_day(process.clock()))
    return {"procedures": [{"code": code, **version} for code, version in found.items()]}


@router.get("/procedures/{code}")
async def procedure(code: ProcedureCode, process: CurrentProcess) -> ProcedureV1:
    """With all its dated versions."""
    async with process.database.connect() as connection:
        found = await entities.one(connection, ProcedureV1, code)
    if found is None:
        raise UnknownProcedure
    return found.entity
