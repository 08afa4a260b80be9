"""What routing takes and answers about a case that ends without a decision, or takes longer than promised."""

from datetime import date, datetime
from typing import Self

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.given import GivenLongText
from services.routing.domain.extension import AskedExtension
from services.routing.domain.stop import Stop
from services.routing.schemas.requests import Schema


class StopCase(Schema):
    """`details`: what the applicant is told besides the ground; owed where the ground is `other`."""

    ground: StopGround
    details: GivenLongText | None = None


class AskExtension(Schema):
    """Time until the end of the working day `until`. `details`: what the applicant is told besides; owed for `other`."""

    ground: ExtensionGround
    until: date
    details: GivenLongText | None = None


class AnswerExtension(Schema):
    """A leader's: the new date is given, or not."""

    confirm: bool


class ExtensionDetail(Schema):
    """More time was asked for, and a leader has not answered yet."""

    ground: ExtensionGround
    until: datetime
    details: str | None
    at: datetime
    by: str
    by_name: str

    @classmethod
    def of(cls, asked: AskedExtension) -> Self:
        by = asked.by
        return cls(ground=asked.ground, until=asked.until, details=asked.details, at=asked.at, by=by.id, by_name=by.name)


class StopDetail(Schema):
    """`by`: the staff id of the leader who stopped it."""

    ground: StopGround
    details: str | None
    at: datetime
    by: str
    by_name: str

    @classmethod
    def of(cls, stop: Stop) -> Self:
        return cls(ground=stop.ground, details=stop.details, at=stop.at, by=stop.by.id, by_name=stop.by.name)
