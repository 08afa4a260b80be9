"""One thing that somebody else has made and that we run or test with."""

from dataclasses import dataclass
from typing import Literal

from packageurl import PackageURL

Use = Literal["run", "test"]


@dataclass(frozen=True, kw_only=True)
class Component:
    """`licence`: an SPDX expression, or None where the thing itself says nothing that we understand. `inside`: the component
    that brought it. `sha256` is None for what is no file of its own.
    """

    purl: PackageURL
    use: Use
    licence: str | None
    sha256: str | None = None
    inside: PackageURL | None = None

    @property
    def key(self) -> str:
        """Its package URL without the version, as the answers name it."""
        return PackageURL(self.purl.type, self.purl.namespace, self.purl.name).to_string()

    def __str__(self) -> str:
        return f"{self.purl.to_string()} (in {self.inside.name})" if self.inside else self.purl.to_string()
