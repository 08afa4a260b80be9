"""`motcua dead-letters`: what a consumer could not apply, and what an operator does about it.

A letter is named `<service>/<number>`. `retry` after the cause is mended; `skip` lets it go, with a reason that is kept.
"""

import json
from typing import Annotated, Any
from uuid import uuid4

import typer

from cli import http
from cli.console import inline, out, say
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import Session
from contracts.services import SERVICES
from deploy.local.outcome import ExitCode, Stopped

app = typer.Typer()
letters = typer.Typer(no_args_is_help=True, help="Thư chết: sự kiện không xử lý được / events that could not be applied")
app.add_typer(letters, name="dead-letters")
Letter = Annotated[str, typer.Argument(metavar="SERVICE/NUMBER", help="intake/17")]


@letters.command("list")
def list_letters(data: Data = DEFAULT_DATA, as_json: AsJson = False) -> None:
    """Liệt kê / List them, of all services, with what they hold up."""
    with Session(data).client() as client:
        answers = {service: answered(client.get(f"/api/{service}/dead-letters")) for service in SERVICES}
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False))
        return
    for service, answer in answers.items():
        for row in answer["dead_letters"]:
            behind = inline(f"giữ {row['behind']} sự kiện", f"holds {row['behind']}")
            out.print(f"{service}/{row['id']}  {row['subject']} #{row['sequence']}  {row['reason']}  ({behind})", markup=False)
    number = sum(len(answer["dead_letters"]) for answer in answers.values())
    say(f"{number} thư chết.", f"{number} dead letters.")


@letters.command()
def show(letter: Letter, data: Data = DEFAULT_DATA) -> None:
    """Xem một thư / Show one, with its bytes as far as they can be read."""
    service, number = _parsed(letter)
    with Session(data).client() as client:
        typer.echo(json.dumps(answered(client.get(f"/api/{service}/dead-letters/{number}")), ensure_ascii=False, indent=2))


@letters.command()
def retry(letter: Letter, data: Data = DEFAULT_DATA) -> None:
    """Xử lý lại / Try it again, after what was at fault has been mended."""
    _act(letter, "retry", {}, data)
    say(f"{letter} sẽ được xử lý lại ngay.", f"{letter} is tried again at once.")


@letters.command()
def skip(
    letter: Letter,
    why: Annotated[str, typer.Option(help="Lý do, được lưu lại / the reason, which is kept")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Bỏ qua, có lưu lý do / Let it go, and let through what it held."""
    _act(letter, "skip", {"why": why}, data)
    say(f"{letter} đã được bỏ qua.", f"{letter} is skipped.")


def _act(letter: str, action: str, body: dict[str, str], data: Data) -> None:
    service, number = _parsed(letter)
    with Session(data).client() as client:
        answered(
            client.post(f"/api/{service}/dead-letters/{number}/{action}", json=body, headers={"Idempotency-Key": str(uuid4())})
        )


def _parsed(letter: str) -> tuple[str, int]:
    service, _, number = letter.partition("/")
    if service not in SERVICES or not number.isdecimal():
        raise typer.BadParameter("ví dụ / for example: intake/17", param_hint="SERVICE/NUMBER")
    return service, int(number)


def answered(response: http.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json() if response.headers.get("content-type", "").endswith("json") else {}
    if not response.is_success:
        raise Stopped(
            ExitCode.REFUSED_BY_SERVICE,
            vi=str(body.get("vi", f"Dịch vụ từ chối (HTTP {response.status_code}).")),
            en=str(body.get("en", f"The service refused (HTTP {response.status_code}).")),
        )
    return body
