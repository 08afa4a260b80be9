"""Calendars and limits: from calendar, acceptance and limit to a moment and its explanation.

Pure: no clock, no I/O, the standard library only. All moments are Asia/Ho_Chi_Minh, whole seconds.
"""

from worktime.calendar import Calendar
from worktime.civil import TIME_ZONE
from worktime.days import DayException, ExceptionKind, Half, Reason, Shift
from worktime.entries import Entry, Owed, Pause
from worktime.errors import CalendarError, ExplanationError, LimitError, MomentError, PauseError, WorktimeError
from worktime.explanation import Explanation
from worktime.limits import CalendarDays, Limit, SameDay, WorkingDays, WorkingHours, limit_from_data, limit_to_data
from worktime.moves import Move
from worktime.overrides import Override, override
from worktime.pauses import arrive, recount, resume
from worktime.promise import Promise, promise
from worktime.reception import Transfer
from worktime.rules import Params, by_decree
from worktime.wording import Language

__all__ = [
    "TIME_ZONE",
    "Calendar",
    "CalendarDays",
    "CalendarError",
    "DayException",
    "Entry",
    "ExceptionKind",
    "Explanation",
    "ExplanationError",
    "Half",
    "Language",
    "Limit",
    "LimitError",
    "MomentError",
    "Move",
    "Override",
    "Owed",
    "Params",
    "Pause",
    "PauseError",
    "Promise",
    "Reason",
    "SameDay",
    "Shift",
    "Transfer",
    "WorkingDays",
    "WorkingHours",
    "WorktimeError",
    "arrive",
    "by_decree",
    "limit_from_data",
    "limit_to_data",
    "override",
    "promise",
    "recount",
    "resume",
]
