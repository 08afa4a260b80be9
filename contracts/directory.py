"""The reference data everybody keeps a copy of: units, calendars, procedures, staff, token keys.

Each event is the whole entity; the highest version wins.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, StringConstraints

from contracts.registry import Event, event
from contracts.text import normal_text
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
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class ReceptionRulesV1(Value):
    """The shape of worktime.Params: rules of reception that differ from place to place, each with its legal text."""

    cutoff: ClockTime = Field(default="15:00", description="what is received later is forwarded on the next working day")
    late_moves_start: bool = Field(default=False, description="whether that moves the start of a limit in days")
    cutoff_basis: Text | None = Field(default=None, description="the legal text of the cut-off")
    from_arrival: bool = Field(
        default=True, description="whether the limit of what was received out of area runs from when who decides receives it"
    )
    forwarding_days: Annotated[int, Field(ge=0, le=30)] = Field(
        default=0, description="working days that forwarding is expected to take"
    )
    out_of_area_basis: Text | None = Field(default=None, description="the legal text of the rule for out of area")


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
    rules: ReceptionRulesV1 | None = Field(default=None, description="left out: those of the decree in force on the day")
    base: Identifier | None = Field(
        default=None, description="the calendar from which everything but its own days was taken; it is complete all the same"
    )
    own_weekdays: list[Weekday] = Field(default_factory=list, max_length=7, description="with base: weekdays kept otherwise")
    own_dates: list[date] = Field(default_factory=list, max_length=2000, description="with base: exceptions of its own")
    sample: bool = False


FormAddress = Annotated[str, StringConstraints(pattern=r"^https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/[!#-;=?-~]{0,500}$")]
"""Where a form's file is fetched from: a link to follow, so nothing but https."""


class PaperV1(Value):
    """A paper that a procedure requires."""

    code: Identifier
    title: Text
    required: bool = True
    copies: Count = 1
    form: FormAddress | None = Field(default=None, description="where its form is found as a file")


class LimitV1(Value):
    """`every_day` is a field, not one kind more: who reads without it still has the promised moment, which comes with it."""

    kind: Literal["working_days", "working_hours", "same_day"]
    amount: Count = 0
    every_day: bool = Field(default=False, description="with working_days: days off count too, these are calendar days")
    cutoff: ClockTime | None = Field(default=None, description="with same_day: the procedure's own; left out: the calendar's")

    @property
    def counted_in(self) -> str:
        """The kind as `worktime` and people say it."""
        return "calendar_days" if self.every_day else self.kind

    def counting(self) -> dict[str, Any]:
        """The JSON shape of `worktime.limits`."""
        if self.kind == "same_day":
            return {"kind": "same_day"} | ({} if self.cutoff is None else {"cutoff": self.cutoff})
        return {"kind": self.counted_in, "amount": self.amount}

    @classmethod
    def of(cls, counting: Mapping[str, Any]) -> Self:
        """The limit of that shape."""
        if counting["kind"] == "calendar_days":
            return cls(kind="working_days", amount=counting["amount"], every_day=True)
        return cls.model_validate(counting)


class CompetenceV1(Value):
    """Who decides a dossier that `receiving` took in."""

    receiving: UnitId
    competent: UnitId
    out_of_area: bool = Field(
        default=False, description="received outside the area of who decides: the limit runs from when that one receives it"
    )


DocumentKind = Annotated[str, StringConstraints(pattern=r"^[^\s{}\x00-\x1f\x7f]{1,20}$"), BeforeValidator(normal_text)]
"""The sign of a kind of document as it stands in its number: QĐ, GP."""
NumberFormat = Annotated[
    str,
    StringConstraints(
        max_length=100,
        pattern=r"^(?:[^{}\x00-\x1f\x7f]|\{(?:year|kind|unit)\})*\{n\}(?:[^{}\x00-\x1f\x7f]|\{(?:year|kind|unit)\})*$",
    ),
    BeforeValidator(normal_text),
]
"""How a number is written: {n} once, and {year}, {kind}, {unit} as wanted."""


class SigningV1(Value):
    """A leader signs what an officer drafts. A grant takes its number from the register of the deciding unit, `kind` and year."""

    kind: DocumentKind
    number_format: NumberFormat


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
    legal_basis: Text | None = Field(default=None, description="the documents that it rests on, as citizens are told")
    signing: SigningV1 | None = Field(default=None, description="left out: the officer decides alone")
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


class EndedSessionV1(Value):
    """A sign-in that somebody has ended before its time; `until`: its token is over then anyway."""

    sid: Identifier
    until: Moment


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
    ended_sessions: list[EndedSessionV1] = Field(
        default_factory=list, max_length=200, description="sign-ins ended one by one, as long as their tokens would last"
    )

    def roles(self) -> dict[str, frozenset[Role]]:
        """The roles that the posts give, by unit."""
        return {
            unit: frozenset(post.role for post in self.posts if post.unit == unit) for unit in {post.unit for post in self.posts}
        }


@event("key.changed.v1", KEYS)
class KeyV1(Event):
    """A public key that tokens are verified with (RFC 8037 JWK). It counts as its voucher says, and not at all without one."""

    kid: Identifier
    jwk: dict[str, str]
    valid_from: Moment
    voucher: Annotated[str, Field(max_length=2048)] | None = Field(
        default=None, description="what the installation's root key has signed about this version of the key (JWS)"
    )
