"""How a dossier ended without a result: routing stopped it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from contracts.endings.ground import StopGround


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """`by`: the staff id of whoever stopped it; `details`: what is stated besides the ground."""

    ground: StopGround
    at: datetime
    by: str
    details: str | None = None

    def data(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {"ground": self.ground.value, "at": self.at.isoformat(), "by": self.by, "details": self.details}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        at = datetime.fromisoformat(data["at"])
        return cls(ground=StopGround(data["ground"]), at=at, by=data["by"], details=data["details"])
