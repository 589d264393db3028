"""Bytes that are hardly HTTP, and clients that behave badly.

Why: whoever can open a socket can send anything. Here nothing of the content is judged, only
that the stack refuses or closes, in time, without a 500, without taking one request for two,
and that others are answered meanwhile.
"""

from __future__ import annotations

import json
import socket
import threading
import time

from bad_json import MIB, j
from pace import patient
from raw import Line, Reply, request
from stage import Stage

REFUSALS = (0, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 422, 431, 501, 505)


def refused(name: str, reply: Reply, statuses=REFUSALS) -> str:
    if reply.hung:
        return "%s: no answer in time" % name
    if reply.status not in statuses:
        return "%s: %s" % (name, reply)
    if reply.status and b"<html" in reply.body.lower():
        return "%s: an HTML error: %s" % (name, reply)
    return ""


def throw(stage: Stage, data: bytes, *, method: str = "GET", finish: bool = True) -> Reply:
    """`finish`: no more is coming, said by closing our side."""
    with Line(stage.host, stage.port, 40) as line:
        line.send(data)
        if finish:
            try:
                line.socket.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        return line.reply(method)


def first_wrong(rows) -> str:
    return next((wrong for wrong in rows if wrong), "")


def garbage(stage: Stage) -> str:
    samples = {"zeros": b"\0" * 4096, "all bytes": bytes(range(256)) * 16, "TLS hello": bytes.fromhex("16030100c8010000c40303") + b"x" * 200,
               "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "no version": b"GET /livez\r\n\r\n", "words": b"hello there\r\n\r\n",
               "SSH": b"SSH-2.0-x\r\n", "only newlines": b"\r\n" * 2000, "long word": b"A" * 200_000, "spaces": b" " * 5000 + b"\r\n\r\n",
               "nothing": b"", "half a request": b"GET /api/v1/dis", "HTTP/9.9": b"GET /livez HTTP/9.9\r\nHost: x\r\n\r\n",
               "HTTP/x": b"GET /livez HTTP/x\r\nHost: x\r\n\r\n", "NUL in the target": b"GET /li\0vez HTTP/1.1\r\nHost: x\r\n\r\n",
               "latin-1 target": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n"}
    return first_wrong(refused(name, throw(stage, data)) for name, data in samples.items())


def header_oddities(stage: Stage) -> str:
    head = b"GET %s HTTP/1.1\r\nHost: x\r\n" % stage.at("/townships").encode()
    samples = {"no colon": b"Broken\r\n", "space before colon": b"Accept : x\r\n", "empty name": b": x\r\n", "folded": b"X-A: a\r\n b\r\n",
               "NUL": b"X-A: a\0b\r\n", "bare CR": b"X-A: a\rb\r\n", "64 KiB": b"X-A: " + b"a" * 65536 + b"\r\n",
               "many": b"".join(b"X-%d: 1\r\n" % n for n in range(3000)), "two hosts": b"Host: y\r\n"}
    return first_wrong(refused(name, throw(stage, head + extra + b"\r\n")) for name, extra in samples.items())


def lengths(stage: Stage) -> str:
    """Two readings of where a request ends are a smuggled request; all of these must be refused."""
    head = ("POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n" % (
        stage.at("/findings"), stage.token)).encode()
    body = j(stage.finding())
    size, chunked = b"Content-Length: %d\r\n" % len(body), b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    samples = {"length and chunked": (b"Transfer-Encoding: chunked\r\n" + size, chunked),
               "chunked and length": (size + b"Transfer-Encoding: chunked\r\n", chunked),
               "two lengths": (size + b"Content-Length: 3\r\n", body), "two lengths, longer": (size + b"Content-Length: %d\r\n" % (len(body) + 3), body),
               "negative": (b"Content-Length: -1\r\n", body), "words": (b"Content-Length: ten\r\n", body), "plus": (b"Content-Length: +%d\r\n" % len(body), body),
               "hex": (b"Content-Length: 0x%x\r\n" % len(body), body), "list": (b"Content-Length: %d, %d\r\n" % (len(body), len(body) + 1), body),
               "empty": (b"Content-Length: \r\n", body), "overflow": (b"Content-Length: 99999999999999999999999\r\n", body),
               "unknown coding": (b"Transfer-Encoding: gzip\r\n", body), "chunked twice": (b"Transfer-Encoding: chunked, chunked\r\n", chunked),
               "bad chunk size": (b"Transfer-Encoding: chunked\r\n", b"zz\r\nabc\r\n0\r\n\r\n"), "huge chunk": (b"Transfer-Encoding: chunked\r\n", b"fffffffffffffffff\r\nabc"),
               "negative chunk": (b"Transfer-Encoding: chunked\r\n", b"-5\r\nabc\r\n0\r\n\r\n"), "chunk without end": (b"Transfer-Encoding: chunked\r\n", b"3\r\n{  XX0\r\n\r\n"),
               "no length at all": (b"", body), "shorter than said": (b"Content-Length: %d\r\n" % (len(body) + 50), body)}
    return first_wrong(refused(name, throw(stage, head + extra + b"\r\n" + sent, method="POST"))
                       for name, (extra, sent) in samples.items())


def same_length_twice(stage: Stage) -> str:
    """RFC 9112 allows to take it or to refuse it."""
    body = j(stage.finding())
    headers = stage.headers(length=len(body)) + [("Content-Length", len(body))]
    reply = throw(stage, request("POST", stage.at("/findings"), headers, body), method="POST", finish=False)
    return refused("the same length twice", reply, REFUSALS + (201,))


def chunked_body(stage: Stage) -> str:
    body = j(stage.finding())
    headers = stage.headers() + [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")]
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(body[n:n + 7]), body[n:n + 7]) for n in range(0, len(body), 7)) + b"0\r\n\r\n"
    good = throw(stage, request("POST", stage.at("/findings"), headers, pieces), finish=False)
    over = b"".join(b"10000\r\n" + b" " * 65536 + b"\r\n" for _ in range(20)) + b"0\r\n\r\n"
    long_reply = throw(stage, request("POST", stage.at("/findings"), headers, over), finish=False)
    return "" if (good.status, long_reply.status) == (201, 413) else "chunked: %s; 1.25 MiB chunked: %s" % (good, long_reply)


def no_host(stage: Stage) -> str:
    target, token = stage.at("/townships"), [("Authorization", "Bearer " + stage.token)]
    reply = throw(stage, request("GET", target, token), finish=False)
    if reply.status not in (200, 400):
        return "HTTP/1.1 without Host: %s" % reply
    old = throw(stage, request("GET", target, token, version="HTTP/1.0"), finish=False)
    return "" if old.status == 200 else "HTTP/1.0: %s" % old


def http_1_0_closes(stage: Stage) -> str:
    with Line(stage.host, stage.port, 20) as line:
        line.send(request("GET", stage.at("/townships"), stage.headers(), version="HTTP/1.0"))
        first = line.reply()
        line.send(request("GET", stage.at("/townships"), stage.headers(), version="HTTP/1.0"))
        second = line.reply()
    if first.status != 200 or "transfer-encoding" in first.headers:
        return "HTTP/1.0: %s %s" % (first, first.headers)
    return "still open after HTTP/1.0: %s" % second if second.status or second.hung else ""


def head_has_no_body(stage: Stage) -> str:
    """The next answer must begin right after the head."""
    with Line(stage.host, stage.port, 20) as line:
        line.send(request("HEAD", stage.at("/townships"), stage.headers()))
        head = line.reply("HEAD")
        line.send(request("GET", stage.at("/townships"), stage.headers()))
        after = line.reply()
    ok = head.status in (200, 405) and after.status in (200, 0)
    return "" if ok else "HEAD %s, then %s" % (head, after)


def absolute_target(stage: Stage) -> str:
    whole = "http://%s:%d%s" % (stage.host, stage.port, stage.at("/townships"))
    replies = [throw(stage, request("GET", whole, stage.headers()), finish=False),
               throw(stage, request("OPTIONS", "*", stage.headers()), finish=False)]
    return first_wrong(refused("absolute or * target", r, REFUSALS + (200, 204)) for r in replies)


def long_target(stage: Stage) -> str:
    return first_wrong(refused("target of %d" % size, throw(stage, request(
        "GET", stage.at("/" + "a" * size), stage.headers()), finish=False)) for size in (5_000, 30_000, 300_000))


def pipelined(stage: Stage) -> str:
    """Five requests in one piece, five answers in order; one of them bad, one a write."""
    body = j(stage.finding())
    get = request("GET", stage.at("/townships/t1"), stage.headers())
    bad = request("GET", stage.at("/townships/none"), stage.headers())
    post = request("POST", stage.at("/findings"), stage.headers(length=len(body)), body)
    broken = request("POST", stage.at("/findings"), stage.headers(length=1), b"{")
    with Line(stage.host, stage.port, 20) as line:
        line.send(get + bad + post + broken + get)
        seen = [line.reply().status for _ in range(5)]
    return "" if seen == [200, 404, 201, 400, 200] else "pipelined: %s" % seen


def kept_after_refusals(stage: Stage) -> str:
    """An over-long body of up to 8 MiB is read and dropped, then answered; the connection lives."""
    with Line(stage.host, stage.port, 60) as line:
        for size in (MIB + 1, 3 * MIB, 8 * MIB - 1000):
            line.send(request("POST", stage.at("/findings"), stage.headers(length=size), b" " * size))
            reply = line.reply()
            if reply.status != 413 or reply.problem is None:
                return "%d bytes: %s" % (size, reply)
        line.send(request("GET", stage.at("/townships"), stage.headers()))
        after = line.reply()
    return "" if after.status == 200 else "after three over-long bodies: %s" % after


def far_too_long(stage: Stage) -> str:
    for size in (8 * MIB + 1, 40 * MIB):
        with Line(stage.host, stage.port, 60) as line:
            line.send(request("POST", stage.at("/findings"), stage.headers(length=size)))
            for _ in range(size // 65536 + 1):
                if not line.send(b" " * 65536):
                    break
            first = line.reply()
            if first.hung or first.status not in (0, 413):
                return "%d bytes: %s" % (size, first)
            line.send(request("GET", stage.at("/townships"), stage.headers()))
            after = line.reply()
        if after.status or after.hung:
            return "still open after %d bytes: %s" % (size, after)
    return ""


def said_and_not_sent(stage: Stage) -> str:
    """A length of 500 MiB with nothing behind it must not take the memory or the answer of others."""
    lines = [Line(stage.host, stage.port, 20) for _ in range(20)]
    try:
        for line in lines:
            line.send(request("POST", stage.at("/findings"), stage.headers(length=500 * MIB), b"{"))
        return others_are_answered(stage, "while 20 clients owe 500 MiB each")
    finally:
        for line in lines:
            line.socket.close()


def expect_continue(stage: Stage) -> str:
    body = j(stage.finding())
    with Line(stage.host, stage.port, 20) as line:
        line.send(request("POST", stage.at("/findings"), stage.headers(length=len(body)) + [("Expect", "100-continue")]))
        line.send(body)
        reply = line.reply()
    return "" if reply.status == 201 else "Expect: 100-continue: %s" % reply


def others_are_answered(stage: Stage, when: str) -> str:
    begun = time.monotonic()
    reply = stage.send("GET", stage.at("/townships"), patience_s=20)
    took = time.monotonic() - begun
    return "" if reply.status == 200 and took < patient(15) else "%s: %s after %.1f s" % (when, reply, took)


def clients_that_leave(stage: Stage) -> str:
    """Requests whose sender closes, resets, or never reads."""
    body = j(stage.finding())
    whole = request("POST", stage.at("/findings"), stage.headers(length=len(body)), body)
    for n in range(60):
        line = Line(stage.host, stage.port, 20)
        line.send(whole[:len(whole) * (n % 7) // 6])
        if n % 2:
            line.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        line.socket.close()
    return others_are_answered(stage, "after 60 clients left")


def idle_crowd(stage: Stage) -> str:
    crowd = []
    try:
        for _ in range(300):
            crowd.append(Line(stage.host, stage.port, 20))
        return others_are_answered(stage, "beside 300 idle connections")
    finally:
        for line in crowd:
            line.socket.close()


def openapi_is_served(stage: Stage) -> str:
    reply = stage.send("GET", "/api/v1/openapi.json")
    if reply.status != 200:
        return str(reply)
    document = json.loads(reply.body)
    paths = set(document.get("paths", {}))
    wanted = {"findings", "checkins:batch", "persons/{id}/standing", "policies"}
    missing = [w for w in wanted if not any(p.endswith(w) or p.endswith(w.replace("{id}", "{person}")) for p in paths)]
    return "" if str(document.get("openapi", "")).startswith("3.1") and not missing else "openapi: missing %s" % missing


def open_pages(stage: Stage) -> str:
    """Health and metrics need no token on loopback."""
    for path in ("/livez", "/readyz", "/metrics"):
        reply = throw(stage, request("GET", path, [("Host", "x")]), finish=False)
        if reply.status != 200:
            return "%s: %s" % (path, reply)
    return ""


SCENES = [open_pages, openapi_is_served, garbage, header_oddities, lengths, same_length_twice, chunked_body, no_host,
          http_1_0_closes, head_has_no_body, absolute_target, long_target, pipelined, kept_after_refusals, far_too_long,
          said_and_not_sent, expect_continue, clients_that_leave, idle_crowd]


# --- slow clients, in the background ----------------------------------------------------

DRIP_LIMIT_S = patient(25)


class SlowClient(threading.Thread):
    """Sends `begin`, then a byte a second, until it is closed; knows how long that took."""

    def __init__(self, stage: Stage, name: str, begin: bytes, drip: bytes):
        super().__init__(daemon=True, name=name)
        self.line = Line(stage.host, stage.port, 5)
        self.begin_with, self.drip, self.closed_s = begin, drip, None

    def run(self) -> None:
        begun = time.monotonic()
        self.line.send(self.begin_with)
        self.line.socket.settimeout(1)
        n = 0
        while time.monotonic() - begun < 3 * DRIP_LIMIT_S and not self._closed():
            self.line.send(self.drip[n % len(self.drip):][:1])
            n += 1
        self.closed_s = time.monotonic() - begun

    def _closed(self) -> bool:
        """An answer (408) followed by the end is a close too."""
        try:
            return self.line.socket.recv(4096) == b""
        except socket.timeout:
            return False
        except OSError:
            return True


def start_slow_clients(stage: Stage) -> list:
    post = request("POST", stage.at("/findings"), stage.headers(length=4000))
    batch = request("POST", stage.at("/findings:batch"), stage.headers(content="application/x-ndjson", length=4000))
    chunked = request("POST", stage.at("/findings"), stage.headers() + [("Content-Type", "application/json"), ("Transfer-Encoding", "chunked")])
    slow = [SlowClient(stage, "slow request line", b"", b"GET /livez"), SlowClient(stage, "slow headers", b"GET /livez HTTP/1.1\r\n", b"X-A: abcdefgh\r\n"),
            SlowClient(stage, "slow body", post, b" "), SlowClient(stage, "slow batch", batch, b" "), SlowClient(stage, "slow chunks", chunked, b"1\r\n \r\n")]
    for client in slow:
        client.start()
    return slow


def end_slow_clients(slow: list):
    for client in slow:
        client.join()
        late = client.closed_s > DRIP_LIMIT_S
        yield client.name, "still open after %.0f s" % client.closed_s if late else ""
