"""Who is asking, and what they may do where. A role is always a role *in a unit*: many hold several, of several units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus

from contracts.refusal import Refusal
from contracts.values import Role
from web.languages import bilingual, layout_texts


class Forbidden(Refusal):
    """403: signed in, but the role is missing; says which role in which unit."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self, roles: tuple[Role, ...], unit: str | None = None) -> None:
        super().__init__("forbidden", **bilingual(lambda language: _missing(language, roles, unit)))


def _missing(language: str, roles: tuple[Role, ...], unit: str | None) -> str:
    texts = layout_texts()
    either = texts.text(language, "problem.or").join(texts.text(language, f"role.{role}") for role in roles)
    if unit is None:
        return texts.text(language, "problem.forbidden", role=either)
    return texts.text(language, "problem.forbidden-in-unit", role=either, unit=unit)


@dataclass(frozen=True, kw_only=True)
class Principal:
    staff_id: str
    username: str
    name: str
    roles: Mapping[str, frozenset[Role]]
    issued_at: datetime
    session_id: str
    unit_names: Mapping[str, str] = field(default_factory=dict)

    def has(self, role: Role, unit: str | None = None) -> bool:
        """Holds the role in that unit, or anywhere if none is named."""
        return role in self.roles.get(unit, frozenset()) if unit is not None else bool(self.units(role))

    def units(self, role: Role) -> frozenset[str]:
        """The units in which the role is held."""
        return frozenset(unit for unit, held in self.roles.items() if role in held)

    def require(self, role: Role, unit: str) -> None:
        if not self.has(role, unit):
            raise Forbidden((role,), unit)

    def unit_name(self, unit: str) -> str:
        return self.unit_names.get(unit, unit)
