"""`python -m deploy.asyncapi` writes the documents, `--check` compares; both refuse a change that would break a reader."""

import os
import sys

from contracts.compatibility import Change
from deploy.asyncapi import golden


def main(*, check: bool = False) -> int:
    old, new = golden.golden(), golden.current()
    noticed = [Change(owner, "removed") for owner in old.keys() - new.keys()]
    noticed += [change for owner in old.keys() & new.keys() for change in golden.compare(old[owner], new[owner], owner)]
    if broken := sorted({str(change) for change in noticed if change.breaks}):
        print("A reader would break; declare a V2 or another topic instead:\n  " + "\n  ".join(broken), file=sys.stderr)
        return 1
    if check:
        stale = [owner for owner in new if old.get(owner) != new[owner]]
        said = "\n".join(f"{owner}: run `make contracts` and read the difference" for owner in stale)
        print(said or f"{len(new)} AsyncAPI documents hold")
        return 1 if stale else 0
    golden.write(new)
    print(f"{len(new)} AsyncAPI documents in {golden.FOLDER}")
    return 0


if __name__ == "__main__":
    for setting in [name for name in os.environ if name.startswith("MOTCUA_")]:
        del os.environ[setting]  # the documents are the code's, not this machine's
    sys.exit(main(check="--check" in sys.argv))
