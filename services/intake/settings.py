"""What intake needs beyond a service's common settings: the files that hold its keys (`adapters/keys.py` reads them), and rules
of the installation: how far a reception is dated back, how much may be handed in without signing in.
"""

from pathlib import Path

from pydantic import Field

from chassis.settings import ProcessSettings


class IntakeSettings(ProcessSettings):
    """Each file by its variable, `MOTCUA_FIELD_KEY_FILE` and so on; the process does not start without one of them.

    `reception_dated_back`: by how many working days of the unit's calendar a clerk may date a reception back, Tết or not.
    `owed_reminder_days`: after how many days an applicant is reminded of papers or money that an accepted dossier waits for;
    `owed_unanswered_days`: after how many a list calls it unanswered. No text that is confirmed says how many.
    `submissions_per_...`, `drafts_per_address`: in a day, without signing in; 0 is without a bound. `submissions_with_proof`: how
    many times as many more are received with a small proof; 0: none.
    """

    field_key_file: Path | None = None
    hmac_key_file: Path | None = None
    intake_key_file: Path | None = None
    post_public_key_file: Path | None = None
    owed_reminder_days: int = Field(default=5, ge=1, le=365)
    owed_unanswered_days: int = Field(default=15, ge=1, le=365)
    reception_dated_back: int = Field(default=3, ge=0, le=30)
    submissions_per_address: int = Field(default=100, ge=0)
    submissions_per_person: int = Field(default=10, ge=0)
    submissions_per_telephone: int = Field(default=20, ge=0)
    submissions_per_email: int = Field(default=20, ge=0)
    submissions_per_unit: int = Field(default=3000, ge=0)
    submissions_with_proof: int = Field(default=4, ge=0)
    drafts_per_address: int = Field(default=500, ge=0)


def intake_settings(settings: ProcessSettings) -> IntakeSettings:
    """Of a running intake process. Raises TypeError for any other."""
    if not isinstance(settings, IntakeSettings):
        raise TypeError("intake runs with IntakeSettings")
    return settings
