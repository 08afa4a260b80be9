"""How the supervisor runs, ends and logs each process of the plan.

A service starts when it is told to (after its database is migrated), the servers at once. A process that ends within three
seconds is started again after a pause that grows by a second each time; one that lived longer, immediately; for ever.
"""

import configparser
import io
import shlex
from collections.abc import Mapping
from pathlib import Path

from deploy.local import os_user
from deploy.local.topology import Plan, Program

ROOT = Path(__file__).parents[2]
STOP_WITHIN = 25
FOR_EVER = "1000000000"


def render(plan: Plan, socket: Path) -> str:
    """supervisord.conf. Passwords stand in it: only its owner may read it."""
    parser = configparser.RawConfigParser()
    parser["unix_http_server"] = {"file": str(socket), "chmod": "0600"}
    parser["rpcinterface:supervisor"] = {
        "supervisor.rpcinterface_factory": "supervisor.rpcinterface:make_main_rpcinterface",
    }
    parser["supervisord"] = {
        "pidfile": str(plan.site.configuration / "supervisord.pid"),
        "logfile": str(plan.site.logs / "supervisord.log"),
        "logfile_maxbytes": "5MB",
        "logfile_backups": "2",
        "directory": str(ROOT),
        "minfds": "1024",
    } | ({"user": "root"} if os_user.unprivileged() else {})
    for program in plan.programs():
        parser[f"program:{program.name}"] = _section(program, plan.site.logs / f"{program.name}.log")
    for section in parser.sections():
        for name, value in parser[section].items():
            parser[section][name] = value.replace("%", "%%")  # the supervisor expands what follows a single one
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def _section(program: Program, log: Path) -> dict[str, str]:
    section = {
        "command": shlex.join(program.command),
        "autostart": str(not program.part.module).lower(),
        "autorestart": "true",
        "startsecs": "3",
        "startretries": FOR_EVER,
        "stopsignal": program.part.ends_on,
        "stopwaitsecs": str(STOP_WITHIN),
        # PostgreSQL ends its own children in order; a signal to all of them would look like a crash.
        "stopasgroup": str(program.part.name != "postgres").lower(),
        "killasgroup": "true",
        "redirect_stderr": "true",
        "stdout_logfile": str(log),
        "stdout_logfile_maxbytes": "10MB",
        "stdout_logfile_backups": "2",
        "environment": _environment(program.environment),
    }
    if program.user:
        section |= {"user": program.user, "directory": "/"}
    return section


def _environment(variables: Mapping[str, str]) -> str:
    return ",".join(f"{name}={_quoted(value)}" for name, value in sorted(variables.items()))


def _quoted(value: str) -> str:
    quote = "'" if '"' in value else '"'  # the supervisor knows no escapes inside quotes
    return f"{quote}{value}{quote}"
