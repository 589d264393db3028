"""The benchmark: the suite and the yardstick by turns, in one server, in one run.

    bench.py figures|growth|latency|smoke   of the stack that ZHUCUN_URL, ZHUCUN_VAR, ZHUCUN_BOOTSTRAP_TOKEN and ZHUCUN_DB name

out: a table on standard output, build/bench.json and build/bench.md; how it went on standard error
     growth: a table of how fast it is with more districts and people, build/growth.json and build/growth.md
     latency: at lower rates too, with CPU time; on standard error alone
     smoke: nothing but whether everything that was sent was answered, and has as many consequences as the yardstick has rows

docs/performance.md says what is measured and how.
"""
import bisect
import json
import os
import re
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../outside"))

import report  # noqa: E402  (the path comes first)
from machine import Processes, of_postgres, used  # noqa: E402
from services import SERVICES  # noqa: E402
from world import Api, World, write_batches, write_requests  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = (1, 4, 16)                    # of pgbench
ROUNDS_UNTIL_S, RATES_UNTIL_S = 120, 180        # nothing more of these is begun then, so that a run ends in five minutes
POLL_S = 0.05                           # between two looks at the lag
# The sessions of the suite's services have the same (lib/store/store.c).
SESSION = "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c enable_bitmapscan=off -c enable_memoize=off -c random_page_cost=1.1"

# first: how many a round has while nothing is known of the speed, of the suite's people and of the yardstick's turns
FULL = {"districts": 8, "people": 20000, "first": (2000, 1000), "rounds": 3, "round_s": 5, "yardstick_s": 2.5, "commands_s": 4, "rates": ((1000, 6), (5000, 3))}
SMOKE = {"districts": 2, "people": 400, "first": (200, 64), "rounds": 1, "round_s": 1, "yardstick_s": 0.2, "commands_s": 0.5, "rates": ((200, 1),)}

LOWER_RATES = ((20, 10), (200, 6), (500, 6), (1000, 6))

# Districts, people; then a working day of a whole nation on the last: a check-in each, and two thousand absences.
GROWTH = ((1, 1000), (10, 10000), (100, 100000), (100, 1000000))
GROWTH_BOUND_S = 1500                   # what would not be done by then is not begun
ABSENCES_OF_A_DAY = 2000


def say(text):
    print(f"[{time.monotonic() - BEGAN:5.1f} s] {text}", file=sys.stderr, flush=True)


def sql(text):
    told = subprocess.run(["psql", "-qAtX", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text, os.environ["ZHUCUN_DB"]], capture_output=True, text=True, check=False)
    if told.returncode:
        raise SystemExit(f"bench: {told.stderr}")
    return [line.split("\t") for line in told.stdout.splitlines()]


class Bench:
    def __init__(self, size):
        self.size = size
        self.var = os.environ["ZHUCUN_VAR"]
        self.api = Api(os.environ["ZHUCUN_URL"])
        self.world = World(size["districts"], size["people"])
        self.processes = Processes(self.var, SERVICES + ("bus", "gateway"))
        self.year = 2018                # of the next round: what happened in another is no matter
        self.turn = {"checkin": 0, "absence": 0}        # of the yardstick
        self.sent = {"checkins": 0, "absences": 0}
        self.memory = {}

    # ---- the suite

    def load(self, connections, rate=0, seconds=0, answers=False):
        """Sends what stands in the file; {"requests", "begin_us", "end_us", "p50_ms", …}.  Everything must be answered 2xx."""
        files = [self.var + "/times"] + ([self.var + "/answers"] if answers else [])
        told = subprocess.run(["build/bench/load", self.api.host, self.api.port, self.var + "/requests", str(connections), str(rate), str(seconds)] + files,
                              capture_output=True, text=True, check=False)
        if told.returncode:
            raise SystemExit(f"bench: {told.stderr}")
        said = json.loads(told.stdout)
        bad = {s: n for s, n in said["statuses"].items() if not s.startswith("2")}
        if bad:
            raise SystemExit(f"bench: not answered 2xx: {bad}")
        return said

    def settle(self):
        """Until every consequence of what was acknowledged is there."""
        until = time.monotonic() + 120
        for d in self.world.districts:
            while self.api.lag(d):
                if time.monotonic() > until:
                    raise SystemExit(f"bench: the consequences in {d} are not there after two minutes: " + self.api.ask("GET", f"/api/v1/districts/{d}/progress"))
                time.sleep(POLL_S)

    def batches(self, what, batches, lines):
        """Sends batches, one after another in each district; counts until the last consequence is there."""
        write_batches(self.var + "/requests", batches)
        sql("checkpoint")
        self.processes.clients_gone()
        before, began = self.processes.cpu(), time.monotonic()
        self.load(len(self.world.districts), answers=True)
        acknowledged_s = time.monotonic() - began
        self.settle()
        took_s = time.monotonic() - began
        cpu = used(before, self.processes.cpu())
        cpu.pop("postgres: roster_reader", None)        # it is asked for the lag by us alone
        with open(self.var + "/answers", encoding="utf-8") as f:
            answers = [json.loads(line) for line in f if line.strip()]
        wrong = [a for a in answers if "error" in a or "id" not in a]
        if wrong or len(answers) != lines:
            raise SystemExit(f"bench: {what}: {len(answers)} answers to {lines} lines, {len(wrong)} of them errors: {wrong[:2]}")
        say(f"suite: {lines} {what} in {took_s:.2f} s ({lines / took_s:.0f}/s, acknowledged after {acknowledged_s:.2f} s), {1e6 * sum(cpu.values()) / lines:.0f} µs CPU each")
        return {"n": lines, "per_s": lines / took_s, "acknowledged_per_s": lines / acknowledged_s,
                "cpu_us": {name: 1e6 * s / lines for name, s in cpu.items()}, "answers": answers}

    def checkins(self, numbers, year):
        self.sent["checkins"] += 2 * len(numbers)
        return self.batches("check-ins", self.world.checkin_batches(numbers, year), 2 * len(numbers))

    def absences(self, numbers, year):
        self.sent["absences"] += len(numbers)
        return self.batches("absences", self.world.absence_batches(numbers, year), len(numbers))

    # ---- the yardstick

    def make_yardstick(self):
        told = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", f"{HERE}/yardstick.sql", os.environ["ZHUCUN_DB"]], capture_output=True, text=True, check=False)
        if told.returncode:
            raise SystemExit(f"bench: {told.stderr}")
        sql("analyze")

    def pgbench(self, what, clients, n):
        """n transactions, of turns that nobody has had."""
        each = max(1, n // clients)
        n = each * clients
        base, self.turn[what] = self.turn[what], self.turn[what] + n
        if what == "absence":
            sql(f"select yardstick.accrue({base}, {base + n - 1}, {self.world.people}, {len(self.world.districts)})")
        sql("checkpoint")
        self.processes.clients_gone()
        before = self.processes.cpu()
        variables = {"i": -1, "clients": clients, "base": base, "people": self.world.people, "districts": len(self.world.districts)}
        told = subprocess.run(["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)), "-t", str(each), "-f", f"{HERE}/{what}.pgbench"] +
                              [f"-D{name}={value}" for name, value in variables.items()] + [os.environ["ZHUCUN_DB"]],
                              capture_output=True, text=True, env=dict(os.environ, PGOPTIONS=SESSION), check=False)
        if told.returncode or f"actually processed: {n}/{n}" not in told.stdout:
            raise SystemExit(f"bench: {told.stdout}{told.stderr}")
        self.processes.clients_gone()
        cpu = of_postgres(used(before, self.processes.cpu()))
        tps = float(re.search(r"tps = ([\d.]+)", told.stdout).group(1))
        say(f"yardstick: {n} {what}s, {clients} clients: {tps:.0f}/s, {1e6 * cpu / n:.0f} µs CPU each")
        return {"per_s": tps, "cpu_us": 1e6 * cpu / n}

    # ---- the rounds

    def take_turns(self):
        """Check-ins and absences, of the suite and of the yardstick, by turns.  The first round finds out how many fill the time."""
        rounds = {what: {"suite": [], "yardstick": {c: [] for c in CLIENTS}} for what in ("checkin", "absence")}
        people = self.size["first"][0]
        counts = {what: {c: self.size["first"][1] for c in CLIENTS} for what in rounds}
        for i in range(self.size["rounds"] + 1):
            if i > 1 and time.monotonic() - BEGAN > ROUNDS_UNTIL_S:
                say("no time for another round")
                break
            numbers, year = range(people), self.year
            self.year += 1
            rounds["checkin"]["suite"].append(self.checkins(numbers, year))
            if i == 0:
                rounds["absence"]["suite"].append(self.absences(numbers, year))
                self.make_yardstick()
            for what in rounds:
                if i and what == "absence":
                    rounds["absence"]["suite"].append(self.absences(numbers, year))
                for c in CLIENTS:
                    done = self.pgbench(what, c, counts[what][c])
                    rounds[what]["yardstick"][c].append(done)
                    counts[what][c] = int(done["per_s"] * self.size["yardstick_s"]) + c
            slower = min(rounds["checkin"]["suite"][-1]["per_s"] / 2, rounds["absence"]["suite"][-1]["per_s"])
            people = min(self.world.people, max(self.size["first"][0], int(slower * self.size["round_s"])))
        return {what: {"suite": r["suite"][1:] or r["suite"], "yardstick": {c: y[1:] or y for c, y in r["yardstick"].items()}} for what, r in rounds.items()}

    def equal_rows(self):
        """As many consequences as the yardstick has rows, for each absence and check-in: {what: (suite, yardstick)}."""
        said = {}
        counts = {
            "findings": ("supervision.finding", "finding", "true"), "measures": ("accountability.measure", "measure", "true"),
            "stipends cancelled": ("funding.ledger", "ledger", "purpose = 'cancellation'"), "messages": ("alerts.alert", "alert", "state = 'sent'"),
            "recipients": ("alerts.told", "told", "true"),
        }
        for name, (suite, yardstick, where) in counts.items():
            (a, b), = sql(f"select (select count(*) from {suite} where {where}), (select count(*) from yardstick.{yardstick} where {where})")
            said[name] = (int(a) / self.sent["absences"], int(b) / self.turn["absence"])
        events = " + ".join(f"(select count(*) from {s}.event)" for s in SERVICES if s != "roster")
        (a, b), = sql(f"select {events}, (select count(*) from yardstick.event)")
        said["events"] = ((int(a) - self.sent["checkins"]) / self.sent["absences"], (int(b) - self.turn["checkin"]) / self.turn["absence"])
        (a, b), = sql("select (select count(*) from attendance.checkin), (select count(*) from yardstick.checkin)")
        said["check-ins"] = (int(a) / self.sent["checkins"], int(b) / self.turn["checkin"])
        unequal = {name: pair for name, pair in said.items() if pair[0] != pair[1]}
        if unequal:
            raise SystemExit(f"bench: rows for one absence or check-in, suite and yardstick: {unequal}")
        return {name: pair[0] for name, pair in said.items()}

    # ---- single commands

    def commands(self, name, requests, connections):
        """As many as are answered in the time, each of a connection that then sends its next."""
        write_requests(self.var + "/requests", requests)
        before = self.processes.cpu()
        said = self.load(connections, seconds=self.size["commands_s"])
        self.settle()
        cpu = used(before, self.processes.cpu())
        cpu.pop("postgres: roster_reader", None)
        per_s = said["requests"] / ((said["end_us"] - said["begin_us"]) / 1e6)
        say(f"suite: {name} one at a time, {connections} connections: {per_s:.0f}/s, p99 {said['p99_ms']:.1f} ms")
        return {"per_s": per_s, "p50_ms": said["p50_ms"], "p99_ms": said["p99_ms"], "connections": connections,
                "cpu_us": {who: 1e6 * s / said["requests"] for who, s in cpu.items()}}

    def single_commands(self):
        n, most = self.world.people, int(20000 * self.size["commands_s"])
        days = [f"2025-{1 + i // 28:02d}-{1 + i % 28:02d}" for i in range(most // n + 1)]
        checkins = [r for day in days for r in self.world.single_checkins(range(n), day)]
        notes = [r for day in days for r in self.world.single_notes(range(n), day)]
        return {"checkins": self.commands("check-ins", checkins, 128), "notes": self.commands("findings", notes, 128),
                "crowded": self.commands("check-ins", [(*r[:4], r[4].replace("T08:", "T09:").replace('"s', '"t')) for r in checkins], 1000)}

    # ---- latency

    def note(self, n, year):
        """Findings that wait to be confirmed: [(district, id)]."""
        numbers = range(n)
        self.checkins(numbers, year)
        batches = self.world.absence_batches(numbers, year, confirm=False)
        answers = self.batches("notes", batches, n)["answers"]
        return [(self.world.district_of(int(re.match(r"a(\d+)\.", a["key"]).group(1))), a["id"]) for a in answers]

    def latency(self, rate, seconds):
        """Confirmations at a rate: to the answer, and until every consequence is there."""
        year, self.year = self.year, self.year + 1
        n = min(rate * seconds, self.world.people)
        findings = sorted(self.note(n, year), key=lambda f: f[1])       # districts by turns
        self.sent["absences"] += n
        write_requests(self.var + "/requests", self.world.confirmations(findings))
        sql("checkpoint")
        with open(self.var + "/seen", "w", encoding="utf-8") as seen, \
                subprocess.Popen(["build/bench/probe", os.environ["ZHUCUN_DB"]], stdin=subprocess.PIPE, stdout=seen) as probe:
            before = self.processes.cpu()
            said = self.load(256, rate=rate)
            self.settle()
            cpu = used(before, self.processes.cpu())
            probe.stdin.close()
            if probe.wait():
                raise SystemExit("bench: the probe failed")
        whole_ms = sorted(self.until_visible(findings, year))
        told = {"rate": rate, "n": n, "ack_p50_ms": said["p50_ms"], "ack_p99_ms": said["p99_ms"],
                "e2e_p50_ms": whole_ms[len(whole_ms) // 2], "e2e_p99_ms": whole_ms[int(0.99 * (len(whole_ms) - 1))],
                "cpu_us": {who: 1e6 * s / n for who, s in cpu.items()}}
        say("suite: confirmations at {rate}/s: answered p50 {ack_p50_ms:.1f} p99 {ack_p99_ms:.1f} ms, every consequence p50 {e2e_p50_ms:.1f} p99 {e2e_p99_ms:.1f} ms".format(**told))
        return told

    def latencies(self):
        self.world.found(self.api)
        self.settle()
        for rate, seconds in LOWER_RATES:
            cpu = self.latency(rate, seconds)["cpu_us"]
            cpu.pop("postgres: postgres", None)         # the probe's
            say(f"suite: {sum(cpu.values()):.0f} µs CPU for a confirmation at {rate}/s, {rate * sum(cpu.values()) / 1e6:.1f} processors")

    # An absence's consequences are there when these have read: attendance and accountability the confirmation, funding and alerts the
    # measures that accountability made of it.
    CONFIRMED, MEASURED = (("attendance", "supervision"), ("accountability", "supervision")), (("funding", "accountability"), ("alerts", "accountability"))

    def until_visible(self, findings, year):
        """Milliseconds from when each was due to be sent until its last consequence was seen."""
        seen = {}
        with open(self.var + "/seen", encoding="utf-8") as f:
            for consumer, producer, partition, seq, us in map(str.split, f):
                seqs, times = seen.setdefault((consumer, producer, int(partition)), ([], []))
                seqs.append(int(seq))
                times.append(int(us))
        events = {(d, finding): (int(partition), int(confirmed), int(measured)) for d, finding, partition, confirmed, measured in sql(f"""
            select m.district, m.cause[1], e.partition, v.seq, max(split_part(l.cause, '/', 3)::bigint)
              from accountability.measure m
              join engine.district e on e.district = m.district
              join supervision.finding_move v on v.district = m.district and v.finding_id = m.cause[1] and v.state = 'confirmed'
              join funding.ledger l on l.district = m.district and l.person_id = m.case_id and l.measure_id = m.measure_id
             where m.window_year = {year} group by 1, 2, 3, 4""")}
        with open(self.var + "/times", encoding="utf-8") as f:
            due_us = [int(line.split()[1]) for line in f]
        for i, finding in enumerate(findings):
            partition, confirmed, measured = events[finding]
            at_us = [self.seen_at(seen, pair, partition, seq) for pairs, seq in ((self.CONFIRMED, confirmed), (self.MEASURED, measured)) for pair in pairs]
            yield (max(at_us) - due_us[i]) / 1000

    @staticmethod
    def seen_at(seen, pair, partition, seq):
        seqs, times = seen[(*pair, partition)]
        return times[bisect.bisect_left(seqs, seq)]

    # ---- the rest

    def round_trips(self):
        """{service: (a batch on the whole, at most)}"""
        text = self.api.ask("GET", "/metrics")
        value = {(name, s): int(v) for name, s, v in re.findall(r'^(\w+)\{[^}]*service="(\w+)"[^}]*\} (\d+)$', text, re.M)}
        return {s: (value["zhucun_sql_round_trips_total", s] / max(1, value["zhucun_batches_total", s]), value["zhucun_sql_round_trips_batch_max", s]) for s in SERVICES}

    def run(self):
        self.world.found(self.api)
        self.settle()
        say(f"{self.world.people} people in {len(self.world.districts)} districts")
        turns = self.take_turns()
        rows = self.equal_rows()
        latency = [self.latency(*at) for i, at in enumerate(self.size["rates"]) if i == 0 or time.monotonic() - BEGAN < RATES_UNTIL_S]
        memory = self.processes.memory_kib()
        single = self.single_commands()
        memory["gateway"] = self.processes.memory_kib()["gateway"]
        return {"turns": turns, "rows": rows, "latency": latency, "single": single, "memory_kib": memory, "round_trips": self.round_trips(),
                "settings": dict(sql("select name, setting || coalesce(unit, '') from pg_settings where name in "
                                     "('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'server_version')")),
                "took_s": time.monotonic() - BEGAN}


class Growth(Bench):
    """The same work on more and more districts and people, each step in districts of its own beside those of the steps before."""

    def step(self, i, districts, people):
        self.world = World(districts, people, first=500000 + 1000 * i)
        began = time.monotonic()
        self.world.found(self.api)
        self.settle()
        made_per_s = people / (time.monotonic() - began)
        say(f"{people} people in {districts} districts: {made_per_s:.0f}/s")
        numbers = range(min(people, 10000))
        checkins, absences = self.checkins(numbers, 2018), self.absences(numbers, 2018)
        return {"districts": districts, "people": people, "people_per_s": made_per_s, "checkins_per_s": checkins["per_s"], "absences_per_s": absences["per_s"],
                "checkin_cpu_us": sum(checkins["cpu_us"].values()), "absence_cpu_us": sum(absences["cpu_us"].values()),
                "memory_mib": max(most for _, most in self.processes.memory_kib().values()) / 1024}

    def working_day(self):
        began = time.monotonic()
        self.batches("check-ins", self.world.checkin_batches_of(range(self.world.people), ("2019-03-05",)), self.world.people)
        self.absences(range(ABSENCES_OF_A_DAY), 2019)
        return {"checkins": self.world.people, "absences": ABSENCES_OF_A_DAY, "seconds": time.monotonic() - began}

    @staticmethod
    def fits(people, last):
        """Whether as many people can be made, and each be there once, by then, at the speed of the last step."""
        need_s = people / last["people_per_s"] + people / last["checkins_per_s"] if last else 0
        return time.monotonic() - BEGAN + 1.5 * need_s < GROWTH_BOUND_S

    def run(self):
        steps, day = [], None
        for i, (districts, people) in enumerate(GROWTH):
            if not self.fits(people, steps[-1] if steps else None):
                say(f"no time for {people} people")
                break
            steps.append(self.step(i, districts, people))
        else:
            day = self.working_day()
        return {"steps": steps, "day": day, "took_s": time.monotonic() - BEGAN}


BEGAN = time.monotonic()


def tell(name, figures, text):
    with open(f"build/{name}.json", "w", encoding="utf-8") as f:
        json.dump(figures, f, indent=1, ensure_ascii=False)
        f.write("\n")
    with open(f"build/{name}.md", "w", encoding="utf-8") as f:
        f.write(text + "\n")
    print(text)


def main():
    what = sys.argv[1]
    if what == "growth":
        found = Growth(FULL | {"districts": 1, "people": 1}).run()
        tell("growth", found, report.growth(found))
        return
    if what == "latency":
        Bench(FULL).latencies()
        return
    found = Bench(SMOKE if what == "smoke" else FULL).run()
    if what == "smoke":
        print("everything sent was acknowledged; for an absence or check-in: " + ", ".join(f"{n:g} {name}" for name, n in found["rows"].items()))
        print("1 passed, 0 failed")
        return
    figures = report.figures(found)
    tell("bench", figures, report.table(figures))


main()
