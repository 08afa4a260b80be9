"""Where the versions of what directory publishes stand."""

from typing import Final

from contracts.topics import CALENDARS, KEYS, PROCEDURES, STAFF, UNITS
from messaging.publication import Numbered, Publication

PUBLICATION: Final = Publication(
    numbered=(
        Numbered(topic=UNITS, table="unit"),
        Numbered(topic=CALENDARS, table="calendar"),
        Numbered(topic=PROCEDURES, table="procedure"),
        Numbered(topic=STAFF, table="account"),
        Numbered(topic=KEYS, table="signing_key"),
    )
)
