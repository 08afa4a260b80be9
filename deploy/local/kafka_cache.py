"""Kafka's classes read and linked once, at setup, into the JVM's ahead-of-time cache: the broker then starts in half the time.

It only makes things quicker. The cache belongs to one JVM and one set of jars, so it lies in the virtual environment, and the JVM
passes over one that does not fit.
"""

import signal
import subprocess
import tempfile
import time
from pathlib import Path

from deploy.local import vendor
from deploy.local.kafka import Kafka
from deploy.local.ports import free_ports

START_WITHIN = 60.0
END_WITHIN = 60.0


def ensure() -> None:
    """Make it unless it is there.

    Raises:
        OSError: the virtual environment cannot be written.
        RuntimeError: the broker does not start or does not end; with the end of what it said.
    """
    target = vendor.kafka_cache()
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".kafka-", dir=target.parent) as folder:
        made = Path(folder) / "cache"
        _run_once(Path(folder), made)
        made.replace(target)


def _run_once(folder: Path, cache: Path) -> None:
    """A broker that is asked for nothing but to be there; the JVM writes the cache when it ends."""
    port, controller_port = free_ports(2)
    kafka, log = Kafka(folder / "kafka", port, controller_port, folder / "users"), folder / "log"
    kafka.initialise()
    java, *arguments = kafka.command
    with log.open("wb") as output:
        broker = subprocess.Popen([java, f"-XX:AOTCacheOutput={cache}", *arguments], stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + START_WITHIN
            while not kafka.answers() and broker.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            broker.send_signal(signal.SIGTERM)
            broker.wait(END_WITHIN)
        except subprocess.TimeoutExpired as error:
            raise RuntimeError(str(error)) from error
        finally:
            broker.kill()
            broker.wait()
    if not cache.exists():
        raise RuntimeError(log.read_text(errors="replace")[-2000:])
