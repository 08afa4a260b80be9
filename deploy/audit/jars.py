"""The jars of vendor.lock, and whether those that lie here are the ones that it names."""

import hashlib
import re
import zipfile
from pathlib import Path
from typing import Final

from packageurl import PackageURL

from deploy.audit.component import Component
from deploy.audit.spdx import from_words
from deploy.local import vendor
from deploy.local.vendor import Artifact

_MANIFEST: Final = "META-INF/MANIFEST.MF"
_FOLDED: Final = re.compile(r"\r?\n ")
_BUNDLE: Final = re.compile(r"^Bundle-License: (.+)$", re.MULTILINE)
_POM: Final = re.compile(r"<license>\s*<name>([^<]+)</name>")


def jars() -> list[Component]:
    """Browser files too: they come as jars."""
    return [_component(artifact) for artifact in vendor.locked()]


def differences() -> list[str]:
    """Jars that are not what the lock names, or are not there: a sentence each. Browser files were taken out of theirs."""
    return [
        f"{path.name} is not what vendor.lock names"
        for artifact in vendor.locked()
        if (path := _path(artifact)) is not None and _sha256(path) != artifact.sha256
    ]


def _component(artifact: Artifact) -> Component:
    group, name, version = artifact.coordinate.split(":")
    tested = artifact.coordinate in vendor.TEST_JARS or name == "axe-core"
    path = _path(artifact)
    return Component(
        purl=PackageURL("maven", group, name, version),
        use="test" if tested else "run",
        licence=from_words(stated(path)) if path is not None and path.is_file() else None,
        sha256=artifact.sha256,
    )


def stated(jar: Path) -> list[str]:
    """What a jar says of its licence: in its manifest, else in its own POM, else the first lines of its LICENSE."""
    with zipfile.ZipFile(jar) as archive:
        names = archive.namelist()
        manifest = archive.read(_MANIFEST).decode(errors="replace") if _MANIFEST in names else ""
        poms = "".join(archive.read(name).decode(errors="replace") for name in names if name.endswith("/pom.xml"))
        head = archive.read("LICENSE")[:200].decode(errors="replace") if "LICENSE" in names else ""
    said = _BUNDLE.findall(_FOLDED.sub("", manifest).replace("\r", "")) or _POM.findall(poms)
    return said or [" ".join(head.split())]


def _path(artifact: Artifact) -> Path | None:
    """None for a browser file."""
    if any(file.webjar == artifact.coordinate for file in vendor.WEB_FILES):
        return None
    _, name, version = artifact.coordinate.split(":")
    return vendor.folder() / ("test" if artifact.coordinate in vendor.TEST_JARS else "kafka") / f"{name}-{version}.jar"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
