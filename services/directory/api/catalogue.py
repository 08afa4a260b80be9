"""The public part of the reference data: units, calendars, and procedures as they are in force today."""

from fastapi import APIRouter

from chassis.process import CurrentProcess
from contracts.directory import ProcedureV1
from contracts.values import ProcedureCode
from services.directory.queries.procedures import find_procedure, procedures_in_force
from services.directory.queries.units import list_calendars, list_units
from services.directory.schemas import Calendars, Procedures, Units

router = APIRouter(prefix="/api/directory", tags=["reference data"])


@router.get("/units")
async def units(process: CurrentProcess) -> Units:
    return await list_units(process)


@router.get("/calendars")
async def calendars(process: CurrentProcess) -> Calendars:
    return await list_calendars(process)


@router.get("/procedures")
async def procedures(process: CurrentProcess) -> Procedures:
    """As in force today, without competences: those stand in the procedure itself."""
    return Procedures(procedures=await procedures_in_force(process))


@router.get("/procedures/{code}")
async def procedure(code: ProcedureCode, process: CurrentProcess) -> ProcedureV1:
    """With all its dated versions."""
    return await find_procedure(process, code)
