"""What routing says of a dossier besides a decision: it is stopped, or takes longer than was promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from contracts.civil import civil_day
from contracts.endings.ground import ExtensionGround, StopGround


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """The last one that was given. `previous_at`: what had been promised before; `by`: the leader who confirmed it."""

    ground: ExtensionGround
    previous_at: datetime
    at: datetime
    by: str
    details: str | None = None

    @property
    def late(self) -> bool:
        """Given after the promised day had passed: the apology is owed, and lateness goes by that day."""
        return civil_day(self.at) > civil_day(self.previous_at)

    def data(self) -> dict[str, Any]:
        """As the database keeps it."""
        moments = {"previous_at": self.previous_at.isoformat(), "at": self.at.isoformat()}
        return moments | {"ground": self.ground.value, "by": self.by, "details": self.details}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            ground=ExtensionGround(data["ground"]),
            previous_at=datetime.fromisoformat(data["previous_at"]),
            at=datetime.fromisoformat(data["at"]),
            by=data["by"],
            details=data["details"],
        )
