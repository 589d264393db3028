"""Bad requests that are HTTP: tables of what goes in and what must come out.

Why tables: each row is one thing wrong with a request that is known to be good (stage.py), so
the answer can be nothing but the status of that thing. Where the contract leaves a choice,
the row lists every answer that keeps it. ORDER rows have two things wrong, to see which of
them the contract's order of checks names first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Iterator, Optional

from raw import request
from stage import DAY, PASSWORD, Stage

MIB = 1 << 20


@dataclass
class Case:
    name: str
    method: str
    target: str
    body: Optional[bytes]
    statuses: tuple
    code: str = ""
    allow: tuple = ()
    token: Optional[str] = None            # None: the operator's; "": no header at all
    content: Optional[str] = "application/json"
    extra: list = field(default_factory=list)
    formal: bool = True                    # a refusal must be a problem of the fixed form
    patience_s: float = 30

    def bytes(self, stage: Stage) -> bytes:
        headers = [("Host", "x")]
        if self.token != "":
            headers.append(("Authorization", "Bearer " + (self.token or stage.token)))
        if self.body is not None:
            if self.content is not None:
                headers.append(("Content-Type", self.content))
            headers.append(("Content-Length", len(self.body)))
        return request(self.method, self.target, headers + self.extra, self.body or b"")


def j(body) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def without(body: dict, name: str) -> dict:
    return {k: v for k, v in body.items() if k != name}


# --- the text of a body -----------------------------------------------------------------

GOOD = b'{"kind":"unexcused_absence","person_id":"p1","on":"2017-09-04","source":"covert"%s}'

TEXTS = [  # (name, bytes, statuses)
    ("empty", b"", (400, 415, 422)), ("space", b"   ", (400,)), ("open", b"{", (400,)),
    ("cut", GOOD[:-3], (400,)), ("trailing comma", GOOD % b",", (400,)),
    ("trailing text", GOOD % b"" + b" x", (400,)), ("two documents", (GOOD % b"") * 2, (400,)),
    ("single quotes", b"{'kind':'x'}", (400,)), ("bare word", b"hello", (400,)),
    ("comment", GOOD % b"/* x */", (400,)), ("NaN", GOOD % b',"note":NaN', (400,)),
    ("Infinity", GOOD % b',"note":Infinity', (400,)), ("leading zero", GOOD % b',"note":01', (400,)),
    ("plus sign", GOOD % b',"note":+1', (400,)), ("True", GOOD % b',"major":True', (400,)),
    ("array", b"[]", (422,)), ("string", b'"x"', (400, 422)), ("number", b"1", (400, 422)),
    ("null", b"null", (400, 422)), ("true", b"true", (400, 422)),
    ("duplicate member", GOOD % b',"on":"2017-09-04"', (400,)),
    ("duplicate by escape", GOOD % b',"o\\u006e":"2017-09-04"', (400,)),
    ("duplicate nested", GOOD % b',"evidence":[{"name":"a","name":"b"}]', (400,)),
    ("byte FF", GOOD % b',"note":"\xff"', (400,)), ("overlong slash", GOOD % b',"note":"\xc0\xaf"', (400,)),
    ("surrogate bytes", GOOD % b',"note":"\xed\xa0\x80"', (400,)),
    ("cut character", GOOD % b',"note":"\xe5\xbc"', (400,)),
    ("above U+10FFFF", GOOD % b',"note":"\xf4\x90\x80\x80"', (400,)),
    ("bad UTF-8 in a name", GOOD % b',"\xff":1', (400,)), ("UTF-16", (GOOD % b"").decode().encode("utf-16"), (400,)),
    ("byte order mark", b"\xef\xbb\xbf" + GOOD % b"", (201, 400)),
    ("lone surrogate", GOOD % b',"note":"\\ud800"', (400, 422)),
    ("escaped NUL", GOOD % b',"note":"a\\u0000b"', (400, 422)),
    ("escaped NUL in an id", b'{"kind":"unexcused_absence","person_id":"p1\\u0000","on":"2017-09-04","source":"covert"}',
     (400, 422)),
    ("escaped NUL in a name", GOOD % b',"a\\u0000":1', (400, 422)),
    ("raw NUL", GOOD % b',"note":"a\x00b"', (400,)), ("NUL at the end", GOOD % b"" + b"\x00", (400,)),
    ("raw newline in a string", GOOD % b',"note":"a\nb"', (400,)), ("bad escape", GOOD % b',"note":"\\x41"', (400,)),
    ("deep arrays", b"[" * 100_000, (400, 422)), ("deep and closed", b"[" * 50_000 + b"]" * 50_000, (400, 422)),
    ("deep member", GOOD % (b',"note":' + b"[" * 5000 + b"]" * 5000), (400, 422)),
    ("deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000, (400, 422)),
    ("huge exponent", GOOD % b',"note":1e99999', (400, 422)), ("huge integer", GOOD % (b',"note":' + b"9" * 400), (400, 422)),
    ("long number", GOOD % (b',"note":1.' + b"9" * 500_000), (400, 422)),
    ("garbage", bytes(range(256)) * 8, (400,)),
]


def texts(stage: Stage) -> Iterator[Case]:
    for name, body, statuses in TEXTS:
        yield Case("text: " + name, "POST", stage.at("/findings"), body, statuses)
    yield Case("text: cut, by PUT", "PUT", stage.at("/townships/t9"), b'{"name":', (400,))
    yield Case("text: duplicate, by PUT", "PUT", stage.at("/townships/t9"),
               b'{"name":"a","name":"a","area_id":"east"}', (400,))
    yield Case("text: duplicate in a patch", "POST", stage.at("/policies"),
               b'{"version":"d","effective_from":"2018-01-01","patch":{"approval":"automatic","approval":"automatic"}}',
               (400,))
    yield Case("text: deep patch", "POST", stage.at("/policies"),
               b'{"version":"d","effective_from":"2018-01-01","patch":' + b'{"a":' * 3000 + b"1" + b"}" * 3001,
               (400, 422))


# --- members of a body ------------------------------------------------------------------

DATES = ("", "2017-02-30", "2017-13-01", "2017-00-10", "2017-09-00", "2017-9-1", "20170901", "2017-09-01T00:00:00Z",
         " 2017-09-01", "2017-09-01 ", "0000-01-01", "-2017-09-01", "２０１７-09-01", "2017/09/01", "today", "17-09-01",
         "2017-09-32", "2100-02-29", "+2017-09-01")
IDS = ("", "a b", "a/b", "张", "x" * 65, "a\n", "é", "a\\b", "a'b", "a;b", "%41")
WRONG = (5, -1, 1.5, True, [], {}, ["x"], {"a": 1}, None)
INSTANTS = ("", "2017-09-04", "2017-09-04T09:00:00", "2017-09-04 09:00", "2017-09-04T25:00:00Z", "2017-09-04T09:60:00Z",
            "2017-02-30T09:00:00Z", "2017-09-04T09:00:00+25:00", "2017-09-04T09:00:00+0800x", "10000-01-01T00:00:00Z",
            "0000-00-00T00:00:00Z", "1504486800", "now", "2017-09-04T09:00:00.Z", "2017-09-04T09:00:00+99:99")


def changed(body: dict, name: str, values) -> Iterator[tuple]:
    for value in values:
        yield "%s = %s" % (name, json.dumps(value, ensure_ascii=False)[:40]), {**body, name: value}


def finding_bodies(stage: Stage) -> Iterator[tuple]:
    """(name, body, code) of findings that a rule refuses."""
    good = stage.finding()
    for name in good:
        yield "without " + name, without(good, name), ""
    for name in ("kind", "person_id", "unit_id", "on", "source", "level", "bulletin", "note"):
        for what, body in changed(good, name, WRONG):
            yield what, body, ""
    for what, body in changed(good, "major", ("true", 1, 0, [], None)):
        yield what, body, ""
    for what, body in changed(good, "on", DATES):
        yield what, body, ""
    for what, body in changed(good, "person_id", IDS):
        yield what, body, ""
    for day in ("2199-01-01", "2200-02-28", "9999-12-31"):
        yield "on the future " + day, {**good, "on": day}, r"^finding\.in_future$"
    for day in ("2017-07-31", "2000-01-01", "1900-01-01"):
        yield "not posted on " + day, {**good, "on": day}, r"^finding\.not_posted$"
    yield "person without posting", {**good, "person_id": "p2"}, r"^finding\.not_posted$"
    yield "unknown person", {**good, "person_id": "nobody"}, ""
    yield "kind unknown", {**good, "kind": "lateness"}, ""
    yield "kind in capitals", {**good, "kind": "UNEXCUSED_ABSENCE"}, ""
    yield "source unknown", {**good, "source": "rumour"}, ""
    yield "level unknown", {**good, "source": "superior", "level": "world"}, ""
    yield "level without superior", {**good, "level": "city"}, ""
    yield "superior without level", {**good, "source": "superior"}, ""
    yield "absence of a unit", {**without(good, "person_id"), "unit_id": "u1"}, ""
    yield "criticism without bulletin", {**good, "kind": "written_criticism"}, ""
    yield "criticism of nobody", {"kind": "written_criticism", "on": DAY, "source": "covert", "bulletin": "b1"}, ""
    yield "criticism of an unknown unit", {"kind": "written_criticism", "unit_id": "nope", "on": DAY,
                                           "source": "covert", "bulletin": "b1"}, ""
    yield "unknown member", {**good, "colour": "red"}, ""
    yield "empty member name", {**good, "": 1}, ""
    yield "confirm outside a batch", {**good, "confirm": True}, ""
    yield "confirmed_on is never the client's word", {**good, "confirmed_on": "2017-09-01"}, ""
    for what, body in changed(good, "evidence", ("x", 1, None, {}, [1], [{}], ["x"], [None], [{"name": "a"}],
                                                 [{"sha256": "ab", "name": "a"}], [{"sha256": "g" * 64, "name": "a"}],
                                                 [{"sha256": "a" * 64, "name": 5}], [{"sha256": "a" * 64, "name": "a", "x": 1}])):
        yield what, body, ""


def checkin_bodies(stage: Stage) -> Iterator[tuple]:
    good = stage.checkin()
    for name in ("person_id", "village_id", "captured_at"):
        yield "without " + name, without(good, name), ""
        for what, body in changed(good, name, WRONG):
            yield what, body, ""
    for name in ("lon", "lat", "accuracy_m"):
        for what, body in changed(good, name, ("1", True, [], {}, None, 1e308, -1e308)):
            yield what, body, ""
    for what, body in changed(good, "captured_at", INSTANTS):
        yield what, body, ""
    for what, body in changed(good, "datum", ("", "WGS84", "nad27", 1, None)):
        yield what, body, ""
    for what, body in changed(good, "key", ("", "x" * 129, "é", "a\tb", 5, None)):
        yield what, body, ""
    yield "lon 181", {**good, "lon": 181}, ""
    yield "lat -91", {**good, "lat": -91}, ""
    yield "accuracy below 0", {**good, "accuracy_m": -1}, ""
    yield "lon without lat", without(good, "lat"), ""
    yield "in the future", {**good, "captured_at": "2199-01-01T00:00:00+08:00"}, ""
    yield "unknown person", {**good, "person_id": "nobody"}, ""
    yield "unknown village", {**good, "village_id": "nowhere"}, ""
    yield "not posted there", {**good, "village_id": "v2"}, r"^checkin\.not_posted$"
    yield "not posted then", {**good, "captured_at": "2017-07-31T23:59:59+08:00"}, r"^checkin\.not_posted$"
    yield "not posted then, though it is in UTC", {**good, "captured_at": "2017-07-31T15:59:59Z"}, r"^checkin\.not_posted$"
    yield "unknown member", {**good, "altitude": 300}, ""


def put_bodies(stage: Stage) -> Iterator[tuple]:
    """(name, path, body) of resources that a rule refuses."""
    sets = (("/townships/x1", {"name": "乡", "area_id": "east"}), ("/units/x1", {"name": "局"}),
            ("/villages/x1", stage.village()), ("/persons/x1", stage.person()), ("/postings/x1", stage.posting()))
    for path, good in sets:
        for name in good:
            if name != "fence":
                yield "without " + name, path, without(good, name)
                for what, body in changed(good, name, (5, True, [], {}, None)):
                    yield what, path, body
        yield "unknown member", path, {**good, "x": 1}
        yield "another id in the body", path, {**good, "id": "x2"}
        yield "an id of another type in the body", path, {**good, "id": 1}
    for name in ("", "x" * 100_000):
        yield "name of %d characters" % len(name), "/units/x1", {"name": name}
    yield from put_references(stage)
    yield from put_values(stage)


def put_references(stage: Stage) -> Iterator[tuple]:
    yield "unknown area", "/townships/x1", {"name": "乡", "area_id": "north"}
    yield "unknown head", "/units/x1", {"name": "局", "head_person_id": "nobody"}
    yield "unknown township", "/villages/x1", {**stage.village(), "township_id": "nope"}
    yield "unknown unit", "/persons/x1", {**stage.person(), "unit_id": "nope"}
    yield "unknown person", "/postings/x1", {**stage.posting(), "person_id": "nobody"}
    yield "unknown village", "/postings/x1", {**stage.posting(), "village_id": "nowhere"}
    for what, body in changed(stage.posting(), "person_id", IDS):
        yield what, "/postings/x1", body


def put_values(stage: Stage) -> Iterator[tuple]:
    village, posting = stage.village(), stage.posting()
    for what, body in changed(village, "kind", ("rich", "", "POOR")):
        yield what, "/villages/x1", body
    fence = village["fence"]
    bad = [1, "x", [], None, {}, without(fence, "lon"), without(fence, "radius_m"), {**fence, "x": 1}]
    bad += [{**fence, name: value} for name, value in (
        ("lon", 181), ("lon", "107"), ("lat", 91), ("lat", None), ("radius_m", 0), ("radius_m", -5),
        ("radius_m", "200"), ("radius_m", 1e300), ("radius_m", True))]
    for what, body in changed(village, "fence", bad):
        yield what, "/villages/x1", body
    for what, body in changed(stage.person(), "establishment", ("farmer", "")):
        yield what, "/persons/x1", body
    for what, body in changed(posting, "role", ("king", "", "FIRST_SECRETARY")):
        yield what, "/postings/x1", body
    for name in ("from", "to", "term_from", "term_to"):
        for what, body in changed(posting, name, DATES + (5, None)):
            yield what, "/postings/x1", body
    day = {"on": "2027-01-01", "working": False, "name": "元旦"}
    for name, bad in (("on", DATES + (5, None, "2026-12-31", "2028-01-01")), ("working", (1, "true", None, [])), ("name", ("", 5, None, "x" * 300))):
        for what, body in changed(day, name, bad):
            yield "calendar: " + what, "/calendars/2027", {"days": [body]}
    yield "a day twice", "/calendars/2027", {"days": [day, {**day, "working": True}]}
    for days in (5, {}, "2027-01-01", None, ["2027-01-01"], [day, 1]):
        yield "days: %s" % days, "/calendars/2027", {"days": days}
    yield "to before from", "/postings/x1", {**posting, "to": "2017-07-01"}
    yield "to equals from", "/postings/x1", {**posting, "to": "2017-08-01"}
    yield "term ends before it starts", "/postings/x1", {**posting, "term_from": "2018-01-01", "term_to": "2017-01-01"}


def policy_bodies(stage: Stage) -> Iterator[tuple]:
    good = {"version": "x1", "effective_from": "2018-01-01", "patch": {}}
    for name in good:
        yield "without " + name, without(good, name)
        for what, body in changed(good, name, (5, True, [], None)):
            yield what, body
    for what, body in changed(good, "effective_from", DATES):
        yield what, body
    for what, body in changed(good, "version", ("", "x" * 65)):
        yield what, body
    for word in ("maybe", 5, [], {"default": "maybe"}, {"default": 1}, {"default": "automatic", "recall": "maybe"}):
        yield "approval %s" % json.dumps(word), {**good, "patch": {"approval": word}}
    yield "approval removed", {**good, "patch": {"approval": None}}
    yield "unknown member", {**good, "x": 1}


def other_bodies(stage: Stage) -> Iterator[tuple]:
    """(name, method, target, body, statuses, code)."""
    at = stage.at
    for what in ("2017-13", "2017-9", "2017", "201709", "", "2017-09-01", 201709, None):
        yield "month %r" % what, "POST", at("/payrolls"), {"month": what}, (422,), ""
    yield "month that is not over", "POST", at("/payrolls"), {"month": "2199-09"}, (422,), r"^payroll\.month_open$"
    yield "no month", "POST", at("/payrolls"), {}, (422,), ""
    for what in ("", "now", 5, None, "2017-09-08", "2017-02-30T00:00:00Z"):
        yield "now = %r" % what, "POST", "/api/v1/clock", {"now": what}, (422,), ""
    yield "clock backwards", "POST", "/api/v1/clock", {"now": "2017-09-07T23:59:59+08:00"}, (409,), r"^clock\.backwards$"
    yield "clock with more", "POST", "/api/v1/clock", {"now": "2017-09-08T00:00:00+08:00", "x": 1}, (422,), ""
    for move in ("confirm", "dismiss", "annul"):
        path = at("/findings/%s/%s" % (stage.findings["noted"], move))
        yield move + " with an unknown member", "POST", path, {"x": 1}, (422,), ""
        yield move + " with reason null", "POST", path, {"reason": None}, (422,), ""
        yield move + " with reason 5", "POST", path, {"reason": 5}, (422,), ""
        yield move + " of an unknown finding", "POST", at("/findings/none/" + move), {}, (404,), ""
    for state, move in (("noted", "annul"), ("annulled", "confirm"), ("annulled", "dismiss"),
                        ("dismissed", "confirm"), ("dismissed", "annul")):
        path = at("/findings/%s/%s" % (stage.findings[state], move))
        yield "%s of a %s finding" % (move, state), "POST", path, {}, (409,), r"^finding\.bad_transition$"
    for move in ("approve", "reject", "lift", "serve"):
        yield move + " of an unknown measure", "POST", at("/measures/none/" + move), {}, (404,), ""
    for move in ("review", "order", "hand-over", "cancel"):
        yield move + " of an unknown recall", "POST", at("/recalls/none/" + move), {}, (404,), ""
    yield "overlapping posting", "PUT", at("/postings/a2"), {**stage.posting(), "person_id": "p2"}, (409,), r"^posting\.overlap$"


def members(stage: Stage) -> Iterator[Case]:
    for name, body, code in finding_bodies(stage):
        yield Case("finding: " + name, "POST", stage.at("/findings"), j(body), (422,), code)
    for name, body, code in checkin_bodies(stage):
        yield Case("check-in: " + name, "POST", stage.at("/checkins"), j(body), (422,), code)
    for name, path, body in put_bodies(stage):
        yield Case("PUT %s: %s" % (path, name), "PUT", stage.at(path), j(body), (422,))
    for name, body in policy_bodies(stage):
        yield Case("policy: " + name, "POST", stage.at("/policies"), j(body), (422,))
    yield Case("policy: effective_from taken", "POST", stage.at("/policies"),
               j({"version": "x1", "effective_from": "2017-08-01", "patch": {}}), (409,))
    for name, method, target, body, statuses, code in other_bodies(stage):
        yield Case("body: " + name, method, target, j(body), statuses, code)
    for what, body in changed(stage.district(), "areas", (5, {}, [5], [{}], [{"id": "a"}], [{"id": "a b", "name": "x"}], None)):
        yield Case("district: " + what, "PUT", stage.at(""), j(body), (422,))
    for what, body in changed(stage.district(), "name", (5, None, [])):
        yield Case("district: " + what, "PUT", stage.at(""), j(body), (422,))


# --- paths, queries, methods, media types, tokens ---------------------------------------

def paths(stage: Stage) -> Iterator[Case]:
    at = stage.at
    for target in ("/api/v1/nothing", "/api/v1", "/api/v1/", "/api/v2/districts", at("/nothing"), at("/townships/t1/x"),
                   at("/townships/t1/"), at("//townships/t1"), at("/Townships/t1"), at("/findings:nothing"),
                   at("/findings/x/y"), at("/" + "a/" * 2000), at("/persons/p1/standing/x"), at("/measure")):
        yield Case("route: " + target[:60], "GET", target, None, (404,))
    for path in ("/townships/none", "/units/none", "/villages/none", "/persons/none", "/postings/none", "/measures/none",
                 "/persons/none/standing", "/units/none/standing", "/persons/none/stipend?year=2017",
                 "/payrolls/2017-08", "/townships/..", "/townships/.", "/payrolls/none", "/calendars/1999", "/calendars/2101",
                 "/calendars/17", "/calendars/02017", "/calendars/none"):
        yield Case("unknown: " + path, "GET", at(path), None, (404,))
    for bad in ("a%20b", "%E5%BC%A0", "x" * 65, "a%2Fb", "a%00", "%", "%zz", "%e4%bd", "a+b", "a,b", "a;b", "%2e%2e%2f", "'", "a%0d%0ab"):
        yield Case("malformed id: " + bad[:20], "GET", at("/townships/" + bad), None, (400, 404))
        yield Case("malformed id by PUT: " + bad[:20], "PUT", at("/townships/" + bad),
                   j({"name": "乡", "area_id": "east"}), (400, 404))
    for code in ("abc", "12345", "1234567", "51170x", "%35", "-11703", "０１１７０３"):
        yield Case("district code " + code, "PUT", "/api/v1/districts/" + code, j(stage.district()), (400, 404, 422))
    yield Case("unknown district", "GET", at("/townships", stage.nowhere), None, (404,))
    yield Case("unknown district, write", "POST", at("/findings", stage.nowhere), j(stage.finding()), (404,))
    yield Case("payroll never drafted: approve", "POST", at("/payrolls/2017-08/approve"), None, (404, 409))
    yield Case("payroll never drafted: close", "POST", at("/payrolls/2017-08/close"), None, (404, 409))


def queries(stage: Stage) -> Iterator[Case]:
    for value in ("0", "501", "-1", "abc", "1.5", "", "99999999999999999999", "1e2", "%00", "0x10", "%EF%BC%91"):
        yield Case("query: limit=" + value, "GET", stage.at("/townships?limit=" + value), None, (422,))
    for value in ("garbage", "%00", "x" * 5000, "AAAA", "%F0%9F%98%80"):
        yield Case("query: cursor=" + value[:12], "GET", stage.at("/townships?cursor=" + value), None, (422,))
    for value in [d.replace(" ", "%20").encode("utf-8").decode("latin-1") for d in DATES if d.isascii()]:
        value = value.replace("+", "%2B")
        yield Case("query: standing on=" + value, "GET", stage.at("/persons/p1/standing?on=" + value), None, (422,))
        yield Case("query: policy on=" + value, "GET", stage.at("/policy?on=" + value), None, (422,))
    for value in ("abc", "", "17", "20177", "-1", "2017.0", "99999999999999999999", "%32017x"):
        yield Case("query: year=" + value, "GET", stage.at("/persons/p1/stipend?year=" + value), None, (422,))
    yield Case("query: no year", "GET", stage.at("/persons/p1/stipend"), None, (200, 422))
    yield Case("query: person_id of alerts", "GET", stage.at("/alerts?person_id=a%20b"), None, (422,))
    yield Case("query: nobody's alerts", "GET", stage.at("/alerts?person_id=nobody"), None, (200,))
    yield Case("query: limit twice", "GET", stage.at("/townships?limit=1&limit=x"), None, (200, 422))
    yield Case("query: very long", "GET", stage.at("/townships?limit=" + "1" * 6000), None, (414, 422, 431))
    yield Case("query: ampersands", "GET", stage.at("/townships?" + "&" * 3000), None, (0, 200, 414, 422, 431))
    yield Case("query: percent", "GET", stage.at("/townships?limit=%"), None, (400, 422))


METHODS = [  # (path, allowed, wrong ones)
    ("/townships/t1", ("GET", "PUT"), ("POST", "DELETE", "PATCH")),
    ("/townships", ("GET",), ("PUT", "POST", "DELETE")),
    ("/findings", ("POST",), ("PUT", "DELETE")),
    ("/findings:batch", ("POST",), ("GET", "PUT")),
    ("/checkins", ("POST",), ("PUT", "DELETE")),
    ("/checkins:batch", ("POST",), ("GET", "PUT")),
    ("/policies", ("POST",), ("PUT", "DELETE")),
    ("/policy", ("GET",), ("POST", "PUT")),
    ("/persons/p1/standing", ("GET",), ("POST", "PUT", "DELETE")),
    ("/persons/p1/stipend", ("GET",), ("POST", "DELETE")),
    ("/measures", ("GET",), ("POST", "PUT", "DELETE")),
    ("/measures/x", ("GET",), ("POST", "PUT", "DELETE")),
    ("/measures/x/approve", ("POST",), ("GET", "PUT")),
    ("/payrolls", ("POST",), ("DELETE", "PUT")),
    ("/progress", ("GET",), ("POST", "DELETE")),
    ("/imports?kind=units", ("POST",), ("GET", "PUT")),
    ("/calendars/2027", ("GET", "PUT"), ("POST", "DELETE", "PATCH")),
    ("/accounts/x", ("PUT",), ("POST", "DELETE")),
]


def methods(stage: Stage) -> Iterator[Case]:
    for path, allowed, wrong in METHODS:
        for method in wrong:
            body = None if method == "DELETE" else b"{}"
            yield Case("method: %s %s" % (method, path), method, stage.at(path), body, (405,), "", allowed)
    yield Case("method: GET /clock", "GET", "/api/v1/clock", None, (405,), "", ("POST",))
    yield Case("method: GET /sessions", "GET", "/api/v1/sessions", None, (405,), "", ("POST",))
    yield Case("method: POST /sessions/current", "POST", "/api/v1/sessions/current", b"{}", (405,), "", ("DELETE", "GET"))
    yield Case("method: POST /livez", "POST", "/livez", b"{}", (404, 405), formal=False)
    for method in ("BREW", "get", "PROPFIND", "TRACE", "CONNECT", "X" * 300):
        yield Case("method: unknown %s" % method[:10], method, stage.at("/townships"), None, (400, 405, 501), formal=False)
    yield Case("method: HEAD", "HEAD", stage.at("/townships"), None, (200, 405))
    yield Case("method: OPTIONS", "OPTIONS", stage.at("/townships"), None, (200, 204, 405), "", ("GET",))


def media(stage: Stage) -> Iterator[Case]:
    finding, township = j(stage.finding()), j({"name": "乡", "area_id": "east"})
    for kind in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", "json", "", "application/xml",
                 "multipart/form-data; boundary=x", "application/x-ndjson", "text/csv", "application"):
        yield Case("media: finding as %r" % kind, "POST", stage.at("/findings"), finding, (415,), content=kind)
    yield Case("media: none", "POST", stage.at("/findings"), finding, (415,), content=None)
    yield Case("media: PUT as text", "PUT", stage.at("/townships/t1"), township, (415,), content="text/plain")
    for kind in ("application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-8", "application/json "):
        yield Case("media: good as %r" % kind, "PUT", stage.at("/townships/t1"), township, (200,), content=kind)
    yield Case("media: batch as JSON", "POST", stage.at("/findings:batch"), finding + b"\n", (415,))
    yield Case("media: import as JSON", "POST", stage.at("/imports?kind=units"), b"id,name\n", (415,))
    for name, query in (("kind unknown", "kind=cats"), ("no kind", "dry_run=1"), ("dry_run 2", "kind=units&dry_run=2"),
                        ("dry_run x", "kind=units&dry_run=x")):
        yield Case("import: " + name, "POST", stage.at("/imports?" + query), b"id,name\nu7,x\n", (422,), content="text/csv")


def tokens(stage: Stage) -> Iterator[Case]:
    targets = (("GET", stage.at("/townships"), None), ("POST", stage.at("/findings"), j(stage.finding())),
               ("GET", "/api/v1/nothing", None), ("DELETE", stage.at("/townships"), None),
               ("POST", "/api/v1/clock", j({"now": "2017-09-08T00:00:00+08:00"})), ("GET", stage.at("/townships", stage.nowhere), None),
               ("POST", stage.at("/findings"), b"{"), ("POST", stage.at("/findings"), b" " * (MIB + 1)),
               ("DELETE", "/api/v1/sessions/current", None))
    for method, target, body in targets:
        for token in ("", "wrong", "x" * 64):
            yield Case("token %r: %s %s" % (token[:8], method, target[:50]), method, target, body, (401,), token=token)
    for header in ("Bearer", "Bearer ", "Basic " + stage.token, stage.token, "bearer", "Bearer  x", "Bearer x y",
                   "Bearer " + stage.token + "x", "Bearer " + stage.token[:-1], "Bearer " + "x" * 3000, "Bearer é"):
        yield Case("token header %s" % header[:12], "GET", stage.at("/townships"), None, (400, 401, 431), token="",
                   extra=[("Authorization", header)])
    yield Case("token in the query", "GET", stage.at("/townships?token=" + stage.token), None, (401,), token="")


def keys(stage: Stage) -> Iterator[Case]:
    finding = j(stage.finding())
    for name, value in (("empty", ""), ("129 long", "k" * 129), ("Chinese", "键"), ("latin-1", b"\xe9"), ("tab inside", "a\tb"),
                        ("DEL", b"a\x7f"), ("very long", "k" * 3000)):
        yield Case("key: " + name, "POST", stage.at("/findings"), finding, (400, 422) if name == "DEL" else (422,),
                   extra=[("Idempotency-Key", value)])
    yield Case("key: 128 long is good", "POST", stage.at("/findings"), finding, (201,), extra=[("Idempotency-Key", "k" * 128)])
    yield Case("key: 129 long, before bad JSON", "POST", stage.at("/findings"), b"{", (400, 422),
               extra=[("Idempotency-Key", "k" * 129)])


def orders(stage: Stage) -> Iterator[Case]:
    """401, 404 route, 405, 403, 413, 415, 400, 404, 422, 409: two things wrong, the first is named."""
    big, unknown = b"{" + b" " * MIB, j({"x": 1})
    noted, done = stage.findings["noted"], stage.findings["annulled"]
    yield Case("ORDER 404 route before 405", "DELETE", "/api/v1/nothing", None, (404,))
    yield Case("ORDER 404 route before 413", "POST", stage.at("/nothing"), big, (404,))
    yield Case("ORDER 405 before 413", "PUT", stage.at("/findings"), big, (405,), "", ("POST",))
    yield Case("ORDER 405 before 415", "PUT", stage.at("/findings"), b"{", (405,), "", ("POST",), content="text/plain")
    yield Case("ORDER 413 before 415", "POST", stage.at("/findings"), big, (413,), content="text/plain")
    yield Case("ORDER 415 before 400", "POST", stage.at("/findings"), b"{", (415,), content="text/plain")
    yield Case("ORDER 400 before 404 id", "POST", stage.at("/findings/none/confirm"), b"{", (400,))
    yield Case("ORDER 404 id before 422", "POST", stage.at("/findings/none/confirm"), unknown, (404,))
    yield Case("ORDER 422 before 409", "POST", stage.at("/findings/%s/confirm" % done), unknown, (422,))
    yield Case("ORDER 400 before 409", "POST", stage.at("/findings/%s/confirm" % done), b"{", (400,))
    yield Case("ORDER 400 before 422 query", "POST", stage.at("/findings/%s/confirm" % noted), b"{", (400,))
    if "admin" not in stage.tokens:
        return
    admin, cadre, abroad = stage.tokens["admin"], stage.tokens["cadre"], stage.abroad
    yield Case("ORDER 404 route before 403", "GET", stage.at("/nothing", abroad), None, (404,), token=admin)
    yield Case("ORDER 405 before 403", "DELETE", stage.at("/townships", abroad), None, (405,), "", ("GET",), token=admin)
    yield Case("ORDER 403 before 413", "POST", stage.at("/findings", abroad), big, (403,), token=admin)
    yield Case("ORDER 403 before 415", "POST", stage.at("/findings", abroad), b"{", (403,), token=admin, content="text/plain")
    yield Case("ORDER 403 before 400", "POST", stage.at("/findings", abroad), b"{", (403,), token=admin)
    yield Case("ORDER 403 before 404", "GET", stage.at("/persons/none", abroad), None, (403,), token=admin)
    yield Case("ORDER 403 role before 400", "POST", stage.at("/findings"), b"{", (403,), token=cadre)
    yield Case("ORDER 403 role before 404", "POST", stage.at("/findings/none/confirm"), b"{}", (403,), token=cadre)


def accounts(stage: Stage) -> Iterator[Case]:
    if "admin" not in stage.tokens:
        return
    good = {"phone": "13700009999", "password": PASSWORD, "roles": ["auditor"]}
    for name, body in [("without " + n, without(good, n)) for n in good] + [
            ("short password", {**good, "password": "123456789"}), ("unknown role", {**good, "roles": ["god"]}),
            ("roles a string", {**good, "roles": "auditor"}), ("role 5", {**good, "roles": [5]}),
            ("unknown person", {**good, "person_id": "nobody"}), ("unknown member", {**good, "x": 1}),
            ("password null", {**good, "password": None}), ("phone 5", {**good, "phone": 5})]:
        yield Case("account: " + name, "PUT", stage.at("/accounts/x1"), j(body), (422,))
    admin, abroad = stage.tokens["admin"], stage.abroad
    for code in (abroad, stage.nowhere):
        yield Case("another district: GET", "GET", stage.at("/townships", code), None, (403,), token=admin)
        yield Case("another district: PUT", "PUT", stage.at("/townships/t1", code), j({"name": "乡", "area_id": "east"}), (403,), token=admin)
        yield Case("another district: itself", "PUT", stage.at("", code), j(stage.district()), (403,), token=admin)
        yield Case("another district: batch", "POST", stage.at("/findings:batch", code), b"{}\n", (403,), token=admin, content="application/x-ndjson")
    yield Case("the clock is the operator's", "POST", "/api/v1/clock", j({"now": "2017-09-08T00:00:00+08:00"}), (403,), token=admin)
    for role, method, path, body in (
            ("auditor", "POST", "/findings", stage.finding()), ("auditor", "PUT", "/townships/t1", {"name": "乡", "area_id": "east"}),
            ("cadre", "POST", "/findings", stage.finding()), ("cadre", "GET", "/persons/p2/standing", None),
            ("cadre", "POST", "/checkins", {**stage.checkin(), "person_id": "p2"}), ("cadre", "GET", "/events", None),
            ("inspector", "POST", "/findings/%s/confirm" % stage.findings["noted"], {}),
            ("cadre", "PUT", "/accounts/x1", good), ("inspector", "POST", "/payrolls", {"month": "2017-08"})):
        yield Case("role %s: %s %s" % (role, method, path[:20]), method, stage.at(path), None if body is None else j(body), (403,), token=stage.tokens[role])
    for name, body in (("wrong password", {"district": stage.home, "phone": "13700000001", "password": "wrong-horse-7"}),
                       ("unknown phone", {"district": stage.home, "phone": "13799999999", "password": PASSWORD}),
                       ("unknown district", {"district": stage.nowhere, "phone": "13700000001", "password": PASSWORD})):
        yield Case("session: " + name, "POST", "/api/v1/sessions", j(body), (401,), token="")
    for name, body in (("empty", {}), ("password 5", {"district": stage.home, "phone": "1", "password": 5}),
                       ("unknown member", {"district": stage.home, "phone": "13700000001", "password": PASSWORD, "x": 1})):
        yield Case("session: " + name, "POST", "/api/v1/sessions", j(body), (422,), token="")


def cases(stage: Stage) -> Iterator[Case]:
    for group in (texts, members, paths, queries, methods, media, tokens, keys):
        yield from group(stage)
    refused = stage.log_in()
    if refused:
        yield Case("accounts: " + refused, "GET", stage.at("/townships"), None, (0,))
    yield from accounts(stage)
    yield from orders(stage)


# --- scenes: more than one request ------------------------------------------------------

def key_reused(stage: Stage) -> str:
    key, body = stage.fresh("reuse"), stage.finding()
    first = stage.send("POST", stage.at("/findings"), body, key=key)
    again = stage.send("POST", stage.at("/findings"), body, key=key)
    if first.status != 201 or (again.status, again.body) != (201, first.body):
        return "the same request again: %s, then %s" % (first, again)
    for name, path, other in (("another body", "/findings", {**body, "note": "x"}), ("another path", "/checkins", stage.checkin()),
                              ("the same body spelt otherwise", "/findings", j(body) + b" ")):
        reply = stage.send("POST", stage.at(path), other, key=key)
        if reply.status != 422 or reply.problem["code"] != "idempotency.key_reused":
            return "%s: %s" % (name, reply)
    return ""


def key_of_a_refused_request_is_free(stage: Stage) -> str:
    key = stage.fresh("free")
    bad = stage.send("POST", stage.at("/findings"), {**stage.finding(), "kind": "x"}, key=key)
    good = stage.send("POST", stage.at("/findings"), stage.finding(), key=key)
    return "" if (bad.status, good.status) == (422, 201) else "%s, then %s" % (bad, good)


def key_belongs_to_district_and_account(stage: Stage) -> str:
    key = stage.fresh("scope")
    first = stage.send("POST", stage.at("/findings"), stage.finding(), key=key)
    other = stage.send("POST", stage.at("/policies", stage.abroad),
                       {"version": "s1", "effective_from": "2018-03-01", "patch": {}}, key=key)
    if first.status != 201 or other.status not in (200, 201):
        return "in another district: %s, %s" % (first, other)
    if "inspector" in stage.tokens:
        mine = stage.send("POST", stage.at("/findings"), {**stage.finding(), "note": "y"}, key=key, token=stage.tokens["inspector"])
        if mine.status != 201:
            return "of another account: %s" % mine
    return ""


def no_key_on_put_and_clock(stage: Stage) -> str:
    for name, area in (("甲", "east"), ("乙", "west")):
        reply = stage.send("PUT", stage.at("/townships/t1"), {"name": name, "area_id": area}, key="same")
        if reply.status != 200:
            return "PUT with a used key: %s" % reply
    return ""


def body_of_one_mebibyte(stage: Stage) -> str:
    body = j(stage.finding())
    good = stage.send("POST", stage.at("/findings"), body + b" " * (MIB - len(body)))
    over = stage.send("POST", stage.at("/findings"), body + b" " * (MIB + 1 - len(body)))
    if good.status != 201 or over.status != 413 or over.problem is None:
        return "1 MiB: %s; one more: %s" % (good, over)
    return ""


def batch(stage: Stage, lines: bytes, path: str = "/findings:batch", token: str = "", patience_s: float = 60):
    return stage.send("POST", stage.at(path), lines, content="application/x-ndjson", token=token, patience_s=patience_s)


def answers(reply) -> list:
    if reply.status != 200:
        raise ValueError("batch answered %s" % reply)
    return [json.loads(line) for line in reply.body.splitlines()]


def line_errors(stage: Stage) -> str:
    """Each bad line is refused alone, in its place; a good one among them is taken."""
    good = stage.finding()
    rows = [(b"{", "", 400), (b"hello", "", 400), (b"\xff\xfe", "", 400), (j({**good, "key": "l1"}), "l1", 0),
            (j({**good, "key": "l2", "kind": "x"}), "l2", 422), (j({**good, "key": "l3", "x": 1}), "l3", 422),
            (j({**good, "key": "l4", "person_id": "nobody"}), "l4", 422), (j({**good, "key": "l5", "confirm": "yes"}), "l5", 422),
            (j({**good, "key": "l6", "note": None}), "l6", 422), (j({**good, "key": "l7", "on": "2199-01-01"}), "l7", 422),
            (b'{"key":"l8","key":"l8"}', None, 400), (j({**good, "key": "l9", "person_id": "p2"}), "l9", 422),
            (j({**good, "key": "x" * 129}), None, 422), (j({**good, "key": None}), None, 422), (b"[]", None, 422),
            (b"1", None, None), (b"[" * 30_000, "", None), (j({**good, "key": "l1"}), "l1", 0)]
    got = answers(batch(stage, b"\n".join(row[0] for row in rows)))
    if len(got) != len(rows):
        return "%d lines, %d answers" % (len(rows), len(got))
    for (line, key, status), answer in zip(rows, got):
        error = answer.get("error", {})
        if (key is not None and answer.get("key") != key) or (status is not None and error.get("status", 0) != status):
            return "line %r: expected key %r status %r, actual %s" % (line[:60], key, status, answer)
        if error and not {"status", "code", "detail"} <= set(error):
            return "line %r: members missing in %s" % (line[:60], answer)
    return "" if got[3] == got[-1] else "the same line again: %s, %s" % (got[3], got[-1])


def long_lines(stage: Stage) -> str:
    good = j({**stage.finding(), "key": "long-good"})
    long_line = j({**stage.finding(), "key": "long", "note": "x" * 70_000})
    for name, lines in (("first", long_line + b"\n" + good), ("last", good + b"\n" + long_line),
                        ("endless", good + b"\n" + b"x" * (3 * MIB))):
        reply = batch(stage, lines)
        if reply.status == 413 and reply.problem:
            continue
        got = answers(reply)
        states = [a.get("error", {}).get("status", 0) for a in got]
        want = [0, "4xx"] if name != "first" else ["4xx", 0]
        if [s if s == 0 else "4xx" if 400 <= s < 500 else s for s in states] != want:
            return "%s: %s" % (name, got)
    return ""


def line_just_short_enough(stage: Stage) -> str:
    line = j({**stage.finding(), "key": "64k", "note": ""})
    exact = line.replace(b'"note": ""', b'"note": ""' + b" " * (65536 - len(line)))
    got = answers(batch(stage, exact + b"\n"))
    return "" if len(exact) == 65536 and "id" in got[0] else "a line of 64 KiB: %s" % got


def odd_batches(stage: Stage) -> str:
    good = {**stage.finding()}
    if answers(batch(stage, b"")) != []:
        return "an empty batch has answers"
    crlf = answers(batch(stage, j({**good, "key": "c1"}) + b"\r\n" + j({**good, "key": "c2"}) + b"\r\n"))
    if ["id" in a for a in crlf] != [True, True]:
        return "CRLF: %s" % crlf
    blank = batch(stage, j({**good, "key": "b1"}) + b"\n\n" + j({**good, "key": "b2"}))
    states = ["id" in a for a in answers(blank)]
    return "" if states in ([True, True], [True, False, True]) else "a blank line: %s" % blank


def too_many_lines(stage: Stage) -> str:
    reply = batch(stage, b"{}\n" * 100_001, patience_s=120)
    if reply.status == 413 and reply.problem:
        return ""
    got = answers(reply)
    refused = all(400 <= a.get("error", {}).get("status", 0) < 500 for a in got)
    return "" if refused and len(got) <= 100_001 else "100,001 lines: %s" % reply


def confirm_is_the_operators(stage: Stage) -> str:
    if "inspector" not in stage.tokens:
        return "no accounts"
    line = j({**stage.finding(), "key": "mine", "confirm": True})
    got = answers(batch(stage, line, token=stage.tokens["inspector"]))
    return "" if got[0].get("error", {}).get("status") == 403 else "an inspector confirms by batch: %s" % got


def own_decision(stage: Stage) -> str:
    """Separation of duties: who noted a finding does not confirm it."""
    if "reviewer" not in stage.tokens:
        return "no accounts"
    both = {"phone": "13700008888", "password": PASSWORD, "roles": ["inspector", "reviewer"]}
    stage.client.put("/districts/%s/accounts/both" % stage.home, both)
    session = stage.send("POST", "/api/v1/sessions", {"district": stage.home, **without(both, "roles")})
    token = json.loads(session.body)["token"]
    noted = json.loads(stage.send("POST", stage.at("/findings"), stage.finding(), token=token).body)["id"]
    own = stage.send("POST", stage.at("/findings/%s/confirm" % noted), token=token)
    if own.status != 403 or own.problem["code"] != "duty.conflict":
        return "own finding confirmed: %s" % own
    other = stage.send("POST", stage.at("/findings/%s/dismiss" % noted), token=stage.tokens["reviewer"])
    return "" if other.status == 200 else "another reviewer dismisses: %s" % other


def check_in_switched_off(stage: Stage) -> str:
    """Where the policy keeps the mode is found by its value, as its name is not in the contract."""
    shipped = json.loads(stage.send("GET", stage.at("/policy?on=2017-08-01", stage.abroad)).body)["document"]
    found = []

    def walk(node, path):
        for name, value in node.items() if isinstance(node, dict) else ():
            if value == "optional":
                found.append(path + (name,))
            walk(value, path + (name,))
    walk(shipped, ())
    if len(found) != 1:
        return "the mode of check-ins is not one place of the policy: %s" % found
    patch = "off"
    for name in reversed(found[0]):
        patch = {name: patch}
    stage.good("POST", "/policies", {"version": "off", "effective_from": "2017-08-20", "patch": patch})
    reply = stage.send("POST", stage.at("/checkins"), stage.checkin())
    stage.good("POST", "/policies", {"version": "on", "effective_from": "2017-08-21", "patch": json.loads(
        json.dumps(patch).replace('"off"', '"optional"'))})
    return "" if reply.status == 409 and reply.problem["code"] == "checkin.off" else "mode off: %s" % reply


def passwords_are_not_shown(stage: Stage) -> str:
    if "admin" not in stage.tokens:
        return "no accounts"
    reply = stage.send("PUT", stage.at("/accounts/shown"), {"phone": "13700007777", "password": PASSWORD, "roles": []})
    again = stage.send("GET", stage.at("/accounts/shown"))
    return "shown: %s" % reply if PASSWORD.encode() in reply.body + again.body else ""


def logged_out(stage: Stage) -> str:
    if "auditor" not in stage.tokens:
        return "no accounts"
    token = stage.tokens["auditor"]
    before = stage.send("GET", stage.at("/townships"), token=token)
    out = stage.send("DELETE", "/api/v1/sessions/current", token=token)
    after = stage.send("GET", stage.at("/townships"), token=token)
    ok = before.status == 200 and out.status in (200, 204) and after.status == 401
    return "" if ok else "%s, %s, %s" % (before, out, after)


def many_failures(stage: Stage) -> str:
    """Last: who logs in with that phone from here must wait after it."""
    if "admin" not in stage.tokens:
        return "no accounts"
    wrong = {"district": stage.home, "phone": "13700000001", "password": "wrong-horse-7"}
    seen = [stage.send("POST", "/api/v1/sessions", wrong).status for _ in range(12)]
    if set(seen) - {401, 429} or seen[-1] != 429:
        return "12 wrong passwords: %s" % seen
    right = stage.send("POST", "/api/v1/sessions", {**wrong, "password": PASSWORD})
    return "" if right.status == 429 and right.problem else "the right one after that: %s" % right


SCENES = [key_reused, key_of_a_refused_request_is_free, key_belongs_to_district_and_account, no_key_on_put_and_clock,
          body_of_one_mebibyte, line_errors, long_lines, line_just_short_enough, odd_batches, too_many_lines,
          confirm_is_the_operators, own_decision, check_in_switched_off, passwords_are_not_shown, logged_out, many_failures]
