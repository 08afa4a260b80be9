"""Open cases that need a hand: whoever has one has left, holds no officer's post in its unit any more, or has lost its field.

Nothing is written when somebody leaves: this is asked of the person's record as it is now, so a case is nobody's from the
moment in which the change has come, and its officer's again when it is taken back. `repository/stranded.py` asks it of many.
"""

from enum import StrEnum

from contracts.directory import StaffV1
from contracts.values import Role
from services.routing.domain.case import Case
from services.routing.domain.states import State


class NeedsHand(StrEnum):
    """Why. A field counts only where the rule of competence chose: a leader may give a case to whom they like."""

    LEFT = "left"
    NO_POST = "no-post"
    FIELD = "field"


def needs_hand(case: Case, staff: StaffV1 | None) -> NeedsHand | None:
    """`staff` is its officer's record; None for a case that has no officer, is closed, or is in good hands."""
    if case.state not in {State.ASSIGNED, State.SUBMITTED}:
        return None
    if staff is None or not staff.active:
        return NeedsHand.LEFT
    posts = [post for post in staff.posts if post.unit == case.competent_unit.id and post.role is Role.OFFICER]
    if not posts:
        return NeedsHand.NO_POST
    covered = any(not post.fields or case.procedure.field in post.fields for post in posts)
    return NeedsHand.FIELD if case.assigned_by is None and not covered else None
