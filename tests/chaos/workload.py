"""A short fixed history of one district that touches everything: what crash points are tried against.

Why fixed and one step after the other: whatever ends meanwhile, the same facts must lead to the same end, row by row, so
every run can be compared with one that nothing disturbed. Each step has a key (or is a PUT) and is repeated until it is
answered; between the parts the district is quiet, so that who reads what first cannot matter.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outside"))

from client import Client, items, ndjson, wait_settled  # noqa: E402  (the path comes first)

DISTRICT = "511700"
PERSONS = ("id,name,phone,unit_id,establishment\n"
           "p1,赵示例,10000000001,u1,civil_servant\np2,钱示例,10000000002,u1,institution\n"
           "p3,孙示例,10000000003,u2,other\nh1,李示例,10000000004,u1,civil_servant\n")
POSTINGS = ("id,person_id,village_id,role,from,to\n"
            "o1,p1,v1,first_secretary,2017-07-01,\no2,p2,v1,team_member,2017-07-01,\n"
            "o3,p3,v2,first_secretary,2017-07-01,2020-01-01\n")
ABSENCE = {"kind": "unexcused_absence", "source": "covert"}


class Workload:
    """names: id the server gave -> what it stands for, so that two runs can be compared.  restart(meanwhile): all services,
    something being put while the last one is away."""

    def __init__(self, url: str, token: str, restart):
        self.client = Client(url, token, timeout_s=15, patience_s=90)
        self.restart, self.serial = restart, 0
        self.names, self.acknowledged = {}, []

    # --- sending

    def _call(self, method: str, path: str, body=None, *, key=None, kind="application/json"):
        answer = self.client.call(method, "/districts/" + DISTRICT + path, body, key=key, content_type=kind, harmless=True)
        if not 200 <= answer.status < 300:
            raise AssertionError("%s %s: %s" % (method, path, answer))
        return answer

    def put(self, path: str, body: dict) -> None:
        self._call("PUT", path, body)

    def post(self, path: str, body=None, name: str = "", kind: str = "application/json") -> dict:
        self.serial += 1
        key = "key-%d" % self.serial
        answer = self._call("POST", path, body, key=key, kind=kind)
        self.acknowledged.append((path, body, key, kind, answer.status, answer.raw))
        said = answer.json
        if name:
            self.names[said["id"]] = name
        return said

    def lines(self, path: str, lines: list) -> None:
        """A line answered 503 or 504 is sent again with its key."""
        left = {line["key"]: line for line in lines}
        for _ in range(200):
            if not left:
                return
            answer = self._call("POST", path, ndjson(list(left.values())), kind="application/x-ndjson")
            for line in answer.lines:
                status = line.get("error", {}).get("status")
                if status is None:
                    self.names[line["id"]] = line["key"]
                    del left[line["key"]]
                elif status not in (503, 504):
                    raise AssertionError("a line of %s: %s" % (path, line))
        raise AssertionError("lines of %s were not answered after 200 tries" % path)

    def quiet(self) -> None:
        progress = wait_settled(self.client, DISTRICT, 90)
        if progress["parked"]:
            raise AssertionError("inputs are parked: %s" % progress)

    def clock(self, instant: str) -> None:
        answer = self.client.post("/clock", {"now": instant}, harmless=True)
        if answer.status != 200:
            raise AssertionError("clock: %s" % answer)
        self.quiet()

    # --- the parts

    def found(self) -> None:
        self.put("", {"name": "测试区", "areas": [{"id": "east", "name": "东部"}]})
        self.post("/policies", {"version": "automatic", "effective_from": "2017-08-02", "patch": {"approval": "automatic"}})
        self.put("/townships/t1", {"name": "一号乡", "area_id": "east"})
        for unit in ("u1", "u2"):
            self.put("/units/" + unit, {"name": "局" + unit})
        for village, kind in (("v1", "poor"), ("v2", "non_poor")):
            self.put("/villages/" + village, {"name": "村" + village, "township_id": "t1", "kind": kind,
                                             "fence": {"lon": 107.5, "lat": 31.2, "radius_m": 1500}})
        self.post("/imports?kind=persons", PERSONS.encode(), kind="text/csv")
        self.put("/units/u1", {"name": "局u1", "head_person_id": "h1"})
        self.post("/imports?kind=postings", POSTINGS.encode(), kind="text/csv")
        self.put("/accounts/a1", {"person_id": "h1", "phone": "10000000004", "password": "a long one 1", "roles": ["district_admin"]})
        self.quiet()

    def attend(self) -> None:
        self.post("/checkins", {"person_id": "p1", "village_id": "v1", "captured_at": "2017-08-07T08:00:00+08:00",
                                "lon": 107.5, "lat": 31.2, "accuracy_m": 10}, "checkin-0")
        self.lines("/checkins:batch", [
            {"key": "c-%s-%d" % (person, day), "person_id": person, "village_id": village,
             "captured_at": "2017-08-%02dT09:00:00+08:00" % day}
            for person, village in (("p1", "v1"), ("p2", "v1"), ("p3", "v2")) for day in range(1, 7)])
        self.quiet()

    def find(self) -> None:
        """Three absences lead to a recall; one of the first is annulled again; one is only noted."""
        first = self.post("/findings", {**ABSENCE, "person_id": "p1", "on": "2017-08-10"}, "f-p1-1")["id"]
        self.post("/findings/%s/confirm" % first)
        self.quiet()
        self.lines("/findings:batch", [
            {**ABSENCE, "key": "f-%s-%d" % (person, day), "person_id": person, "on": "2017-08-%02d" % day, "confirm": True}
            for person in ("p1", "p2", "p3") for day in (14, 21, 28)])
        self.quiet()
        self.post("/findings/%s/annul" % first, {"reason": "在医院"})
        self.post("/findings", {**ABSENCE, "person_id": "p3", "on": "2017-09-01"}, "f-noted")
        self.post("/findings", {"kind": "written_criticism", "unit_id": "u1", "bulletin": "b1", "on": "2017-08-30", "source": "covert"}, "f-unit")
        self.quiet()

    def recalls(self) -> None:
        listed = {r["person_id"]: r["id"] for r in items(self.client, "/districts/%s/recalls" % DISTRICT)}
        if sorted(listed) != ["p1", "p2", "p3"]:
            raise AssertionError("recalls: %s" % listed)
        for person in ("p1", "p2"):
            for move in ("review", "order"):
                self.post("/recalls/%s/%s" % (listed[person], move))
                self.quiet()
        self.post("/recalls/%s/hand-over" % listed["p2"])
        self.post("/recalls/%s/cancel" % listed["p1"], {"reason": "撤销"})
        self.quiet()

    def pay(self) -> None:
        for move in ("", "/2017-08/approve", "/2017-08/close"):
            self.post("/payrolls" + move, None if move else {"month": "2017-08"})
            self.quiet()

    def look(self) -> None:
        """Each service is asked something."""
        for path in ("/findings", "/persons/p1/attendance?month=2017-08", "/persons/p1/standing",
                     "/persons/p1/stipend?year=2017", "/alerts?person_id=p1", "/rounds/r1/eligibility", "/vacancies"):
            self._call("GET", path)

    def again(self) -> None:
        """What was acknowledged answers the same under its key, whatever has died since."""
        for path, body, key, kind, status, raw in self.acknowledged:
            answer = self._call("POST", path, body, key=key, kind=kind)
            if (answer.status, answer.raw) != (status, raw):
                raise AssertionError("POST %s again: was %d %s, is %s" % (path, status, raw.decode(), answer))

    def play(self) -> None:
        self.found()
        self.attend()
        self.restart(lambda: self.put("/villages/v3", {"name": "村v3", "township_id": "t1", "kind": "poor"}))
        self.quiet()
        self.find()
        self.clock("2017-09-20T09:00:00+08:00")         # the hearing of the noted one is over, and recalls' due dates
        self.recalls()
        for number in (1, 2):
            self.put("/rounds/r%d" % number, {"name": "评优", "category": "excellent_cadre", "on": "2017-10-1%d" % number})
        self.pay()
        self.look()
        self.clock("2017-12-01T09:00:00+08:00")
        self.again()
        self.quiet()
