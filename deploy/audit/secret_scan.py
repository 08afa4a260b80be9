"""Secrets in what is committed: keys, passwords, tokens, found by detect-secrets. What only looks like one has an answer."""

import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from deploy.audit.answers import Answers

DETECTORS: Final = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "KeywordDetector",
    "NpmDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
    "StripeDetector",
)
"""Those that know a form. Not the ones that judge by entropy: hashes of locks and pictures would be theirs."""
_FILTERS: Final = (
    "detect_secrets.filters.heuristic.is_likely_id_string",
    "detect_secrets.filters.heuristic.is_templated_secret",
    "detect_secrets.filters.heuristic.is_prefixed_with_dollar_sign",
    "detect_secrets.filters.heuristic.is_indirect_reference",
    "detect_secrets.filters.heuristic.is_not_alphanumeric_string",
)


def committed(root: Path) -> list[Path]:
    """All that git follows."""
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True, timeout=60)  # noqa: S607
    return [root / name for name in listing.stdout.split("\0") if name]


def findings(root: Path, files: Iterable[Path], answers: Answers) -> list[str]:
    """A sentence for each that has no answer: file and line, never the value."""
    config = {
        "plugins_used": [{"name": name} for name in DETECTORS],
        "filters_used": [{"path": path} for path in _FILTERS],
    }
    said: list[str] = []
    with transient_settings(config):
        for file in files:
            name = str(file.relative_to(root))
            said += [
                f"{name}:{secret.line_number}: {secret.type}"
                for secret in scan_file(str(file))
                if answers.find("secret", file=name, kind=secret.type) is None
            ]
    return said
