"""What may be set for directory beyond what every process has."""

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import Field

from chassis.settings import ProcessSettings


class DirectorySettings(ProcessSettings):
    """`signing_key_file`: the private JWK (Ed25519) that tokens are signed with, and its voucher. `operator_password_file`: if
    set, there is an account `operator` with this password. `one_time_hours`: so long a password is good that somebody else set.
    `directory_key_file`: seals second factors. `second_factor`: whether administrators and leaders must have one (`required`)
    or may (`offered`); required where data are real, if nothing is said.
    """

    signing_key_file: Path | None = None
    operator_password_file: Path | None = None
    directory_key_file: Path | None = None
    second_factor: Literal["offered", "required"] | None = None
    one_time_hours: int = Field(default=72, ge=1, le=720)

    @property
    def factor_required(self) -> bool:
        return self.second_factor == "required" if self.second_factor is not None else not self.sample

    @property
    def one_time(self) -> timedelta:
        return timedelta(hours=self.one_time_hours)


def directory_settings(settings: ProcessSettings) -> DirectorySettings:
    """Those of a running directory process."""
    if not isinstance(settings, DirectorySettings):
        raise TypeError("directory runs with DirectorySettings")
    return settings
