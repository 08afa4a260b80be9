"""The `motcua` command. Every way it can end has a documented exit code (`deploy.local.outcome.ExitCode`).

A command's module is imported when the command is called, so that `motcua status` answers at once. `COMMANDS` is the whole
table: a module has a `typer.Typer` named `app` in which the command goes by the same name.
"""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from cli.console import report
from deploy.local.outcome import Stopped

COMMANDS = {
    "up": "cli.lifecycle",
    "down": "cli.lifecycle",
    "status": "cli.lifecycle",
    "stop": "cli.lifecycle",
    "start": "cli.lifecycle",
    "scale": "cli.lifecycle",
    "demo": "cli.demo",
    "import": "cli.directory_import",
    "reconcile": "cli.reconcile",
    "dead-letters": "cli.dead_letters",
    "keys": "cli.keys",
    "replay": "cli.replay",
    "republish": "cli.republish",
    "publisher": "cli.publisher",
    "bench": "cli.bench",
}


class Commands(TyperGroup):
    """Looks commands up in the table, and turns a refusal into its sentence and its exit code."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        return [*COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(COMMANDS[cmd_name]).app)
        return command.get_command(ctx, cmd_name) if isinstance(command, TyperGroup) else command

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Stopped as stopped:
            report(stopped)
            raise typer.Exit(stopped.code) from stopped


app = typer.Typer(
    cls=Commands,
    name="motcua",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    help="Một Cửa: một cửa tiếp nhận, một lời hẹn, số liệu đúng. / One door, one promise, and figures that are right.",
)


@app.callback()
def motcua() -> None:
    pass


if __name__ == "__main__":
    app()
