"""Two small districts for bad_input.py, with one of everything that a request may name.

Why its own: bad input must be refused for the reason meant and no other, so each case changes
one thing of a request that is known to be good; the good ones are made here, and tried again
at the end.
"""

from __future__ import annotations

import json
from random import SystemRandom

from client import Client, wait_settled
from raw import Line, Reply, request

DAY = "2017-09-04"
PASSWORD = "correct-horse-7"
ROLES = {"admin": ["district_admin"], "inspector": ["inspector"], "reviewer": ["reviewer"],
         "cadre": ["cadre"], "auditor": ["auditor"]}


class Stage:
    def __init__(self, client: Client, host: str, port: int, token: str):
        self.client, self.host, self.port, self.token = client, host, port, token
        self.tokens: dict = {}
        self.serial = 0
        rng = SystemRandom()
        self.home, self.abroad = ("%06d" % rng.randrange(110000, 660000) for _ in range(2))
        self.nowhere = "%06d" % rng.randrange(660000, 700000)
        self.findings: dict = {}

    def at(self, path: str, district: str = "") -> str:
        return "/api/v1/districts/%s%s" % (district or self.home, path)

    def fresh(self, prefix: str = "x") -> str:
        self.serial += 1
        return "%s%d" % (prefix, self.serial)

    # --- one of everything

    def good(self, call: str, path: str, body=None, key: str = "") -> dict:
        answer = self.client.call(call, "/districts/%s%s" % (self.home, path), body, key=key or None,
                                  harmless=True)
        if answer.status not in (200, 201):
            raise SystemExit("setting the stage: %s %s answered %s" % (call, path, answer))
        return answer.json

    def set_up(self) -> None:
        self.client.post("/clock", {"now": "2017-09-08T00:00:00+08:00"}, harmless=True)
        for code in (self.home, self.abroad):
            self.client.put("/districts/" + code, self.district())
        self.good("PUT", "/townships/t1", {"name": "乡", "area_id": "east"})
        self.good("PUT", "/units/u1", {"name": "局"})
        for person in ("p1", "p2", "p3"):
            self.good("PUT", "/persons/" + person, self.person())
        for village in ("v1", "v2"):
            self.good("PUT", "/villages/" + village, self.village())
        self.good("PUT", "/postings/a1", self.posting())
        for state, moves in (("noted", ()), ("annulled", ("confirm", "annul")), ("dismissed", ("dismiss",))):
            self.findings[state] = self.note()
            for move in moves:
                self.good("POST", "/findings/%s/%s" % (self.findings[state], move), None, self.fresh("key"))

    def log_in(self) -> str:
        """Accounts come last, so that a stack without them is still tried; says what failed."""
        for name, roles in ROLES.items():
            phone = "1370000%04d" % (len(self.tokens) + 1)
            account = {"phone": phone, "password": PASSWORD, "roles": roles}
            if name == "cadre":
                account["person_id"] = "p1"
            answer = self.client.put("/districts/%s/accounts/%s" % (self.home, name), account)
            if answer.status not in (200, 201):
                return "PUT /accounts/%s answered %s" % (name, answer)
            answer = self.client.post("/sessions", {"district": self.home, "phone": phone, "password": PASSWORD})
            if answer.status != 201:
                return "POST /sessions of %s answered %s" % (name, answer)
            self.tokens[name] = answer.json["token"]
        return ""

    def note(self) -> str:
        return self.good("POST", "/findings", self.finding(), self.fresh("key"))["id"]

    # --- good bodies; a case changes one member

    @staticmethod
    def district() -> dict:
        return {"name": "区", "areas": [{"id": "east", "name": "东"}, {"id": "west", "name": "西"}]}

    @staticmethod
    def person() -> dict:
        return {"name": "张三", "phone": "13800000001", "unit_id": "u1", "establishment": "institution"}

    @staticmethod
    def village() -> dict:
        return {"name": "村", "township_id": "t1", "kind": "poor",
                "fence": {"lon": 107.5, "lat": 31.2, "radius_m": 200}}

    @staticmethod
    def posting() -> dict:
        return {"person_id": "p1", "village_id": "v1", "role": "first_secretary", "from": "2017-08-01"}

    @staticmethod
    def finding() -> dict:
        return {"kind": "unexcused_absence", "person_id": "p1", "on": DAY, "source": "covert"}

    @staticmethod
    def checkin() -> dict:
        return {"person_id": "p1", "village_id": "v1", "captured_at": DAY + "T09:00:00+08:00",
                "lon": 107.5, "lat": 31.2, "accuracy_m": 10}

    # --- sending by hand

    def headers(self, token: str = "", content: str = "application/json", key: str = "", length: int = -1) -> list:
        found = [("Host", "%s:%d" % (self.host, self.port)), ("Authorization", "Bearer " + (token or self.token))]
        if length >= 0:
            found += [("Content-Type", content), ("Content-Length", str(length))]
        if key:
            found.append(("Idempotency-Key", key))
        return found

    def send(self, method: str, target: str, body=None, *, token: str = "", key: str = "",
             content: str = "application/json", patience_s: float = 30) -> Reply:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        length = -1 if body is None else len(raw)
        with Line(self.host, self.port, patience_s) as line:
            line.send(request(method, target, self.headers(token, content, key, length), raw))
            return line.reply(method)

    # --- afterwards

    def still_correct(self) -> str:
        """The good requests once more, and what follows from them."""
        self.good("PUT", "/postings/a1", self.posting())
        self.good("POST", "/checkins", self.checkin(), self.fresh("key"))
        finding = self.note()
        self.good("POST", "/findings/%s/confirm" % finding, None, self.fresh("key"))
        progress = wait_settled(self.client, self.home)
        if progress["parked"]:
            return "%d inputs are parked" % progress["parked"]
        standing = self.good("GET", "/persons/p1/standing")
        if [a["on"] for a in standing["absences"]] != [DAY] or len(standing["measures"]) != 1:
            return "the standing is wrong: %s" % standing
        self.good("POST", "/findings/%s/annul" % finding, None, self.fresh("key"))
        wait_settled(self.client, self.home)
        stipend = self.good("GET", "/persons/p1/stipend?year=2017")
        if stipend["balance_fen"] != 10_000:
            return "one day in the village is not worth 10,000 fen: %s" % stipend
        return ""
