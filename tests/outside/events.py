"""Follows a district's events while it is written to and processes die, and compares what was heard with the logs.

Who follows: one from the first event, one from now, one that hardly reads, a crowd of a hundred.
Meanwhile absences are confirmed, and the gateway and owners are killed (-9). At the end every
follower must have heard every event of the district exactly once, in order within each service,
and nothing of another district of the same partition, nor of a sealed case.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time

from chaos import stack, tell
from client import Client, items, ndjson, wait_settled
from follow import Follower, by_service
from pace import patient
from services import SERVICES

CROWD, PERSONS, PATIENCE_S = 100, 12, patient(120)
MEMORY_KIB = 48 * 1024
ABSENT_ON = ("2017-08-07", "2017-08-14", "2017-08-21", "2017-08-28", "2017-09-04")


class Count:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, right: bool, what: str) -> None:
        self.passed += right
        self.failed += not right
        if not right:
            print("FAIL " + what[:800])


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--var", required=True)
    parser.add_argument("--db", required=True, help="conninfo of an administrator of the stack's database")
    return parser.parse_args(argv)


# --- what there is

def two_districts(client: Client) -> tuple:
    """Two that share a partition: what the gateway reads holds both."""
    seen: dict = {}
    for code in range(511701, 511999):
        body = {"name": "区", "areas": [{"id": "east", "name": "东"}]}
        partition = client.put("/districts/%d" % code, body).json["partition"]
        if partition in seen:
            return str(seen[partition]), str(code)
        seen[partition] = code
    raise SystemExit("no two districts share a partition")


def people(client: Client, district: str) -> None:
    at = "/districts/" + district
    client.put(at + "/townships/t1", {"name": "乡", "area_id": "east"})
    client.put(at + "/units/u1", {"name": "局"})
    client.put(at + "/villages/v1", {"name": "村", "township_id": "t1", "kind": "poor"})
    for person in [*("p%d" % i for i in range(PERSONS)), "p-sealed"]:
        client.put(at + "/persons/" + person, {"name": "人", "phone": "13700000000", "unit_id": "u1",
                                               "establishment": "institution"})
        client.put(at + "/postings/of-" + person, {"person_id": person, "village_id": "v1", "role": "team_member",
                                                  "from": "2017-08-01"})


def daily_life(client: Client, district: str) -> None:
    """Something of each service: days, a round of awards, a monthly run."""
    at = "/districts/" + district
    lines = [{"key": "c%d-%d" % (day, i), "person_id": "p%d" % i, "village_id": "v1",
              "captured_at": "2017-08-%02dT09:00:00+08:00" % day} for i in range(PERSONS) for day in (2, 3, 9, 10)]
    client.post(at + "/checkins:batch", ndjson(lines), key="checkins", content_type="application/x-ndjson")
    client.put(at + "/rounds/r1", {"name": "评优", "category": "excellent_cadre", "on": "2017-12-01"})
    client.post(at + "/payrolls", {"month": "2017-08"}, key="payroll")


def absences(client: Client, district: str, on: str) -> None:
    lines = [{"key": "%s-%d" % (on, i), "kind": "unexcused_absence", "person_id": "p%d" % i, "on": on,
              "source": "covert", "confirm": True} for i in range(PERSONS)]
    client.post("/districts/%s/findings:batch" % district, ndjson(lines), key="batch-" + on,
                content_type="application/x-ndjson")


def sealed_case(client: Client, district: str) -> None:
    at = "/districts/%s/findings" % district
    body = {"kind": "discipline_violation", "person_id": "p-sealed", "on": "2017-09-04", "source": "hotline"}
    for i, move in enumerate(("confirm", "dismiss")):
        finding = client.post(at, body, key="sealed-%d" % i).json["id"]
        client.post("%s/%s/%s" % (at, finding, move), None, key="sealed-move-%d" % i)


def logs(db: str, district: str) -> dict:
    """service -> ids of its events in order, less those of the sealed case."""
    one = ("select '%s', partition, seq from %s.event where district = '%s' and not (position('p-sealed'::bytea in body) > 0"
           " and (type like 'supervision.%%' or type like 'alerts.%%'))")
    union = " union all ".join(one % (s, s, district) for s in SERVICES) + " order by 1, 3"
    out = subprocess.run(["psql", "-qXAtF/", "-c", union, db], capture_output=True, text=True, check=True).stdout
    found: dict = {}
    for line in out.splitlines():
        found.setdefault(line.split("/")[0], []).append(line)
    return found


# --- trouble

def pids(var: str, name: str) -> list:
    return [pid for pid, comm in stack(os.path.abspath(var)).items() if comm == name]


def strike(client: Client, var: str, name: str) -> None:
    before = pids(var, name)
    for pid in before:
        tell(pid, os.path.abspath(var), signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    while not set(pids(var, name)) - set(before) and time.monotonic() < deadline:
        time.sleep(0.02)
    client.get("/districts/511701")         # whoever asks is patient until it is served again


def gateway_kib(var: str) -> int:
    total = 0
    for pid in pids(var, "gateway"):
        with open("/proc/%d/status" % pid, encoding="ascii") as status:
            total += next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return total


def wait_heard(followers: list, wanted: dict, which: str, count: Count) -> None:
    """Until each has as many as there are; what they are is judged afterwards."""
    n = sum(map(len, wanted.values()))
    deadline = time.monotonic() + PATIENCE_S
    while any(len(f.heard) < n for f in followers) and time.monotonic() < deadline:
        time.sleep(0.05)
    for f in followers:
        heard = by_service(f.heard)
        for service in SERVICES:
            a, b = heard.get(service, []), wanted.get(service, [])
            count.check(a == b, "%s: of %s heard %d of %d: first difference %s" % (
                which, service, len(a), len(b), next(((x, y) for x, y in zip(a + [None], b + [None]) if x != y), None)))
        count.check(not f.faults and not f.refused, "%s: %s %s" % (which, f.faults, f.refused))


def since(all_of_it: dict, before: dict) -> dict:
    return {service: ids[len(before.get(service, [])):] for service, ids in all_of_it.items()}


# --- the plays

def play_refused(client: Client, district: str, other: str, token: str, url: str, count: Count) -> None:
    follower = Follower(url, token, other)
    follower.start()
    follower.placed.wait(PATIENCE_S)
    follower.stop()
    for given in ("0", "AAAA", "x" * 300, follower.last_id, follower.last_id[:-1], "%00"):
        connection = client._connection()
        connection.request("GET", "/api/v1/districts/%s/events" % district,
                           headers={"Authorization": "Bearer " + token, "Last-Event-ID": given})
        response = connection.getresponse()
        body = response.read()
        count.check(response.status == 422 and b"events.bad_position" in body, "Last-Event-ID %r: %s" % (given, body))
    connection = client._connection()
    connection.request("GET", "/api/v1/districts/%s/events" % district, headers={"Authorization": "Bearer " + token, "Last-Event-ID": ""})
    count.check(connection.getresponse().status == 200, "an empty Last-Event-ID means from now")
    client.hang_up()
    count.check(client.call("HEAD", "/districts/%s/events" % district).status == 200, "HEAD")
    count.check(client.get("/districts/%s/events?from=never" % district).status == 422, "from=never")
    count.check(client.get("/districts/999999/events").status == 404, "no such district")


def play_deaths(args, client: Client, district: str, other: str, count: Count) -> None:
    first = Follower(args.url, args.token, district, "?from=start")
    now = Follower(args.url, args.token, district)
    slow = Follower(args.url, args.token, district, "?from=start", slow=True)
    crowd = [Follower(args.url, args.token, district) for _ in range(CROWD)]
    before = logs(args.db, district)
    followers = [first, now, slow, *crowd]
    for f in followers:
        f.start()
    for f in followers:
        f.placed.wait(PATIENCE_S)
    daily_life(client, district)
    daily_life(client, other)
    for i, on in enumerate(ABSENT_ON):
        absences(client, district, on)
        absences(client, other, on)
        if i == 0:
            sealed_case(client, district)
        strike(client, args.var, "gateway" if i % 2 == 0 else "supervision")
    wait_settled(client, district)
    wanted = logs(args.db, district)
    count.check(sum(map(len, wanted.values())) > 300 and len(wanted) == len(SERVICES), "there is something to hear: %s" % wanted.keys())
    wait_heard([first], wanted, "from the first", count)
    wait_heard([slow], wanted, "slowly", count)
    wait_heard([now, *crowd], since(wanted, before), "from now", count)
    count.check(all(f.broken_ends >= 3 for f in (first, now)), "the gateway died in mid-stream")
    count.check(not any("p-sealed" in str(e) and not e["source"] == "roster" for f in followers for e in f.heard
                        if e["source"] in ("supervision", "alerts", "accountability")), "C3.2.2 a sealed case is heard of")
    count.check(gateway_kib(args.var) < MEMORY_KIB, "the gateway takes %d KiB" % gateway_kib(args.var))
    ends = [f.clean_ends for f in followers]
    for pid in pids(args.var, "gateway"):
        tell(pid, os.path.abspath(args.var), signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_S
    while any(f.clean_ends == e for f, e in zip(followers, ends)) and time.monotonic() < deadline:
        time.sleep(0.05)
    count.check(all(f.clean_ends > e for f, e in zip(followers, ends)), "a gateway that stops ends its streams")
    for f in followers:
        f.stop()


def play_session(args, client: Client, district: str, count: Count) -> None:
    """A stream ends with its session, and with its role."""
    at = "/districts/%s/accounts/follows" % district
    account = {"phone": "13800000001", "password": "correct-horse-7", "roles": ["auditor"]}
    client.put(at, account)
    login = {"district": district, "phone": account["phone"], "password": account["password"]}
    for end in ("logout", "role"):
        token = client.post("/sessions", login, harmless=True).json["token"]
        follower = Follower(args.url, token, district)
        follower.start()
        count.check(follower.placed.wait(PATIENCE_S), "an auditor follows: %s" % follower.refused)
        heard_of = [[a["person_id"] for a in items(c, "/districts/%s/alerts" % district)]
                    for c in (client, client.as_account(token))]
        count.check(all("p0" in heard and "p-sealed" not in heard for heard in heard_of),
                    "C3.2.2 whom a sealed case is about is told nothing of it")
        if end == "logout":
            client.as_account(token).call("DELETE", "/sessions/current")
        else:
            client.put(at, {**account, "roles": ["cadre"]})
        deadline = time.monotonic() + PATIENCE_S
        while not follower.refused and time.monotonic() < deadline:
            time.sleep(0.05)
        count.check(follower.clean_ends >= 1 and 0 < len(follower.refused) and set(follower.refused) <= {401, 403},
                    "%s: ended %d, then %s" % (end, follower.clean_ends, follower.refused))
        follower.stop()


def main(argv) -> int:
    args, count = arguments(argv), Count()
    client = Client(args.url, args.token)
    district, other = two_districts(client)
    people(client, district)
    people(client, other)
    wait_settled(client, district)
    play_refused(client, district, other, args.token, args.url, count)
    play_deaths(args, client, district, other, count)
    play_session(args, client, district, count)
    print("%d passed, %d failed" % (count.passed, count.failed))
    return count.failed > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
