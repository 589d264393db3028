"""Compares everything a quiet district shows with what rules.py says of its facts.

Why after every phase and not at the end: a wrong amendment may be amended right again by the
next fact. The first difference is raised with both sides. What the contract leaves open is
not compared, and each such place says so.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import rules
from client import items
from desk import Desk
from trace import Difference, same

TIMED = ("hearing_missed", "recall_overdue")
LADDER_CLAUSES = ("C3.2.1-1", "C3.2.1-2", "C3.2.1-3", "C3.2.1-r", "C3.1.1-1", "C3.1.1-2", "C3.1.1-3", "C3.1.3", "C3.2.2")
OUT_OF_FORCE = ("rejected", "lifted", "revoked", "cancelled")


def plain(measure: dict) -> list:
    """Comparable whatever the order of members; days as text."""
    return sorted((k, sorted(v.items()) if isinstance(v, dict) else str(v)) for k, v in measure.items())


class Checker:
    def __init__(self, desk: Desk, without: set):
        self.h, self.desk = desk.h, desk
        self.asks_alerts, self.asks_money = "alerts" not in without, "money" not in without
        self.trace, self.world = desk.h.trace, desk.h.world
        self.alerts_of: dict = {}      # person -> ids seen at the last check
        self.told: dict = {}           # person -> (changes, reversals) at the last check
        self.ids: dict = {}            # measure id -> (person, identity)

    def all(self) -> None:
        progress = self.trace.get("/progress")
        same("inputs put aside (parked)", 0, progress["parked"])
        for person in sorted(self.world.persons):
            self.person(person)
        for unit in sorted(self.world.units):
            self.unit(unit)

    def unit(self, unit: str) -> None:
        """C3.2.1-rr, C3.1.1 and C3.1.2-2 of the unit's head, and the recalls of the unit's people in
        the states that were given to them."""
        standing = self.trace.get("/units/%s/standing" % unit)
        known = {i: s for i, s in self.world.unit_known.get(unit, {}).items() if s.state != "revoked"}
        shown = [{k: v for k, v in m.items() if k not in ("id", "reason")} for m in standing["measures"]]
        subject = {"person_id": self.world.units[unit], "unit_id": unit}
        expected = [self.shape(subject, s) for s in known.values()]
        same("measures of %s and its head" % unit, sorted(map(str, map(plain, expected))),
             sorted(map(str, map(plain, shown))))
        counted = rules.criticisms(self.world.findings_of_unit(unit), self.world.policies)
        same("criticisms of %s" % unit, [{"finding_id": f.id, "bulletin": f.bulletin, "on": f.on, "rung": rung}
                                         for f, rung, _, _ in counted], standing["criticisms"])
        self.head(unit, standing, known)
        states = sorted((p.id, r.state) for p in self.world.persons.values() if p.unit_id == unit
                        for r in p.recalls.values() if r.state != "cancelled")
        same("recalls of %s" % unit, states, sorted((r["person_id"], r["state"]) for r in standing["recalls"]
                                                    if r["state"] != "cancelled"))

    def head(self, unit: str, of_unit: dict, known: dict) -> None:
        """What stands of the unit stands of its head, and bars the head."""
        head = self.world.units[unit]
        on = self.world.today + timedelta(self.h.rng.randrange(0, 300))
        standing = self.trace.get("/persons/%s/standing?on=%s" % (head, on))
        same("measures of the head of %s" % unit, sorted(m["id"] for m in of_unit["measures"]),
             sorted(m["id"] for m in standing["measures"]))
        expected = {name: not barred for name, barred in rules.eligibility(known, on).items()}
        same("eligibility of %s on %s" % (head, on), expected,
             {name: e["eligible"] for name, e in standing["eligibility"].items()})

    def person(self, person: str) -> None:
        standing = self.trace.get("/persons/%s/standing" % person)
        self.absences(person, standing)
        self.measures(person, standing["measures"])
        for on in self.dates(person):
            self.eligibility(person, on)
        for year in range(2017, self.world.today.year + 1):
            self.stipend(person, year)
        if self.asks_alerts:
            alerts = self.alerts(person)
            sheets = [self.sheet(person, identity, alerts) for identity in self.world.persons[person].known]
            if self.asks_money:
                self.books(person, [sheet for sheet in sheets if sheet])

    # --- the ladder

    def absences(self, person: str, standing: dict) -> None:
        expected = [{"finding_id": f, "on": on, "rung": rung}
                    for f, on, rung in rules.rungs(self.world.persons[person].findings.values())]
        actual = sorted(standing["absences"], key=lambda a: a["on"])
        same("absences of %s" % person, sorted(expected, key=lambda a: a["on"]), actual)
        same("person_id of a standing", person, standing["person_id"])
        same("default `on` of a standing", self.world.today, standing["on"])

    def identity(self, measure: dict) -> tuple:
        """The window is not shown; it is the year of the absences that cause it."""
        on = self.world.finding(measure["cause"][0]).on
        return (measure["clause"], measure["kind"], on.year)

    def shape(self, subject: dict, standing: rules.Standing) -> dict:
        decision = standing.decision
        shape = {"kind": decision.kind, "clause": decision.clause, "policy": decision.policy,
                 "subject": subject, "from": decision.start, "state": standing.state,
                 "cause": list(decision.cause)}
        if decision.until is not None:
            shape["until"] = decision.until
        return shape

    def compare(self, what: str, person: str, standing: rules.Standing, measure: dict) -> None:
        shape = self.shape({"person_id": person}, standing)
        if standing.state == "cancelled" and measure["state"] in OUT_OF_FORCE:
            shape["state"] = measure["state"]
        same(what, shape, {k: v for k, v in measure.items() if k not in ("id", "reason")
                           and k not in ("facts", "readings", "steps", "money", "messages")})
        if not (measure["reason"]["zh"] and measure["reason"]["en"]):
            raise Difference("%s: a reason is empty: %s" % (what, measure["reason"]))

    def measures(self, person: str, measures: list) -> None:
        actual = {}
        for measure in measures:
            if measure["clause"] in LADDER_CLAUSES:
                identity = self.identity(measure)
                if identity in actual:
                    raise Difference("two measures of %s are %s: %s and %s" % (
                        person, identity, actual[identity]["id"], measure["id"]))
                actual[identity] = measure
        known = self.world.persons[person].known
        must = {i for i, s in known.items() if s.state not in OUT_OF_FORCE}
        may = {i for i, s in known.items() if s.state != "revoked"}
        if not must <= set(actual) <= may:
            raise Difference("measures of %s:\n  missing   %s\n  unexpected %s" % (
                person, sorted(must - set(actual)), [actual[i] for i in sorted(set(actual) - may)]))
        for identity, measure in actual.items():
            self.learn(person, identity, measure["id"])
            self.compare("measure %s %s of %s" % (measure["id"], identity, person), person,
                         known[identity], measure)

    def learn(self, person: str, identity: tuple, measure_id: str) -> None:
        """An id is a function of (subject, clause, kind, window): it never changes, nobody shares it."""
        old = self.desk.measure_ids.setdefault((person, identity), measure_id)
        same("id of measure %s of %s over amendments" % (identity, person), old, measure_id)
        owner = self.ids.setdefault(measure_id, (person, identity))
        same("owner of measure id " + measure_id, owner, (person, identity))

    # --- eligibility

    def dates(self, person: str) -> list:
        """Borders of every ban and freeze, the days beside them, and some others."""
        borders = {self.world.today}
        for standing in self.world.persons[person].known.values():
            if standing.decision.kind in ("award_ban", "promotion_freeze"):
                borders |= {standing.decision.start, standing.decision.until}
        days = {b + timedelta(n) for b in borders for n in (-1, 0)}
        days.add(self.world.today + timedelta(self.h.rng.randrange(-300, 800)))
        return sorted(days)

    def eligibility(self, person: str, on: date) -> None:
        known = self.world.persons[person].known
        expected = {}
        for name, identities in rules.eligibility(known, on).items():
            ids = sorted(self.desk.measure_ids.get((person, i), "unknown %s" % (i,)) for i in identities)
            expected[name] = {"eligible": not ids, "reasons": ids}
        seen = self.trace.get("/persons/%s/standing?on=%s" % (person, on))
        actual = {name: {"eligible": e["eligible"], "reasons": sorted(e["reasons"])}
                  for name, e in seen["eligibility"].items()}
        same("eligibility of %s on %s" % (person, on), expected, actual)
        same("`on` of a standing", on, seen["on"])

    # --- money

    def stipend(self, person: str, year: int) -> None:
        seen = self.trace.get("/persons/%s/stipend?year=%d" % (person, year))
        known = self.world.persons[person].known
        same("cancelled days of %s in %d" % (person, year), rules.cancelled_days(known, year),
             seen["cancelled_days"])
        months = {m: f for m, f in self.world.months(person, self.desk.rate_of).items()
                  if m.startswith("%d-" % year)}
        blurred = self.world.blurred_months(person)
        same("months of %s in %d" % (person, year), self.rows(months, blurred),
             self.shown(seen["months"], blurred))
        same("balance of %s in %d" % (person, year),
             sum(f.due_fen - f.paid_fen for f in months.values()), seen["balance_fen"])
        names = [m["month"] for m in seen["months"]]
        same("months in order", sorted(names), names)

    def rows(self, months: dict, blurred: set) -> dict:
        rows = {}
        for name, figures in months.items():
            row = {**figures.__dict__}
            if name in blurred:
                row["days_present"] = "?"
            if any(v for v in row.values() if v != "?"):
                rows[name] = row
        return rows

    def shown(self, months: list, blurred: set) -> dict:
        """A month with a present day nobody owes may be listed or not."""
        rows = {}
        for month in months:
            row = {k: v for k, v in month.items() if k != "month"}
            if month["month"] in blurred:
                row["days_present"] = "?"
                if not any(v for v in row.values() if v != "?"):
                    continue
            elif not any(row.values()):
                raise Difference("a month without any figure is listed: %s" % month)
            rows[month["month"]] = row
        return rows

    # --- alerts

    def moves(self, cause: str, person: str) -> int:
        """A changed posting is told with the policy version as cause, so it counts there."""
        moves = max(1, self.world.inputs[cause])
        if any(p.version == cause for p in self.world.policies):
            moves += sum(self.world.inputs[p.id] for p in self.world.postings_of(person))
        return moves

    def once_an_input(self, found: list) -> None:
        """`cause` names the thing moved, so a recipient hears of it at most as often as it moved;
        what a timer tells (a hearing missed) once more."""
        told = Counter((str(a["cause"]), a.get("person_id"), a["phone"]) for a in found
                       if a["template"] not in TIMED)
        timed = Counter((str(a["cause"]), a.get("person_id"), a["phone"], a["template"]) for a in found
                        if a["template"] in TIMED)
        for key, count in list(told.items()) + list(timed.items()):
            limit = self.moves(key[0], key[1]) if len(key) == 3 else 1
            if count > limit:
                raise Difference("%d alerts for %s, which moved %d times: %s" % (
                    count, key, limit, [a for a in found if str(a["cause"]) == key[0]]))
        for alert in found:
            if "1380000" in alert["phone"]:
                raise Difference("a phone is not masked: %s" % alert)

    def alerts(self, person: str) -> dict:
        """Whoever's measures moved was told; so are reversals; what was told is not taken back."""
        found = items(self.trace.client, self.trace.url("/alerts?person_id=" + person))
        self.trace.cases += 1
        self.once_an_input(found)
        world_person, ids = self.world.persons[person], {a["id"] for a in found}
        changes, reversals = self.told.get(person, (0, 0))
        new = ids - self.alerts_of.get(person, set())
        lost = self.alerts_of.get(person, set()) - ids
        if lost:
            raise Difference("alerts of %s are gone: %s" % (person, sorted(lost)))
        in_force = any(s.state in rules.EFFECTIVE for s in world_person.known.values())
        if world_person.changes > changes and in_force and not ids:
            raise Difference("measures of %s changed and no alert was ever made" % person)
        if world_person.reversals > reversals and self.alerts_of.get(person) and not new:
            raise Difference("measures of %s were revoked and no correction was made" % person)
        self.alerts_of[person] = ids
        self.told[person] = (world_person.changes, world_person.reversals)
        return {a["id"]: a for a in found}

    # --- the case sheet

    def sheet(self, person: str, identity: tuple, alerts: dict):
        """The sheet, compared; None for a measure that came and went between two checks."""
        measure_id = self.desk.measure_ids.get((person, identity))
        if measure_id is None:
            return None
        standing = self.world.persons[person].known[identity]
        sheet = self.trace.get("/measures/" + measure_id)
        what = "sheet of %s %s of %s" % (measure_id, identity, person)
        same(what + ": id", measure_id, sheet["id"])
        if standing.state == "revoked":
            same(what + ": state", "revoked", sheet["state"])
        else:
            self.compare(what, person, standing, sheet)
        self.explained(what, sheet)
        self.money(what, standing, sheet)
        for message in sheet["messages"]:
            if message["recipient"] == person and message["alert_id"] not in alerts:
                raise Difference("%s: its message is not among the alerts: %s" % (what, message))
        return sheet

    def explained(self, what: str, sheet: dict) -> None:
        if not sheet["steps"] or not all(s["zh"] and s["en"] for s in sheet["steps"]):
            raise Difference("%s: steps without a sentence: %s" % (what, sheet["steps"]))
        facts = str(sheet["facts"])
        for finding in sheet["cause"]:
            if finding not in facts:
                raise Difference("%s: finding %s is not among its facts %s" % (what, finding, facts))

    def money(self, what: str, standing: rules.Standing, sheet: dict) -> None:
        """Double entry: what is booked for a measure sums to zero; only cancellations book."""
        same(what + ": sum of money", 0, sum(m["fen"] for m in sheet["money"]))
        for entry in sheet["money"]:
            date.fromisoformat(entry["valid_on"])
        if standing.decision.kind != "stipend_cancelled":
            same(what + ": money", [], sheet["money"])

    def books(self, person: str, sheets: list) -> None:
        """Every sheet of a measure with effect shows each owed day that it covers as taken once
        (a day covered by several stands on each sheet, though the ledger has it once); any other
        sheet nets to nothing."""
        account, accrued = "person:" + person, self.world.accrued(person, self.desk.rate_of)
        for sheet in sheets:
            if sheet["kind"] == "stipend_cancelled":
                net = Counter()
                for entry in sheet["money"]:
                    if entry["account"] == account:
                        net[entry["valid_on"]] += entry["fen"]
                effect = sheet["state"] in rules.EFFECTIVE
                expected = {str(day): -fen for day, fen in accrued.items()
                            if effect and sheet["from"] <= str(day) < sheet["until"]}
                same("money of %s (%s, %s, [%s, %s)) by day" % (
                    sheet["id"], sheet["clause"], sheet["state"], sheet["from"], sheet["until"]),
                     expected, {day: fen for day, fen in sorted(net.items()) if fen})
