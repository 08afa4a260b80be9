"""`motcua bench NAME`: measures one of our parts beside its peer, on servers of its own, and says how many times faster it is."""

import json
import logging
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import structlog
import typer
from rich.table import Table

from cli.console import inline, out, say
from cli.options import AsJson
from deploy.local.outcome import ExitCode, Stopped

NAMES = ("relay", "consume")

app = typer.Typer()


@app.command()
def bench(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"{', '.join(NAMES)}")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Đo trên đĩa này / measure on this disk", file_okay=False),
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Đo tốc độ, có đối chứng trong cùng một lần chạy / Measure a part beside its peer, in the same run."""
    if name not in NAMES:
        raise Stopped(
            ExitCode.USAGE,
            vi=f"Không có phép đo {name}; có: {', '.join(NAMES)}.",
            en=f"There is no measurement {name}; there are {', '.join(NAMES)}.",
        )
    say(f"Đang đo {name}, khoảng một phút ...", f"Measuring {name}, about a minute ...")
    measured = _measure(name, data)
    if as_json:
        out.print_json(json.dumps(measured.as_json()))
    else:
        out.print(_table(measured))
    if not measured.order_kept:
        raise Stopped(ExitCode.DIFFERENCE, vi="Sai thứ tự hoặc thiếu.", en="Out of order, or incomplete.")


def _measure(name: str, data: Path | None) -> Any:
    # The way there is nobody's concern: the figures stand alone on standard output.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        return import_module(f"bench.{name}").run(data)
    except ModuleNotFoundError as missing:
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi=f"Phép đo cần gói {missing.name}: chạy `make setup-dev`.",
            en=f"The measurement needs the package {missing.name}: run `make setup-dev`.",
        ) from missing


def _table(measured: Any) -> Table:
    table = Table(title=f"{measured.name}: {measured.ratio:.0f} ×", title_justify="left")
    table.add_column(inline("Phần", "Part"))
    for heading in (inline("Số lượng", "Count"), inline("Giây", "Seconds"), inline("Mỗi giây", "Per second")):
        table.add_column(heading, justify="right")
    for rate in (measured.ours, measured.peer):
        table.add_row(rate.what, f"{rate.count:,}", f"{rate.seconds:.1f}", f"{rate.per_second:,.0f}")
    kept = inline("đúng thứ tự", "order kept") if measured.order_kept else inline("SAI THỨ TỰ", "OUT OF ORDER")
    table.caption = f"{kept} · {inline('tối thiểu', 'floor')} {measured.floor:.0f} ×"
    return table
