"""An orderly end that cannot be cut short: a second Ctrl-C would leave processes behind."""

import signal

from cli.console import err, inline
from deploy.local.supervision import Supervisor


def shut_down(supervisor: Supervisor) -> None:
    """Everything ends, services first; from here on the signals that end a command are not heard."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if supervisor.answers():
        with err.status(inline("Đang dừng", "stopping")):
            supervisor.shut_down()
