"""What else happens at the counter: orders of the post, guidance, ratings."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.tables import MOMENT, one_of
from contracts.values import GuidanceKind, Lane
from services.intake.domain.orders import OrderState
from services.intake.domain.rating import Satisfaction
from services.intake.tables.metadata import Row


class OrderRow(Row, table=True):
    """What the post is asked to deliver; the address only as JWE for the post, and only until delivered or cancelled."""

    __tablename__ = "post_order"
    __table_args__ = (
        CheckConstraint(one_of("state", OrderState), name="post_order_state_known"),
        CheckConstraint(one_of("lane", Lane), name="post_order_lane_known"),
        CheckConstraint("(state IN ('planned', 'cancelled')) = (version = 0)", name="post_order_told_when_placed"),
        CheckConstraint("(state IN ('delivered', 'cancelled')) = (recipient IS NULL)", name="post_order_address_forgotten"),
        CheckConstraint("(state = 'delivered') = (delivered_at IS NOT NULL)", name="post_order_delivered_once"),
    )

    id: str = Field(primary_key=True)
    lane: str
    version: int = Field(sa_type=BigInteger)
    dossier: str
    unit_id: str
    unit_name: str
    code: str
    state: str
    recipient: str | None = None
    tracking: str | None = None
    placed_at: datetime | None = Field(default=None, sa_type=MOMENT)
    dispatched_at: datetime | None = Field(default=None, sa_type=MOMENT)
    delivered_at: datetime | None = Field(default=None, sa_type=MOMENT)


class GuidanceRow(Row, table=True):
    __tablename__ = "guidance"
    __table_args__ = (
        CheckConstraint(one_of("kind", GuidanceKind), name="guidance_kind_known"),
        Index("guidance_unit_newest", "unit_id", text("at DESC"), text("id DESC")),
    )

    id: str = Field(primary_key=True)
    lane: str
    version: int = Field(sa_type=BigInteger)
    unit_id: str
    unit_name: str
    kind: str
    procedure: dict[str, Any] | None = Field(default=None, sa_type=JSONB(none_as_null=True))
    dossier: str | None = None
    at: datetime = Field(sa_type=MOMENT)
    by: str


class RatingRow(Row, table=True):
    """What the applicant of a dossier said of how they were served."""

    __tablename__ = "rating"
    __table_args__ = (CheckConstraint(one_of("answer", Satisfaction), name="rating_answer_known"),)

    dossier: str = Field(primary_key=True)
    unit_id: str
    answer: str
