"""Compares everything a quiet district shows with what rules.py says of its facts.

Why after every phase and not at the end: a wrong amendment may be amended right again by the
next fact. The first difference is raised with both sides. What the contract leaves open is
not compared, and each such place says so.
"""

from __future__ import annotations

from datetime import date, timedelta

import rules
from client import items
from desk import Desk
from trace import Difference, same

LADDER_CLAUSES = ("C3.2.1-1", "C3.2.1-2", "C3.2.1-3", "C3.2.1-r")
OUT_OF_FORCE = ("rejected", "lifted", "revoked", "cancelled")


class Checker:
    def __init__(self, desk: Desk, alerts: bool):
        self.h, self.desk, self.asks_alerts = desk.h, desk, alerts
        self.trace, self.world = desk.h.trace, desk.h.world
        self.alerts_of: dict = {}      # person -> ids seen at the last check
        self.told: dict = {}           # person -> (changes, reversals) at the last check
        self.ids: dict = {}            # measure id -> (person, identity)

    def all(self) -> None:
        progress = self.trace.get("/progress")
        same("inputs put aside (parked)", 0, progress["parked"])
        for person in sorted(self.world.persons):
            self.person(person)

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
            for identity in self.world.persons[person].known:
                self.sheet(person, identity, alerts)

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

    def shape(self, person: str, standing: rules.Standing) -> dict:
        decision = standing.decision
        shape = {"kind": decision.kind, "clause": decision.clause, "policy": decision.policy,
                 "subject": {"person_id": person}, "from": decision.start, "state": standing.state,
                 "cause": list(decision.cause)}
        if decision.until is not None:
            shape["until"] = decision.until
        return shape

    def compare(self, what: str, person: str, standing: rules.Standing, measure: dict) -> None:
        shape = self.shape(person, standing)
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

    def alerts(self, person: str) -> dict:
        """At most one per (input, recipient); whoever's measures moved was told; so are reversals."""
        found = items(self.trace.client, self.trace.url("/alerts?person_id=" + person))
        self.trace.cases += 1
        seen: dict = {}
        for alert in found:
            key = (str(alert["cause"]), alert.get("person_id"), alert["phone"])
            if key in seen:
                raise Difference("two alerts for one input and recipient: %s and %s" % (seen[key], alert))
            seen[key] = alert
            if "1380000" in alert["phone"]:
                raise Difference("a phone is not masked: %s" % alert)
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

    def sheet(self, person: str, identity: tuple, alerts: dict) -> None:
        measure_id = self.desk.measure_ids.get((person, identity))
        if measure_id is None:
            return
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
