"""Whom PostgreSQL runs as, and where its files may lie.

PostgreSQL refuses to run as root. So for root it becomes an existing unprivileged user, and what that user must read or write
has to lie where it can get to: never inside a private home, and no folder's permissions above ours are ever changed.
"""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.local.outcome import ExitCode, Stopped

CANDIDATES = ("motcua", "postgres", "nobody")
PUBLIC = Path("/var/lib/motcua")


@dataclass(frozen=True)
class OsUser:
    """An account to drop to."""

    name: str
    uid: int
    gid: int


def unprivileged() -> OsUser | None:
    """The user to drop to, or None where we are not root and nothing needs dropping."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return OsUser(name, entry.pw_uid, entry.pw_gid)
    raise Stopped(
        ExitCode.MACHINE_UNFIT,
        vi="Không có người dùng thường nào để chạy PostgreSQL. Hãy chạy bằng người dùng thường, hoặc tạo người dùng motcua.",
        en="There is no ordinary user to run PostgreSQL as. Run as an ordinary user, or create the user motcua.",
    )


def reachable(path: Path) -> bool:
    """Whether any user can get to `path`: every folder that is on the way already lets others pass."""
    there = (folder for folder in path.absolute().resolve().parents if folder.exists())
    return all(folder.stat().st_mode & 0o001 for folder in there)


def data_home(wanted: Path, instance: str) -> Path:
    """`wanted` where PostgreSQL can get to it, else a folder of this instance outside private homes."""
    return wanted if unprivileged() is None or reachable(wanted / "postgres") else PUBLIC / instance


def runnable(binaries: Path, version: str) -> Path:
    """The PostgreSQL `bin` folder, copied once to where its user can run it if the clone lies in a private home."""
    if unprivileged() is None or reachable(binaries / "postgres"):
        return binaries
    package = binaries.parents[1]
    copy = PUBLIC / f"postgresql-{version}"
    if not copy.exists():
        PUBLIC.mkdir(mode=0o755, parents=True, exist_ok=True)
        partial = copy.with_name(f".{copy.name}-{os.getpid()}")
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.is_dir():
                shutil.copytree(part, partial / part.name, symlinks=True)
        partial.chmod(0o755)
        partial.rename(copy)
    return copy / binaries.relative_to(package.parent)
