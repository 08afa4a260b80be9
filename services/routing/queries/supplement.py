"""What may be asked for in a case: its own papers, and what its procedure publishes."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.directory import ProcedureV1
from messaging import copies
from services.routing.domain.supplement import papers_of
from services.routing.queries.case import CaseRecord, case_record
from web.principal import Principal


async def record_with_papers(
    connection: AsyncConnection, person: Principal, case_id: str, now: datetime
) -> tuple[CaseRecord, Mapping[str, str]]:
    """Titles by code. Raises CaseUnknown or Forbidden."""
    record = await case_record(connection, person, case_id, now)
    procedure = await copies.one(connection, ProcedureV1, record.case.procedure.code)
    own = {paper.code: paper.title for paper in record.case.papers}
    return record, own | dict(papers_of(procedure, record.case.procedure.version))
