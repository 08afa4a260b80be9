"""`motcua bench NAME`: measures one of our parts beside its peer, on servers of its own, and says how many times faster it is."""

import json
import logging
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import structlog
import typer

from cli.console import out, say
from cli.options import AsJson
from deploy.local.outcome import ExitCode, Stopped

if TYPE_CHECKING:  # they need packages that only `make setup-dev` installs
    from bench.options import Options
    from bench.outcome import Outcome

MINUTES: Final = {
    "relay": 1,
    "consume": 1,
    "pipeline": 3,
    "latency": 2,
    "lifecycle": 10,
    "spike": 3,
    "lanes": 10,
    "soak": 65,
    "growth": 25,
    "loop": 6,
    "idle": 2,
    "memory": 1,
    "start": 2,
}
"""Name -> how long it takes on two cores."""

app = typer.Typer()


@app.command()
def bench(
    name: Annotated[str, typer.Argument(metavar="NAME", help=f"{', '.join(MINUTES)}")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Đo trên đĩa này / measure on this disk", file_okay=False),
    ] = None,
    seconds: Annotated[float, typer.Option(min=1, help="Mỗi lượt bao lâu / seconds of a round (lifecycle)")] = 10.0,
    rounds: Annotated[int, typer.Option(min=1, help="Số lượt, lấy trung vị / rounds, their median counts (lifecycle)")] = 3,
    clients: Annotated[str, typer.Option(help="Số người dùng đồng thời / clients at once (lifecycle)")] = "1,8,32,128",
    minutes: Annotated[float, typer.Option(min=0.1, help="Chạy bao nhiêu phút / minutes that it lasts (soak)")] = 60.0,
    size: Annotated[
        int | None,
        typer.Option(min=1, help="Số hồ sơ hoặc sự kiện / how many dossiers or events (pipeline, lanes, growth, lifecycle)"),
    ] = None,
    online: Annotated[float, typer.Option(min=0, max=1, help="Phần nộp trực tuyến / share handed in online (lifecycle)")] = 0.0,
    *,
    save: Annotated[bool, typer.Option("--save", help="Ghi vào / keep in bench/results")] = False,
    as_json: AsJson = False,
) -> None:
    """Đo tốc độ, có đối chứng trong cùng một lần chạy / Measure a part beside its peer, in the same run."""
    if name not in MINUTES:
        raise Stopped(
            ExitCode.USAGE,
            vi=f"Không có phép đo {name}; có: {', '.join(MINUTES)}.",
            en=f"There is no measurement {name}; there are {', '.join(MINUTES)}.",
        )
    crowds = _numbers(clients)
    say(f"Đang đo {name}, khoảng {MINUTES[name]} phút ...", f"Measuring {name}, about {MINUTES[name]} min ...")
    with_options = _options()(
        data=data, seconds=seconds, rounds=rounds, clients=crowds, minutes=minutes, size=size, online=online
    )
    outcome = _measure(name, with_options)
    if as_json:
        out.print_json(json.dumps(outcome.as_json()))
    else:
        out.print(outcome.table())
    if not outcome.sound:
        raise Stopped(ExitCode.DIFFERENCE, vi="Sai thứ tự, thiếu hoặc không khớp.", en="Out of order, incomplete, or in error.")
    if save:
        _save(outcome)


def _numbers(clients: str) -> tuple[int, ...]:
    """`1,8,32` as numbers; raises Stopped for anything else."""
    numbers = [part.strip() for part in clients.split(",")]
    if not all(number.isdecimal() and int(number) for number in numbers):
        raise Stopped(
            ExitCode.USAGE,
            vi=f"--clients là các số từ 1, ngăn bằng dấu phẩy, ví dụ 1,32; không phải {clients}.",
            en=f"--clients are numbers from 1 with commas between them, for example 1,32; not {clients}.",
        )
    return tuple(int(number) for number in numbers)


def _options() -> "type[Options]":
    from bench.options import Options

    return Options


def _measure(name: str, options: "Options") -> "Outcome":
    # The way there is nobody's concern: the figures stand alone on standard output.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    try:
        outcome: Outcome = import_module(f"bench.{name}").run(options)
    except ModuleNotFoundError as missing:
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi=f"Phép đo cần gói {missing.name}: chạy `make setup-dev`.",
            en=f"The measurement needs the package {missing.name}: run `make setup-dev`.",
        ) from missing
    return outcome


def _save(outcome: "Outcome") -> None:
    from bench.result_file import save

    path = save(outcome.as_json())
    say(f"Đã ghi {path}.", f"Kept in {path}.")
