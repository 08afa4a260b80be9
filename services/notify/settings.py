"""What may be set for notify besides what may be set for every process: where mail goes, and as whom."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from chassis.settings import ProcessSettings


class NotifySettings(ProcessSettings):
    """`MOTCUA_SMTP` is `host:port`. With `MOTCUA_MAIL_GATEWAY=folder` mail is written to `MOTCUA_MAIL_FOLDER`, for development.

    `mail_domain` is ours: it ends the Message-ID, which must never change, and the sender's address.
    `mail_seconds` bounds one conversation with the server; a lease lasts three times as long.
    """

    mail_gateway: Literal["smtp", "folder"] = "smtp"
    smtp: str = "127.0.0.1:1025"
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    mail_folder: Path = Path(".motcua/mail")
    mail_domain: str = Field(default="motcua.example", pattern=r"^[a-z0-9-]+(?:\.[a-z0-9-]+)+$", max_length=190)
    mail_connections: int = Field(default=4, ge=1, le=32)
    mail_seconds: int = Field(default=10, ge=1, le=600)

    @field_validator("smtp")
    @classmethod
    def _host_and_port(cls, text: str) -> str:
        host, _, port = text.rpartition(":")
        if not host or not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004 -- the largest port
            raise ValueError("MOTCUA_SMTP phải như / reads like: smtp.example.vn:587")
        return text

    @property
    def smtp_address(self) -> tuple[str, int]:
        host, _, port = self.smtp.rpartition(":")
        return host.strip("[]"), int(port)

    @property
    def background_connections(self) -> int:
        """One for each sender."""
        return self.mail_connections

    @property
    def mail_sender(self) -> str:
        return f"khong-tra-loi@{self.mail_domain}"
