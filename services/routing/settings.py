"""What may be set for routing beyond what every process has."""

from pydantic import Field

from chassis.settings import ProcessSettings


class RoutingSettings(ProcessSettings):
    """`due_soon_days`: a case is near its promised date when at most so many working days of its calendar are left.
    `due_look_seconds`: how often that is looked for, the first time so long after the start. `extensions_at_most`: how often the
    promised date of one dossier may be moved with an apology; the decree's number is not confirmed, so it is set here and nowhere
    else; 0: never.
    """

    due_soon_days: int = Field(default=2, ge=0, le=20)
    due_look_seconds: float = Field(default=60, ge=1, le=3600)
    extensions_at_most: int = Field(default=1, ge=0, le=10)


def routing_settings(settings: ProcessSettings) -> RoutingSettings:
    """Those of a running routing process."""
    if not isinstance(settings, RoutingSettings):
        raise TypeError("routing runs with RoutingSettings")
    return settings
