"""`python -m deploy.local.schema` brings every service's database to the newest version of its tables.

A process of its own, so that `motcua up` does not carry the migration tool about for as long as it runs. It is given the
addresses as the services are, in `MOTCUA_DATABASE_<SERVICE>`, but for the roles that own the tables.
"""

import os
import subprocess
import sys
from collections.abc import Mapping

from contracts.services import SERVICES
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.supervisor_conf import ROOT


def upgrade(urls: Mapping[str, str]) -> None:
    """Raises Stopped, with what the migration tool said."""
    environment = os.environ | {f"MOTCUA_DATABASE_{service.upper()}": url for service, url in urls.items()}
    command = [sys.executable, "-m", "deploy.local.schema"]
    ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise Stopped(
            ExitCode.MIGRATION_FAILED,
            vi="Không đưa được cơ sở dữ liệu lên phiên bản mới. Dữ liệu vẫn như cũ.",
            en="The databases could not be brought to the new version. The data are as they were.",
            detail=(ran.stderr or ran.stdout).strip()[-3000:],
        )


def main() -> None:
    from chassis.migration import upgrade_all

    upgrade_all({service: os.environ[f"MOTCUA_DATABASE_{service.upper()}"] for service in SERVICES})


if __name__ == "__main__":
    main()
