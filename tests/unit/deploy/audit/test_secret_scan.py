"""A secret in a committed file is found by file and line, and never repeated."""

from pathlib import Path

from deploy.audit.answers import Answers
from deploy.audit.secret_scan import committed, findings
from deploy.audit.wheels import ROOT

KEY = "-----BEGIN " + "PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49\n"


def test_planted_secrets_are_found_and_what_has_an_answer_is_not(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    files = [tmp_path / "sub" / "key.pem", tmp_path / "app.py", tmp_path / "fine.py"]
    files[0].write_text(f"a line\n{KEY}")
    files[1].write_text('password = "' + "kh0ngDoanDuoc" + '"\n')
    files[2].write_text("password = settings.password\n")
    said = findings(tmp_path, files, Answers({}))
    assert said == ["sub/key.pem:2: Private Key", "app.py:1: Secret Keyword"]
    answers = Answers({"secret": [{"file": "sub/*", "kind": "Private Key", "reason": "r"}]})
    assert findings(tmp_path, files, answers) == ["app.py:1: Secret Keyword"]


def test_what_git_follows_is_scanned() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in committed(ROOT)}
    assert {"pyproject.toml", "deploy/audit/secret_scan.py"} <= names
    assert not any(name.startswith((".venv", "build")) for name in names)
