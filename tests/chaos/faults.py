"""What is done to a running stack, one thing at a time, chosen by a seed.

A fault is a row: name, weight, and a function of the Storm's hands that does it and undoes what must be undone. It counts
as over when everybody is served again; how long that took is noted under its name.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from pathlib import Path

import sql
from client import Client
from stack import SERVICES, TOKEN, until

FROZEN_S, STARVED_S, FULL_S = 10.0, 5.0, 5.0


class Skip(Exception):
    """This machine does not allow it."""


class Hands:
    """The stack and the pair of clusters, and what has been done to them."""

    def __init__(self, stack, pair, rng, district: str):
        self.stack, self.pair, self.rng, self.district = stack, pair, rng, district
        self.over = threading.Event()           # set: the storm is to end, so nothing is waited for
        self.kills = 0
        self.markers: list = []                 # (id, key) acknowledged after a cancelled wait
        self.wrong: list = []

    def names(self, *programs: str) -> list:
        return sorted(n for n, p in self.stack.processes.items()
                      if not n.startswith("postgres") and p.wanted and (not programs or p.program in programs))

    def pick(self, *programs: str):
        return self.stack.processes[self.rng.choice(self.names(*programs))]

    def kill(self, process) -> None:
        until(lambda: process.pid, 60, process.name + " runs")
        self.kills += process.signal(signal.SIGKILL)

    def wait(self, seconds: float) -> None:
        self.over.wait(seconds)

    def postgres(self):
        return self.pair.primary.process

    def ask(self, text: str) -> str:
        return sql.ask(self.pair.primary.conninfo(), text)


# --- processes

def kill_one(h: Hands) -> None:
    h.kill(h.pick())


def kill_several(h: Hands) -> None:
    """At the same moment; once in a while all replicas of one service, or both buses."""
    names = h.names(h.rng.choice(SERVICES + ("bus",))) if h.rng.random() < 0.4 else h.names()
    for name in h.rng.sample(names, min(len(names), h.rng.randrange(2, 7))):
        h.kill(h.stack.processes[name])


def restart(h: Hands) -> None:
    process = h.pick()
    until(lambda: process.pid, 60, process.name + " runs")
    ends = process.ends
    process.signal(signal.SIGTERM)
    until(lambda: process.ends > ends, 60, process.name + " ends when it is told to")


def freeze(h: Hands) -> None:
    process = h.pick()
    until(lambda: process.pid, 60, process.name + " runs")
    process.signal(signal.SIGSTOP)
    h.wait(FROZEN_S)
    process.signal(signal.SIGCONT)


def leave_and_join(h: Hands) -> None:
    """A replica of each service leaves, in order or not; it comes back while others are asked."""
    gone = [h.stack.processes[h.rng.choice([n for n in h.names(s) if n != s])] for s in SERVICES]
    for process in gone:
        process.wanted = False
        number = h.rng.choice((signal.SIGTERM, signal.SIGKILL))
        h.kills += process.signal(number) and number == signal.SIGKILL
    h.wait(h.rng.uniform(0.5, 3))
    for process in gone:
        process.wanted = True


def starve_files(h: Hands) -> None:
    """No descriptor more than it has; and its connections to the database end, so that it wants some."""
    process = h.postgres() if h.rng.random() < 0.2 else h.pick()
    until(lambda: process.pid, 60, process.name + " runs")
    pid = process.pid
    try:
        limits, has = Path("/proc/%d/limits" % pid).read_text(), len(os.listdir("/proc/%d/fd" % pid))
    except (ProcessLookupError, FileNotFoundError):
        return
    limit_files(h, process, pid, has)
    if process.program in SERVICES:
        h.ask("select pg_terminate_backend(pid) from pg_stat_activity where usename like '%s%%';" % process.program)
    h.wait(STARVED_S)
    limit_files(h, process, pid, int(next(l for l in limits.splitlines() if l.startswith("Max open files")).split()[3]))


def limit_files(h: Hands, process, pid: int, soft: int) -> None:
    """As the user that it runs as.  One that has ended for want of a descriptor comes again with the limits of all."""
    by = h.pair.primary.as_server() if process is h.postgres() else []
    done = subprocess.run([*by, "prlimit", "--pid", str(pid), "--nofile=%d:" % soft], cwd="/", capture_output=True, text=True)
    if done.returncode and process.pid == pid:
        raise AssertionError("prlimit of %s: %s" % (process.name, done.stderr))


# --- the database

def database_immediate(h: Hands) -> None:
    process = h.postgres()
    ends = process.ends
    process.signal(signal.SIGQUIT)
    until(lambda: process.ends > ends, 60, "PostgreSQL ends at once")


def database_kill(h: Hands) -> None:
    h.kill(h.postgres())


def disk_full(h: Hands) -> None:
    if not h.pair.primary.is_mounted:
        raise Skip("disk full (no tmpfs can be mounted here)")
    cluster = h.pair.primary
    cluster.fill()
    h.wait(FULL_S)
    cluster.clear()


def standby_frozen(h: Hands) -> None:
    """Commits wait for it, or are given up by those who asked for them."""
    receivers = sql.ask(h.pair.standby.conninfo(database="postgres"), "select pid from pg_stat_wal_receiver;").split()
    for pid in receivers:
        os.kill(int(pid), signal.SIGSTOP)
    h.wait(FROZEN_S)
    for pid in receivers:
        os.kill(int(pid), signal.SIGCONT)


def fail_over(h: Hands) -> None:
    h.pair.primary.stop(h.rng.choice((signal.SIGQUIT, signal.SIGKILL)))
    h.pair.fail_over()


def after_failing_over(h: Hands) -> None:
    """When everybody is served by the new primary, the old one follows it."""
    h.pair.follow()


def hurried_fail_over(h: Hands) -> None:
    """Commits that wait for a standby which is gone are cancelled, so the primary says that they are committed; then it
    dies, and the standby, which never had them, takes over. None of them may have been acknowledged."""
    h.pair.standby.stop(signal.SIGQUIT)
    marker = Marker(h)
    marker.start()
    until(lambda: marker.answer or int(h.ask("select count(*) from pg_stat_activity where wait_event = 'SyncRep';")), 60,
          "a commit waits for the standby")
    for _ in range(20):
        h.ask("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep';")
        h.wait(0.05)
    if marker.answer:
        h.wrong.append("acknowledged by one server alone: %s" % marker.answer)
    h.pair.primary.stop(signal.SIGKILL)
    h.pair.standby.start()
    h.pair.fail_over()
    marker.join()
    h.markers.append((marker.answer.json["id"], marker.key))


class Marker(threading.Thread):
    """One write, asked again until it is acknowledged."""

    def __init__(self, h: Hands):
        super().__init__(daemon=True)
        self.client = Client(h.stack.url, TOKEN, timeout_s=5, patience_s=300)
        self.path = "/districts/%s/checkins" % h.district
        self.key, self.answer = "marker-%d" % (len(h.markers) + 1), None

    def run(self) -> None:
        self.answer = self.client.post(self.path, {"person_id": "p1", "village_id": "v1",
                                                   "captured_at": "2017-08-09T08:00:00+08:00"}, key=self.key)


# --- the table: name, weight, what is done, what is done when everybody is served again

FAULTS = (
    ("kill -9 of a process", 60, kill_one, None),
    ("kill -9 of several at once", 90, kill_several, None),
    ("restart in order", 10, restart, None),
    ("frozen for 10 s", 4, freeze, None),
    ("replicas leave and join", 6, leave_and_join, None),
    ("no file descriptors for 5 s", 4, starve_files, None),
    ("PostgreSQL, immediate shutdown", 4, database_immediate, None),
    ("PostgreSQL, kill -9", 4, database_kill, None),
    ("disk of the database full for 5 s", 3, disk_full, None),
    ("standby frozen for 10 s", 2, standby_frozen, None),
    ("failover to the standby", 3, fail_over, after_failing_over),
    ("waiting commits cancelled, failover", 3, hurried_fail_over, after_failing_over),
)
