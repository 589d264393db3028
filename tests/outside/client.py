"""An HTTP client as a careful integrator would write it from api.md alone.

Why not urllib: the contract makes promises about persistent connections, repeated keys and
503/504, and this client leans on each of them. One connection a thread, kept open; a broken
connection, 503 or 504 is tried again with the same key until `patience_s` is over. A POST
without a key is only tried again when the caller says that it is harmless.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass
from typing import Any, Optional
from urllib.parse import urlsplit

from pace import patient

BASE = "/api/v1"
RETRIED = (503, 504)
BROKEN = (ConnectionError, http.client.HTTPException, OSError)


class Unanswered(Exception):
    """The stack gave no final answer within the patience of the client."""


@dataclass
class Answer:
    status: int
    headers: dict
    raw: bytes
    tries: int = 1

    @property
    def json(self) -> Any:
        return json.loads(self.raw) if self.raw else None

    @property
    def lines(self) -> list:
        return [json.loads(line) for line in self.raw.splitlines() if line.strip()]

    @property
    def code(self) -> str:
        """The stable code of a problem, "" for anything else."""
        if self.headers.get("content-type", "").startswith("application/problem+json"):
            return self.json.get("code", "")
        return ""

    def __str__(self) -> str:
        return "%d %s" % (self.status, self.raw[:400].decode("utf-8", "replace"))


def encode(body: Any) -> Optional[bytes]:
    """Bytes go out as they are, so that callers may send what is not JSON."""
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body, ensure_ascii=False).encode()


def ndjson(lines: list) -> bytes:
    return b"".join(encode(line) + b"\n" for line in lines)


class Client:
    """Calls of one account; safe to share between threads, each has its own connection.

    `timeout_s` of an attempt, `patience_s` of a call with its repeats: of a quiet machine.
    """

    def __init__(self, url: str, token: Optional[str], *, timeout_s: float = 30, patience_s: float = 120):
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80
        self.token = token
        self.timeout_s, self.patience_s = timeout_s, patience_s
        self._local = threading.local()

    def as_account(self, token: Optional[str]) -> "Client":
        url = "http://%s:%d" % (self.host, self.port)
        return Client(url, token, timeout_s=self.timeout_s, patience_s=self.patience_s)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def put(self, path: str, body: Any) -> Answer:
        return self.call("PUT", path, body)

    def post(self, path: str, body: Any = None, *, key: Optional[str] = None,
             content_type: str = "application/json", harmless: bool = False) -> Answer:
        return self.call("POST", path, body, key=key, content_type=content_type, harmless=harmless)

    def call(self, method: str, path: str, body: Any = None, *, key: Optional[str] = None,
             content_type: str = "application/json", harmless: bool = False) -> Answer:
        """Until an answer other than 503 and 504; `harmless`: a repeat without a key changes nothing."""
        headers = self._headers(body, key, content_type)
        again = method != "POST" or key is not None or harmless
        deadline, tries = time.monotonic() + patient(self.patience_s), 0
        while True:
            tries += 1
            answer, cause = self._attempt(method, BASE + path, encode(body), headers)
            if answer is not None and (answer.status not in RETRIED or not again):
                answer.tries = tries
                return answer
            if not again or time.monotonic() > deadline:
                raise Unanswered("%s %s after %d tries: %s" % (method, path, tries, answer or cause))
            time.sleep(min(1.0, 0.05 * tries))

    def _headers(self, body: Any, key: Optional[str], content_type: str) -> dict:
        headers = {}
        if self.token is not None:
            headers["Authorization"] = "Bearer " + self.token
        if body is not None:
            headers["Content-Type"] = content_type
        if key is not None:
            headers["Idempotency-Key"] = key
        return headers

    def _attempt(self, method, path, body, headers):
        """(answer, None), or (None, why the connection broke)."""
        try:
            connection = self._connection()
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            raw = response.read()
            answer = Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, raw)
            if response.will_close:
                self.hang_up()
            return answer, None
        except BROKEN as broken:
            self.hang_up()
            return None, broken

    def _connection(self) -> http.client.HTTPConnection:
        if getattr(self._local, "connection", None) is None:
            self._local.connection = http.client.HTTPConnection(self.host, self.port, timeout=patient(self.timeout_s))
        return self._local.connection

    def hang_up(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
        self._local.connection = None


def items(client: Client, path: str, limit: int = 500) -> list:
    """All items of a list, by its cursor."""
    found, cursor = [], ""
    join = "&" if "?" in path else "?"
    while True:
        answer = client.get("%s%slimit=%d%s" % (path, join, limit, cursor))
        if answer.status != 200:
            raise AssertionError("GET %s: %s" % (path, answer))
        page = answer.json
        found += page["items"]
        if "next" not in page:
            return found
        cursor = "&cursor=" + page["next"]


def wait_settled(client: Client, district: str, patience_s: float = 180) -> dict:
    """Until lag is 0: every consequence of every acknowledged write is visible."""
    deadline = time.monotonic() + patient(patience_s)
    while True:
        answer = client.get("/districts/%s/progress" % district)
        progress = answer.json if answer.status == 200 else {}
        if progress.get("lag") == 0:
            return progress
        if time.monotonic() > deadline:
            raise Unanswered("lag of %s is not 0 after %d s: %s" % (district, patient(patience_s), answer))
        time.sleep(0.05)
