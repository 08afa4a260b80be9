"""What can be set of a service's pages and API. Plain data: the process fills it in; nothing here reads the environment."""

from pydantic import BaseModel, ConfigDict, Field

from web.client_address import TrustedProxies


class WebSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    sample: bool = Field(default=False, description="the data are made up: every page says so")
    trusted_proxies: TrustedProxies = Field(default=TrustedProxies(), description="whose X-Forwarded-For is believed")
    secure_cookies: bool = Field(default=False, description="cookies only over https; true wherever the public address is https")
    body_limit: int = Field(default=1024 * 1024, description="bytes of a request body")
    upload_limit: int = Field(default=1024 * 1024, description="bytes of a multipart or binary body")
    in_flight: int = Field(default=128, ge=1, description="requests worked on at once; the next one is told to come back")
    retry_after: int = Field(default=2, ge=1, description="seconds after which a refused request may come back")
