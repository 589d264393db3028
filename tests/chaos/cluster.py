"""Two PostgreSQL clusters: a primary, and a synchronous standby that can take its place.

Set as deploy/postgresql.conf says, but with logins by name alone (nobody else can reach the socket's directory) and small
logs of changes. Each lies in a directory of its own, as root on a tmpfs of bounded size, so that its disk can be filled.
"""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import sql
from stack import TOP, Process, until

DISK_BYTES = 1 << 30
SETTINGS = """
min_wal_size = 64MB
max_wal_size = 128MB
max_connections = 150
shared_buffers = 64MB
wal_keep_size = 32MB
include 'standby.conf'
"""


def server_user() -> str:
    """PostgreSQL refuses to run as root."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid()).pw_name
    return "postgres" if any(u.pw_name == "postgres" for u in pwd.getpwall()) else "nobody"


def programs() -> str:
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda p: int(p.split("/")[4]))
    return found[-1] if found else os.path.dirname(shutil.which("postgres") or "")


class Cluster:
    """One server; `process` is its place under the supervisor."""

    def __init__(self, folder: Path):
        self.folder, self.name, self.user = folder, folder.name, server_user()
        self.data, self.sockets = folder / "data", folder / "s"
        self.is_mounted = False
        folder.mkdir(parents=True)
        self._mount()
        self.sockets.mkdir(mode=0o700)
        self._own(self.sockets)
        self.process = Process("postgres-" + self.name, self._script())

    def _mount(self) -> None:
        if os.geteuid() == 0:
            done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%d,mode=0711" % DISK_BYTES, "zhucun-chaos",
                                   str(self.folder)], capture_output=True)
            self.is_mounted = done.returncode == 0

    def unmount(self) -> None:
        if self.is_mounted:
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def _own(self, path: Path) -> None:
        if os.geteuid() == 0:
            shutil.chown(path, self.user, pwd.getpwnam(self.user).pw_gid)

    def as_server(self) -> list:
        if os.geteuid():
            return []
        entry = pwd.getpwnam(self.user)
        return ["setpriv", "--reuid", str(entry.pw_uid), "--regid", str(entry.pw_gid), "--clear-groups", "--"]

    def _run(self, *command: str) -> None:
        done = subprocess.run([*self.as_server(), *command], cwd="/", capture_output=True, text=True)
        if done.returncode:
            raise AssertionError("%s: %s" % (command[0], done.stderr[-800:]))

    def _script(self) -> Path:
        """Children that outlive a killed server by a moment are waited for, as deploy/postgres.sh does."""
        script = self.folder / "run"
        entry = pwd.getpwnam(self.user)
        by = "" if os.geteuid() else "--reuid %d --regid %d --clear-groups " % (entry.pw_uid, entry.pw_gid)
        script.write_text("""exec 2>>%s/log
cd /
for i in $(seq 100); do readlink /proc/[0-9]*/cwd | grep -Fxq %s || break; sleep 0.05; done
[ "$(readlink "/proc/$(head -n 1 %s/postmaster.pid)/cwd")" = %s ] || rm -f %s/postmaster.pid %s/.s.PGSQL.5432.lock
exec setpriv --pdeathsig QUIT %s%s/postgres -D %s -c unix_socket_directories=%s -c listen_addresses= -c cluster_name=%s
""" % (self.folder, self.data, self.data, self.data, self.data, self.sockets, by, programs(), self.data, self.sockets, self.name))
        return script

    def conninfo(self, role: str = "postgres", database: str = "zhucun") -> str:
        return "host=%s user=%s dbname=%s connect_timeout=10" % (self.sockets, role, database)

    # --- its life

    def make(self) -> None:
        self.data.mkdir(mode=0o700)
        self._own(self.data)
        self._run(programs() + "/initdb", "-D", str(self.data), "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C",
                  "--data-checksums", "--no-sync", "--no-instructions")
        self._write("postgresql.conf", (TOP / "deploy/postgresql.conf").read_text() + SETTINGS)
        self._write("pg_hba.conf", "local all all trust\nlocal replication all trust\n")
        self.wait_for_standby(False)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.write_text(text)
        self._own(path)

    def copy(self, primary: "Cluster") -> None:
        """Anew, as a standby of that one."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        self._own(self.data)
        self._run(programs() + "/pg_basebackup", "-h", str(primary.sockets), "-U", "postgres", "-D", str(self.data), "-R",
                  "-X", "stream", "-c", "fast", "--no-sync")
        self.wait_for_standby(False)

    def wait_for_standby(self, wanted: bool) -> None:
        """Whether commits wait for a standby."""
        self._write("standby.conf", "synchronous_standby_names = '%s'\n" % ("*" if wanted else ""))
        if self.process.pid:
            sql.ask(self.conninfo(database="postgres"), "select pg_reload_conf();")

    def answers(self) -> bool:
        try:
            return sql.ask(self.conninfo(database="postgres"), "select 1;") == "1"
        except (AssertionError, subprocess.TimeoutExpired):
            return False

    def start(self) -> None:
        self.process.wanted = True
        until(self.answers, 60, "PostgreSQL %s answers; %s/log says why" % (self.name, self.folder))

    def stop(self, number: int) -> None:
        """Until it is started again."""
        self.process.wanted = False
        self.process.signal(number)
        until(lambda: not self.process.pid, 60, "PostgreSQL %s ends" % self.name)

    def promote(self) -> None:
        sql.ask(self.conninfo(database="postgres"), "select pg_promote(true, 60);")

    # --- its disk

    def _resize(self, size: int) -> bool:
        return subprocess.run(["mount", "-o", "remount,size=%d" % size, str(self.folder)], capture_output=True).returncode == 0

    def fill(self) -> None:
        """It becomes as small as what it holds, which may grow meanwhile."""
        def shrunk():
            usage = os.statvfs(self.folder)
            return self._resize((usage.f_blocks - usage.f_bfree) * usage.f_frsize)
        until(shrunk, 30, "the disk of %s is full" % self.name)

    def clear(self) -> None:
        until(lambda: self._resize(DISK_BYTES), 30, "the disk of %s is itself again" % self.name)


class Pair:
    """`primary` is the one that takes writes now, `standby` the other."""

    def __init__(self, folder: Path):
        folder.chmod(0o711)
        self.both = [Cluster(folder / name) for name in ("a", "b")]
        self.primary, self.standby = self.both

    def conninfo(self, role: str = "postgres") -> str:
        """Readers cannot ask for read-write: their sessions never are."""
        hosts = ",".join(str(c.sockets) for c in self.both)
        attrs = "primary" if role.endswith("_reader") else "read-write"
        return "host=%s user=%s dbname=zhucun target_session_attrs=%s connect_timeout=5 application_name=%s" % (hosts, role, attrs, role)

    def make(self) -> None:
        """The primary runs, migrated, its standby follows, and commits wait for it."""
        self.primary.make()
        self.primary.start()
        sql.ask(self.primary.conninfo(database="postgres"), "create role migrator login createrole;")
        sql.ask(self.primary.conninfo(database="postgres"), "create database zhucun owner migrator;")
        environment = {**os.environ, "ZHUCUN_VAR": str(self.primary.folder.parent / "var"), "ZHUCUN_CLOCK": "manual"}
        subprocess.run([str(TOP / "deploy/migrate.sh"), self.primary.conninfo("migrator")], env=environment, check=True,
                       capture_output=True)
        self.follow()

    def follow(self) -> None:
        """The standby is made anew from the primary; when it streams, commits wait for it."""
        self.standby.copy(self.primary)
        self.standby.start()
        until(self.streams, 60, "the standby streams")
        self.primary.wait_for_standby(True)
        until(lambda: "sync" in self._states("sync_state"), 60, "the standby is synchronous")

    def _states(self, column: str) -> list:
        return sql.ask(self.primary.conninfo(database="postgres"), "select %s from pg_stat_replication;" % column).split()

    def streams(self) -> bool:
        return "streaming" in self._states("state")

    def fail_over(self) -> None:
        """The primary is gone (the caller saw to that); the other takes its place, alone."""
        self.standby.promote()
        self.primary, self.standby = self.standby, self.primary

    def remove(self) -> None:
        for cluster in self.both:
            cluster.unmount()
