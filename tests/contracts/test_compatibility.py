"""What a version of an event may not become, case by case, as a change of its class would bring it; and what it may become."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, create_model

from contracts.compatibility import Change, breaks, changes
from contracts.directory import CalendarV1, ProcedureV1, ProcedureVersionV1, UnitV1
from contracts.intake import ContactV1, DossierAcceptedV1, DossierSubmittedV1, PaperRef, PostOrderPlacedV1, ProcedureRef, UnitRef
from contracts.values import Count, Email, Telephone, Text, Value

PRINTABLE = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
Short = Annotated[str, StringConstraints(min_length=1, max_length=5, pattern=PRINTABLE)]
Long = Annotated[str, StringConstraints(min_length=1, max_length=501, pattern=PRINTABLE)]
Loose = Annotated[str, StringConstraints(pattern=r"^[a-z]+$")]


def schema(cls: type[BaseModel]) -> dict[str, Any]:
    return cls.model_json_schema(mode="serialization")


def changed(cls: type[BaseModel], **fields: Any) -> type[BaseModel]:
    """The class with these fields declared otherwise, or more of them."""
    return create_model(cls.__name__, __base__=cls, **fields)


def without(cls: type[BaseModel], name: str) -> type[BaseModel]:
    kept = {other: (field.annotation, field) for other, field in cls.model_fields.items() if other != name}
    return create_model(cls.__name__, __base__=Value, **kept)


class FewerChannels(StrEnum):
    COUNTER = "counter"
    ONLINE = "online"


class MoreChannels(StrEnum):
    COUNTER = "counter"
    ONLINE = "online"
    POST = "post"
    APP = "app"


class Closed(ContactV1):
    model_config = ConfigDict(frozen=True, extra="forbid")


UnitWithoutName = without(UnitRef, "name")
UnitWithShortName = changed(UnitRef, name=(Short, ...))
NumberedPaper = changed(PaperRef, file=(Count | None, None))
CheaperVersion = changed(ProcedureVersionV1, fee=(Annotated[int, Field(ge=0, le=10**6)], 0))

REFUSED: list[tuple[type[BaseModel], type[BaseModel], str]] = [
    (ContactV1, changed(ContactV1, email=(float | None, None)), '.email|0: type changed from "string" to "number"'),
    (
        DossierAcceptedV1,
        changed(DossierAcceptedV1, promised_at=(int, ...)),
        '.promised_at: type changed from "string" to "integer"',
    ),
    (DossierSubmittedV1, changed(DossierSubmittedV1, promised_at=(Count | None, None)), ".promised_at|0: type changed"),
    (DossierAcceptedV1, changed(DossierAcceptedV1, accepted_at=(date, ...)), 'format changed from "date-time" to "date"'),
    (DossierAcceptedV1, changed(DossierAcceptedV1, accepted_at=(str, ...)), 'format changed from "date-time" to nothing'),
    (DossierAcceptedV1, changed(DossierAcceptedV1, fee=(float, 0)), '.fee: type changed from "integer" to "number"'),
    (ContactV1, changed(ContactV1, name=(Short, ...)), ".name: maxLength narrowed from 500 to 5"),
    (
        DossierAcceptedV1,
        changed(DossierAcceptedV1, unit=(UnitWithShortName, ...)),
        ".unit.name: maxLength narrowed from 500 to 5",
    ),
    (DossierAcceptedV1, changed(DossierAcceptedV1, unit=(UnitWithoutName, ...)), ".unit.name: removed"),
    (DossierAcceptedV1, changed(DossierAcceptedV1, unit=(ProcedureRef, ...)), ".unit.id: removed"),
    (
        DossierAcceptedV1,
        changed(DossierAcceptedV1, papers=(list[NumberedPaper], Field(default_factory=list, max_length=200))),
        ".papers[].file|0: type changed",
    ),
    (
        DossierAcceptedV1,
        changed(DossierAcceptedV1, papers=(list[PaperRef], Field(default_factory=list, max_length=199))),
        ".papers: maxItems narrowed from 200 to 199",
    ),
    (
        DossierAcceptedV1,
        changed(DossierAcceptedV1, papers=(list[PaperRef], Field(min_length=1, max_length=200))),
        ".papers: minItems narrowed from nothing to 1",
    ),
    (
        ProcedureV1,
        changed(ProcedureV1, versions=(list[CheaperVersion], Field(min_length=1, max_length=200))),
        ".versions[].fee: maximum narrowed",
    ),
    (UnitV1, changed(UnitV1, code_width=(Annotated[int, Field(ge=4, le=8)], 4)), ".code_width: maximum narrowed from 9 to 8"),
    (UnitV1, changed(UnitV1, code_width=(Annotated[int, Field(ge=5, le=9)], 4)), ".code_width: minimum narrowed from 4 to 5"),
    (UnitV1, changed(UnitV1, code_width=(Annotated[int, Field(ge=4, le=9)], 6)), ".code_width: default changed from 4 to 6"),
    (UnitV1, changed(UnitV1, calendar=(Loose, ...)), ".calendar: pattern changed"),
    (UnitV1, changed(UnitV1, calendar=(str, ...)), ".calendar: pattern changed"),
    (CalendarV1, changed(CalendarV1, weekly=(dict[str, list[str]], ...)), '.weekly{}[]: type changed from "array" to "string"'),
    (CalendarV1, changed(CalendarV1, weekly=(dict[str, list[tuple[str, int]]], ...)), ".weekly{}[][1]: type changed"),
    (CalendarV1, changed(CalendarV1, weekly=(dict[str, list[tuple[str, str, str]]], ...)), "prefixItems had 2 members and has 3"),
    (CalendarV1, changed(CalendarV1, weekly=(dict[Loose, list[tuple[str, str]]], ...)), "patternProperties changed"),
    (ContactV1, changed(ContactV1, language=(Literal["vi"], "vi")), ".language: enum"),
    (ContactV1, changed(ContactV1, language=(str, "vi")), '.language: enum changed from ["vi", "en"] to nothing'),
    (ContactV1, changed(ContactV1, language=(Literal["vi", "en", "fr"], "vi")), '.language: enum gained "fr"'),
    (DossierSubmittedV1, changed(DossierSubmittedV1, channel=(FewerChannels, ...)), '.channel: enum lost "post"'),
    (DossierSubmittedV1, changed(DossierSubmittedV1, channel=(MoreChannels, ...)), '.channel: enum gained "app"'),
    (
        PostOrderPlacedV1,
        changed(PostOrderPlacedV1, kind=(Literal["deliver", "collect"], "deliver")),
        '.kind: const changed from "deliver"',
    ),
    (ContactV1, changed(ContactV1, email=(Email | None, ...)), ".email: newly required"),
    (ContactV1, changed(ContactV1, email=(Email, None)), ".email: anyOf had 2 members and has 0"),
    (ContactV1, changed(ContactV1, email=(Email | int | None, None)), ".email: anyOf had 2 members and has 3"),
    (ContactV1, changed(ContactV1, language=(Literal["vi", "en"], "en")), '.language: default changed from "vi" to "en"'),
    (ContactV1, changed(ContactV1, name=(Text, "")), ".name: no longer required"),
    (ContactV1, changed(ContactV1, address=(Text, ...)), ".address: new and required"),
    (ContactV1, without(ContactV1, "telephone"), ".telephone: removed"),
    (ContactV1, Closed, "{}: type changed from nothing"),
]


@pytest.mark.parametrize(("old", "new", "why"), REFUSED, ids=[f"{old.__name__} {why}" for old, _, why in REFUSED])
def test_what_would_break_a_reader_is_refused(old: type[BaseModel], new: type[BaseModel], why: str) -> None:
    reasons = breaks(schema(old), schema(new), old.__name__)
    assert [reason for reason in reasons if why in reason], reasons


class Unit(UnitRef):
    """UnitRef under another name."""


LongerUnit = changed(UnitRef, name=(Long, ...), short_name=(Text | None, None))

ALLOWED: list[tuple[str, type[BaseModel], type[BaseModel], list[Change]]] = [
    ("an optional field more", ContactV1, changed(ContactV1, zalo=(Telephone | None, None)), []),
    ("another title", ContactV1, changed(ContactV1, name=(Text, Field(title="Họ và tên", description="as on the card"))), []),
    ("a definition under another name", DossierAcceptedV1, changed(DossierAcceptedV1, unit=(Unit, ...)), []),
    (
        "longer texts and one more of them, in depth",
        DossierAcceptedV1,
        changed(DossierAcceptedV1, unit=(LongerUnit, ...)),
        [Change("DossierAcceptedV1.unit.name", "maxLength widened from 500 to 501", breaks=False)],
    ),
    (
        "a list without a limit",
        DossierAcceptedV1,
        changed(DossierAcceptedV1, papers=(list[PaperRef], Field(default_factory=list))),
        [Change("DossierAcceptedV1.papers", "maxItems widened from 200 to nothing", breaks=False)],
    ),
    (
        "a wider number",
        UnitV1,
        changed(UnitV1, code_width=(Annotated[int, Field(ge=3, le=10)], 4)),
        [
            Change("UnitV1.code_width", "maximum widened from 9 to 10", breaks=False),
            Change("UnitV1.code_width", "minimum widened from 4 to 3", breaks=False),
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "noticed"), [row[1:] for row in ALLOWED], ids=[row[0] for row in ALLOWED])
def test_what_every_reader_can_read_is_allowed(old: type[BaseModel], new: type[BaseModel], noticed: list[Change]) -> None:
    assert changes(schema(old), schema(new), old.__name__) == noticed
    assert breaks(schema(old), schema(new)) == []
