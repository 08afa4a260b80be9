"""`motcua reconcile`: do the services agree? Hashes of buckets are compared first, the dossiers only of a bucket that differs.

What is behind may still be on its way: a difference counts only if it is still there after 30 s.
"""

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final, NamedTuple

import typer

from cli import http
from cli.console import err, inline, out, say
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import Session
from deploy.local.outcome import ExitCode, Stopped

app = typer.Typer()
IN_FLIGHT_SECONDS: Final = 30.0
POLL_SECONDS: Final = 0.5
MOST_SHOWN: Final = 20

COMPARISONS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "intake-positions": ("intake", ("routing", "notify", "reporting")),
    "routing-positions": ("routing", ("intake", "reporting")),
    "dossiers": ("intake", ("reporting",)),
    "cases": ("intake", ("routing",)),
    "messages": ("intake", ("notify",)),
}
"""View -> who owns the truth, and who must agree with it."""
KEPT: Final[Mapping[str, str]] = {"open-cases": "routing", "statuses": "intake", "waiting": "reporting"}
"""View -> the service whose numbers, kept in its view `<view>-kept`, must be what its rows come to."""
MEANING: Final = {
    "intake-positions": ("mọi sự việc của hồ sơ đã được đọc", "every fact of a dossier has been read"),
    "routing-positions": ("mọi sự việc của việc xử lý đã được đọc", "every fact of a case has been read"),
    "dossiers": ("trạng thái trong báo cáo là trạng thái thật", "the status in the report is the true one"),
    "cases": ("mỗi hồ sơ đã tiếp nhận có đúng một việc xử lý", "every accepted dossier has exactly one case"),
    "open-cases": ("số việc đang mở được lưu là số việc đang mở thật", "the kept number of open cases is the number there is"),
    "statuses": ("số hồ sơ theo trạng thái được lưu là số thật", "the kept number of dossiers by status is the true one"),
    "waiting": ("số hồ sơ đang chờ trong báo cáo là số thật", "the kept number of what waits in the figures is the true one"),
    "messages": ("mỗi tin phải báo có một dòng trong sổ", "every message owed has its line in the ledger"),
}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """`ours` is the owner's value, `theirs` the other's; None where one has nothing."""

    view: str
    owner: str
    other: str
    key: str
    ours: str | None
    theirs: str | None


@dataclass
class Finding:
    """`compared` counts rows of the owners, once per comparison. What `--json` prints."""

    agree: bool = True
    compared: int = 0
    differences: list[Difference] = field(default_factory=list)


@app.command()
def reconcile(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Các dịch vụ có khớp nhau không / Do the services agree? Exit code 1 if they do not."""
    finding = settled_finding(Session(data))
    if as_json:
        typer.echo(json.dumps(asdict(finding), ensure_ascii=False))
    else:
        show(finding)
    if not finding.agree:
        raise typer.Exit(ExitCode.DIFFERENCE)


def settled_finding(session: Session) -> Finding:
    """The finding once nothing is in flight any more, at the latest after 30 s."""
    deadline = time.monotonic() + IN_FLIGHT_SECONDS
    with session.client() as client, err.status(inline("Đối chiếu", "comparing")):
        while True:
            finding = compare(client)
            if finding.agree or time.monotonic() > deadline:
                return finding
            time.sleep(POLL_SECONDS)


class Side(NamedTuple):
    """A view of one service, and what its values are called in a difference."""

    service: str
    view: str
    name: str


def compare(client: http.Client) -> Finding:
    """One comparison, as things stand now."""
    finding = Finding()
    for view, (owner, others) in COMPARISONS.items():
        for other in others:
            _compare(client, finding, Side(owner, view, owner), Side(other, view, other))
    for view, owner in KEPT.items():
        _compare(client, finding, Side(owner, view, owner), Side(owner, f"{view}-kept", f"{owner} (kept)"))
    finding.agree = not finding.differences
    return finding


def _compare(client: http.Client, finding: Finding, owner: Side, other: Side) -> None:
    ours, theirs = _buckets(client, owner), _buckets(client, other)
    finding.compared += sum(bucket["rows"] for bucket in ours.values())
    different = [bucket for bucket in ours.keys() | theirs.keys() if ours.get(bucket) != theirs.get(bucket)]
    for bucket in sorted(different, key=int):
        finding.differences += _in_bucket(client, owner, other, bucket)


def _buckets(client: http.Client, side: Side) -> dict[str, Any]:
    buckets: dict[str, Any] = _get(client, f"/api/{side.service}/reconcile/{side.view}")["buckets"]
    return buckets


def _in_bucket(client: http.Client, owner: Side, other: Side, bucket: str) -> Iterator[Difference]:
    ours, theirs = (_get(client, f"/api/{side.service}/reconcile/{side.view}/{bucket}")["rows"] for side in (owner, other))
    for key in sorted(ours.keys() | theirs.keys()):
        if ours.get(key) != theirs.get(key):
            yield Difference(
                view=owner.view, owner=owner.name, other=other.name, key=key, ours=ours.get(key), theirs=theirs.get(key)
            )


def _get(client: http.Client, path: str) -> dict[str, Any]:
    try:
        response = client.get(path)
    except http.Unreachable as error:
        raise _away(path, str(error)) from error
    if not response.is_success:
        raise _away(path, response.text[:500])
    body: dict[str, Any] = response.json()
    return body


def _away(path: str, detail: str) -> Stopped:
    service = path.split("/")[2]
    return Stopped(
        ExitCode.NOT_RUNNING,
        vi=f"Dịch vụ {service} không trả lời, nên chưa đối chiếu được.",
        en=f"The service {service} does not answer, so nothing can be compared yet.",
        detail=detail,
    )


def show(finding: Finding) -> None:
    """For people: what was compared, and the first differences."""
    if finding.agree:
        say(f"Khớp: đã đối chiếu {finding.compared} dòng.", f"In agreement: {finding.compared} rows compared.")
        return
    for row in finding.differences[:MOST_SHOWN]:
        meaning = inline(*MEANING[row.view])
        out.print(f"{row.key}: {row.owner} {row.ours}, {row.other} {row.theirs}  ({meaning})", markup=False)
    number = len(finding.differences)
    say(f"Không khớp: {number} chỗ khác nhau.", f"Not in agreement: {number} differences.")
