"""CPU time by process: descendants count, those that have ended too, and no tree counts twice."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.processes import Meter

BUSY = "import time\nwhile time.process_time() < 0.3: pass\n"
GO_ON = "print('done', flush=True); import sys; sys.stdin.read()"
"""It stays until its standard input is closed."""
PARENT = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BUSY!r}])\n{GO_ON}"
GRANDPARENT = f"import subprocess, sys\nchild = subprocess.Popen([sys.executable, '-c', {BUSY + GO_ON!r}])\nchild.wait()"


@contextmanager
def running(program: str) -> Iterator["subprocess.Popen[str]"]:
    """Once it has said that it is done with its work."""
    pipes = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", "input()\n" + program], stdin=pipes, stdout=pipes, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def begin(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    assert process.stdout
    process.stdin.write("go\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def test_a_child_that_has_ended_counts() -> None:
    with running(PARENT) as parent:
        meter = Meter.begin({"parent": parent.pid})
        begin(parent)
        assert meter.read().by_process["parent"] >= 0.25


def test_a_child_that_lives_counts_unless_it_is_measured_itself() -> None:
    with running(GRANDPARENT) as parent:
        alone = Meter.begin({"parent": parent.pid})
        begin(parent)
        used = alone.read()
        assert used.by_process["parent"] >= 0.25
        assert used.total == used.by_process["parent"]


def test_a_tree_in_a_tree_counts_once() -> None:
    with running(PARENT) as child:
        meter = Meter.begin({"around": os.getpid(), "child": child.pid})
        begin(child)
        used = meter.read()
        assert used.by_process["child"] >= 0.25
        assert used.by_process["around"] < used.by_process["child"]


def test_what_others_do_is_never_less_than_nothing() -> None:
    used = Meter.begin({}).read()
    assert used.others >= 0
    assert used.total == 0
