"""From rows to whole entities, one module for each kind: what cannot be said of one row alone is found here."""

from services.directory.domain.building.entities import Built, build
from services.directory.domain.building.staff import StaffRow

__all__ = ["Built", "StaffRow", "build"]
