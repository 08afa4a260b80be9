"""The reference data everybody keeps a copy of: units, calendars, procedures, staff, token keys.

Each event is the whole entity; the highest version wins.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.registry import Event, event
from contracts.topics import CALENDARS, KEYS, PROCEDURES, STAFF, UNITS
from contracts.values import Count, Dong, Identifier, Moment, ProcedureCode, Role, Text, Tier, UnitId, Value


@event("unit.changed.v1", UNITS)
class UnitV1(Event):
    """A unit as it is and was: validity dates and a successor, because districts end and history keeps them."""

    id: UnitId
    name: Text
    tier: Tier
    parent: UnitId | None = None
    valid_from: date
    valid_to: date | None = None
    successor: UnitId | None = None
    one_stop: bool = Field(default=False, description="receives dossiers at a counter")
    calendar: Identifier
    code_width: Annotated[int, Field(ge=4, le=9)] = Field(default=4, description="digits of the dossier code's sequence")
    address: Text | None = None
    telephone: Text | None = None
    sample: bool = False


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@event("calendar.changed.v1", CALENDARS)
class CalendarV1(Event):
    """The shape of worktime.Calendar.to_data(): weekly opening hours and exceptions by date."""

    id: Identifier
    name: Text
    weekly: dict[str, list[tuple[str, str]]]
    exceptions: list[dict[str, object]] = Field(default_factory=list, max_length=2000)
    counted: list[Weekday] | None = Field(
        default=None, max_length=7, description="days of the week that limits count; left out: Monday to Friday"
    )
    known_until: date | None = Field(
        default=None, description="its last day; left out: the end of the last year of which it lists a day"
    )
    refuse_beyond: bool = Field(default=False, description="no promise past that day, instead of a provisional one")
    sample: bool = False


class PaperV1(Value):
    """A paper that a procedure requires."""

    code: Identifier
    title: Text
    required: bool = True
    copies: Count = 1


class LimitV1(Value):
    kind: Literal["working_days", "working_hours", "same_day"]
    amount: Count = 0


class CompetenceV1(Value):
    """Who decides a dossier that `receiving` took in."""

    receiving: UnitId
    competent: UnitId


class ProcedureVersionV1(Value):
    version: Annotated[int, Field(ge=1)]
    valid_from: date
    title: Text
    field: Identifier
    field_title: Text
    limit: LimitV1
    fee: Dong = 0
    online: Literal["none", "partial", "full"] = "none"
    by_post: bool = True
    papers: list[PaperV1] = Field(default_factory=list, max_length=100)
    competences: list[CompetenceV1] = Field(default_factory=list, max_length=20_000)


@event("procedure.changed.v1", PROCEDURES)
class ProcedureV1(Event):
    """A procedure with all its dated versions, oldest first."""

    code: ProcedureCode
    versions: list[ProcedureVersionV1] = Field(min_length=1, max_length=200)
    sample: bool = False

    def on(self, day: date) -> ProcedureVersionV1 | None:
        """The version in force on a day; None before the first."""
        return next((v for v in reversed(self.versions) if v.valid_from <= day), None)


class PostV1(Value):
    """One of a person's posts: a role in a unit; `fields` limits an officer's competence (empty: all)."""

    unit: UnitId
    role: Role
    fields: list[Identifier] = Field(default_factory=list, max_length=100)


@event("staff.changed.v1", STAFF)
class StaffV1(Event):
    """A member of staff. `tokens_valid_from`: tokens issued before are void (signed out, or disabled meanwhile)."""

    id: Identifier
    username: Identifier
    name: Text
    active: bool
    tokens_valid_from: Moment
    posts: list[PostV1] = Field(default_factory=list, max_length=200)
    sample: bool = False

    def roles(self) -> dict[str, frozenset[Role]]:
        """The roles that the posts give, by unit."""
        return {
            unit: frozenset(post.role for post in self.posts if post.unit == unit) for unit in {post.unit for post in self.posts}
        }


@event("key.changed.v1", KEYS)
class KeyV1(Event):
    """A public key that tokens are verified with (RFC 8037 JWK)."""

    kid: Identifier
    jwk: dict[str, str]
    valid_from: Moment
