"""The wheels of both locks, and whether what is installed is what they brought."""

import base64
import hashlib
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packageurl import PackageURL

from deploy.audit.component import Component
from deploy.audit.spdx import from_metadata

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKS: Final = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-dev.lock"}
_PIN: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)", re.MULTILINE)


def pinned(lock: Path) -> dict[str, str]:
    """Version by name."""
    return {pin["name"]: pin["version"] for pin in _PIN.finditer(lock.read_text())}


def wheels() -> list[Component]:
    """Those of this platform: a lock also names what only others need."""
    running = pinned(LOCKS["run"])
    return [
        Component(
            purl=PackageURL("pypi", None, name, version),
            use="run" if name in running else "test",
            licence=from_metadata(installed.metadata),
        )
        for name, version in pinned(LOCKS["test"]).items()
        if (installed := _installed(name)) is not None
    ]


def differences() -> list[str]:
    """Installed in another version than is pinned, or files that are not what their wheel brought: a sentence each."""
    said: list[str] = []
    for name, version in pinned(LOCKS["test"]).items():
        installed = _installed(name)
        if installed is not None and installed.version != version:
            said.append(f"{name} {installed.version} is installed, {version} is pinned")
        elif installed is not None:
            said += [f"{name} {version}: {path} is not what its wheel brought" for path in changed_files(installed)]
    return said


def changed_files(installed: Distribution) -> Iterator[str]:
    """Against the hashes of its RECORD. What has none there, such as compiled code, is not compared."""
    for file in installed.files or ():
        path = Path(str(file.locate()))
        if file.hash is not None and (not path.is_file() or _hash(path, file.hash.mode) != file.hash.value):
            yield str(file)


def _hash(path: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm, path.read_bytes()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def files_of(name: str) -> Iterable[Path]:
    """Those that the wheel brought."""
    installed = distribution(name)
    return (Path(str(file.locate())) for file in installed.files or ())
