"""Refusals of this library: each says in both languages what is wrong and what to mend."""


class WorktimeError(ValueError):
    """A calendar, limit, moment or pause that cannot be worked with; `vi` and `en` are for the person who can mend it."""

    def __init__(self, *, vi: str, en: str) -> None:
        super().__init__(en)
        self.vi = vi
        self.en = en


class CalendarError(WorktimeError):
    """The calendar's data is wrong, or it has no working time where some is needed."""


class LimitError(WorktimeError):
    """A time limit that no procedure can have."""


class MomentError(WorktimeError):
    """A moment outside the years that calendars are kept for: a mistyped date or a broken clock."""


class PauseError(WorktimeError):
    """A pause that ends before it begins, begins before acceptance or overlaps the one before."""


class ExplanationError(WorktimeError):
    """A stored explanation that cannot be read back."""
