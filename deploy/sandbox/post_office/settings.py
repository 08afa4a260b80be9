"""What may be set for the post office, all by environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class PostOfficeSettings(BaseSettings):
    """`MOTCUA_...`. `post_delivery_seconds`: how long a parcel is on its way. `replication`: copies of a topic that it
    makes; without it, as many as the cluster can usefully keep.
    """

    model_config = SettingsConfigDict(env_prefix="MOTCUA_", extra="ignore")

    kafka: str = "127.0.0.1:9092"
    data: Path = Path(".motcua")
    post_key_file: Path
    intake_public_key_file: Path
    post_delivery_seconds: float = Field(default=1.0, ge=0, le=30 * 86_400)
    replication: int | None = Field(default=None, ge=1, le=5)
    clock: str = ""
    process: str = "post-office"
    http_socket: Path | None = None
    http_port: int | None = None
