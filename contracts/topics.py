"""Every topic there is: declared once, created from here, and a test compares the declaration with the broker."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from contracts.services import MESSAGING, SERVICES
from contracts.values import Lane

DAY_MS: Final = 86_400_000
USUAL_COPIES: Final = 3
IN_SYNC: Final = 2
"""So many copies have what is acknowledged, where there are more than so many."""
LANE_PARTITIONS: Final = 12
"""Of a topic per lane, where `MOTCUA_LANE_PARTITIONS` says nothing else: so many processes can share a lane's work."""


class Kind(StrEnum):
    """Facts are numbered 1, 2, 3 ... per publisher and aggregate. State is compacted: the highest version wins, none waits."""

    FACTS = "facts"
    STATE = "state"


def usual_copies(brokers: int) -> int:
    """How many copies of a topic a cluster is to keep: one may be lost while another is away."""
    return min(USUAL_COPIES, brokers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """`key` says what the Kafka key is: on every topic of facts it is the aggregate's id, so order per aggregate is Kafka's.
    `readers`: who else reads it, and may (contracts.kafka_rights).

    A topic without lanes may be `served_with` one: then only processes of that lane read it.
    """

    base: str
    owner: str
    kind: Kind
    key: str
    partitions: int
    readers: tuple[str, ...] = ()
    laned: bool = False
    served_with: Lane | None = None
    retention_ms: int = -1

    def names(self) -> tuple[str, ...]:
        return tuple(self.name(lane) for lane in Lane) if self.laned else (self.base,)

    def name(self, lane: Lane | None) -> str:
        if not self.laned:
            return self.base
        if lane is None:
            raise ValueError(f"{self.base} exists per lane")
        return f"{self.base}.{lane}"

    def lane_of(self, name: str) -> Lane | None:
        """Which lane a topic of one of `names()` belongs to."""
        return Lane(name.removeprefix(f"{self.base}.")) if self.laned else None

    def config(self, copies: int = 1) -> dict[str, str]:
        """The topic's settings, where it has so many copies. Contacts and other state: segments and compaction lag of a minute,
        tombstones kept 30 days.
        """
        return self._kept() | ({"min.insync.replicas": str(IN_SYNC)} if copies > IN_SYNC else {})

    def _kept(self) -> dict[str, str]:
        if self.kind is Kind.STATE:
            return {
                "cleanup.policy": "compact",
                "segment.ms": "60000",
                "min.compaction.lag.ms": "0",
                "max.compaction.lag.ms": "60000",
                "delete.retention.ms": str(30 * DAY_MS),
                "min.cleanable.dirty.ratio": "0.1",
            }
        return {"cleanup.policy": "delete", "retention.ms": str(self.retention_ms)}


_ALL_OTHERS: Final = ("intake", "routing", "notify", "reporting")

UNITS = Topic(base="directory.units", owner="directory", kind=Kind.STATE, key="unit id", partitions=1, readers=_ALL_OTHERS)
CALENDARS = Topic(
    base="directory.calendars",
    owner="directory",
    kind=Kind.STATE,
    key="calendar id",
    partitions=1,
    readers=("intake", "routing"),
)
PROCEDURES = Topic(
    base="directory.procedures",
    owner="directory",
    kind=Kind.STATE,
    key="procedure code",
    partitions=1,
    readers=("intake", "routing"),
)
STAFF = Topic(base="directory.staff", owner="directory", kind=Kind.STATE, key="staff id", partitions=1, readers=_ALL_OTHERS)
KEYS = Topic(base="directory.keys", owner="directory", kind=Kind.STATE, key="key id", partitions=1, readers=_ALL_OTHERS)

DOSSIERS = Topic(
    base="intake.dossiers",
    owner="intake",
    kind=Kind.FACTS,
    key="dossier id",
    partitions=LANE_PARTITIONS,
    laned=True,
    readers=("routing", "notify", "reporting"),
)
CONTACTS = Topic(
    base="intake.contacts",
    owner="intake",
    kind=Kind.STATE,
    key="dossier id",
    partitions=LANE_PARTITIONS,
    laned=True,
    readers=("notify",),
)
FRONT_DESK = Topic(
    base="intake.front-desk", owner="intake", kind=Kind.FACTS, key="guidance turn id", partitions=3, readers=("reporting",)
)
POST_ORDERS = Topic(
    base="intake.post-orders",
    owner="intake",
    kind=Kind.FACTS,
    key="order id",
    partitions=3,
    retention_ms=14 * DAY_MS,
    readers=("post",),
)
CASES = Topic(
    base="routing.cases",
    owner="routing",
    kind=Kind.FACTS,
    key="dossier id",
    partitions=LANE_PARTITIONS,
    laned=True,
    readers=("intake", "reporting"),
)
MESSAGES = Topic(base="notify.messages", owner="notify", kind=Kind.FACTS, key="message id", partitions=3, readers=("reporting",))
SHIPMENTS = Topic(
    base="post.shipments",
    owner="post",
    kind=Kind.FACTS,
    key="order or collection id",
    partitions=3,
    readers=("intake",),
    served_with=Lane.POST,
    retention_ms=14 * DAY_MS,
)

TOPICS: Final = (
    UNITS,
    CALENDARS,
    PROCEDURES,
    STAFF,
    KEYS,
    DOSSIERS,
    CONTACTS,
    FRONT_DESK,
    POST_ORDERS,
    CASES,
    MESSAGES,
    SHIPMENTS,
)


DEAD_LETTER: Final = Topic(
    base="<service>.dead-letters", owner=MESSAGING, kind=Kind.FACTS, key="topic/partition/offset of the record", partitions=1
)
"""The pattern of every service's dead-letter topic. Messaging owns it and its event; no topic of this name exists."""


def dead_letter_topic(service: str) -> Topic:
    """Where a consumer also publishes what it could not apply, for people and tools that watch. The service owns it."""
    return replace(DEAD_LETTER, base=f"{service}.dead-letters", owner=service)


DEAD_LETTERS: Final = tuple(dead_letter_topic(service) for service in SERVICES)
