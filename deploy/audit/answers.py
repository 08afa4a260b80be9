"""What a person has looked at and answered, with the reasons: answers.toml. An answer that nothing asks for fails the audit."""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).with_name("answers.toml")


@dataclass
class Answers:
    """`used` grows as answers are given."""

    tables: dict[str, list[dict[str, Any]]]
    used: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def read(cls, file: Path = FILE) -> "Answers":
        """Raises SystemExit for an answer without a reason."""
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
        if bare := [entry for entries in tables.values() for entry in entries if not str(entry.get("reason", "")).strip()]:
            raise SystemExit(f"{file.name}: no reason is given in {bare}")
        return cls(tables)

    def find(self, table: str, **wanted: str) -> dict[str, Any] | None:
        """The first whose fields are these; one that ends with * stands for all that begin so."""
        for entry in self.tables.get(table, ()):
            if all(_fits(str(entry[name]), value) for name, value in wanted.items()):
                if entry not in self.used:
                    self.used.append(entry)
                return entry
        return None

    def unused(self) -> list[str]:
        """A sentence each."""
        left = [(table, entry) for table, entries in self.tables.items() for entry in entries if entry not in self.used]
        return [f"answers.toml, {table}: nothing asks for {_name(entry)}" for table, entry in left]


def has_ended(entry: dict[str, Any], today: date) -> bool:
    """An answer to an advisory holds until its day."""
    ends: date = entry["until"]
    return ends < today


def _fits(written: str, value: str) -> bool:
    return value.startswith(written[:-1]) if written.endswith("*") else value == written


def _name(entry: dict[str, Any]) -> str:
    return ", ".join(str(value) for name, value in entry.items() if name != "reason")
