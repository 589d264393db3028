"""Requests by RFC 9110 and RFC 9112, odd but legal and illegal, byte by byte over a socket.

Why a product: what breaks a server is seldom one odd thing but an odd thing at an odd place, so
every oddity is tried on every request it can stand in. Promised is the same for all of them: an
answer in time, one status line and no more, never HTML; a legal request does what it would have
done without its oddity, and the next request on its connection is answered as if nothing had
been; an illegal one is refused as a problem, changes nothing, and either ends the connection or
leaves it as it was.

python3 tests/outside/sweep.py --url URL --token OPERATOR [--var ZHUCUN_VAR] [--only TEXT]
"""

from __future__ import annotations

import argparse
import json
import socket
import time
from dataclasses import dataclass
from typing import Callable, Optional
from urllib.parse import urlsplit

from bad_input import form
from client import Client
from raw import Line
from stage import Stage

LEGAL_MIN, ILLEGAL_MIN = 300, 300
NEXT = b"GET /livez HTTP/1.1\r\nHost: next\r\nConnection: close\r\n\r\n"


@dataclass
class Request:
    """What an oddity may change, before it becomes bytes."""
    method: str
    path: str
    body: bytes = b""
    content: str = "application/json"
    good: tuple = (200,)
    key: str = ""

    def __post_init__(self):
        self.target = self.path.encode()
        self.version = b"HTTP/1.1"
        self.first = b""                        # before the request line
        self.gap = b" "                         # in the request line
        self.end = b"\r\n"
        self.host = b"Host: zhucun.example"
        self.fields: list = []                  # whole lines
        self.frame: Optional[bytes] = None      # instead of Content-Length
        self.sent: Optional[bytes] = None       # instead of the body
        self.type_line: Optional[bytes] = None
        self.last = False                       # the connection ends with it
        self.pieces = 0                         # sent so many bytes at a time
        self.token_line: Optional[bytes] = None
        self.quiet = False                      # the answer has no body

    def bytes(self, token: str) -> bytes:
        lines = [self.gap.join([self.method.encode(), self.target, self.version])]
        lines += [self.host] if self.host else []
        lines.append(b"Authorization: Bearer " + token.encode() if self.token_line is None else self.token_line)
        if self.key:
            lines.append(b"Idempotency-Key: " + self.key.encode())
        if self.body or self.frame is not None:
            lines.append(b"Content-Type: " + self.content.encode() if self.type_line is None else self.type_line)
            lines.append(b"Content-Length: %d" % len(self.body) if self.frame is None else self.frame)
        lines += self.fields
        head = b"".join(line + self.end for line in lines if line) + self.end
        return self.first + head + (self.body if self.sent is None else self.sent)


def chunks(body: bytes, size: int, extension: bytes = b"", digits: str = "%x", trailer: bytes = b"") -> bytes:
    whole = b"".join((digits % len(piece)).encode() + extension + b"\r\n" + piece + b"\r\n"
                     for piece in (body[n:n + size] for n in range(0, len(body), size)))
    return whole + b"0" + extension + b"\r\n" + trailer + b"\r\n"


def bases(stage: Stage) -> list:
    """Fresh each time: a write carries a key of its own."""
    unit = json.dumps({"name": "局"}, ensure_ascii=False).encode()
    finding = json.dumps(stage.finding()).encode()
    line = json.dumps({**stage.checkin(), "key": stage.fresh("line")}).encode()
    moved = "/findings/%s/dismiss" % stage.findings["dismissed"]
    return [Request("GET", stage.at("/townships/t1")), Request("HEAD", stage.at("/villages?limit=1")),
            Request("PUT", stage.at("/units/u1"), unit), Request("POST", stage.at("/findings"), finding, good=(201,), key=stage.fresh("key")),
            Request("POST", stage.at("/checkins:batch"), line + b"\n", "application/x-ndjson"),
            Request("POST", stage.at(moved))]


# --- odd, but legal

def set_to(**members) -> Callable:
    def change(r: Request) -> Request:
        for name, value in members.items():
            setattr(r, name, value)
        return r
    return change


def field(*lines: bytes) -> Callable:
    def change(r: Request) -> Request:
        r.fields += lines
        return r
    return change


def absolute(authority: bytes) -> Callable:
    def change(r: Request) -> Request:
        r.target = authority + r.target
        return r
    return change


def escaped(letters: bytes) -> Callable:
    def change(r: Request) -> Request:
        path, mark, query = r.target.partition(b"?")
        for letter in letters:
            path = path.replace(bytes([letter]), b"%%%02X" % letter)
        r.target = path + mark + query
        return r
    return change


def ending(*lines: bytes) -> Callable:
    def change(r: Request) -> Request:
        r.fields += lines
        r.last = True
        return r
    return change


def version_1_0(keeps: bool) -> Callable:
    def change(r: Request) -> Request:
        r.version, r.last = b"HTTP/1.0", not keeps
        r.fields += [b"Connection: Keep-Alive"] if keeps else []
        return r
    return change


def with_body(change: Callable) -> Callable:
    return lambda r: change(r) if r.body else None


def chunked(line: bytes, size: int, **how) -> Callable:
    def change(r: Request) -> Request:
        r.frame, r.sent = line, chunks(r.body, size, **how)
        return r
    return with_body(change)


def typed(line: bytes) -> Callable:
    def change(r: Request) -> Optional[Request]:
        r.type_line = line % r.content.encode()
        return r
    return with_body(change)


def length_line(line: bytes) -> Callable:
    def change(r: Request) -> Request:
        r.frame = line % len(r.body)
        return r
    return with_body(change)


def marked(r: Request) -> Request:
    r.body = b"\xef\xbb\xbf" + r.body
    return r


def keyed(line: bytes) -> Callable:
    def change(r: Request) -> Optional[Request]:
        if not r.key:
            return None
        r.fields.append(line % r.key.encode())
        r.key = ""
        return r
    return change


CHUNKED = b"Transfer-Encoding: chunked"
LEGAL = {
    "empty line first": set_to(first=b"\r\n"), "two empty lines first": set_to(first=b"\r\n\r\n"),
    "absolute target": absolute(b"http://zhucun.example"), "absolute, another host": absolute(b"http://elsewhere.example:81"),
    "absolute, capitals": absolute(b"HTTP://ZHUCUN.example"), "absolute, https": absolute(b"https://zhucun.example:443"),
    "absolute, IPv6": absolute(b"http://[2001:db8::1]:8080"), "absolute, empty port": absolute(b"http://zhucun.example:"),
    "escaped digits": escaped(b"15"), "escaped colon": escaped(b":"), "escaped letters": escaped(b"adv"), "escaped slash-free dots": escaped(b".-_"),
    "HTTP/1.0": version_1_0(False), "HTTP/1.0 keep-alive": version_1_0(True), "HTTP/1.9": set_to(version=b"HTTP/1.9"),
    "no host, absolute, HTTP/1.0": lambda r: set_to(host=b"")(version_1_0(False)(absolute(b"http://h")(r))),
    "no host, HTTP/1.0": lambda r: set_to(host=b"")(version_1_0(False)(r)),
    "empty host": set_to(host=b"Host:"), "host with port": set_to(host=b"Host: 127.0.0.1:8080"), "host IPv6": set_to(host=b"Host: [::1]:80"),
    "host, odd letters": set_to(host=b"Host: a-b_c~d.e!$&'()*+,;=%41"), "host, small letters": set_to(host=b"host:x"),
    "host last": lambda r: field(b"Host: x")(set_to(host=b"")(r)),
    "token, no blank": lambda r: r, "scheme in small letters": None, "scheme in capitals": None, "token, blanks": None, "token, tabs": None,
    "close": ending(b"Connection: close"), "Close": ending(b"connection: CLOSE"), "close in a list": ending(b"Connection: x,close , y"),
    "close in two lines": ending(b"Connection: x", b"Connection: close"), "keep-alive": field(b"Connection: keep-alive"),
    "connection of nothing": field(b"Connection: ,,"), "connection names a field": field(b"Connection: X-A", b"X-A: b"),
    "upgrade not taken": field(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQAAP__"),
    "empty value": field(b"X-A:"), "blank value": field(b"X-A: \t "), "all token letters": field(b"!#$%&'*+-.^_`|~09aZ: x"),
    "obs-text": field(b"X-A: \xe5\xbc\xa0\xff"), "colons": field(b"X-A: b:c::d"), "quotes not closed": field(b'X-A: "b'), "tabs inside": field(b"X-A: b\tc"),
    "two cookies": field(b"Cookie: a=b", b"Cookie: c=d"), "a bad cookie": field(b'Cookie: =;;=,a="'), "cookie 4.5 KB": field(b"Cookie: " + b"c" * 4500),
    "cookie 8 KB": field(b"Cookie: a=" + b"c" * 8000), "cookie 15 KB": field(b"Cookie: a=" + b"c" * 15000),
    "500 fields": field(*(b"X-%d: %d" % (n, n) for n in range(500))), "1200 fields": field(*(b"a%d:" % n for n in range(1200))),
    "long name": field(b"X" * 5000 + b": y"), "accept thrice": field(b"Accept: a/b", b"Accept: c/d;q=0", b"Accept: */*"),
    "forwarded twice": field(b"X-Forwarded-For: 192.0.2.1", b"X-Forwarded-For: 192.0.2.2"), "forwarded nonsense": field(b"X-Forwarded-For: unknown, _x"),
    "range": field(b"Range: bytes=0-0"), "conditions": field(b"If-Modified-Since: Sat, 29 Oct 2044 19:43:31 GMT"), "TE": field(b"TE: trailers, deflate;q=0.5"),
    "max-forwards": field(b"Max-Forwards: 0"), "via": field(b"Via: 1.0 fred, 1.1 p.example.net"), "accept-encoding": field(b"Accept-Encoding: br;q=1.0, *;q=0"),
    "trace nonsense": field(b"traceparent: 00-x"), "two traces": field(b"traceparent: 00-" + b"1" * 32 + b"-" + b"2" * 16 + b"-01", b"traceparent: y"),
    "origin": field(b"Origin: null", b"Referer: about:blank", b"Sec-Fetch-Mode: cors", b"DNT: 1"), "pragma": field(b"Pragma: no-cache", b"Cache-Control: no-cache"),
    "in single bytes": set_to(pieces=1), "in threes": set_to(pieces=3), "cut before the head's end": set_to(pieces=-1),
    "key, no blank": keyed(b"Idempotency-Key:%s"), "key, blanks behind": keyed(b"Idempotency-Key: %s  "), "key, tabs": keyed(b"idempotency-key:\t%s\t"),
    "length with zeros": length_line(b"Content-Length: 0000%d"), "length, blanks": length_line(b"content-length:\t %d \t"),
    "chunked": chunked(CHUNKED, 1 << 20), "chunks of one": chunked(CHUNKED, 1), "chunks of seven": chunked(b"transfer-encoding:CHUNKED", 7),
    "chunked in a list": chunked(b"Transfer-Encoding: , chunked ,", 9), "chunk sizes in capitals": chunked(CHUNKED, 11, digits="%X"),
    "chunk sizes with zeros": chunked(CHUNKED, 12, digits="%08x"), "chunk extension": chunked(CHUNKED, 13, extension=b";a"),
    "chunk extension, value": chunked(CHUNKED, 13, extension=b";a=b;c=d"), "chunk extension, quoted": chunked(CHUNKED, 13, extension=b';a="b;\\"c"'),
    "chunk extension, blanks": chunked(CHUNKED, 13, extension=b" ; a = b"), "trailer": chunked(CHUNKED, 14, trailer=b"X-Sum: 1\r\nX-B:\r\n"),
    "trailer that would matter": chunked(CHUNKED, 14, trailer=b"Content-Length: 1\r\nAuthorization: Bearer x\r\n"),
    "expect": with_body(field(b"Expect: 100-continue")), "Expect": with_body(field(b"expect:100-CONTINUE ")),
    "expect, chunked": with_body(lambda r: field(b"Expect: 100-continue")(chunked(CHUNKED, 5)(r))),
    "charset": typed(b"Content-Type: %s; charset=utf-8"), "charset quoted": typed(b'content-type:%s;charset="UTF-8"'),
    "charset, blanks": typed(b"Content-Type: %s ;\tcharset=Utf-8 "), "a parameter more": typed(b"Content-Type: %s; v=1"),
    "semicolon at the end": typed(b"Content-Type: %s;"), "byte order mark": with_body(marked), "no coding": with_body(field(b"Content-Encoding: identity")),
}
for name, line in (("token, no blank", b"Authorization:Bearer %s"), ("scheme in small letters", b"authorization: bearer %s"),
                   ("scheme in capitals", b"AUTHORIZATION: BEARER %s"), ("token, blanks", b"Authorization:   Bearer   %s  "),
                   ("token, tabs", b"Authorization:\tBearer %s\t")):
    LEGAL[name] = set_to(token_line=line)

ALONE = [("the server", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS", (200, 204)),
         ("the server by its name", b"OPTIONS http://x:80 HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS", (200, 204)),
         ("the server, a body", b"OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", "OPTIONS", (200, 204)),
         ("a path of nothing", b"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "GET", (200,)),
         ("a tunnel", b"CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", "CONNECT", (400, 401, 403, 404, 405, 501)),
         ("a trace", b"TRACE /livez HTTP/1.1\r\nHost: x\r\n\r\n", "TRACE", (400, 401, 405, 501)),
         ("a method of one's own", b"BREW /livez HTTP/1.1\r\nHost: x\r\n\r\n", "BREW", (401, 405, 501)),
         ("a method in small letters", b"get /livez HTTP/1.1\r\nHost: x\r\n\r\n", "get", (401, 405, 501)),
         ("many parameters", b"GET /livez?" + b"a=b&" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "GET", (200,)),
         ("a body of a GET", b"GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello", "GET", (200,)),
         ("a chunked body of a HEAD", b"HEAD /livez HTTP/1.1\r\nHost: x\r\n" + CHUNKED + b"\r\n\r\n" + chunks(b"hello", 2), "HEAD", (200,)),
         ("an expectation of something else", b"GET /livez HTTP/1.1\r\nHost: x\r\nExpect: a-miracle\r\n\r\n", "GET", (200, 417))]


# --- illegal

def framed(frame: bytes, sent: Optional[bytes] = None) -> Callable:
    def change(r: Request) -> Request:
        r.frame, r.sent, r.type_line = frame, r.body if sent is None else sent, b"Content-Type: " + r.content.encode()
        return r
    return change


def broken_chunks(text: bytes) -> Callable:
    return framed(CHUNKED, text)


def line_is(text: bytes) -> Callable:
    """The request line, with the good one's parts in it."""
    def change(r: Request) -> Request:
        r.method, r.target, r.version, r.gap = (text % {b"m": r.method.encode(), b"t": r.target}).decode("latin-1"), b"", b"", b""
        return r
    return change


BAD_FIELDS = [b"Broken", b": x", b"X-A : b", b"X-A\t: b", b"X A: b", b"X-A: b\0c", b"X-\0A: b", b"X-A: b\rc", b"X-A: b\nX-B: c", b"X-A: \x01", b"X-A: \x7f",
              b"X-A: \x1b[0m", b"(X): b", b"X[]: b", b"X@A: b", b"X\xe5: b", b'"X": b', b"X,Y: b", b"X/A: b", b"X=: b", b"X{}: b", b" X-A: b", b"\tX-A: b",
              b"X-A: a\r\n b", b"X-A: a\r\n\tb", b"X-A: a\r\n \r\n b", b"Host: other", b"Authorization: Bearer x", b"X-A: b\x0b", b"X-A: \x08"]
BAD_LINES = [b"%(m)s  %(t)s HTTP/1.1", b"%(m)s %(t)s  HTTP/1.1", b"%(m)s\t%(t)s HTTP/1.1", b" %(m)s %(t)s HTTP/1.1", b"%(m)s %(t)s HTTP/1.1 ",
             b"%(m)s %(t)s", b"%(m)s %(t)s HTTP", b"%(m)s %(t)s HTTP/1", b"%(m)s %(t)s HTTP/1.", b"%(m)s %(t)s HTTP/1.11", b"%(m)s %(t)s HTTP/11.1",
             b"%(m)s %(t)s http/1.1", b"%(m)s %(t)s HTTP 1.1", b"%(m)s %(t)s HTTP/a.b", b"%(m)s %(t)s HTTPS/1.1", b"%(m)s %(t)s FTP/1.1",
             b"%(m)s %(t)s HTTP/2.0", b"%(m)s %(t)s HTTP/3.0", b"%(m)s %(t)s HTTP/0.9", b"%(m)s %(t)s a HTTP/1.1", b"%(m)s %(t)s#a HTTP/1.1",
             b"%(m)s %(t)s\0 HTTP/1.1", b"%(m)s %(t)s\x7f HTTP/1.1", b"%(m)s %(t)s\xe5 HTTP/1.1", b"%(m)s %(t)s\x01 HTTP/1.1", b"%(m)s", b"%(t)s HTTP/1.1",
             b"%(m)s * HTTP/1.1", b"%(m)s api/v1 HTTP/1.1", b"%(m)s ftp://h%(t)s HTTP/1.1", b"%(m)s http:%(t)s HTTP/1.1", b"%(m)s http://%(t)s HTTP/1.1",
             b"%(m)s http://u:p@h%(t)s HTTP/1.1", b"%(m)s http://[::1%(t)s HTTP/1.1", b"%(m)s http://h:x%(t)s HTTP/1.1", b"%(m)s x:80 HTTP/1.1",
             b"G(T %(t)s HTTP/1.1", b"%(m)s: %(t)s HTTP/1.1", b"\"%(m)s\" %(t)s HTTP/1.1", b"%(m)s@ %(t)s HTTP/1.1", b"\xef\xbb\xbf%(m)s %(t)s HTTP/1.1",
             b"CONNECT %(t)s HTTP/1.1", b"OPTIONS *x HTTP/1.1", b"%(m)s " + b"/" * 17000 + b" HTTP/1.1"]
BAD_HOSTS = [b"", b"Host: a b", b"Host: a/b", b"Host: u@h", b"Host: h:x", b"Host: h:80:80", b"Host: [::1", b"Host: http://h", b"Host: a\\b", b"Host: <h>"]
BAD_LENGTHS = [b"-1", b"+2", b"0x2", b"2.0", b"2, 3", b"2 2", b"", b"two", b"\xb2", b"2;", b"99999999999999999999999999", b"1e1", b"\"2\""]
BAD_CODINGS = [b"gzip", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"chunked;a=b", b"identity", b"\"chunked\"", b"xchunked", b"chunked x", b""]
BAD_CHUNKS = [b"zz\r\nabc\r\n0\r\n\r\n", b"-1\r\nabc\r\n0\r\n\r\n", b"+3\r\nabc\r\n0\r\n\r\n", b"0x3\r\nabc\r\n0\r\n\r\n", b"\r\nabc\r\n0\r\n\r\n",
              b" 3\r\nabc\r\n0\r\n\r\n", b"3 \r\nabc\r\n0\r\n\r\n", b"3\nabc\n0\n\n", b"3\r\nabc0\r\n\r\n", b"3\r\nabcd\r\n0\r\n\r\n", b"3\r\nab\r\n0\r\n\r\n",
              b"fffffffffffffffff\r\nabc", b"3;" + b"a" * 5000 + b"\r\nabc\r\n0\r\n\r\n", b"3\r\nabc\r\n0\r\nbroken\r\n\r\n", b"3\r\nabc\r\n0\r\n a: b\r\n\r\n",
              b"3\r\nabc\r\n0\r\nA : b\r\n\r\n", b"3\r\nabc\r\n0\r\nA: b\n\r\n", b"3\r\nabc\r\n0\r\n" + b"A: b\r\n" * 4000 + b"\r\n", b"3x\r\nabc\r\n0\r\n\r\n"]

ILLEGAL = {**{"field %r" % text[:24]: field(text) for text in BAD_FIELDS}, **{"line %r" % text[:40]: line_is(text) for text in BAD_LINES},
           **{"host %r" % text: set_to(host=text) for text in BAD_HOSTS}, **{"length %r" % text: framed(b"Content-Length: " + text) for text in BAD_LENGTHS},
           **{"coding %r" % text: framed(b"Transfer-Encoding: " + text, b"3\r\nabc\r\n0\r\n\r\n") for text in BAD_CODINGS},
           **{"chunks %r" % text[:24]: broken_chunks(text) for text in BAD_CHUNKS},
           "bare line feeds": set_to(end=b"\n"), "bare carriage returns": set_to(end=b"\r"), "line feed first": set_to(first=b"\n"), "NUL first": set_to(first=b"\0"),
           "both lengths": framed(b"Content-Length: 3\r\nTransfer-Encoding: chunked", b"3\r\nabc\r\n0\r\n\r\n"),
           "two lengths": framed(b"Content-Length: 3\r\nContent-Length: 5", b"abcde"), "a length beyond what comes": framed(b"Content-Length: 400", b"{"),
           "chunked in HTTP/1.0": lambda r: set_to(version=b"HTTP/1.0")(framed(CHUNKED, b"3\r\nabc\r\n0\r\n\r\n")(r)),
           "one long field": field(b"X-A: " + b"a" * 17000), "17 KB of fields": field(*(b"X-%d: %s" % (n, b"a" * 90) for n in range(180))),
           "60 KB of fields": field(*(b"X-%d: %s" % (n, b"a" * 90) for n in range(600))), "cut off in its head": None}


# --- judging

def deliver(line: Line, data: bytes, pieces: int) -> None:
    line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    at = data.find(b"\r\n\r\n") + 2 if pieces < 0 else 0
    size = pieces if pieces > 0 else len(data)
    for part in ([data[:at], data[at:]] if at else [data[n:n + size] for n in range(0, len(data), size)]):
        if not line.send(part):
            return


def rest_of(line: Line) -> bytes:
    """What comes until the other side ends it; a reset ends it too."""
    whole, line.pending = line.pending, b""
    try:
        while True:
            got = line.socket.recv(65536)
            if not got:
                return whole
            whole += got
    except socket.timeout:
        return whole + b"(and does not end)"
    except OSError:
        return whole


def legal(stage: Stage, data: bytes, method: str, good: tuple, last: Optional[bool], pieces: int = 0) -> str:
    """`last`: the connection ends with it; None: or does not."""
    with Line(stage.host, stage.port, 20) as line:
        deliver(line, data, pieces)
        reply = line.reply(method)
        if reply.hung or reply.status not in good:
            return "expected %s, actual %s" % (good, reply)
        if reply.status >= 400 and method != "HEAD" and form(reply):
            return form(reply)
        if not last:
            line.send(NEXT)
            after = line.reply()
            if last is None and after.status == 0 and not after.hung:
                return ""
            if after.status != 200 or after.body != b'{"alive":true}':
                return "the next on its connection: %s" % after
        rest = rest_of(line)
        return "and then %r" % rest[:200] if rest else ""


def illegal(stage: Stage, data: bytes, method: str, ends: bool) -> str:
    with Line(stage.host, stage.port, 20) as line:
        deliver(line, data, 0)
        if ends:
            line.socket.shutdown(socket.SHUT_WR)
        reply = line.reply(method)
        if reply.hung or not 400 <= reply.status < 600 or reply.status == 500:
            return "expected a refusal, actual %s" % reply
        if method != "HEAD" and form(reply):
            return form(reply)
        if not ends:
            line.send(NEXT)
        after = line.reply()
        if after.hung or after.status not in (0, 200):
            return "answered twice: %s, then %s" % (reply, after)
        rest = rest_of(line) if after.status else line.pending
        return "and then %r" % rest[:200] if rest else ""


def legal_cases(stage: Stage):
    for name, data, method, good in ALONE:
        yield "legal: %s" % name, lambda d=data, m=method, g=good: legal(stage, d, m, g, None if b"Expect" in d else False)
    for name, change in LEGAL.items():
        for base in bases(stage):
            what = "legal: %s, %s %s" % (name, base.method, base.path.split("/")[5])
            request = change(base)
            if request is None:
                continue
            if request.token_line is not None:
                request.token_line = request.token_line % stage.token.encode()
            yield what, lambda r=request: legal(stage, r.bytes(stage.token), r.method, r.good, r.last, r.pieces)


def illegal_cases(stage: Stage):
    for name, change in ILLEGAL.items():
        for base in bases(stage)[:1] + bases(stage)[2:4]:
            what, method = "illegal: %s, %s" % (name, base.method), base.method
            if change is None:
                data, ends = base.bytes(stage.token)[:60], True
            else:
                request = change(base)
                data, ends = request.bytes(stage.token), name == "a length beyond what comes" or name == "bare carriage returns"
            yield what, lambda d=data, m=method, e=ends: illegal(stage, d, m, e)


def findings(stage: Stage) -> int:
    """How many there are: what is refused makes none."""
    found, cursor = 0, ""
    while True:
        page = stage.client.get("/districts/%s/findings?limit=500%s" % (stage.home, cursor)).json
        found += len(page["items"])
        if "next" not in page:
            return found
        cursor = "&cursor=" + page["next"]


class Sweep:
    def __init__(self, only: str):
        self.passed, self.failed, self.only = 0, 0, only

    def case(self, name: str, wrong: str) -> None:
        self.passed += not wrong
        self.failed += bool(wrong)
        if wrong:
            print("FAIL %s: %s" % (name, wrong), flush=True)

    def all(self, cases, least: int) -> None:
        count = 0
        for name, run in cases:
            count += 1
            if self.only in name:
                self.case(name, run())
        self.case("at least %d" % least, "" if count >= least else "only %d" % count)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--var", default="")
    parser.add_argument("--only", default="")
    args = parser.parse_args()
    parts = urlsplit(args.url)
    stage = Stage(Client(args.url, args.token), parts.hostname, parts.port or 80, args.token)
    stage.set_up()
    sweep, begun = Sweep(args.only), time.monotonic()
    sweep.all(legal_cases(stage), LEGAL_MIN)
    before = findings(stage)
    sweep.all(illegal_cases(stage), ILLEGAL_MIN)
    sweep.case("what is refused has no effect", "" if findings(stage) == before else "%d findings, then %d" % (before, findings(stage)))
    print("took %.0f s" % (time.monotonic() - begun), flush=True)
    print("%d passed, %d failed" % (sweep.passed, sweep.failed))
    return 1 if sweep.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
