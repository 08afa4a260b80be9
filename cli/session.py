"""A command's way into a running installation: through the front door, signed in like anybody else."""

import time
from http import HTTPStatus
from pathlib import Path
from typing import Final

from cli import http
from contracts.services import SERVICES
from deploy.local import keys
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.site import Site
from deploy.local.topology import Plan

OPERATOR = "operator"
UNKNOWN: Final = HTTPStatus.UNAUTHORIZED
KNOWN_WITHIN: Final = 15.0
INTERVAL: Final = 0.05


class Session:
    """Knows the address of the installation in `data` and can sign in there."""

    def __init__(self, data: Path) -> None:
        """Raises Stopped (not running) where nothing was ever started in `data`."""
        self.site = Site(data)
        state = self.site.load()
        if state is None:
            raise not_running(self.site)
        self.plan = Plan(self.site, state)
        self.base_url = self.plan.public_url

    def operator_password(self) -> str:
        return (self.site.secrets / keys.OPERATOR_PASSWORD).read_text().strip()

    def token(self, username: str = OPERATOR, password: str | None = None) -> str:
        """Sign in; without a password as the operator, whose password lies in this installation's secrets.

        Raises:
            Stopped: nothing answers at the address, or the sign-in was refused.
        """
        credentials = {"username": username, "password": password if password is not None else self.operator_password()}
        with http.client(self.base_url) as client:
            try:
                response = client.post("/api/directory/sign-in", json=credentials)
            except http.Unreachable as error:
                raise not_running(self.site) from error
        if not response.is_success:
            raise Stopped(
                ExitCode.REFUSED_BY_SERVICE,
                vi=f"Không đăng nhập được với tên {username} (HTTP {response.status_code}).",
                en=f"Could not sign in as {username} (HTTP {response.status_code}).",
                detail=response.text[:500],
            )
        token = str(response.json()["token"])
        self._wait_until_known(token)
        return token

    def _wait_until_known(self, token: str) -> None:
        """Services learn from directory, over Kafka, who is signed in and by which key: at once, but in the first moments of an
        installation. One that takes too long is asked all the same, and says so itself.
        """
        deadline = time.monotonic() + KNOWN_WITHIN
        with http.client(self.base_url, token=token) as client:
            for service in SERVICES:
                while client.get(f"/api/{service}/dead-letters").status_code == UNKNOWN and time.monotonic() < deadline:
                    time.sleep(INTERVAL)

    def client(self, username: str = OPERATOR, password: str | None = None) -> http.Client:
        return http.client(self.base_url, token=self.token(username, password))

    def async_client(self, username: str = OPERATOR, password: str | None = None) -> http.AsyncClient:
        return http.async_client(self.base_url, token=self.token(username, password))


def not_running(site: Site) -> Stopped:
    return Stopped(
        ExitCode.NOT_RUNNING,
        vi=f"Một Cửa không chạy trên {site.data}. Khởi động bằng: motcua up",
        en=f"Một Cửa is not running on {site.data}. Start it with: motcua up",
    )
