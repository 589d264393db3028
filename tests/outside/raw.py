"""HTTP by hand, for what no client library would send.

Why: the contract promises an answer to every input, and a library refuses to make most of
them. Bytes go out exactly as given; what comes back is parsed strictly, because a sloppy
parser would hide a second answer or a body after HEAD. Every wait has a limit.
"""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from typing import Optional

from pace import patient


@dataclass
class Reply:
    status: int = 0                       # 0: closed without an answer
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    hung: bool = False                    # nothing came within the limit

    @property
    def problem(self) -> Optional[dict]:
        kind = self.headers.get("content-type", "").split(";")[0].strip().lower()
        return json.loads(self.body, object_pairs_hook=no_twins) if kind == "application/problem+json" else None

    def __str__(self) -> str:
        if self.hung:
            return "no answer in time"
        return "%d %s" % (self.status, self.body[:300]) if self.status else "connection closed"


def no_twins(pairs: list) -> dict:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate member in an answer")
    return found


class Line:
    """One connection; replies are read one after another, as pipelining needs."""

    def __init__(self, host: str, port: int, timeout_s: float = 20):
        self.socket = socket.create_connection((host, port), patient(timeout_s))
        self.pending = b""

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_exception) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False when the other side has already closed; its answer may still be readable."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def reply(self, method: str = "GET") -> Reply:
        try:
            return self._reply(method)
        except socket.timeout:
            return Reply(hung=True)
        except (OSError, EOFError):
            return Reply()

    def _reply(self, method: str) -> Reply:
        while True:
            head = self._until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            status = int(head[0].split(" ")[1])
            headers = dict(self._header(line) for line in head[1:] if line)
            if status != 100:
                return Reply(status, headers, self._body(method, status, headers))

    @staticmethod
    def _header(line: str) -> tuple:
        name, _, value = line.partition(":")
        return name.strip().lower(), value.strip()

    def _body(self, method: str, status: int, headers: dict) -> bytes:
        if method == "HEAD" or status in (204, 304):
            return b""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        if "content-length" in headers:
            return self._exactly(int(headers["content-length"]))
        return self._rest()

    def _chunks(self) -> bytes:
        whole = b""
        while True:
            size = int(self._until(b"\r\n").split(b";")[0], 16)
            whole += self._exactly(size)
            self._until(b"\r\n")
            if size == 0:
                return whole

    def _more(self) -> None:
        got = self.socket.recv(65536)
        if not got:
            raise EOFError
        self.pending += got

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.pending:
            self._more()
        found, _, self.pending = self.pending.partition(mark)
        return found + mark

    def _exactly(self, count: int) -> bytes:
        while len(self.pending) < count:
            self._more()
        found, self.pending = self.pending[:count], self.pending[count:]
        return found

    def _rest(self) -> bytes:
        try:
            while True:
                self._more()
        except EOFError:
            found, self.pending = self.pending, b""
            return found


def request(method: str, target: str, headers: list, body: bytes = b"", version: str = "HTTP/1.1") -> bytes:
    """headers: (name, value) pairs, bytes allowed; Host and Content-Length are the caller's business."""
    lines = [("%s %s %s" % (method, target, version)).encode("utf-8")]
    for name, value in headers:
        lines.append(as_bytes(name) + b": " + as_bytes(value))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def as_bytes(value) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8")
