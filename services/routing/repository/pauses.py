"""How a case's pause stands in its row: since when in a column of its own, by which lists go; the rest as JSON."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.supplements import OwedKind, OwedPaper
from services.routing.domain.history import Person
from services.routing.domain.pause import Pause


def pause_columns(pause: Pause) -> Mapping[str, object]:
    return {
        "waiting_since": pause.since,
        "pause": {
            "owed": pause.owed,
            "number": pause.number,
            "by": pause.by.id,
            "by_name": pause.by.name,
            "papers": [paper.model_dump(mode="json") for paper in pause.papers],
            "amount": pause.amount,
            "notes": pause.notes,
        },
    }


def pause_of(data: Mapping[str, Any], since: datetime) -> Pause:
    return Pause(
        owed=OwedKind(data["owed"]),
        since=since,
        number=data["number"],
        by=Person(data["by"], data["by_name"]),
        papers=tuple(map(OwedPaper.model_validate, data["papers"])),
        amount=data["amount"],
        notes=data["notes"],
    )
