"""Reference data for tests of any service: the sample's ids, its entities written into a service's copies, tokens.

`seed_copies` stands in for the topics of directory: a test that is not about them has units, calendars, procedures, staff and a
key at once. `token_for` signs with the key that it has written.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import (
    CalendarV1,
    CompetenceV1,
    KeyV1,
    LimitV1,
    PaperV1,
    PostV1,
    ProcedureV1,
    ProcedureVersionV1,
    StaffV1,
    UnitV1,
)
from contracts.registry import Event
from contracts.values import Role, Tier
from messaging.clock import system_clock
from web.tokens import TokenClaims, new_signing_key, sign

CENTRE: Final = "000.00.01.H99"
"""The provincial one-stop centre (lane province): receives, decides nothing."""
DEPARTMENT: Final = "000.00.08.H99"
"""The provincial department of transport: decides driving licences, receives nothing."""
DISTRICT: Final = "000.00.21.H99"
"""The district's one-stop unit (lane district): receives, and decides land and business registration."""
COMMUNE: Final = "H99.21.05.13"
"""The commune's one-stop unit (lane district): receives, and decides civil status and certified copies."""
INSURANCE: Final = "G99.21.03"
"""The district's social insurance agency: decides what the one-stop units receive for it."""
POST_OFFICE: Final = "P99.21.01"
"""The post office (lane post): receives for others."""

LAND: Final = "1.900011"
"""Transfer of a land use right to a child: 10 working days, decided by DISTRICT; all four receive it."""
INSURANCE_CARD: Final = "1.900021"
"""A health insurance card: 5 working days, decided by INSURANCE; all four receive it."""
CARD_CORRECTION: Final = "1.900022"
"""A correction of that card: same day, decided by INSURANCE; received by DISTRICT, COMMUNE, POST_OFFICE."""
BIRTH: Final = "1.900031"
"""Registration of a birth: same day, free, decided by COMMUNE; received by COMMUNE, POST_OFFICE."""
MARRIAGE: Final = "1.900032"
"""Registration of a marriage: 3 working days, decided by COMMUNE; received by COMMUNE only, not by post."""
CERTIFIED_COPY: Final = "2.900033"
"""Certified copies: same day, by COMMUNE or DISTRICT, whichever received it; not by post."""
DRIVING_LICENCE: Final = "1.900041"
"""Renewal of a driving licence: 40 working hours, decided by DEPARTMENT; received by CENTRE, POST_OFFICE."""
BUSINESS: Final = "1.900051"
"""Registration of a household business: 3 working days, two versions, decided by DISTRICT; not at COMMUNE."""

CLERK_OF: Final = {CENTRE: "lan", DISTRICT: "hoa", COMMUNE: "tam", POST_OFFICE: "duong"}
OFFICER_OF: Final = {DEPARTMENT: "long", DISTRICT: "minh", COMMUNE: "tam", INSURANCE: "bich"}
LEADER_OF: Final = {CENTRE: "quang", DEPARTMENT: "hai", DISTRICT: "son", COMMUNE: "nga", INSURANCE: "dung"}
ADMIN: Final = "quantri"
OPERATOR: Final = "operator"
INSTALLATION: Final = "000.00.00.Z00"
"""No unit of anybody: where the operator's roles are held."""

KEY_ID: Final = "test"
PRIVATE_KEY, PUBLIC_KEY = new_signing_key(KEY_ID)
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
LIFETIME: Final = timedelta(hours=10)

_INSERT = text("""
    INSERT INTO copy (topic, id, version, value) VALUES (:topic, :id, :version, CAST(:value AS jsonb))
    ON CONFLICT (topic, id) DO UPDATE SET version = excluded.version, value = excluded.value
""")


async def seed_copies(engine: AsyncEngine) -> None:
    """Write every entity of the sample, the operator and the test key into the table `copy`, each in version 1."""
    rows = [(entity_id(event), event) for event in (*entities(), operator(), key())]
    async with engine.begin() as connection:
        await connection.execute(
            _INSERT,
            [
                {"topic": event.TOPIC.base, "id": ident, "version": 1, "value": event.model_dump_json(exclude_none=True)}
                for ident, event in rows
            ],
        )


def token_for(username: str, now: datetime | None = None, lifetime: timedelta = LIFETIME) -> str:
    """A token of a sample person, as directory would issue it at `now` (the system's clock if not given)."""
    person = people()[username]
    roles: dict[str, list[Role]] = {}
    for post in person.posts:
        roles.setdefault(post.unit, []).append(post.role)
    claims = TokenClaims.issue(
        staff_id=person.id,
        username=person.username,
        name=person.name,
        roles=roles,
        sid=uuid4().hex,
        at=now or system_clock(),
        lifetime=lifetime,
    )
    return sign(claims, PRIVATE_KEY)


def headers_for(username: str, now: datetime | None = None, *, version: int | None = None) -> dict[str, str]:
    """The headers of a JSON command: token, a fresh Idempotency-Key and, if given, If-Match."""
    given = {"Authorization": f"Bearer {token_for(username, now)}", "Idempotency-Key": str(uuid4())}
    return given if version is None else given | {"If-Match": f'"{version}"'}


def staff_id(username: str) -> str:
    return people()[username].id


def people() -> dict[str, StaffV1]:
    """By username, the operator too."""
    return {event.username: event for event in (*entities(), operator()) if isinstance(event, StaffV1)}


def entity_id(event: Event) -> str:
    for name in ("id", "code", "kid"):
        if name in type(event).model_fields:
            return str(getattr(event, name))
    raise ValueError(f"{event.TYPE} is no entity")


def key() -> KeyV1:
    return KeyV1(kid=KEY_ID, jwk=PUBLIC_KEY, valid_from=LONG_AGO)


def operator() -> StaffV1:
    posts = [PostV1(unit=INSTALLATION, role=role) for role in (Role.OPERATOR, Role.ADMIN)]
    return StaffV1(id=OPERATOR, username=OPERATOR, name="Vận hành", active=True, tokens_valid_from=LONG_AGO, posts=posts)


@lru_cache(maxsize=1)
def entities() -> tuple[Event, ...]:
    return (*_calendars(), *_units(), *_procedures(), *_staff())


_DAY: Final = [("07:30", "11:30"), ("13:30", "17:00")]
_WEEK: Final = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), _DAY)
_OFFICE, _ONE_STOP = "hanh-chinh", "mot-cua"


def _calendars() -> list[CalendarV1]:
    return [
        CalendarV1(id=_OFFICE, name="Giờ hành chính", weekly=_WEEK, sample=True),
        CalendarV1(id=_ONE_STOP, name="Giờ một cửa", weekly={**_WEEK, "sat": _DAY[:1]}, sample=True),
    ]


def _units() -> list[UnitV1]:
    since = date(2017, 1, 1)

    def unit(ident: str, name: str, tier: Tier, parent: str | None, *, one_stop: bool) -> UnitV1:
        calendar = _ONE_STOP if one_stop else _OFFICE
        return UnitV1(
            id=ident, name=name, tier=tier, parent=parent, valid_from=since, one_stop=one_stop, calendar=calendar, sample=True
        )

    return [
        unit(CENTRE, "Trung tâm Phục vụ hành chính công tỉnh Thanh Hà", Tier.PROVINCE, None, one_stop=True),
        unit(DEPARTMENT, "Sở Giao thông vận tải tỉnh Thanh Hà", Tier.PROVINCE, CENTRE, one_stop=False),
        unit(DISTRICT, "Bộ phận Một cửa huyện Hà An", Tier.DISTRICT, CENTRE, one_stop=True),
        unit(COMMUNE, "Bộ phận Một cửa xã Minh Lạc", Tier.COMMUNE, DISTRICT, one_stop=True),
        unit(INSURANCE, "Bảo hiểm xã hội huyện Hà An", Tier.DISTRICT, None, one_stop=False),
        unit(POST_OFFICE, "Bưu điện huyện Hà An", Tier.POSTAL, None, one_stop=True),
    ]


def _procedures() -> list[ProcedureV1]:
    land = ("dat-dai", "Đất đai")
    insurance = ("bao-hiem", "Bảo hiểm xã hội")
    justice = ("tu-phap", "Tư pháp, hộ tịch")
    everywhere = (CENTRE, DISTRICT, COMMUNE, POST_OFFICE)
    day, three, five, ten = (LimitV1(kind="same_day"), *(LimitV1(kind="working_days", amount=n) for n in (3, 5, 10)))

    def procedure(
        code: str,
        title: str,
        field: tuple[str, str],
        limit: LimitV1,
        competent: str,
        receiving: Sequence[str],
        fee: int = 0,
        *,
        versions: Sequence[date] = (date(2017, 1, 1),),
    ) -> ProcedureV1:
        deciders = [CompetenceV1(receiving=unit, competent=competent) for unit in receiving]
        papers = [PaperV1(code="to-khai", title="Tờ khai"), PaperV1(code="giay-to-goc", title="Giấy tờ gốc", required=False)]
        return ProcedureV1(
            code=code,
            versions=[
                ProcedureVersionV1(
                    version=number,
                    valid_from=since,
                    title=title,
                    field=field[0],
                    field_title=field[1],
                    limit=limit,
                    fee=fee,
                    online="partial",
                    by_post=POST_OFFICE in receiving,
                    papers=papers,
                    competences=deciders,
                )
                for number, since in enumerate(versions, 1)
            ],
            sample=True,
        )

    copies = procedure(CERTIFIED_COPY, "Chứng thực bản sao từ bản chính", justice, day, COMMUNE, [COMMUNE], 2_000)
    by_district = CompetenceV1(receiving=DISTRICT, competent=DISTRICT)
    first = copies.versions[0]
    return [
        procedure(LAND, "Chuyển quyền sử dụng đất cho con", land, ten, DISTRICT, everywhere, 500_000),
        procedure(INSURANCE_CARD, "Cấp thẻ bảo hiểm y tế", insurance, five, INSURANCE, everywhere),
        procedure(CARD_CORRECTION, "Sửa thông tin thẻ bảo hiểm y tế", insurance, day, INSURANCE, everywhere[1:]),
        procedure(BIRTH, "Đăng ký khai sinh", justice, day, COMMUNE, [COMMUNE, POST_OFFICE]),
        procedure(MARRIAGE, "Đăng ký kết hôn", justice, three, COMMUNE, [COMMUNE]),
        copies.model_copy(
            update={"versions": [first.model_copy(update={"competences": [*first.competences, by_district]})]},
        ),
        procedure(
            DRIVING_LICENCE,
            "Đổi giấy phép lái xe",
            ("giao-thong", "Giao thông vận tải"),
            LimitV1(kind="working_hours", amount=40),
            DEPARTMENT,
            [CENTRE, POST_OFFICE],
            135_000,
        ),
        procedure(
            BUSINESS,
            "Đăng ký thành lập hộ kinh doanh",
            ("ke-hoach", "Kế hoạch và đầu tư"),
            three,
            DISTRICT,
            [CENTRE, DISTRICT, POST_OFFICE],
            100_000,
            versions=[date(2017, 1, 1), date(2021, 7, 1)],
        ),
    ]


def _staff() -> list[StaffV1]:
    clerk, officer, leader = Role.CLERK, Role.OFFICER, Role.LEADER

    def person(number: int, username: str, name: str, *posts: PostV1) -> StaffV1:
        return StaffV1(
            id=f"cb{number:03d}",
            username=username,
            name=name,
            active=True,
            tokens_valid_from=LONG_AGO,
            posts=list(posts),
            sample=True,
        )

    def post(unit: str, role: Role, *fields: str) -> PostV1:
        return PostV1(unit=unit, role=role, fields=list(fields))

    return [
        person(1, "lan", "Lê Thị Ngọc Lan", post(CENTRE, clerk)),
        person(2, "quang", "Phạm Đan Quang", post(CENTRE, leader)),
        person(3, "long", "Đỗ Hải Long", post(DEPARTMENT, officer, "giao-thong")),
        person(4, "hai", "Vũ Trường Hải", post(DEPARTMENT, leader)),
        person(5, "hoa", "Trần Thị Quỳnh Hoa", post(DISTRICT, clerk)),
        person(6, "minh", "Nguyễn Lương Khải Minh", post(DISTRICT, officer, "dat-dai", "ke-hoach"), post(DISTRICT, clerk)),
        person(7, "son", "Hoàng Lam Sơn", post(DISTRICT, leader)),
        person(8, "bich", "Đặng Thị Bích", post(DISTRICT, clerk), post(INSURANCE, officer, "bao-hiem")),
        person(14, "thao", "Phan Thị Thu Thảo", post(DISTRICT, clerk), post(INSURANCE, officer, "bao-hiem")),
        person(9, "dung", "Bùi Kiến Dũng", post(INSURANCE, leader), post(INSURANCE, officer)),
        person(10, "tam", "Ngô Thị Minh Tâm", post(COMMUNE, clerk), post(COMMUNE, officer, "tu-phap")),
        person(11, "nga", "Lý Thị Hằng Nga", post(COMMUNE, leader), post(COMMUNE, officer)),
        person(12, "duong", "Mai Văn Dương", post(POST_OFFICE, clerk)),
        person(13, ADMIN, "Tạ Thu Hiền", post(CENTRE, Role.ADMIN)),
    ]
