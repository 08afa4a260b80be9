"""The event of the measurements: as large as a dossier's, folded into one row, causing one event in turn."""

from collections.abc import Iterator
from datetime import UTC, datetime

from contracts.envelope import Attributes
from contracts.registry import Event, event
from contracts.topics import Kind, Topic
from contracts.values import Count, Identifier, Moment, ProcedureCode, Text, UnitId
from messaging.records import TOPIC_BY_NAME

MOVES = Topic(base="bench.moves", owner="events", kind=Kind.FACTS, key="dossier id", partitions=6)
SEEN = Topic(base="bench.seen", owner="events", kind=Kind.FACTS, key="dossier id", partitions=6)
BARE = Topic(base="bench.bare", owner="events", kind=Kind.FACTS, key="dossier id", partitions=6)
TOPIC_BY_NAME.update({topic.base: topic for topic in (MOVES, SEEN, BARE)})
BEGAN = datetime(2026, 2, 23, 1, tzinfo=UTC)


@event("dossier.moved.v1", MOVES)
class DossierMovedV1(Event):
    dossier: Identifier
    unit: UnitId
    procedure: ProcedureCode
    title: Text
    step: Count
    officer: Identifier
    due: Moment
    note: Text


@event("dossier.seen.v1", SEEN)
class DossierSeenV1(Event):
    dossier: Identifier
    steps: Count
    due: Moment


def moves(dossiers: int, steps: int, first: int = 0) -> Iterator[tuple[Attributes, DossierMovedV1]]:
    """Of all dossiers in turn, so that one aggregate's events lie far apart. `first`: the number of the first dossier."""
    for step in range(1, steps + 1):
        for number in range(first, first + dossiers):
            dossier = f"d-{number:032x}"
            moved = DossierMovedV1(
                dossier=dossier,
                unit="H26.50.05",
                procedure="1.004194",
                title="Đăng ký tạm trú cho công dân tại huyện Đông Hưng",
                step=step,
                officer=f"s-{number % 40}",
                due=BEGAN,
                note="Đã kiểm tra thành phần hồ sơ, chuyển phòng chuyên môn thụ lý",
            )
            yield (
                Attributes(
                    id=f"e-{step}-{number}",
                    source="events",
                    type=moved.TYPE,
                    subject=dossier,
                    time=BEGAN,
                    sequence=step,
                    correlation=f"c-{number}",
                ),
                moved,
            )
