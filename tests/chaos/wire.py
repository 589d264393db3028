"""HTTP/1.1 from a chosen address of this machine, for many clients in one process.

Why not outside/client.py: who is counted by address must come from several, and a thousand clients that wait cannot each
have a thread. One request at a time on a connection; it is opened when it is needed. Answers are read as raw.py reads them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outside"))

from client import BASE, RETRIED  # noqa: E402  (the path comes first)
from pace import patient  # noqa: E402
from raw import request  # noqa: E402

BROKEN = (OSError, EOFError, ValueError)
JSON = "application/json"


class Wire:
    def __init__(self, port: int, address: str, token: str = ""):
        self.port, self.address, self.token = port, address, token
        self.reader = self.writer = None

    async def open(self) -> None:
        if self.writer is None:
            async with asyncio.timeout(patient(10)):
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.address, 0))

    def close(self) -> None:
        if self.writer is not None:
            self.writer.transport.abort()
        self.reader = self.writer = None

    def head(self, body: bytes | None, kind: str, key: str) -> list:
        found = [("Host", "127.0.0.1")]
        if self.token:
            found.append(("Authorization", "Bearer " + self.token))
        if body is not None:
            found += [("Content-Type", kind), ("Content-Length", len(body))]
        if key:
            found.append(("Idempotency-Key", key))
        return found

    async def send(self, method: str, target: str, body: bytes | None = None, kind: str = JSON, key: str = "") -> None:
        await self.open()
        self.writer.write(request(method, target, self.head(body, kind, key), body or b""))
        await self.writer.drain()

    async def read_head(self) -> tuple:
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        return int(lines[0].split(" ")[1]), fields

    async def _body(self, fields: dict) -> bytes:
        if fields.get("transfer-encoding") != "chunked":
            return await self.reader.readexactly(int(fields.get("content-length", "0")))
        whole = b""
        while size := int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16):
            whole += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readuntil(b"\r\n")
        return whole

    async def once(self, method: str, target: str, body: bytes | None = None, kind: str = JSON, key: str = "",
                   timeout_s: float = 60) -> tuple:
        """(status, fields, body); (0, {}, b""): the connection broke, or nothing came."""
        try:
            async with asyncio.timeout(patient(timeout_s)):
                return await self._once(method, target, body, kind, key)
        except BROKEN:
            self.close()
            return 0, {}, b""

    async def _once(self, method, target, body, kind, key) -> tuple:
        await self.send(method, target, body, kind, key)
        status, fields = await self.read_head()
        raw = await self._body(fields)
        if fields.get("connection") == "close":
            self.close()
        return status, fields, raw

    async def until_final(self, method: str, path: str, body: bytes | None = None, kind: str = JSON, key: str = "",
                          patience_s: float = 300) -> tuple:
        """As once, of the first answer that is none of 0, 503, 504; 0 when the patience is over."""
        deadline, tries = time.monotonic() + patient(patience_s), 0
        while time.monotonic() < deadline:
            answer = await self.once(method, BASE + path, body, kind, key)
            if answer[0] and answer[0] not in RETRIED:
                return answer
            tries += 1
            await asyncio.sleep(min(1.0, 0.05 * tries))
        return 0, {}, b""


def text(body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


async def log_in(port: int, address: str, login: dict) -> tuple:
    """(status, fields, token), on a connection of its own, as a browser's first."""
    wire = Wire(port, address)
    status, fields, raw = await wire.once("POST", BASE + "/sessions", text(login))
    wire.close()
    return status, fields, json.loads(raw)["token"] if status == 201 else ""
