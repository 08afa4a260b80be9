"""What may be set for directory beyond what every process has."""

from datetime import timedelta
from pathlib import Path

from pydantic import Field

from chassis.settings import ProcessSettings


class DirectorySettings(ProcessSettings):
    """`signing_key_file`: the private JWK (Ed25519) that tokens are signed with, and its voucher. `operator_password_file`: if
    set, there is an account `operator` with this password. `one_time_hours`: so long a password is good that somebody else set.
    """

    signing_key_file: Path | None = None
    operator_password_file: Path | None = None
    one_time_hours: int = Field(default=72, ge=1, le=720)

    @property
    def one_time(self) -> timedelta:
        return timedelta(hours=self.one_time_hours)


def directory_settings(settings: ProcessSettings) -> DirectorySettings:
    """Those of a running directory process."""
    if not isinstance(settings, DirectorySettings):
        raise TypeError("directory runs with DirectorySettings")
    return settings
