"""Runs seeded random histories against a stack, through HTTP only, and judges by rules.py.

Why phases: one hand-set clock drives the whole stack, so all districts stop between phases,
the clock moves, and they go on. A phase is: desks (policies), desks (measures, recalls,
payrolls), facts, and then, with lag 0, everything is compared. The same --seed, --districts,
--persons, --steps and --start make the same calls; --only N plays one district alone.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from random import Random

import rules
from chaos import Chaos
from check import Checker
from client import Client, Unanswered, wait_settled
from desk import Desk
from history import SHANGHAI, History
from trace import Difference, Trace

STEPS_A_PHASE = 14
STARTS = datetime(2017, 9, 8, tzinfo=SHANGHAI)


def arguments(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True, help="the operator's")
    parser.add_argument("--var", default="", help="ZHUCUN_VAR of the stack, for --chaos")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--districts", type=int, default=8)
    parser.add_argument("--persons", type=int, default=4)
    parser.add_argument("--steps", type=int, default=100, help="facts a district")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--start", help="instant of the first phase; default: where the clock stands")
    parser.add_argument("--only", type=int, help="play this district alone")
    parser.add_argument("--without", default="", help="parts not asked: alerts,money,payrolls,recalls")
    parser.add_argument("--chaos", action="store_true", help="kill -9 random processes meanwhile")
    parser.add_argument("--freeze", action="store_true", help="with --chaos: and stop some for a while")
    parser.add_argument("--every", type=float, default=2.0, help="mean seconds between kills")
    return parser.parse_args(argv)


def set_clock(client: Client, now: datetime) -> bool:
    """False when the clock stands later already."""
    answer = client.post("/clock", {"now": now.isoformat()}, harmless=True)
    if answer.status == 409 and answer.code == "clock.backwards":
        return False
    if answer.status != 200:
        raise Difference("POST /clock %s: expected 200, actual %s" % (now.isoformat(), answer))
    return True


def find_clock(client: Client) -> datetime:
    """There is no reading the clock: the first instant it accepts is where it stands from now."""
    now = STARTS
    while not set_clock(client, now):
        now += timedelta(days=5)
    return now


def next_instant(now: datetime, rng: Random) -> datetime:
    """Some hours, days or weeks on; ends and starts of months and years more often than not."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    roll = rng.random()
    if roll < 0.15:
        return now + timedelta(seconds=rng.randrange(1, 3 * 3600))
    if roll < 0.45:
        return midnight + timedelta(days=rng.randrange(1, 6), seconds=rng.randrange(86400))
    if roll < 0.65:
        return midnight + timedelta(days=rng.randrange(6, 45), seconds=rng.randrange(86400))
    month = rules.add_months(now.date().replace(day=1), rng.choice((1, 1, 2)))
    if roll < 0.8:
        month = month.replace(year=now.year + 1, month=1)
    start = datetime(month.year, month.month, 1, tzinfo=SHANGHAI)
    return max(now, start + timedelta(seconds=rng.choice((-1, 0, 0, 3600))))


class Player:
    """One district: its history, its desk, its checker, and what went wrong first."""

    def __init__(self, client: Client, seed: int, index: int, code: str, persons: int, now: datetime,
                 without: set):
        self.index, self.trace, self.without = index, Trace(client, code), without
        self.history = History(self.trace, "%d/%d" % (seed, index), persons, now)
        self.desk, self.checker, self.failure = None, None, None

    def guarded(self, act) -> None:
        if self.failure is None:
            try:
                act()
            except (AssertionError, Unanswered) as difference:
                self.failure = str(difference)
            except Exception:                      # an answer of a shape nobody promised
                self.failure = traceback.format_exc()

    def set_up(self) -> None:
        self.history.set_up()
        self.desk = Desk(self.history, moves_recalls=self.index % 2 == 1, without=self.without)
        self.checker = Checker(self.desk, self.without)

    def settle(self) -> None:
        wait_settled(self.trace.client, self.trace.district)

    def policies(self) -> None:
        for _ in range(self.history.rng.choice((0, 0, 1, 2))):
            self.desk.patch_policy()

    def desks(self) -> None:
        for _ in range(self.history.rng.choice((0, 1, 2, 5))):
            self.desk.act()

    def facts(self, steps: int) -> None:
        for _ in range(steps):
            if self.history.rng.random() < 0.03 and not self.history.world.moved_by_hand:
                self.desk.patch_policy()
            else:
                self.history.fact()


def free_codes(client: Client, seed: int, count: int) -> list:
    """District codes nobody uses on this stack yet."""
    rng, codes = Random("codes/%d" % seed), []
    while len(codes) < count:
        code = "%06d" % rng.randrange(110000, 660000)
        if code not in codes and client.get("/districts/%s" % code).status == 404:
            codes.append(code)
    return codes


class Run:
    def __init__(self, options):
        self.options = options
        self.client = Client(options.url, options.token)
        self.rng = Random("clock/%d" % options.seed)
        self.now = self._start()
        codes = free_codes(self.client, options.seed, options.districts)
        without = set(options.without.split(","))
        self.players = [Player(self.client, options.seed, n, code, options.persons, self.now, without)
                        for n, code in enumerate(codes) if options.only in (None, n)]
        for player in self.players:
            player.history.disturbed = options.chaos
        self.pool = ThreadPoolExecutor(options.threads)

    def _start(self) -> datetime:
        if self.options.start:
            start = datetime.fromisoformat(self.options.start)
            if not set_clock(self.client, start):
                raise SystemExit("the clock of the stack is past --start; use a fresh stack")
            return start
        return find_clock(self.client)

    def each(self, act) -> None:
        list(self.pool.map(lambda player: player.guarded(lambda: act(player)), self.players))

    def quiet(self) -> None:
        self.each(Player.settle)

    def phase(self, number: int, steps: int) -> None:
        for player in self.players:
            player.trace.phase = number
            player.trace.note("the clock stands at %s" % self.now.isoformat())
            player.history.tell(self.now)
        self.quiet()
        self.each(Player.policies)
        self.quiet()
        self.each(Player.desks)
        self.each(lambda player: player.facts(steps))
        self.quiet()
        self.each(lambda player: player.checker.all())

    def advance(self) -> None:
        self.now = next_instant(self.now, self.rng)
        if not set_clock(self.client, self.now):
            raise Difference("the clock refused %s as backwards" % self.now.isoformat())

    def play(self) -> None:
        self.each(Player.set_up)
        phases = max(1, -(-self.options.steps // STEPS_A_PHASE))
        for number in range(phases):
            if number:
                self.advance()
            self.phase(number, -(-self.options.steps // phases))
            failed = [p for p in self.players if p.failure]
            print("phase %d at %s: %d districts, %d different" % (
                number, self.now.isoformat(), len(self.players), len(failed)), file=sys.stderr, flush=True)
            if len(failed) == len(self.players):
                return


def report(run: Run, started: datetime) -> int:
    options, failed = run.options, [p for p in run.players if p.failure]
    folder = tempfile.mkdtemp(prefix="outside-") if failed else ""
    for player in failed:
        path = os.path.join(folder, "seed%d-district%d.ndjson" % (options.seed, player.index))
        player.trace.write(path)
        print("DIFFERENT district %d (%s), phase %d: %s\n  history %s\n  replay --seed %d --districts %d "
              "--persons %d --steps %d --start %s --only %d" % (
                  player.index, player.trace.district, player.trace.phase, player.failure, path, options.seed,
                  options.districts, options.persons, options.steps, started.isoformat(), player.index))
    passed = sum(p.trace.cases for p in run.players)
    print("%d passed, %d failed" % (passed, len(failed)))
    return 1 if failed else 0


def covered(players: list) -> str:
    """What the histories reached, so that a run which proves little is seen to."""
    seen = Counter()
    for player in players:
        for person in player.history.world.persons.values():
            seen.update("finding " + f.state for f in person.findings.values())
            seen.update("%s %s" % (i[0], s.state) for i, s in person.known.items())
            seen.update("check-in " + r for day in person.presence.values() for _, r in day)
            seen["reversals"] += person.reversals
            seen.update("recall " + r.state for r in person.recalls.values())
        for known in player.history.world.unit_known.values():
            seen.update("head %s %s" % (i[0], s.state) for i, s in known.items())
        seen.update("payroll " + p.state for p in player.history.world.payrolls.values())
        seen.update("answer %d" % c["status"] for c in player.trace.calls if "status" in c)
        seen["tries"] += sum(c.get("tries", 0) for c in player.trace.calls)
    return ", ".join("%s: %d" % pair for pair in sorted(seen.items()))


def main(argv=None) -> int:
    options = arguments(argv)
    run = Run(options)
    started, clock = run.now, time.monotonic()
    chaos = Chaos(options.var, "chaos/%d" % options.seed, options.every, options.freeze) if options.chaos else None
    with chaos or contextlib.nullcontext():
        run.play()
    if chaos:
        print("killed: %s, frozen: %s" % (chaos.killed, chaos.frozen), file=sys.stderr)
    print("%.0f s, %d calls" % (time.monotonic() - clock, sum(len(p.trace.calls) for p in run.players)),
          file=sys.stderr)
    print(covered(run.players), file=sys.stderr)
    return report(run, started)


if __name__ == "__main__":
    raise SystemExit(main())
