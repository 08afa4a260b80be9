"""What intake needs beyond a service's common settings: the files that hold its keys."""

from functools import cached_property
from pathlib import Path

from chassis.settings import ProcessSettings
from services.intake.keys import Keys


class IntakeSettings(ProcessSettings):
    """`keys` are read once, at the process's start; KeyFault names the variable and what is wrong with its file."""

    field_key_file: Path | None = None
    hmac_key_file: Path | None = None
    intake_key_file: Path | None = None
    post_public_key_file: Path | None = None

    @cached_property
    def keys(self) -> Keys:
        return Keys.load(
            field=self.field_key_file, hmac=self.hmac_key_file, intake=self.intake_key_file, post=self.post_public_key_file
        )


def keys_of(settings: ProcessSettings) -> Keys:
    """The keys of a running intake process."""
    if not isinstance(settings, IntakeSettings):
        raise TypeError("intake runs with IntakeSettings")
    return settings.keys
