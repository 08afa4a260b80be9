"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="Thư mục dữ liệu / the folder of this installation", file_okay=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Cho chương trình đọc / for programs to read")]
DEFAULT_DATA = Path(".motcua")
