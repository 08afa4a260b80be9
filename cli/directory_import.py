"""`motcua import FILE...`: a province's own files into the directory, all or nothing, every fault with its file and line."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final
from uuid import uuid4

import typer

from cli import http
from cli.console import err, inline, out, say
from cli.options import DEFAULT_DATA, Data
from cli.session import Session, not_running
from deploy.local.outcome import ExitCode, Stopped, worded

app = typer.Typer(add_completion=False)
SAMPLE_PASSWORD: Final = "motcua-mau-2026"  # noqa: S105 -- printed for everybody who tries the sample
SAMPLE_ACCOUNTS: Final = (
    ("lan", "cán bộ Một cửa, cấp tỉnh", "clerk, provincial centre"),
    ("hoa", "cán bộ Một cửa, cấp huyện", "clerk, district"),
    ("tam", "cán bộ Một cửa kiêm chuyên viên, cấp xã", "clerk and officer, commune"),
    ("duong", "giao dịch viên bưu điện", "clerk, post office"),
    ("minh", "chuyên viên đất đai, hộ kinh doanh", "officer for land and business, district"),
    ("bich", "quầy bảo hiểm xã hội, hai cơ quan", "social insurance desk, two agencies"),
    ("son", "lãnh đạo, cấp huyện", "leader, district"),
    ("quang", "lãnh đạo, cấp tỉnh", "leader, provincial centre"),
    ("quantri", "quản trị", "administrator"),
)
_KINDS: Final = {
    "calendars": ("lịch", "calendars"),
    "units": ("đơn vị", "units"),
    "procedures": ("thủ tục", "procedures"),
    "staff": ("cán bộ", "staff"),
}
_FAULTS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many entities of each kind were new or different, and how many stood there already."""

    changed: dict[str, int]
    unchanged: dict[str, int]

    @property
    def nothing_changed(self) -> bool:
        return not any(self.changed.values())


@app.command("import")
def import_files(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="Tệp CSV hoặc thư mục / CSV files, or a folder of them", exists=True),
    ],
    data: Data = DEFAULT_DATA,
) -> None:
    """Nhập đơn vị, lịch, thủ tục, cán bộ / Import units, calendars, procedures, staff."""
    with err.status(inline("Đang nhập", "importing")):
        result = load(files, Session(data))
    _print_result(result)


def load(paths: Path | Sequence[Path], session: Session) -> ImportResult:
    """Send the files as one import, signed in as the operator.

    Raises:
        Stopped: a file cannot be read, nothing answers, or the import was refused, with every fault, its file and line.
    """
    texts = _read([paths] if isinstance(paths, Path) else paths)
    with session.client() as client:
        try:
            response = client.post("/api/directory/import", json={"files": texts}, headers={"Idempotency-Key": str(uuid4())})
        except http.Unreachable as error:
            raise not_running(session.site) from error
    if not response.is_success:
        raise _refused(response)
    body = response.json()
    return ImportResult(body["changed"], body["unchanged"])


def sample_accounts() -> str:
    """Who can sign in to the sample, and how."""
    return worded(
        "\n".join(
            [f"Tài khoản mẫu (mật khẩu chung: {SAMPLE_PASSWORD})", *(f"  {name:<8} {vi}" for name, vi, _ in SAMPLE_ACCOUNTS)]
        ),
        "\n".join(
            [f"Sample accounts (one password: {SAMPLE_PASSWORD})", *(f"  {name:<8} {en}" for name, _, en in SAMPLE_ACCOUNTS)]
        ),
    )


def _read(paths: Iterable[Path]) -> dict[str, str]:
    texts: dict[str, str] = {}
    for file in (file for path in paths for file in _files(path)):
        if file.name in texts:
            raise Stopped(
                ExitCode.USAGE,
                vi=f"Có hai tệp tên {file.name}. Mỗi tên chỉ được một tệp trong một lần nhập.",
                en=f"Two files are named {file.name}. Each name may stand once in an import.",
            )
        try:
            texts[file.name] = file.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Stopped(
                ExitCode.USAGE,
                vi=f"{file} không ở bảng mã UTF-8. Hãy lưu lại dạng CSV UTF-8.",
                en=f"{file} is not in UTF-8. Save it as CSV UTF-8.",
            ) from error
        except OSError as error:
            raise Stopped(
                ExitCode.USAGE, vi=f"Không đọc được {file}.", en=f"{file} cannot be read.", detail=str(error)
            ) from error
    return texts


def _files(path: Path) -> list[Path]:
    """A folder stands for the CSV files in it."""
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.csv"))
    if not files:
        raise Stopped(ExitCode.USAGE, vi=f"Không có tệp CSV nào trong {path}.", en=f"There are no CSV files in {path}.")
    return files


def _refused(response: http.Response) -> Stopped:
    """Each fault on a line of its own: file, line, column, and what to do."""
    try:
        problem: dict[str, Any] = response.json()
    except ValueError:
        problem = {}
    vi = problem.get("vi", f"Không nhập được (HTTP {response.status_code}).")
    en = problem.get("en", f"The import failed (HTTP {response.status_code}).")
    faults = problem.get("errors", [])
    lines = [_fault(fault) for fault in faults[:_FAULTS_SHOWN]]
    if len(faults) > _FAULTS_SHOWN:
        lines.append(inline(f"… và {len(faults) - _FAULTS_SHOWN} chỗ khác", f"and {len(faults) - _FAULTS_SHOWN} more"))
    return Stopped(ExitCode.REFUSED_BY_SERVICE, vi=vi, en=en, detail="\n".join(lines))


def _fault(fault: dict[str, Any]) -> str:
    location = (
        fault.get("file", "")
        + (f":{fault['line']}" if fault.get("line") else "")
        + (f" [{fault['column']}]" if fault.get("column") else "")
    )
    return f"  {location or fault['field']}: {inline(fault['vi'], fault['en'])}"


def _print_result(result: ImportResult) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column()
    for heading in (("mới hoặc sửa", "new or changed"), ("như cũ", "as before")):
        table.add_column(worded(*heading), justify="right")
    for kind, words in _KINDS.items():
        changed, unchanged = result.changed.get(kind, 0), result.unchanged.get(kind, 0)
        if changed or unchanged:
            table.add_row(inline(*words), str(changed), str(unchanged))
    out.print(table)
    if result.nothing_changed:
        say("Không có gì thay đổi.", "Nothing changed.")
