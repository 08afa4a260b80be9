"""What may be set for directory beyond what every process has."""

from pathlib import Path

from chassis.settings import ProcessSettings


class DirectorySettings(ProcessSettings):
    """`signing_key_file`: the private JWK (Ed25519) that tokens are signed with, and its voucher. `operator_password_file`: if
    set, there is an account `operator` with this password.
    """

    signing_key_file: Path | None = None
    operator_password_file: Path | None = None


def directory_settings(settings: ProcessSettings) -> DirectorySettings:
    """Those of a running directory process."""
    if not isinstance(settings, DirectorySettings):
        raise TypeError("directory runs with DirectorySettings")
    return settings
