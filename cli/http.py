"""The one module that knows which HTTP client we use. Whoever needs another timeout or transport adds it here."""

from pathlib import Path

import httpx

Client = httpx.Client
AsyncClient = httpx.AsyncClient
Response = httpx.Response
Unreachable = httpx.TransportError
TIMEOUT = httpx.Timeout(30, connect=5)


def client(base_url: str, *, token: str | None = None) -> httpx.Client:
    return httpx.Client(base_url=base_url, headers=_headers(token), timeout=TIMEOUT, trust_env=False)


def async_client(base_url: str, *, token: str | None = None, connections: int = 100) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return httpx.AsyncClient(base_url=base_url, headers=_headers(token), timeout=TIMEOUT, limits=limits, trust_env=False)


def over_socket(socket: Path) -> httpx.Client:
    """To one process of ours, past the front door."""
    return httpx.Client(
        base_url="http://localhost", transport=httpx.HTTPTransport(uds=str(socket)), timeout=httpx.Timeout(5), trust_env=False
    )


def _headers(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}
