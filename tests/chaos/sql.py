"""SQL by psql, and the invariants of tests/harness/invariants.sql.

Why psql: nothing but Python's standard library and what the product needs is there.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "outside"))

from pace import patient  # noqa: E402  (the path comes first)
from services import SERVICES  # noqa: E402

TESTS = Path(__file__).resolve().parents[1]


class Refused(AssertionError):
    """The database did not do it."""


def ask(conninfo: str, text: str) -> str:
    """What psql prints of the rows, columns parted by `|`; several statements are one transaction unless they say otherwise."""
    done = subprocess.run(["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-f", "-", conninfo], input=text, capture_output=True,
                          text=True, timeout=patient(120))
    if done.returncode:
        raise Refused("%s\n%s" % (text[:300], done.stderr.strip()[:600]))
    return done.stdout.strip()


def statements(path: Path):
    """(name, text) of a file of `-- name:` paragraphs; of each service for those that name {service}."""
    for paragraph in path.read_text().split("-- name: ")[1:]:
        name, _, text = paragraph.partition("\n")
        text = text.strip().rstrip(";")
        for service in SERVICES if "{service}" in name else ("",):
            yield name.replace("{service}", service), text.replace("{service}", service)


def untrue(conninfo: str, path: Path = TESTS / "harness" / "invariants.sql") -> list:
    """Which invariants do not hold, each with one row of those that break it.  One session, one snapshot."""
    names, script = [], ["begin isolation level repeatable read read only;"]
    for name, text in statements(path):
        names.append(name)
        script.append("select %d, count(*), coalesce(min(x::text), '') from (%s) x;" % (len(names) - 1, text))
    found, said = [], ask(conninfo, "\n".join(script + ["commit;"]))
    for line in said.splitlines():
        number, count, example = line.split("|", 2)
        if count != "0":
            found.append("%s: %s such, as %s" % (names[int(number)], count, example[:300]))
    if len(said.splitlines()) != len(names):
        raise Refused("asked %d invariants, heard of %d" % (len(names), len(said.splitlines())))
    return found
