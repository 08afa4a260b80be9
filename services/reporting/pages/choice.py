"""What the address of a page asks for, as people say it: the last day included, or a period by its name; civil time. Dates are
read as 27/11/2026, or as programs write them.

A mistake comes back in the form, at its field, and every other choice stays.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request

from contracts.civil import civil_day
from contracts.refusal import Refusal
from contracts.values import CIVIL_TIME, Channel, GuidanceKind, Identifier, UnitId
from services.reporting import queries
from services.reporting.domain.figures import Measure
from services.reporting.domain.period import Period, Preset, preset
from services.reporting.domain.question import GroupBy, Question
from services.reporting.repository.dossiers import DossierKey
from services.reporting.repository.guidance import TurnKey
from services.reporting.schemas import DecidingUnit
from web.dates import read_day, read_moment
from web.forms import Form
from web.languages import Texts
from web.problems import FieldProblem
from web.validation import field_problems

SHOWN_DAY, SHOWN_INSTANT = "%d/%m/%Y", "%d/%m/%Y %H:%M"
_READ = {"from": read_day, "through": read_day, "as_of": read_moment}


class Address(BaseModel):
    """The parameters of a page, as they are written in its address. One of `preset`, or `from` and `through`; this month, if
    nothing is chosen.
    """

    model_config = ConfigDict(populate_by_name=True)

    preset: Preset | None = None
    start: date | None = Field(default=None, alias="from")
    through: date | None = None
    as_of: datetime | None = None
    by: GroupBy = GroupBy.UNIT
    unit: UnitId | None = None
    field: Identifier | None = None
    channel: Channel | None = None
    competent: DecidingUnit | None = None
    measure: Measure = Measure.TOTAL
    kind: GuidanceKind | None = None
    after: str | None = None
    turn: str | None = None

    def period(self, today: date) -> Period:
        """Raises PeriodReversed, PeriodOutOfRange."""
        if self.preset is None and self.start is not None and self.through is not None:
            return Period.through(self.start, self.through)
        return preset(self.preset or Preset.MONTH, today)

    def instant(self) -> datetime | None:
        return self.as_of if self.as_of is None or self.as_of.tzinfo else self.as_of.replace(tzinfo=CIVIL_TIME)


@dataclass(frozen=True, slots=True)
class Choice:
    """A page's question, with the addresses of the pages that answer others. `after` and `turn`: behind which dossier or
    guidance turn the page of a list begins.
    """

    question: Question
    address: Address
    after: DossierKey | None
    turn: TurnKey | None

    @property
    def preset(self) -> Preset | None:
        """The period's name, if it was chosen by it."""
        address = self.address
        return None if address.preset is None and address.start is not None else address.preset or Preset.MONTH

    def figures(self, **changes: Any) -> str:
        return self._href("figures", {"by": self.address.by} | changes)

    def dossiers(self, measure: Measure, key: str | None = None, **changes: Any) -> str:
        """The list behind a number: of one row of the table, or of the total."""
        row = {} if key is None else {self.address.by.value: key}
        return self._href("dossiers", {"by": self.address.by, "measure": measure} | row | changes)

    def workbook(self) -> str:
        return self._href("figures.xlsx", {"by": self.address.by})

    def guidance(self, kind: GuidanceKind | None = None, **changes: Any) -> str:
        return self._href("guidance", {"kind": kind, "channel": None, "competent": None} | changes)

    def in_period(self, name: Preset) -> str:
        rest = {"from": None, "through": None, "preset": name}
        return self.figures(**rest)

    def _href(self, page: str, more: dict[str, Any]) -> str:
        question, instant = self.question, self.question.as_of
        query = {
            "from": question.period.start,
            "through": question.period.last,
            "as_of": instant and instant.astimezone(CIVIL_TIME).isoformat(),
            "unit": question.unit,
            "field": question.field,
            "channel": question.channel,
            "competent": question.competent,
        } | more
        return f"/reporting/{page}?{urlencode({name: str(value) for name, value in query.items() if value is not None})}"


def read_choice(request: Request, texts: Texts, now: datetime) -> tuple[Form[Address], Choice | None]:
    """The form as it was sent, and the choice if all of it is right."""
    names = [info.alias or name for name, info in Address.model_fields.items()]
    given = {name: value for name in names if (value := request.query_params.get(name))}
    try:
        address = Address.model_validate(
            {name: _READ[name](value, now) if name in _READ else value for name, value in given.items()}
        )
    except ValidationError as error:
        mistakes: list[Any] = list(error.errors())
        return Form(values=given, problems=field_problems(mistakes, texts, on_page=True)), None
    form = Form(values=given, data=address)
    missing = {"from", "through"} - given.keys()
    if len(missing) == 1:
        return replace(form, problems=[_missing(name, texts) for name in missing], data=None), None
    try:
        choice = _choice(address, now)
    except Refusal as refusal:
        return form.refused(_at_page_field(refusal)), None
    return replace(form, values=given | _shown(choice.question)), choice


def _choice(address: Address, now: datetime) -> Choice:
    """Raises PeriodReversed, PeriodOutOfRange, AsOfTheFuture, BadCursor."""
    question = Question(
        period=address.period(civil_day(now)),
        as_of=address.instant(),
        unit=address.unit,
        field=address.field,
        channel=address.channel,
        competent=address.competent,
    )
    question.require_past(now)
    return Choice(question, address, queries.DOSSIERS.decode(address.after), queries.TURNS.decode(address.turn))


def _at_page_field(refusal: Refusal) -> Refusal:
    """The same refusal, at the field that stands on the page."""
    field = "through" if refusal.field == "to" else refusal.field
    return Refusal(refusal.code, vi=refusal.vi, en=refusal.en, field=field, status=refusal.status)


def _missing(name: str, texts: Texts) -> FieldProblem:
    return field_problems([{"type": "missing", "loc": (name,)}], texts, on_page=True)[0]


def _shown(question: Question) -> dict[str, str]:
    instant = question.as_of
    shown = {"from": question.period.start.strftime(SHOWN_DAY), "through": question.period.last.strftime(SHOWN_DAY)}
    return shown if instant is None else shown | {"as_of": instant.astimezone(CIVIL_TIME).strftime(SHOWN_INSTANT)}
