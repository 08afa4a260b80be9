"""What intake needs beyond a service's common settings: the files that hold its keys (`adapters/keys.py` reads them)."""

from pathlib import Path

from chassis.settings import ProcessSettings


class IntakeSettings(ProcessSettings):
    """Each file by its variable, `MOTCUA_FIELD_KEY_FILE` and so on; the process does not start without one of them."""

    field_key_file: Path | None = None
    hmac_key_file: Path | None = None
    intake_key_file: Path | None = None
    post_public_key_file: Path | None = None
