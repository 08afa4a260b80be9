"""Directory's own metrics and their meaning."""

from prometheus_client import Gauge

SIGNING_KEY_SECONDS = Gauge("motcua_signing_key_seconds", "Seconds until the key that signs tokens ends; 0 if its file is unfit")
CALENDARS_ENDING = Gauge("motcua_calendars_ending", "Calendars in use whose days are known for less than half a year ahead")
