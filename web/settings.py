"""What can be set of a service's pages and API. Plain data: the process fills it in; nothing here reads the environment."""

from pydantic import BaseModel, ConfigDict, Field

from web.client_address import TrustedProxies


class WebSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    sample: bool = Field(default=False, description="the data are made up: every page says so")
    trusted_proxies: TrustedProxies = Field(default=TrustedProxies(), description="whose X-Forwarded-For is believed")
    secure_cookies: bool = Field(default=False, description="cookies only over https; true wherever the public address is https")
    body_limit: int = Field(default=64 * 1024, description="bytes of a body, unless its route bears more (web.body_bounds)")
    body_seconds: float = Field(default=10, gt=0, description="until a body must be complete")
    query_limit: int = Field(default=8 * 1024, description="bytes of the query in an address")
    query_fields: int = Field(default=100, description="fields of the query in an address")
    in_flight: int = Field(
        default=128, ge=1, description="complete requests worked on at once; the next one is told to come back"
    )
    in_flight_for_staff: int = Field(default=32, ge=0, description="of them, kept for who is signed in")
    in_flight_per_address: int = Field(default=64, ge=1, description="of them, for one address that is not signed in")
    bodies: int = Field(default=512, ge=1, description="bodies that may be on their way at once")
    bodies_for_staff: int = Field(default=128, ge=0, description="of them, kept for who is signed in")
    bodies_per_address: int = Field(default=32, ge=1, description="of them, for one address that is not signed in")
    retry_after: int = Field(default=2, ge=1, description="seconds after which a refused request may come back")
