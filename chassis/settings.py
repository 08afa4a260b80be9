"""What a service process is told by its environment. One class for all five: who knows one knows five."""

import os
from datetime import timedelta
from pathlib import Path

from pydantic import Field, field_validator

from chassis.kafka_settings import KafkaSettings
from contracts.topics import LANE_PARTITIONS
from contracts.values import Lane
from messaging.membership import SESSION_SECONDS
from messaging.runtime import SENT_DAYS
from messaging.sent_rows import MOST_DAYS
from web.client_address import TrustedProxies
from web.settings import WebSettings
from web.vouchers import RootKeys


class ProcessSettings(KafkaSettings):
    """`MOTCUA_...`; a service adds its own. `lanes` is a comma-separated list, all by default. `trusted_proxies`: whose
    X-Forwarded-For is believed (see web.client_address), nobody's by default. `pool_size`: database connections for commands and
    pages; consumers, and what runs in the background, have their own beside these. `member`: a name that this process keeps over
    a restart and that no other process of its service has; without one it is a newcomer to its consumer groups each time.
    `root_keys`: who may vouch for the keys that tokens are signed with (web.vouchers); without one nobody is signed in.
    `shift_hours`: how long a token lasts, and the most that one may say.
    """

    lanes: str = ",".join(Lane)
    process: str = "service"
    http_socket: Path | None = None
    http_port: int | None = None
    clock: str = ""
    public_url: str = "http://127.0.0.1:8080"
    log_level: str = "INFO"
    sample: bool = False
    pool_size: int = Field(default=12, ge=2, le=100)
    batch_records: int = Field(default=1000, ge=1, le=10_000)
    replication: int | None = Field(default=None, ge=1, le=5)
    lane_partitions: int = Field(default=LANE_PARTITIONS, ge=1, le=200)
    member: str | None = None
    session_seconds: float = Field(default=SESSION_SECONDS, ge=1, le=600)
    sent_days: int = Field(default=SENT_DAYS, ge=0, le=MOST_DAYS)
    trusted_proxies: str = ""
    root_keys: str = ""
    shift_hours: int = Field(default=10, ge=1, le=24)

    @field_validator("lanes")
    @classmethod
    def _known_lanes(cls, text: str) -> str:
        unknown = [part for part in text.split(",") if part.strip() not in set(Lane)]
        if unknown:
            raise ValueError(
                f"MOTCUA_LANES: {', '.join(unknown)} không phải luồng / is no lane; có / there are {', '.join(Lane)}"
            )
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _readable_proxies(cls, text: str) -> str:
        TrustedProxies.of(text)
        return text

    @field_validator("root_keys")
    @classmethod
    def _readable_roots(cls, text: str) -> str:
        try:
            RootKeys.of(text)
        except ValueError as error:
            raise ValueError(f"MOTCUA_ROOT_KEYS: không phải khóa công khai / no public keys ({error})") from error
        return text

    @property
    def roots(self) -> RootKeys:
        return RootKeys.of(self.root_keys)

    @property
    def shift(self) -> timedelta:
        return timedelta(hours=self.shift_hours)

    @property
    def background_connections(self) -> int:
        """Of its work by the clock, at once."""
        return 1

    def served_lanes(self) -> tuple[Lane, ...]:
        return tuple(Lane(part.strip()) for part in self.lanes.split(","))


def web_settings(settings: ProcessSettings) -> WebSettings:
    """What pages and API must know of it."""
    return WebSettings(
        sample=settings.sample,
        secure_cookies=settings.public_url.startswith("https://"),
        trusted_proxies=TrustedProxies.of(settings.trusted_proxies),
    )


def database_url(service: str) -> str:
    """The SQLAlchemy URL in `MOTCUA_DATABASE_<SERVICE>`; each process is given its own database's address and no other."""
    name = f"MOTCUA_DATABASE_{service.upper()}"
    url = os.environ.get(name, "")
    if not url:
        raise ValueError(
            f"{name} chưa đặt, ví dụ / is not set, for example: postgresql+psycopg://user:password@host:5432/{service}"
        )
    return url
