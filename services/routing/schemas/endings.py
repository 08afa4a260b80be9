"""What routing takes and answers about a case that ends without a decision."""

from datetime import datetime
from typing import Self

from contracts.endings.ground import StopGround
from contracts.given import GivenLongText
from services.routing.domain.stop import Stop
from services.routing.schemas.requests import Schema


class StopCase(Schema):
    """`details`: what the applicant is told besides the ground; owed where the ground is `other`."""

    ground: StopGround
    details: GivenLongText | None = None


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
