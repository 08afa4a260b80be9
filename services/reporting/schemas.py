"""What the API takes and answers. Counts are of dossiers, dates civil, `to` is the day after a period's last."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from contracts.values import Channel, GuidanceKind, PortalStatus
from services.reporting.domain.figures import Measure
from services.reporting.domain.holding import Holding
from services.reporting.domain.question import NOT_FORWARDED, GroupBy
from services.reporting.domain.replay import ReplayState


def _require_deciding_unit(text: str) -> str:
    if text != NOT_FORWARDED and not (5 <= len(text) <= 24 and text.replace(".", "").isalnum()):  # noqa: PLR2004 -- a unit id's bounds
        vi = f"phải là mã đơn vị, hoặc {NOT_FORWARDED} nếu chưa chuyển"
        en = f"must be a unit id, or {NOT_FORWARDED} if not forwarded yet"
        raise ValueError(f"{vi} / {en}")
    return text


DecidingUnit = Annotated[str, AfterValidator(_require_deciding_unit)]


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class _OfPeriod(_Answer):
    """Unfinished dossiers that were promised before `judged_before` are overdue."""

    start: date = Field(serialization_alias="from")
    end: date = Field(serialization_alias="to")
    as_of: datetime | None
    judged_before: date


class _Row(_Answer):
    key: str
    name: str


class FormNumbers(_Answer):
    """The numbers of form II.06a. `on_time_rate`: early and on time of all resolved, in per cent; null if none was resolved."""

    total: int
    received: int
    received_online: int
    received_direct: int
    carried_over: int
    resolved: int
    early: int
    on_time: int
    late: int
    in_progress: int
    within_time: int
    overdue: int
    on_time_rate: float | None


class FigureRow(FormNumbers, _Row):
    """One unit, field, channel or deciding unit; `key` is `none` for dossiers not forwarded to any yet."""


class CountingDefinition(_Answer):
    """By what the figures were counted, in words."""

    id: str
    vi: str
    en: str


class FigureReport(_OfPeriod):
    """`newest_fact`: when the newest fact that has come was recorded; null before the first."""

    by: GroupBy
    definition: CountingDefinition
    newest_fact: datetime | None
    total: FormNumbers
    rows: tuple[FigureRow, ...]


class ListedDossier(_Answer):
    """A dossier behind a number: how many calendar days late, and who held it from when to when. Without personal data: the
    code leads to the services that have them.
    """

    id: str
    code: str | None
    procedure_title: str
    field_title: str
    unit: str
    unit_name: str
    channel: Channel
    status: PortalStatus
    received_at: datetime
    accepted_on: date
    promised_on: date
    decided_on: date | None
    competent_unit: str | None
    competent_name: str | None
    officer: str | None
    days_late: int
    held: tuple[Holding, ...]


class DossierList(_OfPeriod):
    """`next`: the cursor of the page behind this one; null on the last."""

    measure: Measure
    dossiers: tuple[ListedDossier, ...]
    next: str | None


class UnitGuidance(_Row):
    turns: dict[GuidanceKind, int]


class GuidanceReport(_OfPeriod):
    """Guidance turns by kind, of all units and of each that gave any."""

    total: int
    turns: dict[GuidanceKind, int]
    units: tuple[UnitGuidance, ...]


class RequestedReplay(_Answer):
    id: int


class NoReplay(_Answer):
    """None was ever requested."""

    id: None
    state: Literal["none"]
    read: Literal[0]
    of: Literal[0]


class ReplayProgress(_Answer):
    """`read` of `of` records are read. `problem` says why the last attempt that failed did so."""

    id: int
    state: ReplayState
    read: int
    of: int
    attempt: int
    problem: str | None
    requested_at: datetime
    ended_at: datetime | None
