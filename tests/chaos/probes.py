"""Clients that ask one thing after another and note how long each took: what a stall is measured by.

Each probe lives in a district of its own and asks one service, so that whoever is away is missed by somebody. A call lasts
from its first try to its final answer; 503, 504 and broken connections are tries. Writes have keys, and what was
acknowledged is remembered for the judge.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outside"))

from client import Client, Unanswered  # noqa: E402  (the path comes first)

PAUSE_S = 0.05
KINDS = ("check-in", "finding", "village", "standing", "stipend", "alerts")


class Probe(threading.Thread):
    def __init__(self, kind: str, url: str, token: str, district: str):
        super().__init__(daemon=True)
        self.kind, self.district, self.base = kind, district, "/districts/" + district
        self.client = Client(url, token, timeout_s=10, patience_s=300)
        self.serial, self.fault = 0, ""
        self.acknowledged: dict = {}            # id -> key
        self.began_s = time.monotonic()         # of the call under way
        self.calls: list = []                   # (began, ended)
        self._over = threading.Event()

    # --- what each asks

    def found(self) -> None:
        for path, body in (("", {"name": "区", "areas": [{"id": "east", "name": "东"}]}),
                           ("/townships/t1", {"name": "乡", "area_id": "east"}), ("/units/u1", {"name": "局"}),
                           ("/villages/v1", {"name": "村", "township_id": "t1", "kind": "poor"}),
                           ("/persons/p1", {"name": "某", "phone": "13700000001", "unit_id": "u1", "establishment": "other"}),
                           ("/postings/o1", {"person_id": "p1", "village_id": "v1", "role": "team_member", "from": "2015-01-01"})):
            answer = self.client.put(self.base + path, body)
            if answer.status not in (200, 201):
                raise AssertionError("PUT %s: %s" % (path, answer))

    def _post(self, path: str, body: dict):
        answer = self.client.post(self.base + path, body, key="probe-%d" % self.serial)
        if answer.status == 201:
            self.acknowledged[answer.json["id"]] = "probe-%d" % self.serial
        return answer

    def ask(self):
        if self.kind == "check-in":
            return self._post("/checkins", {"person_id": "p1", "village_id": "v1", "captured_at": "2017-08-08T08:00:00+08:00"})
        if self.kind == "finding":
            return self._post("/findings", {"kind": "duty_failure", "person_id": "p1", "on": "2017-08-08", "source": "hotline"})
        if self.kind == "village":
            return self.client.put(self.base + "/villages/v2", {"name": "村%d" % self.serial, "township_id": "t1", "kind": "poor"})
        return self.client.get(self.base + {"standing": "/persons/p1/standing", "stipend": "/persons/p1/stipend?year=2017",
                                            "alerts": "/alerts?person_id=p1"}[self.kind])

    def run(self) -> None:
        while not self._over.wait(PAUSE_S) and not self.fault:
            self.serial += 1
            self.began_s = time.monotonic()
            try:
                answer = self.ask()
            except (Unanswered, AssertionError, ValueError) as fault:
                self.fault = "probe %s: %s" % (self.kind, fault)
                return
            if answer.status not in (200, 201):
                self.fault = "probe %s: %s" % (self.kind, answer)
            self.calls.append((self.began_s, time.monotonic()))

    def stop(self) -> None:
        self._over.set()
        self.join()


class Probes:
    def __init__(self, url: str, token: str, codes: list):
        self.all = [Probe(kind, url, token, code) for kind, code in zip(KINDS, codes)]

    def __enter__(self) -> "Probes":
        for probe in self.all:
            probe.found()
            probe.start()
        return self

    def __exit__(self, *_exception) -> None:
        for probe in self.all:
            probe.stop()

    def served_since(self, moment: float) -> bool:
        """Every probe has been answered something that it asked after the moment."""
        return all(p.fault or (p.calls and p.calls[-1][0] >= moment) for p in self.all)

    def longest(self, begin: float, end: float) -> float:
        """Of the calls that were under way between the two."""
        return max((e - b for p in self.all for b, e in p.calls[-400:] if e >= begin and b <= end), default=0.0)

    def faults(self) -> list:
        return [p.fault for p in self.all if p.fault]
