"""Load through HTTP while everything under it is killed, frozen, starved, filled up and failed over; then a verdict.

  storm.py --seed 1 --minutes 2 [--json FILE] [--kills N]

It goes on until the time is over, there were as many kills, and each kind of fault has been seen.

Seeded histories of several districts (tests/outside) play one after the other: check-ins, findings single and in batches,
with keys, repeats and races, annulments, policies, recalls, payrolls; each compares all that is shown with the rules
whenever it is quiet. Around it is a siege (siege.py). Meanwhile faults.py does one thing after another, chosen by the seed; probes.py measures how long
somebody had to wait for each; judge.py says whether anything acknowledged was lost or done twice. Three replicas of each
service, two buses, a gateway, a primary and a synchronous standby.

Last line: `N passed, N failed`.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from argparse import Namespace
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outside"))

import main as outside  # noqa: E402  (the path comes first)
import sql  # noqa: E402
from client import Client, wait_settled  # noqa: E402
from cluster import Pair  # noqa: E402
from faults import FAULTS, Hands, Skip  # noqa: E402
from judge import WITNESS, judge  # noqa: E402
from probes import KINDS, Probes  # noqa: E402
from siege import Siege, Verdict  # noqa: E402
from stack import TOKEN, Stack, until  # noqa: E402

LULL_EVERY, LULL_S = 8, 10      # every so many strikes nothing is done for a while: what the siege alone does is seen
RECOVERY_S = 180        # in which everybody must be served again; else the fault is not survived


class Figures:
    """Of one kind of fault."""

    def __init__(self):
        self.times = 0
        self.stalls: list = []

    def row(self) -> dict:
        ordered = sorted(self.stalls) or [0.0]
        return {"times": self.times, "median_stall_s": round(ordered[len(ordered) // 2], 2), "longest_stall_s": round(ordered[-1], 2)}


class Storm(threading.Thread):
    """Strikes until it is told that it is over; everything runs again then."""

    def __init__(self, hands: Hands, probes: Probes, rng: Random, kinds: tuple):
        super().__init__(daemon=True)
        self.hands, self.probes, self.rng, self.kinds = hands, probes, rng, kinds
        self.figures = {name: Figures() for name, *_ in kinds}
        self.skipped: set = set()
        self.order: list = []
        self.windows: list = []         # (since, until): something was done, and not everybody was served again
        self.fault = ""

    def run(self) -> None:
        try:
            while not self.hands.over.wait(self.pause()):
                self.strike(*self.next())
        except Exception as fault:      # whatever it is, the storm has shown something
            self.fault = "%s after %s: %s" % (type(fault).__name__, self.order[-3:], fault)

    def pause(self) -> float:
        return LULL_S if len(self.order) % LULL_EVERY == 0 else self.rng.uniform(0, 0.3)

    def next(self) -> tuple:
        """The rare ones first, once each, so that a short storm has seen them all; then by weight."""
        if len(self.order) % 2 == 0 and self.unseen():
            return self.rng.choice(self.unseen())
        return self.rng.choices(self.kinds, [weight for _, weight, *_ in self.kinds])[0]

    def unseen(self) -> list:
        return [f for f in self.kinds if f[0] not in self.order]

    def strike(self, name: str, _weight: int, act, afterwards) -> None:
        began = time.monotonic()
        self.order.append(name)
        self.windows.append((began, float("inf")))
        print("%s %d kills; %s" % (time.strftime("%H:%M:%S"), self.hands.kills, name), file=sys.stderr, flush=True)
        try:
            act(self.hands)
        except Skip as why:
            self.skipped.add(str(why))
            self.windows.pop()
            return
        done = time.monotonic()
        until(lambda: self.probes.served_since(done), RECOVERY_S, "everybody is served again after: " + name)
        self.figures[name].times += 1
        self.figures[name].stalls.append(self.probes.longest(began, time.monotonic()))
        if afterwards:
            afterwards(self.hands)
        self.windows[-1] = (began, time.monotonic())


class Load:
    """Histories, one lot after the other, until the time is over."""

    def __init__(self, url: str, options):
        self.url, self.options = url, options
        self.players: list = []
        self.start = None

    def lot(self, number: int) -> outside.Run:
        o = self.options
        return outside.Run(Namespace(url=self.url, token=TOKEN, seed=1000 * o.seed + number, districts=o.districts, persons=3,
                                     steps=o.steps, threads=o.districts, start=self.start, only=None, without="", chaos=True))

    def play(self, enough) -> None:
        """At least one lot; enough() is asked between two of them."""
        number = 0
        while not number or not enough():
            run = self.lot(number)
            self.players += run.players
            run.play()
            run.pool.shutdown()
            self.start, number = run.now.isoformat(), number + 1
            if any(p.failure for p in run.players):
                return

    def again(self) -> None:
        """What the last lot shows, once more, now that all is quiet."""
        for player in self.players[-self.options.districts:]:
            player.guarded(player.checker.all)

    def failures(self) -> list:
        return ["district %s: %s" % (p.trace.district, p.failure) for p in self.players if p.failure]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--kills", type=int, default=0, help="go on until there were so many, too")
    parser.add_argument("--at-most", type=float, default=90, help="minutes, whatever was to be reached")
    parser.add_argument("--districts", type=int, default=4)
    parser.add_argument("--steps", type=int, default=28, help="facts of each district of a lot")
    parser.add_argument("--build", default="build", help="directory of the programs")
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--faults", default="", help="only those whose names hold this word")
    parser.add_argument("--json", default="", help="file for the figures")
    parser.add_argument("--keep", default="", help="directory for the logs when something is wrong")
    return parser.parse_args()


def storm_over(stack: Stack, pair: Pair, options, codes: list):
    """(storm, load, probes, hands, what the siege comes to) when all is done and quiet."""
    kinds = tuple(f for f in FAULTS if options.faults in f[0])
    with Probes(stack.url, TOKEN, codes) as probes, Siege(stack.url, TOKEN) as siege:
        siege.begin("idle", "hostile")
        siege.begin("honest", "logins")
        hands = Hands(stack, pair, Random("hands/%d" % options.seed), probes.all[0].district)
        storm, load = Storm(hands, probes, Random("storm/%d" % options.seed), kinds), Load(stack.url, options)
        began = time.monotonic()

        def enough() -> bool:
            minutes = (time.monotonic() - began) / 60
            done = minutes >= options.minutes and hands.kills >= options.kills and not storm.unseen()
            return bool(storm.fault) or done or minutes >= options.at_most
        storm.start()
        load.play(enough)
        hands.over.set()
        storm.join()
        besieged = Verdict(siege.end(), storm.windows)
    return storm, load, probes, hands, besieged


def settled(stack: Stack, load: Load, probes: Probes) -> None:
    client = Client(stack.url, TOKEN)
    for district in [p.trace.district for p in load.players] + [p.district for p in probes.all]:
        wait_settled(client, district)


def table(storm: Storm) -> str:
    lines = ["%-40s %6s %14s %15s" % ("what was done", "times", "median stall s", "longest stall s")]
    for name, figures in storm.figures.items():
        row = figures.row()
        lines.append("%-40s %6d %14.2f %15.2f" % (name, row["times"], row["median_stall_s"], row["longest_stall_s"]))
    return "\n".join(lines)


def report(options, storm: Storm, count, hands: Hands, besieged: Verdict, seconds: float, faults: list) -> None:
    figures = {"seed": options.seed, "seconds": round(seconds), "kills": hands.kills, "acknowledged": count.acknowledged,
               "lost": count.lost, "doubled": count.doubled, "faults": {n: f.row() for n, f in storm.figures.items()},
               "siege": besieged.figures, "wrong": faults}
    print(table(storm))
    print(besieged.table())
    print("seed %d, %d s: %d kills, %d writes acknowledged, %d lost, %d doubled" % (
        options.seed, seconds, hands.kills, count.acknowledged, count.lost, count.doubled))
    for why in sorted(storm.skipped):
        print("skipped: " + why)
    if options.json:
        Path(options.json).write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n")


def verdict(options, pair: Pair, stack: Stack) -> int:
    began = time.monotonic()
    codes = outside.free_codes(Client(stack.url, TOKEN), options.seed + 7, len(KINDS))
    storm, load, probes, hands, besieged = storm_over(stack, pair, options, codes)
    if not storm.fault and not load.failures():
        settled(stack, load, probes)
        load.again()
    faults = [storm.fault] * bool(storm.fault) + load.failures() + probes.faults() + hands.wrong + besieged.faults
    count = judge(pair.conninfo(), load.players, probes.all, hands)
    faults += count.faults
    report(options, storm, count, hands, besieged, time.monotonic() - began, faults)
    for fault in faults:
        print("FAIL %s" % fault)
    passed = sum(p.trace.cases for p in load.players) + sum(len(p.calls) for p in probes.all) + besieged.passed
    print("%d passed, %d failed" % (passed, len(faults)))
    return 1 if faults else 0


def main() -> int:
    options, folder = arguments(), Path(tempfile.mkdtemp(prefix="zhucun-chaos-"))
    os.environ["ZHUCUN_CLOCK"] = "manual"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(130))
    pair = Pair(folder)
    code = 1
    try:
        stack = Stack(folder / "var", options.build, pair.conninfo, options.replicas)
        for cluster in pair.both:
            stack.processes[cluster.process.name] = cluster.process
        with stack.supervised():
            pair.make()
            sql.ask(pair.conninfo(), WITNESS)
            stack.start_all()
            stack.ready(120)
            code = verdict(options, pair, stack)
        return code
    finally:
        if code and options.keep:
            shutil.copytree(folder / "var/log", options.keep, dirs_exist_ok=True)
            for cluster in pair.both:
                shutil.copy(cluster.folder / "log", Path(options.keep) / ("postgres-%s.log" % cluster.name))
        pair.remove()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
