"""kill -9 of random processes of one stack while histories run; now and then one is frozen instead.

Why by environment and not by name: other stacks may run on the machine. A process belongs to
the stack when its ZHUCUN_VAR is exactly the stack's directory and its comm is the name of one
of the product's own programs; both are read again through a pidfd right before the signal, so
that a reused pid is never hit. The supervisor and PostgreSQL are left alone.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from random import Random

PROGRAMS = Path(__file__).resolve().parents[2] / "build" / "bin"


def programs() -> set:
    """comm is cut at 15 characters by the kernel."""
    return {path.name[:15] for path in PROGRAMS.iterdir()} if PROGRAMS.is_dir() else set()


def belongs(pid: str, var: str, names: set) -> str:
    """The name of the process when it is one of the stack's programs, else ""."""
    try:
        comm = Path("/proc", pid, "comm").read_text().strip()
        environment = Path("/proc", pid, "environ").read_bytes().split(b"\0")
    except (OSError, UnicodeDecodeError):
        return ""
    mine = ("ZHUCUN_VAR=" + var).encode() in environment
    return comm if mine and comm in names else ""


def stack(var: str) -> dict:
    """pid -> name of every program of the stack that runs now."""
    names = programs()
    found = {pid: belongs(pid, var, names) for pid in os.listdir("/proc") if pid.isdigit()}
    return {int(pid): name for pid, name in found.items() if name}


def tell(pid: int, var: str, what: int) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if not belongs(str(pid), var, programs()):
            return False
        signal.pidfd_send_signal(handle, what)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)


class Chaos:
    """Kills one process every so often until it is stopped; `killed` counts by name.

    With freeze, one in five is a replica that does not turn for FROZEN_S: longer than the database
    keeps its session. Buses and gateways are not frozen, as nobody stands in for their clients."""

    FROZEN_S = 5.0
    NEVER_FROZEN = ("bus", "gateway")

    def __init__(self, var: str, seed: str, every_s: float = 2.0, freeze: bool = False):
        self.var, self.rng, self.every_s, self.freeze = os.path.abspath(var), Random(seed), every_s, freeze
        self.killed: dict = {}
        self.frozen: dict = {}
        self._thaw: dict = {}           # pid -> when
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Chaos":
        if not stack(self.var):
            raise SystemExit("no process of the stack with ZHUCUN_VAR=%s is visible" % self.var)
        self._thread.start()
        return self

    def __exit__(self, *_exception) -> None:
        self._over.set()
        self._thread.join()
        self._warm(everybody=True)

    def _run(self) -> None:
        while not self._over.wait(self.rng.uniform(0.2, 2) * self.every_s):
            running = stack(self.var)
            if running:
                self._strike(self.rng.choice(sorted(running)), running)
            self._warm()

    def _strike(self, pid: int, running: dict) -> None:
        name = running[pid]
        freeze = self.freeze and self.rng.random() < 0.2 and name not in self.NEVER_FROZEN
        if tell(pid, self.var, signal.SIGSTOP if freeze else signal.SIGKILL):
            struck = self.frozen if freeze else self.killed
            struck[name] = struck.get(name, 0) + 1
            if freeze:
                self._thaw[pid] = time.monotonic() + self.FROZEN_S

    def _warm(self, everybody: bool = False) -> None:
        for pid in [pid for pid, at in self._thaw.items() if everybody or at <= time.monotonic()]:
            tell(pid, self.var, signal.SIGCONT)
            del self._thaw[pid]
