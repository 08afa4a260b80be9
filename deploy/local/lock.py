"""`python -m deploy.local.lock` writes vendor.lock anew after a version in vendor.py was changed.

It resolves the dependency graph, which setup never does: setup fetches exactly what the lock names.
"""

import hashlib

import jgo

from deploy.local.vendor import KAFKA, LOCK, TEST_JARS, WEB_FILES


def main() -> None:
    alone = [*(file.webjar for file in WEB_FILES), *TEST_JARS]  # without what they depend on
    artifacts = [*jgo.resolve(KAFKA), *(jgo.resolve(coordinate)[0] for coordinate in alone)]
    lines = {
        f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}": hashlib.sha256(
            artifact.resolve().read_bytes()
        ).hexdigest()
        for artifact in artifacts
    }
    body = "".join(f"{digest}  {coordinate}\n" for coordinate, digest in sorted(lines.items()))
    LOCK.write_text(f"# Written by python -m deploy.local.lock. SHA-256 of each jar, and its Maven coordinate.\n{body}")


if __name__ == "__main__":
    main()
