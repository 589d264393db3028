"""Crash points, one run each: the fixed history of workload.py while processes end themselves at named or numbered points.

A run is a fresh database, the stack of build-crash/, and for some processes a CRASH_AT in the environment until it has
ended them (lib/base/crash.h); then the supervisor starts them again without. In the end everything acknowledged answers as it did, the
invariants of tests/harness/invariants.sql hold, and every row of every table is what it is after an undisturbed run.

  crash.py                  the short tour: in each run every process ends at another point, the first or second time it is reached
  crash.py --process NAME   every point that this process reaches, by number: 1, 2, 3 … until a run is over before it
                            comes (--from, --stride, --until)

Needs the environment of deploy/test.sh. Last line: `N passed, N failed`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import dump
import sql
from stack import SERVICES, TOKEN, Stack, until
from workload import Workload

# What a service reaches; sent.* are the statements that lib/store/store names.
ENGINE = ("batch.loaded", "batch.run", "commit.queued", "engine_advance", "commit.answered", "commit.remembered",
          "command.queued", "answer.packed", "answer.sent", "events.fetched", "events.served", "events.read",
          "query.decided", "take.locked", "engine_take", "take.committed", "take.read",
          "give.queued", "engine_unlock", "give.committed")
BUS = ("request.taken", "request.forwarded", "answer.taken:40", "answer.forwarded:90", "replica.joined:5")
GATEWAY = ("call.begun", "ask.sent", "ask.answered", "call.decided", "call.replied")


# What cannot be: alerts takes no commands and nobody reads its events; something happens while a consumer is away only in
# roster, so only its events are read from a table.
NEVER = {(name, "events.read") for name in SERVICES if name != "roster"}
NEVER |= {("alerts", point) for point in ("command.queued", "answer.packed", "answer.sent", "events.served")}


class Database:
    """One of the scratch cluster, cloned from the migrated template; gone afterwards."""

    def __init__(self, number: int):
        self.name = "crash_%d_%d" % (os.getpid(), number)
        self.admin = os.environ["ZHUCUN_TEST_DB"]
        self.inside = "%s dbname=%s" % (self.admin, self.name)

    def role(self, role: str) -> str:
        """As paths.sh writes it; in double quotes of bash."""
        file = os.path.join(os.environ["ZHUCUN_TEST_SECRETS"], role.split("_")[0] + ".pgpass")
        return "host=%s dbname=%s user=%s passfile='%s' connect_timeout=10" % (os.environ["ZHUCUN_TEST_HOST"], self.name, role, file)

    def __enter__(self) -> "Database":
        sql.ask(self.admin, 'create database %s template %s;' % (self.name, os.environ["ZHUCUN_TEST_TEMPLATE"]))
        return self

    def __exit__(self, *_exception) -> None:
        sql.ask(self.admin, "drop database %s with (force);" % self.name)


class Result:
    def __init__(self):
        self.faults: list = []
        self.lines: list = []
        self.hit: list = []             # lines of CRASH_LOG


LATER = ("events.read",)        # reached only by who comes after events that somebody has not read
ONCE = ("take.", "engine_take", "give.", "engine_unlock") + LATER       # of a process's life


def told_to_stop(process) -> None:
    """One that has just ended at a point is told when it runs again, if it is to."""
    ends = process.ends
    until(lambda: process.signal(signal.SIGTERM) or not process.wanted, 60, "%s runs" % process.name)
    until(lambda: process.ends > ends or not process.pid, 60, "%s ends when told to" % process.name)


def restart_in_order(stack: Stack, later: dict, meanwhile) -> None:
    """Every service is told to stop, gives back what it holds, and comes again; the last one only when the others have come,
    so that it must be read to from their tables."""
    *others, last = (stack.processes[name] for name in SERVICES)
    last.wanted = False
    told_to_stop(last)
    meanwhile()
    for process in others:
        process.armed = later.get(process.name, process.armed)
        told_to_stop(process)
    last.wanted = True


def play(stack: Stack, database: Database, later: dict, result: Result) -> None:
    work = Workload(stack.url, TOKEN, lambda meanwhile: restart_in_order(stack, later, meanwhile))
    stack.ready()
    try:
        work.play()
    except Exception as fault:          # whatever it is, it is this run's
        result.faults.append("%s: %s" % (type(fault).__name__, fault))
        return
    result.faults += sql.untrue(database.inside)
    result.lines = dump.canonical(database.inside, work.names)


def run(number: int, plan: dict) -> Result:
    """plan: process -> CRASH_AT."""
    result, var = Result(), Path(tempfile.mkdtemp(prefix="zhucun-crash-"))
    log = var / "crash.log"
    try:
        with Database(number) as database:
            stack = Stack(var, "build-crash", database.role)
            armed = {name: {"CRASH_AT": at, "CRASH_LOG": str(log)} for name, at in plan.items()}
            later = {name: armed.pop(name) for name, at in plan.items() if at.startswith(LATER)}
            for name, environment in armed.items():
                stack.processes[name].armed = environment
            with stack.supervised():
                stack.start_all()
                play(stack, database, later, result)
        result.hit = log.read_text().splitlines() if log.exists() else []
        if result.faults and os.environ.get("CRASH_KEEP"):
            shutil.copytree(var / "log", os.environ["CRASH_KEEP"], dirs_exist_ok=True)
    finally:
        shutil.rmtree(var, ignore_errors=True)
    return result


class Tally:
    def __init__(self, expected: list):
        self.expected, self.passed, self.failed = expected, 0, 0
        self.points: Counter = Counter()

    def add(self, plan: dict, result: Result) -> None:
        faults = result.faults or dump.difference(self.expected, result.lines)
        self.points.update(" ".join(line.split()[:2]) for line in result.hit)
        self.passed, self.failed = self.passed + (not faults), self.failed + bool(faults)
        if faults:
            print("FAIL %s; reached: %s" % (plan, result.hit))
            print("\n".join("     " + str(f)[:1500] for f in faults), flush=True)


def tour(runs: int):
    """Plans in which each process is at another point each time; together every service at all points."""
    for r in range(runs):
        plan = {}
        for i, name in enumerate(SERVICES):
            point = ENGINE[(r + 3 * i) % len(ENGINE)]
            plan[name] = "%s:%d" % (point, 1 if point.startswith(ONCE) else 1 + (r + i) % 2)
        for i, name in enumerate(("bus-1", "bus-2")):
            if (r + i) % 2:
                plan[name] = BUS[(r // 2 + i) % len(BUS)]
        plan["gateway"] = "%s:%d" % (GATEWAY[r % len(GATEWAY)], 1 + 7 * r)
        yield plan


def numbers(options) -> iter:
    n = options.first
    while not options.until or n <= options.until:
        yield {options.process: str(n)}
        n += options.stride


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=len(ENGINE), help="of the short tour")
    parser.add_argument("--process", help="enumerate the points of this process by number")
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--stride", type=int, default=1)
    parser.add_argument("--until", type=int, default=0)
    return parser.parse_args()


def unreached(tally: Tally) -> list:
    """A tour that does not come by somewhere proves less than it says."""
    wanted = {(name, point) for name in SERVICES for point in ENGINE if (name, point) not in NEVER}
    wanted |= {("bus", point.split(":")[0]) for point in BUS} | {("gateway", point) for point in GATEWAY}
    return sorted("%s in %s" % (point, name) for name, point in wanted if "%s %s" % (name, point) not in tally.points)


def undisturbed() -> Result:
    result = run(0, {})
    if result.faults or not result.lines:
        raise SystemExit("the undisturbed run failed: %s" % result.faults)
    return result


def main() -> int:
    options, began = arguments(), time.monotonic()
    tally = Tally(undisturbed().lines)
    for number, plan in enumerate(numbers(options) if options.process else tour(options.runs), 1):
        result = run(number, plan)
        tally.add(plan, result)
        if options.process and not result.hit:
            break
    print("%d rows compared in each of %d runs, %d crashes at %d points, %.0f s" % (
        len(tally.expected), tally.passed + tally.failed, sum(tally.points.values()), len(tally.points),
        time.monotonic() - began))
    if not options.process and options.runs >= len(ENGINE):
        for where in unreached(tally):
            print("FAIL nobody ended at %s" % where)
            tally.failed += 1
    print("%d passed, %d failed" % (tally.passed, tally.failed))
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
