"""A stack of real processes under a supervisor of its own, for tests that end, freeze and starve them.

Why not `make run`: what is tried here needs a say in how each process starts (an environment for its first start, a
conninfo with two hosts, one that stays away for a while). What the processes are told is still what deploy/supervise.sh
tells them: its run scripts are made, adapted in the few places named below, and run.

One thread starts all processes, because a process ends with the thread that started it (--pdeathsig).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outside"))

from pace import patient  # noqa: E402  (the path comes first)
from services import SERVICES  # noqa: E402

TOP = Path(__file__).resolve().parents[2]
BUSES = ("bus-1", "bus-2")
TOKEN = "an operator's token for tests only, 32+".replace(" ", "-")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(condition, seconds: float, what: str) -> None:
    """Waits for a condition, never for a time; `seconds` are a quiet machine's."""
    deadline = time.monotonic() + patient(seconds)
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError("not within %g s: %s" % (patient(seconds), what))
        time.sleep(0.01)


class Process:
    """One program of the stack: how it is started, whether it is to run, how often it ended."""

    def __init__(self, name: str, script: Path):
        self.name, self.script = name, script
        self.wanted, self.armed = False, {}     # armed: environment until it ends by SIGKILL
        self.popen, self.ends, self._not_before = None, 0, 0.0

    @property
    def program(self) -> str:
        return self.name.split("-")[0]

    @property
    def pid(self) -> int:
        """0: it does not run now."""
        popen = self.popen
        return popen.pid if popen is not None and popen.returncode is None else 0

    def turn(self) -> None:
        """Called by the supervisor's thread alone."""
        if self.popen is not None and self.popen.poll() is not None:
            if self.popen.returncode == -signal.SIGKILL:
                self.armed = {}
            self.popen, self.ends = None, self.ends + 1
        if self.wanted and self.popen is None and time.monotonic() >= self._not_before:
            environment = {**os.environ, **self.armed}
            self._not_before = time.monotonic() + 1         # as supervise.sh does
            self.popen = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "bash", str(self.script)], env=environment, stdin=subprocess.DEVNULL,
                                          stdout=subprocess.DEVNULL)

    def signal(self, number: int) -> bool:
        popen = self.popen
        if popen is None or popen.poll() is not None:
            return False
        popen.send_signal(number)
        return True


class Stack:
    """The buses, the services and the gateway over a database that is somebody else's business.

    build: directory of the programs; database: (role) -> conninfo; replicas: of each service."""

    def __init__(self, var: Path, build: str, database, replicas: int = 1):
        self.var, self.port, self.processes = var, free_port(), {}
        self.url = "http://127.0.0.1:%d" % self.port
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._scripts(build, database, replicas)

    def _scripts(self, build: str, database, replicas: int) -> None:
        """As supervise.sh makes them, but for the build directory and the database."""
        self.var.mkdir(parents=True, exist_ok=True)
        token = self.var / "token"
        token.write_text(TOKEN + "\n")
        environment = {**os.environ, "ZHUCUN_VAR": str(self.var)}
        environment.pop("ZHUCUN_BOOTSTRAP_TOKEN", None)
        text = ('set -euo pipefail; . deploy/paths.sh; . deploy/supervise.sh; port=%d token_file=%s replicas=%d; '
                'mkdir -p "$LOGS" "$RUN" "$SECRETS"; own_directory "$SOCKETS" 711; '
                'deploy/keys.sh; make_service_directories; '
                'echo "$RUN"; echo "$SOCKETS"' % (self.port, token, replicas))
        said = subprocess.run(["bash", "-c", text], cwd=TOP, env=environment, check=True, capture_output=True, text=True)
        run, self.sockets = said.stdout.splitlines()[-2:]
        for script in sorted(Path(run, "services").glob("*/run")):
            name = script.parent.name
            if name == "postgres":
                continue
            self._adapt(script, name.split("-")[0], build, database)
            self.processes[name] = Process(name, script)

    def _adapt(self, script: Path, program: str, build: str, database) -> None:
        lines = script.read_text().replace("/build/bin/", "/%s/bin/" % build).splitlines()
        for i, line in enumerate(lines):
            for variable, role in (("ZHUCUN_DB", program), ("ZHUCUN_DB_READER", program + "_reader")):
                if line.startswith("export %s=" % variable):
                    lines[i] = 'export %s="%s"' % (variable, database(role))
        script.write_text("\n".join(lines) + "\n")

    def _run(self) -> None:
        while not self._over.is_set():
            for process in self.processes.values():
                process.turn()
            time.sleep(0.005)
        for process in self.processes.values():
            process.wanted = False
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGKILL)
        for process in self.processes.values():
            if process.popen is not None:
                process.popen.wait()

    @contextlib.contextmanager
    def supervised(self):
        """Processes are started, and started again, while it lasts."""
        self._thread.start()
        try:
            yield self
        finally:
            self._over.set()
            self._thread.join()
            shutil.rmtree(self.sockets, ignore_errors=True)

    def start_all(self) -> None:
        for process in self.processes.values():
            process.wanted = process.wanted or not process.name.startswith("postgres")

    def ready(self, seconds: float = 60) -> None:
        until(self.is_ready, seconds, "ready; the logs in %s/log say why" % self.var)

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            return False
