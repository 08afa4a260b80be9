"""A command's way into a running installation: through the front door, signed in like anybody else."""

from pathlib import Path

from cli import http
from deploy.local import keys
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.site import Site
from deploy.local.topology import Plan

OPERATOR = "operator"


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
        return str(response.json()["token"])

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
