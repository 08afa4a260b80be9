"""What may be set for directory beyond what every process has."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from chassis.settings import ProcessSettings


class DirectorySettings(ProcessSettings):
    """`signing_key_file`: the private JWK (Ed25519) that tokens are signed with. `operator_password_file`: if set, there is an
    account `operator` with this password. `shift_hours`: how long a token lasts.
    """

    signing_key_file: Path | None = None
    operator_password_file: Path | None = None
    shift_hours: int = Field(default=10, ge=1, le=24)

    @property
    def shift(self) -> timedelta:
        return timedelta(hours=self.shift_hours)


def directory_settings(settings: ProcessSettings) -> DirectorySettings:
    """Those of a running directory process."""
    if not isinstance(settings, DirectorySettings):
        raise TypeError("directory runs with DirectorySettings")
    return settings
