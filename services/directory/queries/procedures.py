"""The catalogue of procedures: as in force today, one with all its versions, and found by field or word."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from chassis.process import Process
from contracts.civil import civil_day
from contracts.directory import ProcedureV1, ProcedureVersionV1
from contracts.refusal import NotFound
from contracts.search_words import is_match
from contracts.text import compact
from services.directory.domain.alphabet import sort_key
from services.directory.repository import entities, lists
from services.directory.schemas import ProcedureInForce


class UnknownProcedure(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "unknown-procedure",
            vi="Không có thủ tục này, hoặc thủ tục chưa có hiệu lực.",
            en="There is no such procedure, or it is not in force yet.",
        )


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`groups`: the procedures found, by the title of their field; `fields`: (id, title) of all fields that there are."""

    groups: Mapping[str, list[ProcedureInForce]]
    fields: list[tuple[str, str]]

    @property
    def number(self) -> int:
        return sum(map(len, self.groups.values()))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureDetail:
    """`shown` is the version asked for, `current` the one in force today, None before the first."""

    procedure: ProcedureV1
    shown: ProcedureVersionV1
    current: ProcedureVersionV1 | None
    today: date


async def procedures_in_force(process: Process) -> list[ProcedureInForce]:
    """Today, by code."""
    async with process.reads.connect() as connection:
        versions = await lists.catalogue(connection, civil_day(process.clock()))
    return [ProcedureInForce(code=code, **version) for code, version in versions.items()]


async def search_catalogue(process: Process, field: str, search: str) -> Catalogue:
    """`field` and `search` choose among the procedures in force; empty ones choose all."""
    procedures = await procedures_in_force(process)
    fields = {(procedure.field, procedure.field_title) for procedure in procedures}
    matching = [
        procedure
        for procedure in procedures
        if (not field or procedure.field == field) and (not search or _is_meant(procedure, search))
    ]
    return Catalogue(groups=_by_field(matching), fields=sorted(fields, key=lambda pair: sort_key(pair[1])))


def _is_meant(procedure: ProcedureInForce, search: str) -> bool:
    return procedure.code.startswith(compact(search)) or is_match(search, procedure.title, procedure.field_title)


def _by_field(procedures: Iterable[ProcedureInForce]) -> dict[str, list[ProcedureInForce]]:
    groups: dict[str, list[ProcedureInForce]] = {}
    for procedure in sorted(procedures, key=lambda version: (sort_key(version.field_title), sort_key(version.title))):
        groups.setdefault(procedure.field_title, []).append(procedure)
    return groups


async def find_procedure(process: Process, code: str) -> ProcedureV1:
    """With all its dated versions. Raises UnknownProcedure."""
    async with process.reads.connect() as connection:
        procedure = await entities.find(connection, ProcedureV1, code)
    if procedure is None:
        raise UnknownProcedure
    return procedure.entity


async def show_procedure(process: Process, code: str, number: int | None) -> ProcedureDetail:
    """The version with this number; None: the one in force today. Raises UnknownProcedure, for a version too."""
    procedure = await find_procedure(process, code)
    today = civil_day(process.clock())
    current = procedure.on(today)
    shown = current if number is None else next((version for version in procedure.versions if version.version == number), None)
    if shown is None:
        raise UnknownProcedure
    return ProcedureDetail(procedure=procedure, shown=shown, current=current, today=today)
