"""How far each newer version of a calendar has been applied to the promises counted by an older one."""

from sqlalchemy import BigInteger, CheckConstraint
from sqlmodel import Field

from chassis.tables import one_of
from contracts.values import Lane
from services.intake.tables.metadata import Row


class CalendarPassRow(Row, table=True):
    """One pass over the open dossiers of a lane, by id: `last` is the last one looked at, NULL once all have been."""

    __tablename__ = "calendar_pass"
    __table_args__ = (
        CheckConstraint(one_of("lane", Lane), name="calendar_pass_lane_known"),
        CheckConstraint("version >= 1", name="calendar_pass_version_from_one"),
    )

    calendar: str = Field(primary_key=True)
    lane: str = Field(primary_key=True)
    version: int = Field(sa_type=BigInteger)
    last: str | None = None
