"""What intake needs beyond a service's common settings: the files that hold its keys (`adapters/keys.py` reads them), and rules
of the installation.
"""

from pathlib import Path

from pydantic import Field

from chassis.settings import ProcessSettings


class IntakeSettings(ProcessSettings):
    """Each file by its variable, `MOTCUA_FIELD_KEY_FILE` and so on; the process does not start without one of them.

    `reception_dated_back`: by how many working days of the unit's calendar a clerk may date a reception back, Tết or not.
    """

    field_key_file: Path | None = None
    hmac_key_file: Path | None = None
    intake_key_file: Path | None = None
    post_public_key_file: Path | None = None
    reception_dated_back: int = Field(default=3, ge=0, le=30)


def intake_settings(settings: ProcessSettings) -> IntakeSettings:
    """Of a running intake process. Raises TypeError for any other."""
    if not isinstance(settings, IntakeSettings):
        raise TypeError("intake runs with IntakeSettings")
    return settings
