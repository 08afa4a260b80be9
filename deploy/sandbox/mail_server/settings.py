"""What may be set for the mail server, all by environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy.sandbox.mail_server.smtp import Faults


class MailServerSettings(BaseSettings):
    """`MOTCUA_...`. The mailbox is `mail_folder`, or `data/mail`. The faults are those of `Faults`; `mail_refused` has commas."""

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", extra="ignore")

    smtp: str = Field(default="127.0.0.1:1025", pattern=r"^.+:[0-9]{1,5}$")
    data: Path = Path(".motcua")
    mail_folder: Path | None = None
    http_socket: Path | None = None
    http_port: int | None = None
    mail_defer_every: int = Field(default=0, ge=0)
    mail_drop_every: int = Field(default=0, ge=0)
    mail_slow_seconds: float = Field(default=0, ge=0, le=600)
    mail_refused: str = ""

    @property
    def folder(self) -> Path:
        return self.mail_folder or self.data / "mail"

    def faults(self) -> Faults:
        refused = tuple(pattern.strip() for pattern in self.mail_refused.split(",") if pattern.strip())
        return Faults(
            defer_every=self.mail_defer_every,
            drop_every=self.mail_drop_every,
            slow_seconds=self.mail_slow_seconds,
            refused=refused,
        )
