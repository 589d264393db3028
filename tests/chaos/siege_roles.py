"""Who is there in a siege (siege.py): strangers who only hold places, people and guessers who log in, a district that is
hostile, and one that works.

Each role is a process of its own, so that none waits for another's: `siege_roles.py ROLE` reads the stage, a line of JSON,
plays until its standard input ends, and prints what it saw as a line of JSON; those who besiege print a line before, when they do.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import sys
import time
from random import Random

from wire import BASE, BROKEN, Wire, log_in, text  # noqa: I001 (it sets the path)
from pace import TIMES, patient

IDLE = 2000
IDLE_FROM = ("127.0.9.1", "127.0.9.2", "127.0.9.3", "127.0.9.4")
RENEW_S = 0.5                   # how often strangers look whether they still have their places
HONEST_S, GUESSES_S = 10, 30    # logins a second, of a quiet machine
SLOWER = max(1, TIMES - 1)      # … to hash forty passwords takes a second of a core: pace.sh is one more than it found
HONEST_FROM = ["127.0.5.%d" % n for n in range(1, 11)]
GUESSERS_FROM = ("127.0.8.1", "127.0.8.2", "127.0.8.3")
HOSTILE_FROM = ("127.0.7.1", "127.0.7.2", "127.0.7.3")
WORKERS, THINK_S = 8, 0.05
LATE_S = 5                      # what has no answer for so long in the end never had one
ROLES = ("district_admin", "inspector", "cadre")       # of a district's accounts, in turn
ADMIN, INSPECTOR, CADRE = range(len(ROLES))
NDJSON, CSV = "application/x-ndjson", "text/csv"


class Role:
    """`stage`: port, the two districts, who may log in."""

    def __init__(self, stage: dict):
        self.stage, self.port = stage, stage["port"]
        self.rng = Random(type(self).__name__)
        self.serial = 0
        self.said: dict = {}
        self.has_begun = False
        self.under_way: dict = {}               # what was asked, and has no final answer yet -> since when

    @contextlib.contextmanager
    def asking(self, what: str):
        """Tells when it began."""
        began = time.monotonic()
        self.under_way[what] = began
        yield began
        del self.under_way[what]

    def count(self, what: str, n: int = 1) -> None:
        self.said[what] = self.said.get(what, 0) + n

    async def token(self, login: dict, address: str) -> str:
        while True:
            status, _, token = await log_in(self.port, address, login)
            if token:
                return token
            self.count("login %d" % status)
            await asyncio.sleep(0.2)

    def besieges(self) -> None:
        """Said once."""
        if not self.has_begun:
            print("begun", flush=True)
        self.has_begun = True

    def report(self) -> dict:
        late = time.monotonic() - patient(LATE_S)
        return {**self.said, "unanswered": [(what, began) for what, began in self.under_way.items() if began < late]}


class Idle(Role):
    """Opened, and nothing said; who is closed comes again."""

    async def play(self) -> None:
        self.places: list = [None] * IDLE
        while True:
            for first in range(0, IDLE, 100):
                await asyncio.gather(*(self.hold(i) for i in range(first, first + 100)))
            self.said["held"] = max(self.said.get("held", 0), sum(p is not None and not p.reader.at_eof() for p in self.places))
            self.besieges()
            await asyncio.sleep(RENEW_S)

    async def hold(self, i: int) -> None:
        place = self.places[i]
        if place is None or place.reader.at_eof():
            self.places[i] = await self.renewed(place, IDLE_FROM[i % len(IDLE_FROM)])

    async def renewed(self, place, address: str):
        if place is not None:
            place.close()
        wire = Wire(self.port, address)
        try:
            await wire.open()
        except BROKEN:
            self.count("refused")
            return None
        self.count("opened")
        return wire


class Logins(Role):
    """People with their own passwords, each from where he was before, and guesses at theirs and at phones nobody has."""

    def __init__(self, stage: dict):
        super().__init__(stage)
        self.logins: list = []                  # (began, ended, statuses)

    async def play(self) -> None:
        await asyncio.gather(self.paced(HONEST_S / SLOWER, self.honest), self.paced(GUESSES_S / SLOWER, self.guess))

    async def paced(self, a_second: float, one) -> None:
        """Whether those before have been answered or not."""
        began, under_way = time.monotonic(), set()
        for n in itertools.count():
            await asyncio.sleep(max(0.0, began + n / a_second - time.monotonic()))
            under_way = {t for t in under_way if not t.done() or t.result()} | {asyncio.ensure_future(one(n))}

    async def honest(self, n: int) -> None:
        people = self.stage["people"]
        i = n % len(people)
        statuses = []
        with self.asking("login %d" % n) as began:
            while not statuses or statuses[-1] in (0, 503, 504):
                status, fields, _ = await log_in(self.port, HONEST_FROM[i % len(HONEST_FROM)], people[i])
                statuses.append(status)
                if status in (0, 503, 504):
                    await asyncio.sleep(float(fields.get("retry-after", "1")))
        self.logins.append((began, time.monotonic(), statuses))

    async def guess(self, n: int) -> None:
        login = {**self.rng.choice(self.stage["people"]), "password": "a wrong guess %d" % n}
        if n % 3:
            login["phone"] = "137%08d" % (50_000_000 + n % 5000)
        status, _, _ = await log_in(self.port, GUESSERS_FROM[n % len(GUESSERS_FROM)], login)
        self.count("guess %d" % status)

    def report(self) -> dict:
        return {**super().report(), "logins": self.logins}


class Hostile(Role):
    """Accounts of one district that ask for as much as they are let."""

    # how many of each at once
    CREW = (("batches", 10), ("tables", 8), ("pages", 10), ("malformed", 10), ("largest", 6), ("unended", 120), ("streams", 600),
            ("exports", 10))

    async def play(self) -> None:
        self.tokens = self.stage["hostile_tokens"]
        self.base = "%s/districts/%s" % (BASE, self.stage["hostile"])
        self.imports = [self.table(10_000), self.table(10_000)[:-2] + b"\n\xff"]
        self.lines = [self.batch(1000, "nobody"), self.batch(1000, "p0")]
        await asyncio.gather(*(self.again(what, n) for what, count in self.CREW for n in range(count)))

    async def again(self, what: str, n: int) -> None:
        n = INSPECTOR if what in ("batches", "malformed") else n % len(self.tokens) if n % len(self.tokens) != INSPECTOR else ADMIN
        wire = Wire(self.port, HOSTILE_FROM[n % len(HOSTILE_FROM)], self.tokens[n])
        while True:
            self.serial += 1
            status = await getattr(self, what)(wire, self.serial)
            self.count("%s %d" % (what, status))
            if {name.split()[0] for name in self.said} >= {kind for kind, _ in self.CREW}:
                self.besieges()
            if status == 401:
                self.tokens[n] = wire.token = await self.token(self.stage["hostile_people"][n], wire.address)
            if status not in (200, 201, 400, 413, 422):
                await asyncio.sleep(0.1)

    def table(self, rows: int) -> bytes:
        return ("id,name,phone,unit_id,establishment\n" + "".join(
            "r%d,某某某某某某某某某某某某某某某某某某某某某某%d,137%08d,u1,other\n" % (i, i, i) for i in range(rows))).encode()[:1 << 20].rsplit(b"\n", 1)[0] + b"\n"

    def batch(self, lines: int, person: str) -> bytes:
        return b"".join(text({"kind": "unexcused_absence", "person_id": person, "on": "2017-09-07", "source": "covert",
                              "note": "长" * 100}) + b"\n" for _ in range(lines))

    async def batches(self, wire: Wire, n: int) -> int:
        return (await wire.once("POST", self.base + "/findings:batch", self.lines[self.serial % 2], NDJSON, "batch-%d" % self.serial))[0]

    async def tables(self, wire: Wire, n: int) -> int:
        return (await wire.once("POST", self.base + "/imports?kind=persons&dry_run=%d" % (n % 2), self.imports[n % 4 == 3], CSV))[0]

    async def pages(self, wire: Wire, n: int) -> int:
        status, cursor = 200, ""
        path = ("/persons?limit=500", "/findings?limit=500", "/postings?limit=500", "/villages?limit=500")[n % 4]
        while status == 200:
            status, _, raw = await wire.once("GET", self.base + path + cursor)
            self.count("page %d" % status)
            if status != 200 or "next" not in (page := json.loads(raw)):
                return status
            cursor = "&cursor=" + page["next"]
        return status

    async def malformed(self, wire: Wire, n: int) -> int:
        body = (b"[" * 1_000_000, b'{"kind": "%s' % (b"x" * 1_000_000), b'{"a": [%s' % (b'"",' * 300_000), b"\xff" * 1_000_000,
                b"[%s]" % (b'{"a":1},' * 120_000))[n % 5]
        return (await wire.once("POST", self.base + "/findings", body))[0]

    async def largest(self, wire: Wire, n: int) -> int:
        body = {"name": "区", "areas": [{"id": "a%d" % i, "name": "片" * 20} for i in range(9_000)]}
        if n % 2:
            body = {"name": "某", "phone": "13700000001", "unit_id": "u1", "establishment": "other"}
            return (await wire.once("PUT", self.base + "/persons/q%d" % self.serial, text(body)))[0]
        return (await wire.once("POST", self.base + "/policies", text({"version": "v%d" % self.serial, "effective_from": "2017-08-02", "patch": body})))[0]

    async def unended(self, wire: Wire, n: int) -> int:
        """All of a large body but its end, which is not sent before the gateway has had enough."""
        try:
            await wire.open()
            body = b"x" * 1_000_000
            head = ("POST %s/imports?kind=persons HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: text/csv\r\n"
                    "Content-Length: 1000001\r\n\r\n" % (self.base, wire.token))
            wire.writer.write(head.encode() + body)
            await wire.writer.drain()
            status, _ = await wire.read_head()
            return status
        except BROKEN:
            return 0
        finally:
            wire.close()

    async def streams(self, wire: Wire, n: int) -> int:
        """Begun, and never read: its receiver is stopped before anything comes but the head."""
        try:
            await wire.send("GET", self.base + "/events?from=start")
            status, _ = await wire.read_head()
            if status == 200:
                self.count("streams open")
                wire.writer.transport.pause_reading()
                await asyncio.sleep(30)
            return status
        except BROKEN:
            return 0
        finally:
            wire.close()

    async def exports(self, wire: Wire, n: int) -> int:
        return (await wire.once("GET", self.base + "/payrolls/2017-08/export?format=xlsx"))[0]


class Honest(Role):
    """A district's own work: what each call took, from its first try to its final answer; and probes of health."""

    ASKS = (("checkin", CADRE), ("finding", INSPECTOR), ("village", ADMIN), ("persons", ADMIN), ("standing", ADMIN),
            ("alerts", ADMIN), ("batch", CADRE), ("table", ADMIN), ("events", ADMIN), ("export", ADMIN))

    def __init__(self, stage: dict):
        super().__init__(stage)
        self.calls: list = []                   # (what, began, ended, status)

    async def play(self) -> None:
        self.base = "/districts/" + self.stage["honest"]
        self.run = "%x" % time.time_ns()
        await asyncio.gather(*(self.work(n) for n in range(WORKERS)), *(self.probe(path) for path in ("/livez", "/readyz", "/metrics")))

    async def timed(self, what: str, call) -> int:
        self.serial += 1
        with self.asking("%s %d" % (what, self.serial)) as began:
            status = await call
        self.calls.append((what, began, time.monotonic(), status))
        return status

    async def work(self, n: int) -> None:
        wires = [Wire(self.port, HONEST_FROM[n % len(HONEST_FROM)]) for _ in ROLES]
        for wire, token in zip(wires, self.stage["tokens"]):
            wire.token = token
        for turn in itertools.count(n):
            what, role = self.ASKS[turn % len(self.ASKS)]
            if await self.timed(what, getattr(self, what)(wires[role])) == 401:     # the clock has been moved
                self.calls.pop()
                await self.renew(wires[role], role)
            await asyncio.sleep(THINK_S)

    async def renew(self, wire: Wire, role: int) -> None:
        wire.token = await self.token(self.stage["people"][role], wire.address)

    async def probe(self, path: str) -> None:
        wire = Wire(self.port, "127.0.0.1")
        while True:
            await self.timed(path, self.probed(wire, path))
            await asyncio.sleep(0.2)

    async def probed(self, wire: Wire, path: str) -> int:
        return (await wire.once("GET", path))[0]

    # --- what it asks

    async def ask(self, wire: Wire, method: str, path: str, body=None, kind: str = "application/json") -> int:
        raw = None if body is None else body if isinstance(body, bytes) else text(body)
        key = "%s-%d" % (self.run, self.serial) if method == "POST" else ""
        return (await wire.until_final(method, self.base + path, raw, kind, key))[0]

    def checkin(self, wire):
        return self.ask(wire, "POST", "/checkins", {"person_id": "p2", "village_id": "v1", "captured_at": "2017-08-08T08:00:00+08:00"})

    def finding(self, wire):
        return self.ask(wire, "POST", "/findings", {"kind": "duty_failure", "person_id": "p0", "on": "2017-08-08", "source": "hotline"})

    def village(self, wire):
        return self.ask(wire, "PUT", "/villages/v2", {"name": "村%d" % self.serial, "township_id": "t1", "kind": "poor"})

    def persons(self, wire):
        return self.ask(wire, "GET", "/persons?limit=50")

    def standing(self, wire):
        return self.ask(wire, "GET", "/persons/p1/standing")

    def alerts(self, wire):
        return self.ask(wire, "GET", "/alerts?person_id=p1")

    def batch(self, wire):
        line = {"person_id": "p2", "village_id": "v1", "captured_at": "2017-08-08T08:00:00+08:00"}
        return self.ask(wire, "POST", "/checkins:batch", b"".join(
            text({**line, "key": "%s-%d-%d" % (self.run, self.serial, i)}) + b"\n" for i in range(20)), NDJSON)

    def table(self, wire):
        rows = "".join("p%d,某,137%08d,u1,other\n" % (i, i) for i in range(1, 21))
        return self.ask(wire, "POST", "/imports?kind=persons&dry_run=1", ("id,name,phone,unit_id,establishment\n" + rows).encode(), CSV)

    def export(self, wire):
        return self.ask(wire, "GET", "/payrolls/2017-08/export?format=csv")

    async def events(self, wire: Wire) -> int:
        """A stream, until it says its first."""
        stream = Wire(self.port, wire.address, wire.token)
        try:
            while True:
                with contextlib.suppress(*BROKEN):
                    await stream.send("GET", BASE + self.base + "/events")
                    status, _ = await stream.read_head()
                    if status == 200:
                        await stream.reader.readuntil(b"\n")
                    if status not in (503, 504):
                        return status
                stream.close()
                self.count("events again")
                await asyncio.sleep(0.1)
        finally:
            stream.close()

    def report(self) -> dict:
        return {**super().report(), "calls": self.calls}


PLAYED = {"idle": Idle, "logins": Logins, "hostile": Hostile, "honest": Honest}


async def play(role: Role) -> None:
    """Whatever is under way in the end is left as it is."""
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, over.set)
    tasks = asyncio.ensure_future(role.play()), asyncio.ensure_future(over.wait())
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if tasks[0].done():
        tasks[0].result()
    print(json.dumps(role.report()), flush=True)
    os._exit(0)


def main() -> None:
    asyncio.run(play(PLAYED[sys.argv[1]](json.loads(sys.stdin.readline()))))


if __name__ == "__main__":
    main()
