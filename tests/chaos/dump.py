"""Every table of every service as sorted lines, comparable between runs of one history.

Ids that count events (findings, check-ins, messages) differ when orders come in other batches: they are replaced by what
they stand for. Columns that count or name events are left out, each for the reason given; nothing else is.
"""

from __future__ import annotations

import json
import re

from sql import SERVICES, ask

# Numbers and names of events, and what counts them.
VOLATILE = {
    "seq": "the number of an event, or of a row in the order it came",
    "root": "the event that began it", "cause_event": "the event that caused it",
    "alert_id": "counts events of alerts", "digest": "the alert_id of the one that came first", "ordered_seq": "the number of an event",
    "named_seq": "how many events of roster had been read when it was sent", "since_seq": "the number of an event",
    "token": "random", "password_hash": "salted", "hash": "salted",
}
UNCOUNTED = ("event",)          # tables that are logs: the invariants say of them what must be


def tables(conninfo: str) -> list:
    names = ", ".join("'%s'" % s for s in SERVICES)
    said = ask(conninfo, "select schemaname || '.' || tablename from pg_tables where schemaname in (%s) order by 1;" % names)
    return [name for name in said.splitlines() if name.split(".")[1] not in UNCOUNTED]


def rows(conninfo: str) -> list:
    """(table, row as a dict)."""
    asked = tables(conninfo)
    said = ask(conninfo, "\n".join("select '%s', row_to_json(t) from %s t;" % (name, name) for name in asked))
    return [(table, json.loads(row)) for table, _, row in (line.partition("|") for line in said.splitlines())]


def canonical(conninfo: str, names: dict) -> list:
    """names: id -> what it stands for."""
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=len, reverse=True)) or "(?!)")
    lines = []
    for table, row in rows(conninfo):
        kept = {k: v for k, v in row.items() if k not in VOLATILE}
        text = json.dumps(kept, ensure_ascii=False, sort_keys=True)
        lines.append("%s %s" % (table, pattern.sub(lambda m: "<%s>" % names[m.group(0)], text)))
    return sorted(lines)


def difference(expected: list, actual: list) -> list:
    """Lines that are on one side only, at most ten of them."""
    missing, extra = list(expected), []
    for line in actual:
        if line in missing:
            missing.remove(line)
        else:
            extra.append(line)
    return (["missing    " + line for line in missing] + ["unexpected " + line for line in extra])[:10]
