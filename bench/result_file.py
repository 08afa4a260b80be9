"""`bench/results/NAME.json`: the last result of each measurement that was kept, with the machine that it was made on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent / "results"


def save(result: Mapping[str, Any], folder: Path = FOLDER) -> Path:
    """`result` as `--json` prints it; the file that it is in now."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{result['bench']}.json"
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def saved(folder: Path = FOLDER) -> dict[str, dict[str, Any]]:
    """By name."""
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}
