"""What the processes of this stack use: CPU time and memory, by process, as /proc tells them."""
import os
import re
import time

TICKS = os.sysconf("SC_CLK_TCK")


def read(path):
    try:
        with open(path, "rb") as f:
            return f.read().decode("utf-8", "replace")
    except OSError:                     # it has ended meanwhile
        return ""


def stat(pid):
    """(comm, parent, its own ticks, those of its children that have ended)"""
    text = read(f"/proc/{pid}/stat")
    if not text:
        return None
    fields = text[text.rindex(")") + 2:].split()
    return text[text.index("(") + 1:text.rindex(")")], int(fields[1]), int(fields[11]) + int(fields[12]), int(fields[13]) + int(fields[14])


class Processes:
    """The stack's own, found once by the ZHUCUN_VAR they carry; PostgreSQL's are asked for each time."""

    def __init__(self, var, services):
        self.named, self.postmaster = {}, None
        for pid in filter(str.isdigit, os.listdir("/proc")):
            found = stat(pid)
            if not found or f"ZHUCUN_VAR={var}" not in read(f"/proc/{pid}/environ").split("\0"):
                continue
            if found[0] in services:
                self.named[pid] = found[0]
            if found[0] == "postgres" and (stat(found[1]) or ("",))[0] != "postgres":
                self.postmaster = pid

    def clients_gone(self):
        """Waits until the sessions of psql and pgbench, which have ended, count as ended: what they used is told only then."""
        until = time.monotonic() + 5
        while time.monotonic() < until:
            children = [pid for pid in filter(str.isdigit, os.listdir("/proc")) if (stat(pid) or (0, 0))[1] == int(self.postmaster)]
            if all(self.server_name(pid) not in ("", "postgres: postgres") for pid in children):
                return
            time.sleep(0.01)

    def cpu(self):
        """Seconds by name.  A server process that has ended counts as `postgres: ended`."""
        used = {}

        def add(name, ticks):
            used[name] = used.get(name, 0) + ticks / TICKS

        for pid, name in self.named.items():
            add(name, (stat(pid) or (0, 0, 0))[2])
        add("postgres: main", stat(self.postmaster)[2])
        add("postgres: ended", stat(self.postmaster)[3])
        for pid in filter(str.isdigit, os.listdir("/proc")):
            found = stat(pid)
            if found and found[1] == int(self.postmaster):
                add(self.server_name(pid), found[2])
        return used

    @staticmethod
    def server_name(pid):
        """postgres: supervision zhucun [local] idle → postgres: supervision"""
        title = read(f"/proc/{pid}/cmdline").replace("\0", " ").strip()
        return re.sub(r"^(postgres: (?:autovacuum \w+|background writer|logical replication launcher|\S+)).*", r"\1", title)

    def memory_kib(self):
        """{name: (resident now, at most)} of the suite's processes; of several with a name the largest."""
        held = {}
        for pid, name in self.named.items():
            status = read(f"/proc/{pid}/status")
            now, most = (int(re.search(rf"{field}:\s+(\d+)", status).group(1)) for field in ("VmRSS", "VmHWM"))
            held[name] = max(held.get(name, (0, 0)), (now, most))
        return held


def used(before, after):
    """Seconds by name between two cpu() answers."""
    return {name: after[name] - before.get(name, 0) for name in after if after[name] - before.get(name, 0) > 0}


def of_postgres(seconds):
    return sum(s for name, s in seconds.items() if name.startswith("postgres"))
