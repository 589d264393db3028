"""kill -9 of random processes of one stack while histories run.

Why by environment and not by name: other stacks may run on the machine. A process belongs to
the stack when its ZHUCUN_VAR is exactly the stack's directory and its comm is the name of one
of the product's own programs; both are read again through a pidfd right before the signal, so
that a reused pid is never hit. The supervisor and PostgreSQL are left alone.
"""

from __future__ import annotations

import os
import signal
import threading
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


def kill(pid: int, var: str) -> bool:
    try:
        handle = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if not belongs(str(pid), var, programs()):
            return False
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        return True
    except OSError:
        return False
    finally:
        os.close(handle)


class Chaos:
    """Kills one process every so often until it is stopped; `killed` counts by name."""

    def __init__(self, var: str, seed: str, every_s: float = 2.0):
        self.var, self.rng, self.every_s = os.path.abspath(var), Random(seed), every_s
        self.killed: dict = {}
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

    def _run(self) -> None:
        while not self._over.wait(self.rng.uniform(0.2, 2) * self.every_s):
            running = stack(self.var)
            if running:
                pid = self.rng.choice(sorted(running))
                if kill(pid, self.var):
                    self.killed[running[pid]] = self.killed.get(running[pid], 0) + 1
