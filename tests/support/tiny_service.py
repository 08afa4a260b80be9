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
        unready = self.path.endswith(("/health/ready", "/health/consuming")) and misbehaviour() == "unready"
        said = {"process": os.environ["MOTCUA_PROCESS"], "authorization": self.headers.get("Authorization")}
        self._answer(503 if unready else 200, said)

    def do_POST(self) -> None:
        """Signs in whoever gives `right` as password."""
        given = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if given["password"] == "right":
            self._answer(200, {"token": f"token of {given['username']}"})
        else:
            self._answer(401, {"code": "wrong-password"})

    def _answer(self, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
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
