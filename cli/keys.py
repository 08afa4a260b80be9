"""`motcua keys`: the keys that tokens are signed with. A new one, or the end of one, is in effect everywhere within seconds.

Each change is a voucher that the root key signs here; services only check it. The root key is read from `DATA/secrets/root.jwk`,
or from where `--root` says: it may be kept apart from the machine.
"""

import json
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import typer

from cli import http
from cli.console import inline, out, say
from cli.dead_letters import answered
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import INTERVAL, KNOWN_WITHIN, UNKNOWN, Session
from contracts.services import SERVICES
from deploy.local import keys as secret_files
from deploy.local.outcome import ExitCode, Stopped
from messaging.clock import clock_from
from web.tokens import LONGEST_SHIFT, BadToken, claims_of, sign
from web.vouchers import RootKeys, Voucher, vouch

app = typer.Typer()
keys = typer.Typer(no_args_is_help=True, help="Khóa ký đăng nhập / the keys that tokens are signed with")
app.add_typer(keys, name="keys")
ROOT_HELP: Final = "Tệp khóa gốc, nếu cất nơi khác / the root key's file, if it is kept elsewhere"
Root = Annotated[Path | None, typer.Option("--root", metavar="FILE", help=ROOT_HELP, dir_okay=False)]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="mã trong motcua keys list / an id of motcua keys list")]


@keys.command("list")
def list_keys(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Liệt kê / List them: from when, until when, which one signs."""
    with Session(data).client() as client:
        listed = _listed(client)
    if as_json:
        typer.echo(json.dumps({"keys": listed}, ensure_ascii=False))
        return
    for key in listed:
        out.print(f"{key['kid']}  {key['since'] or '-'}  {key['until'] or '-'}  {_state(key)}", markup=False)


@keys.command()
def rotate(data: Data = DEFAULT_DATA, root: Root = None) -> None:
    """Ký bằng khóa mới / Sign with a new key. Whoever is signed in stays so; the old key ends with their shift."""
    kid = _Keyring(Session(data), root).rotate()
    say(f"Từ giờ ký bằng khóa {kid}.", f"Tokens are signed with the key {kid} from now on.")


@keys.command()
def revoke(key: KeyId, data: Data = DEFAULT_DATA, root: Root = None) -> None:
    """Thu hồi một khóa / Revoke one: whoever signed in with it is out, everywhere."""
    _Keyring(Session(data), root).revoke(key)
    say(f"Đã thu hồi khóa {key}.", f"The key {key} is revoked.")


class _Keyring:
    """The keys of a running installation, changed with its root key."""

    def __init__(self, session: Session, root: Path | None) -> None:
        self._session, self._secrets = session, session.site.secrets
        self._root = secret_files.read_root(root or self._secrets / secret_files.ROOT)
        self._now: datetime = clock_from(session.plan.state.clock)()

    def rotate(self) -> str:
        """The id of the new key, which signs when every service knows it; the others end with the longest shift from now."""
        token = self._session.token()
        new = secret_files.new_signing_key(self._root, self._now)
        with http.client(self._session.base_url, token=token) as client:
            before = _listed(client)
            self._take_up(client, new["voucher"])
            self._wait_until_known(sign(claims_of(token), new))
            secret_files.replace_signing_key(self._secrets, new)
            for key in before:
                voucher = self._voucher(key)
                if (
                    voucher is not None
                    and not voucher.revoked
                    and voucher.until > (end := self._now + LONGEST_SHIFT) > voucher.since
                ):
                    self._say(client, voucher, until=end)
        return new["kid"]

    def revoke(self, kid: str) -> None:
        with self._session.client() as client:
            key = _named(_listed(client), kid)
            if key["signs"]:
                self.rotate()
                key = _named(_listed(client), kid)
            voucher = self._voucher(key)
            if voucher is not None:
                self._say(client, voucher, revoked=True)

    def _voucher(self, key: Mapping[str, Any]) -> Voucher | None:
        """What the root key has said, not what the service says that it has."""
        try:
            voucher = RootKeys((self._root["x"],)).read(key["voucher"] or "")
        except BadToken:
            return None
        return voucher if (voucher.kid, voucher.version) == (key["kid"], key["version"]) else None

    def _say(self, client: http.Client, voucher: Voucher, **changes: object) -> None:
        self._take_up(client, vouch(voucher.model_copy(update={"version": voucher.version + 1} | changes), self._root))

    def _take_up(self, client: http.Client, voucher: str) -> None:
        answered(client.post("/api/directory/keys", json={"voucher": voucher}, headers={"Idempotency-Key": str(uuid4())}))

    def _wait_until_known(self, token: str) -> None:
        """Raises Stopped: nobody signs with a key that a service does not know yet."""
        deadline = time.monotonic() + KNOWN_WITHIN
        with http.client(self._session.base_url, token=token) as client:
            for service in SERVICES:
                while client.get(f"/api/{service}/dead-letters").status_code == UNKNOWN:
                    if time.monotonic() > deadline:
                        raise _not_heard(service)
                    time.sleep(INTERVAL)


def _listed(client: http.Client) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = answered(client.get("/api/directory/keys"))["keys"]
    return listed


def _named(listed: list[dict[str, Any]], kid: str) -> dict[str, Any]:
    for key in listed:
        if key["kid"] == kid:
            return key
    raise Stopped(
        ExitCode.USAGE,
        vi=f"Không có khóa nào mã {kid}. Xem: motcua keys list",
        en=f"There is no key {kid}. See: motcua keys list",
    )


def _state(key: Mapping[str, Any]) -> str:
    if key["revoked"]:
        return inline("đã thu hồi", "revoked")
    if not key["vouched"]:
        return inline("không được chứng nhận, không có giá trị", "not vouched for, counts nowhere")
    return inline("đang ký", "signs") if key["signs"] else ""


def _not_heard(service: str) -> Stopped:
    return Stopped(
        ExitCode.NOT_READY_IN_TIME,
        vi=f"{service} chưa biết khóa mới; vẫn ký bằng khóa cũ. Hãy xem motcua status rồi chạy lại.",
        en=f"{service} has not heard of the new key; the old one goes on signing. Look at motcua status, then run this again.",
    )
