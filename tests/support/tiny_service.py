"""A stand-in for a service, for tests of supervision: it serves over its socket, knows who it is, and imports nothing of ours.

`MOTCUA_DATA` may hold a file `misbehave`: with `die` inside it ends at once, with `unready` it never gets ready.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        unready = self.path.endswith("/health/ready") and misbehaviour() == "unready"
        body = json.dumps({"process": os.environ["MOTCUA_PROCESS"], "pid": os.getpid(), "path": self.path}).encode()
        self.send_response(503 if unready else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "unix"

    def log_message(self, *_: Any) -> None:
        pass


def misbehaviour() -> str:
    file = Path(os.environ["MOTCUA_DATA"]) / "misbehave"
    return file.read_text().strip() if file.exists() else ""


def main() -> None:
    if misbehaviour() == "die":
        sys.exit("the tiny service was told to die")
    socket = Path(os.environ["MOTCUA_HTTP_SOCKET"])
    socket.unlink(missing_ok=True)
    ThreadingUnixStreamServer(str(socket), Handler).serve_forever()


if __name__ == "__main__":
    main()
