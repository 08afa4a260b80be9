"""`motcua demo`: two days from real units, played through the public APIs and the post's events, and what came of them.

Vũ Thư's district unit after Tết 2021 (33 dossiers, the insurance desk's all done the same day), Tân An's centre in February
2022 (85 visits: papers handed in, results collected, people guided), and Đông Hưng's first story (papers handed back,
returned complete).
"""

import asyncio
from typing import Annotated

import typer

from cli.console import say
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import Session
from deploy.local.outcome import ExitCode

app = typer.Typer()


@app.command()
def demo(
    data: Data = DEFAULT_DATA,
    scale: Annotated[int, typer.Option(min=1, max=1000, help="Nhân lên / how many times as much")] = 1,
    as_json: AsJson = False,
) -> None:
    """Diễn lại hai ngày có thật / Play two real days. Exit code 1 if the services do not agree afterwards."""
    from cli.demo.play import play
    from cli.demo.summary import print_json, print_summary, summarize

    session = Session(data)
    say(
        f"Diễn ngày ở Vũ Thư, ngày ở Tân An và chuyện Đông Hưng, nhân {scale}.",
        f"Playing the day of Vũ Thư, the day of Tân An and the story of Đông Hưng, times {scale}.",
    )
    visits = asyncio.run(play(session, scale))
    summary = summarize(session, visits)
    (print_json if as_json else print_summary)(summary)
    if not summary.finding.agree:
        raise typer.Exit(ExitCode.DIFFERENCE)
