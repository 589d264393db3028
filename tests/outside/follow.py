"""A client that follows the events of a district as an EventSource does (HTML standard, server-sent events).

Why by hand: what is tried is the stream itself, so every line is looked at: fields, one line of
data an event, the id before it is known to be whole, and how the connection ended.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from urllib.parse import urlsplit

from pace import patient

BROKEN = (ConnectionError, http.client.HTTPException, OSError, ValueError)


def chunked(stream):
    """Bytes of a body in chunks; http.client takes a connection that broke for the body's end."""
    while True:
        size = int(stream.readline().strip() or b"gone", 16)
        if size == 0:
            return
        data = stream.read(size)
        if len(data) < size or stream.readline() != b"\r\n":
            raise ConnectionError("cut off in a chunk")
        yield data


class Follower(threading.Thread):
    """Follows until it is stopped; comes back after each break with the last id it got."""

    def __init__(self, url: str, token: str, district: str, query: str = "", slow: bool = False, last_id: str = ""):
        super().__init__(daemon=True)
        parts = urlsplit(url)
        self.host, self.port = parts.hostname, parts.port or 80
        self.path = "/api/v1/districts/%s/events%s" % (district, query)
        self.token, self.slow = token, slow
        self.last_id, self.retry_s = last_id, 1.0
        self.heard: list = []           # CloudEvents, in the order they came
        self.faults: list = []
        self.refused: list = []         # statuses other than 200
        self.clean_ends = self.broken_ends = self.comments = 0
        self.placed = threading.Event()
        self._over = threading.Event()
        self._socket = None

    def run(self) -> None:
        while not self._over.is_set():
            try:
                self._follow()
            except BROKEN:
                self.broken_ends += 1
            self._over.wait(self.retry_s if not self.slow else 0.1)

    def stop(self) -> None:
        self._over.set()
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.join()

    def _follow(self) -> None:
        connection = http.client.HTTPConnection(self.host, self.port, timeout=patient(60))
        try:
            connection.connect()
            self._socket = connection.sock
            if self.slow:
                connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            headers = {"Authorization": "Bearer " + self.token, "Accept": "text/event-stream"}
            if self.last_id:
                headers["Last-Event-ID"] = self.last_id
            connection.request("GET", self.path, headers=headers)
            self._read(connection.getresponse())
        finally:
            self._socket = None
            connection.close()

    def _read(self, response) -> None:
        if response.status != 200:
            self.refused.append(response.status)
            response.read()
            return
        if response.getheader("Content-Type") != "text/event-stream":
            self.faults.append("type %s" % response.getheader("Content-Type"))
        fields: dict = {}
        held = b""
        for data in chunked(response.fp):
            *lines, held = (held + data).split(b"\n")
            for line in lines:
                self._line(line.decode(), fields)
            if self._over.is_set():
                return
            if self.slow:
                time.sleep(0.05)
        self.clean_ends += 1
        if fields or held:
            self.faults.append("ended in the middle of an event")

    def _line(self, text: str, fields: dict) -> None:
        if text.startswith(":"):
            self.comments += 1
        elif text:
            name, _, value = text.partition(": ")
            if name in fields:
                self.faults.append("twice %s" % name)
            fields[name] = value
        else:
            self._dispatch(fields)
            fields.clear()

    def _dispatch(self, fields: dict) -> None:
        """The id counts whether there is data or not, as the standard says."""
        if "retry" in fields:
            self.retry_s = int(fields["retry"]) / 1000
        if "data" in fields:
            event = json.loads(fields["data"])
            if event["type"] != fields.get("event") or event["specversion"] != "1.0" or "id" not in fields:
                self.faults.append("not a CloudEvent: %s" % fields)
            self.heard.append(event)
        if "id" in fields:
            self.last_id = fields["id"]
        self.placed.set()


def by_service(events: list) -> dict:
    found: dict = {}
    for event in events:
        found.setdefault(event["source"], []).append(event["id"])
    return found
