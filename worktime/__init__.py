"""Calendars and limits: from calendar, acceptance and limit to a moment and its explanation.

Pure: no clock, no I/O, the standard library only. All moments are Asia/Ho_Chi_Minh, whole seconds.
"""

from worktime.calendar import Calendar
from worktime.civil import TIME_ZONE
from worktime.days import DayException, ExceptionKind, Reason, Shift
from worktime.entries import Entry, Owed, Pause
from worktime.errors import CalendarError, ExplanationError, LimitError, MomentError, PauseError, WorktimeError
from worktime.explanation import Explanation
from worktime.limits import Limit, Params, SameDay, WorkingDays, WorkingHours, limit_from_data, limit_to_data
from worktime.pauses import recount, resume
from worktime.promise import Promise, promise
from worktime.wording import Language

__all__ = [
    "TIME_ZONE",
    "Calendar",
    "CalendarError",
    "DayException",
    "Entry",
    "ExceptionKind",
    "Explanation",
    "ExplanationError",
    "Language",
    "Limit",
    "LimitError",
    "MomentError",
    "Owed",
    "Params",
    "Pause",
    "PauseError",
    "Promise",
    "Reason",
    "SameDay",
    "Shift",
    "WorkingDays",
    "WorkingHours",
    "WorktimeError",
    "limit_from_data",
    "limit_to_data",
    "promise",
    "recount",
    "resume",
]
