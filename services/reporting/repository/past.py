"""Figures as of a past instant: the sums as of now, less what has been recorded since, which is read dossier by dossier.

Nothing is recorded before it happens. So of all that came since, only what had been accepted by that day can change a sum of a
day up to it: the cost follows from what was not finished then, however long ago that is.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from contracts.civil import civil_day
from services.reporting.domain.definition import Definition
from services.reporting.domain.question import NOT_FORWARDED

_DAY: Final = timedelta(days=1)
# What the figures look at, as it stood at an instant: the row itself where nothing was recorded since, else the publisher's
# last fact until then, by the primary key of fact. What nobody knew of then is left out.
_AS_OF: Final = """
    SELECT d.id, d.unit_name, d.field_title, d.procedure, d.procedure_title, d.code, d.received_at, d.competent_name,
           CASE WHEN intake_stands THEN d.status ELSE CAST(i.data ->> 'status' AS smallint) END AS status,
           CASE WHEN intake_stands THEN d.unit ELSE i.data ->> 'unit' END AS unit,
           CASE WHEN intake_stands THEN d.field ELSE i.data ->> 'field' END AS field,
           CASE WHEN intake_stands THEN d.channel ELSE i.data ->> 'channel' END AS channel,
           CASE WHEN intake_stands THEN d.accepted_on ELSE CAST(i.data ->> 'accepted_on' AS date) END AS accepted_on,
           CASE WHEN intake_stands THEN d.promised_on ELSE CAST(i.data ->> 'promised_on' AS date) END AS promised_on,
           CASE WHEN case_stands THEN d.competent_unit ELSE c.data ->> 'competent_unit' END AS competent_unit,
           CASE WHEN case_stands THEN d.officer ELSE c.data ->> 'officer' END AS officer,
           CASE WHEN case_stands THEN d.decided_on ELSE CAST(c.data ->> 'decided_on' AS date) END AS decided_on
    FROM dossier d
    CROSS JOIN LATERAL (SELECT d.intake_recorded_at <= :as_of, d.case_recorded_at <= :as_of) AS s (intake_stands, case_stands)
    LEFT JOIN LATERAL (SELECT data FROM fact f WHERE NOT intake_stands AND f.source = 'intake' AND f.subject = d.id
                       AND f.recorded_at <= :as_of ORDER BY f.sequence DESC LIMIT 1) i ON TRUE
    LEFT JOIN LATERAL (SELECT data FROM fact f WHERE NOT case_stands AND f.source = 'routing' AND f.subject = d.id
                       AND f.recorded_at <= :as_of ORDER BY f.sequence DESC LIMIT 1) c ON TRUE
    WHERE d.known_since <= :as_of
"""
LISTED: Final = f"({_AS_OF} AND (d.decided_on IS NULL OR d.decided_on >= :start OR d.case_recorded_at > :as_of))"
"""Dossiers as they stood, but those that had been decided before a period."""
# By index dossier_changed.
_CHANGED: Final = "greatest(d.intake_recorded_at, d.case_recorded_at) > :as_of AND d.accepted_on <= :known_day"
_COUNTED: Final = "unit, field, channel, status, accepted_on, promised_on, decided_on, competent_unit"
CHANGES: Final = f"""
    SELECT point, unit, field, channel, coalesce(competent_unit, '{NOT_FORWARDED}') AS competent,
           CASE WHEN accepted_on < day THEN number ELSE 0 END AS accepted,
           CASE WHEN ended < day AND ended < promised_on THEN number ELSE 0 END AS early,
           CASE WHEN ended < day AND ended = promised_on THEN number ELSE 0 END AS on_time,
           CASE WHEN ended < day AND ended > promised_on THEN number ELSE 0 END AS late,
           CASE WHEN due < day THEN number ELSE 0 END AS due,
           CASE WHEN due < day AND ended < day THEN number ELSE 0 END AS past_due
    FROM (SELECT -1 AS number, {_COUNTED} FROM dossier d WHERE {_CHANGED}
          UNION ALL SELECT 1, {_COUNTED} FROM ({_AS_OF} AND {_CHANGED}) AS stood) AS state
    CROSS JOIN LATERAL (SELECT CASE WHEN decided_on IS NULL AND status = ANY(CAST(:waiting AS smallint[])) THEN 'infinity'
                             ELSE greatest(accepted_on, promised_on) END AS due,
                        CASE WHEN decided_on IS NOT NULL THEN greatest(accepted_on, decided_on) END AS ended) AS days
    CROSS JOIN unnest(CAST(:at_points AS text[]), CAST(:at_days AS date[])) AS at (point, day)
    WHERE status = ANY(:counted) AND accepted_on IS NOT NULL
      AND unit IS NOT NULL AND field IS NOT NULL AND channel IS NOT NULL
"""  # noqa: S608 -- our own words
"""What has to be added to the sums of now, at each point: what changed counts as it stood then, and no more as it stands."""


def change_values(as_of: datetime, definition: Definition, days: Mapping[str, date]) -> dict[str, Any]:
    """What CHANGES names. `days`: the points, none after the day that follows the instant's (`known_before`)."""
    return {
        "as_of": as_of,
        "known_day": civil_day(as_of),
        "counted": sorted(int(status) for status in definition.counted),
        "waiting": sorted(int(status) for status in definition.waiting),
        "at_points": list(days),
        "at_days": list(days.values()),
    }


def known_before(as_of: datetime, day: date) -> date:
    """The same day, or the one after the instant's: until then nothing more had happened."""
    return min(day, civil_day(as_of) + _DAY)
