"""Reference data for tests of any service: the sample's ids, its entities written into a service's copies, tokens.

`seed_copies` stands in for the topics of directory: a test that is not about them has units, calendars, procedures, staff and a
key at once. `token_for` signs with the key that it has written.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import KeyV1, StaffV1
from contracts.registry import Event
from messaging.clock import system_clock
from services.directory.domain import accounts
from services.directory.importer.accounts import NO_PASSWORDS
from services.directory.importer.changes import Holdings, import_files
from web.principal import Principal
from web.tokens import TokenClaims, new_signing_key, sign
from web.vouchers import RootKeys, Voucher, vouch

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
INSTALLATION: Final = accounts.INSTALLATION
"""No unit of anybody: where the operator's roles are held."""
PASSWORD: Final = "motcua-mau-2026"
"""Everybody's in the sample (not the operator's)."""
SAMPLE: Final = Path(__file__).parents[2] / "deploy" / "sample"

KEY_ID: Final = "test"
PRIVATE_KEY, PUBLIC_KEY = new_signing_key(KEY_ID)
ROOT_PRIVATE, _ROOT_PUBLIC = new_signing_key("root")
ROOT_KEYS: Final = _ROOT_PUBLIC["x"]
"""The setting of every service here: whose word on keys counts."""
ROOTS: Final = RootKeys.of(ROOT_KEYS)
LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)
LONG_AFTER: Final = datetime(2100, 1, 1, tzinfo=UTC)
LIFETIME: Final = timedelta(hours=10)

_INSERT = text("""
    INSERT INTO state_copy (topic, id, version, value) VALUES (:topic, :id, :version, CAST(:value AS jsonb))
    ON CONFLICT (topic, id) DO UPDATE SET version = excluded.version, value = excluded.value
""")
REVISE: Final = text("""
    INSERT INTO state_revision (topic, revision) SELECT topic, gen_random_uuid() FROM state_copy GROUP BY topic
    ON CONFLICT (topic) DO UPDATE SET revision = excluded.revision
""")
"""To run after copies were written by SQL, so that a process which remembers them asks again."""


async def seed_copies(engine: AsyncEngine) -> None:
    """Write every entity of the sample, the operator and the test key into the table `state_copy`, each in version 1."""
    rows = [(entity_id(event), event) for event in (*entities(), operator(), key())]
    async with engine.begin() as connection:
        await connection.execute(
            _INSERT,
            [
                {"topic": event.TOPIC.base, "id": ident, "version": 1, "value": event.model_dump_json(exclude_none=True)}
                for ident, event in rows
            ],
        )
        await connection.execute(REVISE)


def token_for(username: str, now: datetime | None = None, lifetime: timedelta = LIFETIME) -> str:
    """A token of a sample person, as directory would issue it at `now` (the system's clock if not given)."""
    person = people()[username]
    claims = TokenClaims.issue(
        staff_id=person.id,
        username=person.username,
        name=person.name,
        roles=person.roles(),
        sid=uuid4().hex,
        at=now or system_clock(),
        lifetime=lifetime,
    )
    return sign(claims, PRIVATE_KEY)


def headers_for(username: str, now: datetime | None = None, *, version: int | None = None) -> dict[str, str]:
    """The headers of a JSON command: token, a fresh Idempotency-Key and, if given, If-Match."""
    given = {"Authorization": f"Bearer {token_for(username, now)}", "Idempotency-Key": str(uuid4())}
    return given if version is None else given | {"If-Match": f'"{version}"'}


def principal_of(username: str, now: datetime) -> Principal:
    """Whom the sign-in check would find behind their token."""
    staff = people()[username]
    return Principal(
        staff_id=staff.id, username=username, name=staff.name, roles=staff.roles(), issued_at=now, session_id="session"
    )


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
    return KeyV1(kid=KEY_ID, jwk=PUBLIC_KEY, valid_from=LONG_AGO, voucher=vouched())


def voucher(public: Mapping[str, str] = PUBLIC_KEY, **changes: Any) -> Voucher:
    """For all of time, if nothing else is said."""
    said = {"kid": public["kid"], "x": public["x"], "version": 1, "since": LONG_AGO, "until": LONG_AFTER}
    return Voucher(**said | changes)


def vouched(public: Mapping[str, str] = PUBLIC_KEY, **changes: Any) -> str:
    """What the root key of these tests has signed about a key."""
    return vouch(voucher(public, **changes), ROOT_PRIVATE)


def signing_key_file(private: Mapping[str, str] = PRIVATE_KEY, **changes: Any) -> str:
    """What the file of the signing key holds."""
    return json.dumps({**private, "voucher": vouched(private, **changes)})


def operator() -> StaffV1:
    return accounts.operator(None)


@lru_cache(maxsize=1)
def entities() -> tuple[Event, ...]:
    """Everything in the sample's own files, as an import into an empty directory would publish it."""
    changes = import_files(sample_files(), Holdings(), NO_PASSWORDS, LONG_AGO)
    return (
        *(calendar.entity for calendar in changes.calendars),
        *(unit.entity for unit in changes.units),
        *(procedure.entity for procedure in changes.procedures),
        *(account.staff for account in changes.accounts),
    )


def sample_files() -> dict[str, str]:
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(SAMPLE.glob("*.csv"))}
