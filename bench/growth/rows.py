"""How each row of a dossier is copied: what its columns become, derived from their types and from what few names mean.

Moments move back by the copy's days; those of the decision, and of what came after it, by fewer. Documents (JSON) stay as they
are where nothing reads a day in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

# Moments that follow the decision, and kinds of facts that do.
_AFTER_DECISION: Final = (
    "decided_at",
    "decided_on",
    "changed_at",
    "handed_over_at",
    "withdrawn_at",
    "stopped_at",
    "intake_recorded_at",
    "case_recorded_at",
    "placed_at",
    "dispatched_at",
    "delivered_at",
)
_DECIDED: Final = "(t.{type} LIKE '%decided%' OR t.{type} LIKE '%handed-over%')"
_DAYS: Final = "m.days"
_FEWER: Final = "(m.days - m.took)"
_OF_THE_COPY: Final = {"code": "m.code", "submission_number": "m.number"}
_FACT: Final = """t.data || jsonb_strip_nulls(jsonb_build_object(
    'accepted_on', CAST(t.data ->> 'accepted_on' AS date) - m.days,
    'promised_on', CAST(t.data ->> 'promised_on' AS date) - m.days,
    'decided_on', CAST(t.data ->> 'decided_on' AS date) - (m.days - m.took)))"""


@dataclass(frozen=True, kw_only=True)
class TableCopy:
    """`subject`: the column with the dossier's id; `join` finds the copies of a row that has none. `type`: the column that says
    of which kind of fact a row is. `changed`: columns that are neither moved nor kept. `where`: which rows.
    """

    table: str
    subject: str | None = "id"
    join: str = "JOIN grown m ON m.original = t.{subject}"
    type: str | None = None
    changed: Mapping[str, str] = field(default_factory=dict)
    where: str = "true"

    def statement(self, columns: Sequence[tuple[str, str]]) -> str:
        """`columns`: names and types, as the database has them."""
        names = ", ".join(f'"{name}"' for name, _ in columns)
        values = ", ".join(self._value(name, kind) for name, kind in columns)
        return f"""
            INSERT INTO {self.table} ({names}) SELECT {values}
            FROM {self.table} t {self.join.format(subject=self.subject)} WHERE {self.where}
        """

    def _value(self, name: str, kind: str) -> str:
        if name in self.changed:
            return self.changed[name]
        if name in _OF_THE_COPY:
            return f"CASE WHEN t.{name} IS NULL THEN NULL ELSE {_OF_THE_COPY[name]} END"
        if name == self.subject:
            return "m.id"
        days = self._days(name)
        if kind.startswith("timestamp"):
            return f"t.\"{name}\" - {days} * interval '1 day'"
        return f't."{name}" - {days}' if kind == "date" else f't."{name}"'

    def _days(self, name: str) -> str:
        if self.type is not None:
            return f"(CASE WHEN {_DECIDED.format(type=self.type)} THEN {_FEWER} ELSE {_DAYS} END)"
        return _FEWER if name in _AFTER_DECISION else _DAYS


_MESSAGE: Final = "'m-' || md5(t.{column} || m.id)"
_OF_MESSAGE: Final = "JOIN original_message o ON o.id = t.{column} JOIN grown m ON m.original = o.dossier"


def of_message(table: str, column: str, type_: str | None = None) -> TableCopy:
    """A table whose rows are about messages."""
    changed = {column: _MESSAGE.format(column=column)}
    return TableCopy(table=table, subject=None, join=_OF_MESSAGE.format(column=column), type=type_, changed=changed)


TABLES: Final[Mapping[str, tuple[TableCopy, ...]]] = {
    "intake": (
        TableCopy(table="dossier", changed={"collection": "NULL"}),
        TableCopy(table="history", subject="dossier", type="type"),
        TableCopy(table="inbox", subject="subject"),
        TableCopy(
            table="post_order",
            subject="dossier",
            changed={"id": "'o-' || substr(m.id, 3)"},
            where="t.state = 'delivered'",
        ),
    ),
    "routing": (
        TableCopy(table="routing_case"),
        TableCopy(table="case_step", subject="case_id", type="act"),
        TableCopy(table="inbox", subject="subject"),
    ),
    "notify": (
        TableCopy(
            table="message",
            subject="dossier",
            type="fact_type",
            changed={
                "id": _MESSAGE.format(column="id"),
                "content": "t.content || jsonb_build_object('reference', m.code)",
            },
        ),
        of_message("attempt", "message"),
        TableCopy(table="inbox", subject="subject"),
        TableCopy(table="state_copy", where="t.topic = 'intake.contacts'"),
    ),
    "reporting": (
        TableCopy(table="dossier"),
        TableCopy(table="fact", subject="subject", type="type", changed={"data": _FACT}),
        TableCopy(table="inbox", subject="subject"),
        of_message("fact", "subject"),
        of_message("inbox", "subject"),
    ),
}
