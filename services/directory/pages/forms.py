"""The forms of administration, field by field as typed: what is right is for the checks of the import to say."""

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.given import GivenText
from contracts.values import Identifier, Role, Tier, UnitId, Value
from worktime import ExceptionKind, Half

Shifts = Annotated[str, Field(max_length=200)]


class UnitForm(Value):
    id: UnitId
    name: GivenText
    tier: Tier
    parent: UnitId | None = None
    valid_from: date
    valid_to: date | None = None
    successor: UnitId | None = None
    one_stop: bool = False
    calendar: Identifier
    address: GivenText | None = None
    telephone: GivenText | None = None


class PersonForm(Value):
    """`kept`: posts that stay, as `unit role`; `unit` and `role`: one more, `fields` its fields."""

    name: GivenText
    username: Identifier
    kept: list[str] = Field(default_factory=list, max_length=200)
    unit: UnitId | None = None
    role: Role | None = None
    fields: list[Identifier] = Field(default_factory=list, max_length=100)


class DayForm(Value):
    """`kind` left out: a day like any other of its weekday."""

    date: date
    kind: ExceptionKind | None = None
    name_vi: GivenText | None = None
    name_en: GivenText | None = None
    shifts: Shifts = ""
    half: Half | None = None
