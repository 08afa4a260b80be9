"""The parser of the AsyncAPI initiative accepts every document, and refuses a broken one.

It is no Python package: npm fetches the one file of it that stands by itself, and its digest is held here.
"""

import hashlib
import json
import subprocess
import tarfile
from pathlib import Path

import pytest

from deploy.asyncapi import golden
from tests.strangers.wire import SECONDS, program

PARSER, SHA256 = "@asyncapi/parser@3.6.6", "46352c768e39d323525350d3154fb40f5107d21634453bf6dc6631708fcfee33"
READER = Path(__file__).with_name("asyncapi_parser.js")


@pytest.fixture(scope="module")
def parser(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parser")
    npm = program("npm", "npm")
    fetched = subprocess.run(
        [npm, "pack", PARSER, "--silent"], cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if fetched.returncode != 0:
        pytest.skip(f"not tried, because npm could not fetch {PARSER}: {fetched.stderr[-500:]}")
    (archive,) = folder.glob("*.tgz")
    assert hashlib.sha256(archive.read_bytes()).hexdigest() == SHA256
    with tarfile.open(archive) as opened:
        opened.extract("package/browser/index.js", folder, filter="data")
    return folder / "package" / "browser" / "index.js"


def wrong_with(parser: Path, *documents: Path) -> dict[str, list[str]]:
    command = [program("node", "nodejs"), str(READER), str(parser), *map(str, documents)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said: dict[str, list[str]] = json.loads(done.stdout)
    return said


def test_every_document_is_accepted(parser: Path) -> None:
    documents = sorted(golden.FOLDER.glob("*.json"))
    assert wrong_with(parser, *documents) == {path.name: [] for path in documents}


def test_a_broken_one_is_refused(parser: Path, tmp_path: Path) -> None:
    document = json.loads((golden.FOLDER / "post.json").read_text("utf-8"))
    del document["operations"]["publish post.shipments"]["action"]
    broken = tmp_path / "post.json"
    broken.write_text(json.dumps(document), "utf-8")
    assert any("action" in line for line in wrong_with(parser, broken)["post.json"])
