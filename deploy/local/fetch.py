"""What the lock names is fetched: verified one by one, unpacked aside, and put in place in one rename.

A break at any moment leaves either nothing or everything. A line that hiccups is tried again; a file that differs from the
lock never is, because that is either an attack or a broken mirror.
"""

import hashlib
import logging
import shutil
import tempfile
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import requests
from jgo.maven import MavenContext

from deploy.local import vendor
from deploy.local.outcome import ExitCode, Stopped

ATTEMPTS = 3
AT_ONCE = 6
logging.getLogger("jgo").setLevel(logging.ERROR)


def fetch(done: Callable[[str], None]) -> None:
    """Put everything into `vendor.folder()`; `done` is called with each coordinate as it arrives.

    Raises:
        Stopped: no network, a file other than the one locked, or a cache folder that cannot be written.
    """
    target = vendor.folder()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".staging-", dir=target.parent))
    except OSError as error:
        raise _unwritable(target.parent, error) from error
    try:
        _fill(staging, done)
        staging.chmod(0o755)
        _put_in_place(staging, target)
    except OSError as error:
        if isinstance(error, requests.RequestException):
            raise _no_network(str(error)) from error
        raise _unwritable(target.parent, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _fill(staging: Path, done: Callable[[str], None]) -> None:
    context = MavenContext(repo_cache=staging / ".downloads")
    for name in ("kafka", "static", "test"):
        (staging / name).mkdir()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        pending = {pool.submit(_download, context, artifact): artifact for artifact in vendor.locked()}
        try:
            for finished in as_completed(pending):
                _unpack(finished.result(), pending[finished].coordinate, staging)
                done(pending[finished].coordinate)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    shutil.rmtree(staging / ".downloads")


def _download(context: MavenContext, wanted: vendor.Artifact) -> Path:
    artifact = context.create_dependency(wanted.coordinate).artifact
    for attempt in range(1, ATTEMPTS + 1):
        try:
            jar = Path(artifact.resolve())
            break
        except requests.RequestException:
            if artifact.cached_path is not None:
                artifact.cached_path.unlink(missing_ok=True)
            if attempt == ATTEMPTS:
                raise
        except RuntimeError as error:
            raise _no_network(f"{wanted.coordinate}: {error}") from error
    if hashlib.sha256(jar.read_bytes()).hexdigest() != wanted.sha256:
        raise Stopped(
            ExitCode.MACHINE_UNFIT,
            vi=f"Tệp tải về không đúng với bản đã khoá: {wanted.coordinate}. Chưa cài gì cả.",
            en=f"The file fetched differs from the one locked: {wanted.coordinate}. Nothing was installed.",
        )
    return jar


def _unpack(jar: Path, coordinate: str, staging: Path) -> None:
    web_files = [file for file in vendor.WEB_FILES if file.webjar == coordinate]
    if not web_files:
        shutil.move(jar, staging / ("test" if coordinate in vendor.TEST_JARS else "kafka") / jar.name)
        return
    with zipfile.ZipFile(jar) as archive:
        for file in web_files:
            (member,) = (name for name in archive.namelist() if name.endswith(file.inside))
            (staging / file.path).write_bytes(archive.read(member))


def _put_in_place(staging: Path, target: Path) -> None:
    try:
        staging.rename(target)
    except OSError:
        if not target.is_dir():  # else another setup was quicker with the same content
            raise


def _no_network(detail: str) -> Stopped:
    return Stopped(
        ExitCode.NO_NETWORK,
        vi="Không tải được Apache Kafka và các tệp trình duyệt: máy này không ra được mạng. Hãy nối mạng rồi chạy lại.",
        en="Could not fetch Apache Kafka and the browser files: no network. Connect this machine and run it again.",
        detail=detail,
    )


def _unwritable(folder: Path, error: OSError) -> Stopped:
    return Stopped(
        ExitCode.MACHINE_UNFIT,
        vi=f"Không ghi được vào {folder}. Đặt MOTCUA_VENDOR thành một thư mục ghi được rồi chạy lại.",
        en=f"Cannot write to {folder}. Set MOTCUA_VENDOR to a folder that can be written and run it again.",
        detail=str(error),
    )
