"""What happens on the demo's days: a list of visits, the same for every run of one scale.

Ids are the sample's (deploy/sample).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CENTRE: Final = "000.00.01.H99"
DISTRICT: Final = "000.00.21.H99"
COMMUNE: Final = "H99.21.05.13"
POST_OFFICE: Final = "P99.21.01"
CLERKS: Final = {CENTRE: "lan", DISTRICT: "hoa", COMMUNE: "tam"}
LEADERS: Final = ("hai", "son", "nga", "dung")
"""One leader of each unit that decides: transport, district, commune, social insurance."""
OFFICERS: Final = ("long",)
"""Who drafts what a leader signs: driving licences."""

LAND: Final = "1.900011"
INSURANCE_CARD: Final = "1.900021"
CARD_CORRECTION: Final = "1.900022"
BIRTH: Final = "1.900031"
CERTIFIED_COPY: Final = "2.900033"
DRIVING_LICENCE: Final = "1.900041"
BUSINESS: Final = "1.900051"


class Day(StrEnum):
    VU_THU = "Vũ Thư, 2/2021"
    TAN_AN = "Tân An, 2/2022"
    DONG_HUNG = "Đông Hưng, 2017"


class Door(StrEnum):
    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """Papers handed in. `decided`: the result is signed on the day; `collected`: and handed over. `supplemented`: a paper is
    asked for after acceptance, and comes by post.
    """

    day: Day
    unit: str
    procedure: str
    door: Door = Door.COUNTER
    decided: bool = True
    collected: bool = False
    incomplete_at_first: bool = False
    supplemented: bool = False


@dataclass(frozen=True, slots=True)
class Guided:
    """Somebody helped, in person or on the telephone; nothing handed in."""

    day: Day
    unit: str
    kind: str
    procedure: str


Visit = HandIn | Guided


def script(scale: int) -> list[Visit]:
    """All visits, `scale` times over."""
    return [visit for _ in range(scale) for day in (_vu_thu(), _tan_an(), _dong_hung()) for visit in day]


def _vu_thu() -> Iterator[Visit]:
    """33 dossiers over the whole district unit. The insurance desk: cards issued and corrected, all the same day."""
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=CARD_CORRECTION, collected=True)] * 8
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=INSURANCE_CARD, collected=True)] * 5
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=CERTIFIED_COPY, collected=True)] * 4
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=LAND, decided=False)] * 4
    yield HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=LAND, decided=False, supplemented=True)
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=BUSINESS)] * 3
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=BUSINESS, door=Door.ONLINE, decided=False)] * 2
    yield from [HandIn(day=Day.VU_THU, unit=DISTRICT, procedure=INSURANCE_CARD, door=Door.POST, collected=True)] * 6


def _tan_an() -> Iterator[Visit]:
    """85 visits at the centre: 40 hand in papers, 27 of these come back and collect, 18 are guided."""
    yield from [HandIn(day=Day.TAN_AN, unit=CENTRE, procedure=DRIVING_LICENCE, collected=True)] * 17
    yield from [HandIn(day=Day.TAN_AN, unit=CENTRE, procedure=INSURANCE_CARD, collected=True)] * 10
    yield from [HandIn(day=Day.TAN_AN, unit=CENTRE, procedure=BUSINESS)] * 5
    yield from [HandIn(day=Day.TAN_AN, unit=CENTRE, procedure=LAND, decided=False)] * 8
    yield from [Guided(Day.TAN_AN, CENTRE, "in_person", LAND)] * 12
    yield from [Guided(Day.TAN_AN, CENTRE, "in_person", DRIVING_LICENCE)] * 6
    yield from [Guided(Day.TAN_AN, CENTRE, "call_in", BUSINESS)] * 4
    yield from [Guided(Day.TAN_AN, CENTRE, "call_out", LAND)] * 3
    yield from [HandIn(day=Day.TAN_AN, unit=COMMUNE, procedure=BIRTH, collected=True)] * 3


def _dong_hung() -> Iterator[Visit]:
    """The man who transfers land to his son: handed back, returned complete. The teacher: complete, accepted at once."""
    yield HandIn(day=Day.DONG_HUNG, unit=DISTRICT, procedure=LAND, incomplete_at_first=True)
    yield HandIn(day=Day.DONG_HUNG, unit=DISTRICT, procedure=INSURANCE_CARD, collected=True)


def in_person(visits: list[Visit], day: Day, unit: str) -> int:
    """Visits to a unit's counter: handing in, coming back to collect, being guided there. Calls are no visits."""
    here = [visit for visit in visits if visit.day is day and visit.unit == unit]
    guided = sum(isinstance(visit, Guided) and visit.kind == "in_person" for visit in here)
    handed = [visit for visit in here if isinstance(visit, HandIn) and visit.door is Door.COUNTER]
    return guided + len(handed) + sum(visit.collected for visit in handed) + sum(visit.incomplete_at_first for visit in handed)
