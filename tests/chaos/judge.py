"""Whether anything acknowledged was lost or done twice: told from the answers that clients got and from SQL, nothing else.

Everything acknowledged exists once with all consequences; the ledger sums to zero; logs are dense, chained and have not
forked; cursors are heads; one message for each event and recipient (tests/harness/invariants.sql); one writer for each epoch, epochs
never go back, no log ever became shorter (the witness). That measures are what follows from the facts was compared by the
histories themselves (tests/outside/check.py and rules.py), each time that they were quiet.
"""

from __future__ import annotations

import sql

# Every change of a head, and the session that made it.
WITNESS = """
create table public.head_log (n bigserial, service text, partition int, epoch bigint, seq bigint, pid int, server timestamptz);
grant insert on public.head_log to public;
grant usage on sequence public.head_log_n_seq to public;
create function public.head_seen() returns trigger language plpgsql as $$ begin
    insert into public.head_log (service, partition, epoch, seq, pid, server)
    values (new.service, new.partition, new.epoch, new.seq, pg_backend_pid(), pg_postmaster_start_time());
    return null;
end $$;
create trigger seen after insert or update on engine.head for each row execute function public.head_seen();
"""

HISTORY = (
    ("epochs never go back",
     "select count(*) from (select epoch, lag(epoch) over (partition by service, partition order by n) as before"
     " from public.head_log) x where epoch < before"),
    ("an epoch has one writer",
     "select count(*) from (select 1 from public.head_log group by service, partition, epoch"
     " having count(distinct (pid, server)) > 1) x"),
    ("no log ever became shorter",
     "select count(*) from (select seq, lag(seq) over (partition by service, partition order by n) as before"
     " from public.head_log) x where seq < before"),
)


def ids_in(record: dict) -> set:
    """What a recorded call was answered to have made: a finding, a check-in, or those of a batch's lines."""
    import json
    path = record["call"].split("/", 3)[-1] if record["call"].startswith("POST") else ""
    if not 200 <= record.get("status", 0) < 300:
        return set()
    if path in ("findings", "checkins"):
        return {json.loads(record["answer"])["id"]}
    if path.endswith(":batch"):
        return {line["id"] for line in map(json.loads, record["answer"].splitlines()) if "id" in line}
    return set()


class Count:
    def __init__(self):
        self.acknowledged = self.lost = self.doubled = 0
        self.faults: list = []

    def compare(self, district: str, expected: set, actual: set) -> None:
        lost, doubled = expected - actual, actual - expected
        self.lost, self.doubled = self.lost + len(lost), self.doubled + len(doubled)
        if lost or doubled:
            self.faults.append("district %s: lost %s, done twice or by nobody %s" % (district, sorted(lost)[:5], sorted(doubled)[:5]))


def made(conninfo: str, table: str, column: str) -> dict:
    """district -> ids."""
    found: dict = {}
    for line in sql.ask(conninfo, "select district, %s from %s;" % (column, table)).splitlines():
        district, _, name = line.partition("|")
        found.setdefault(district, set()).add(name)
    return found


def finding_states(conninfo: str) -> dict:
    said = sql.ask(conninfo, "select district, finding_id, state from (select distinct on (district, finding_id) district, finding_id,"
                             " state from supervision.finding_move order by district, finding_id, seq desc) x;")
    return {tuple(line.split("|")[:2]): line.split("|")[2] for line in said.splitlines()}


def judge_players(count: Count, conninfo: str, players: list, actual: dict) -> None:
    states = finding_states(conninfo)
    for player in players:
        calls, district = player.trace.calls, player.trace.district
        writes = [c for c in calls if 200 <= c.get("status", 0) < 300 and not c["call"].startswith("GET")]
        expected = set().union(*map(ids_in, writes)) if writes else set()
        count.acknowledged += sum(max(1, len(ids_in(c))) for c in writes)
        count.compare(district, expected, actual.get(district, set()))
        for finding in player.history.world.owner:
            state, expected_state = states.get((district, finding), "noted"), player.history.world.finding(finding).state
            if state != expected_state:
                count.lost += 1
                count.faults.append("finding %s of %s is %s, acknowledged %s" % (finding, district, state, expected_state))


def judge(conninfo: str, players: list, probes: list, hands) -> Count:
    count = Count()
    actual: dict = {}
    for table, column in (("supervision.finding", "finding_id"), ("attendance.checkin", "checkin_id")):
        for district, ids in made(conninfo, table, column).items():
            actual.setdefault(district, set()).update(ids)
    judge_players(count, conninfo, players, actual)
    for probe in probes:
        expected = set(probe.acknowledged)
        if probe.district == hands.district:
            expected |= {name for name, _ in hands.markers}
            count.acknowledged += len(hands.markers)
        count.acknowledged += len(probe.acknowledged)
        count.compare(probe.district, expected, actual.get(probe.district, set()))
    count.faults += sql.untrue(conninfo)
    count.faults += [what for what, text in HISTORY if sql.ask(conninfo, text + ";") != "0"]
    return count
