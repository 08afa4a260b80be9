"""A promised date before and after: a pause has ended, a calendar has changed, a dossier has arrived where it is decided."""

from dataclasses import dataclass

from worktime import wording
from worktime.promise import Promise


@dataclass(frozen=True, slots=True)
class Move:
    """`after` is the same limit of the same acceptance as `before`."""

    before: Promise
    after: Promise

    @property
    def is_moved(self) -> bool:
        return self.before.moment != self.after.moment

    def lines(self, language: wording.Language) -> list[str]:
        """Old and new date, then what the new explanation says otherwise, for the person who holds the old one on paper."""
        old, new = (wording.moment(promise.moment, language) for promise in (self.before, self.after))
        if not self.is_moved:
            return [f"Ngày hẹn không đổi: {old}." if language == "vi" else f"The promised date stays: {old}."]
        known = {*self.before.explanation.lines(language)}
        moved = f"Ngày hẹn đổi từ {old} sang {new}." if language == "vi" else f"The promised date moves from {old} to {new}."
        return [moved, *(line for line in self.after.explanation.lines(language) if line not in known)]
