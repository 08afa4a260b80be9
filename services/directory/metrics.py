"""Directory's own metrics and their meaning."""

from prometheus_client import Gauge

CALENDARS_ENDING = Gauge("motcua_calendars_ending", "Calendars in use whose days are known for less than half a year ahead")
