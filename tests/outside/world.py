"""What one district should look like, from the writes it has acknowledged.

Why apart from the histories: the generator decides what to send, this remembers what was
accepted, and rules.py says what follows. The world holds facts only; everything derived is
recomputed from them, except the workflow states, which are carried from input to input.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Optional

import rules
from rules import Finding, Policy, Posting


@dataclass
class Village:
    """Fences count from the day they were put, the first from ever: [(day, fence or None)]."""
    id: str
    township_id: str
    kind: str
    name: str
    fences: list = field(default_factory=list)

    def fence_on(self, day: date) -> Optional[dict]:
        return [fence for start, fence in self.fences if start <= day][-1]


@dataclass
class Recall:
    """The workflow of one recall; `ordered_on` is r, `before` what its order has ended as it stood: id -> Posting."""
    state: str = "proposed"
    ordered_on: Optional[date] = None
    posting_id: str = ""
    before: dict = field(default_factory=dict)


@dataclass
class Payroll:
    """One month's run: the lines its draft showed, by person."""
    state: str
    lines: dict


@dataclass
class Person:
    id: str
    unit_id: str
    findings: dict = field(default_factory=dict)     # id -> Finding
    presence: dict = field(default_factory=dict)     # day -> [(village, result)]
    known: dict = field(default_factory=dict)        # identity -> Standing
    recalls: dict = field(default_factory=dict)      # year -> Recall
    paid: dict = field(default_factory=dict)         # month -> fen
    clawback: dict = field(default_factory=dict)     # month -> fen
    reversals: int = 0                               # inputs that revoked a measure
    changes: int = 0                                 # inputs that moved any measure


class World:
    def __init__(self, district: str):
        self.district = district
        self.policies: list = []
        self.villages: dict = {}
        self.persons: dict = {}
        self.units: dict = {}
        self.postings: dict = {}
        self.owner: dict = {}          # finding id -> person id, or "unit/" and the id of a unit
        self.of_units: dict = {}       # unit -> id -> Finding that names nobody
        self.payrolls: dict = {}       # month -> Payroll
        self.inputs = Counter()        # id -> acknowledged inputs that may tell somebody about it
        self.ordered: list = []        # (person, year) of recalls, in the order of their orders
        self.unit_known: dict = {}     # unit -> identity -> Standing
        self.moved_by_hand = False     # a workflow state now depends on the order of inputs
        self.today = date(2017, 9, 8)

    # --- postings

    def postings_of(self, person: str) -> list:
        return [p for p in self.postings.values() if p.person_id == person]

    def posted(self, person: str, day: date) -> list:
        return [p for p in self.postings_of(person) if p.covers(day)]

    def overlaps(self, wanted: Posting) -> bool:
        """First secretary: per village; else per person, village and role."""
        return any(rival(wanted, p) and meet(wanted, p)
                   for p in self.postings.values() if p.id != wanted.id)

    def role_here(self, village: str, role: str, day: date) -> bool:
        """The policy's `roles`, by the kind of the village; these villages never change theirs."""
        return role in rules.roles_on(self.policies, day)[self.villages[village].kind]

    def takes_place(self, wanted: Posting) -> bool:
        """Who keeps village, role and first day is not judged again."""
        old = self.postings.get(wanted.id)
        kept = old and (old.village_id, old.role, old.start) == (wanted.village_id, wanted.role, wanted.start)
        return kept or self.role_here(wanted.village_id, wanted.role, wanted.start)

    def uncovered_by(self, wanted: Posting, state: str) -> bool:
        """Would replacing the posting leave a finding in `state` without a posting?"""
        rest = [p for p in self.postings_of(wanted.person_id) if p.id != wanted.id] + [wanted]
        return any(f.state == state and not any(p.covers(f.on) for p in rest)
                   for f in self.persons[wanted.person_id].findings.values())

    def blurs_presence(self, wanted: Posting) -> bool:
        """A present day proved only in a village no longer held, while another paid posting
        runs: the text does not say whether it is owed, so histories do not go there."""
        rest = [p for p in self.postings_of(wanted.person_id) if p.id != wanted.id] + [wanted]
        for day, seen in self.persons[wanted.person_id].presence.items():
            paid = {p.village_id for p in rest if p.role in rules.PAID_ROLES and p.covers(day)}
            where = {village for village, result in seen if result != "outside"}
            if paid and where and not where <= paid:
                return True
        return False

    def put_posting(self, posting: Posting) -> None:
        self.postings[posting.id] = posting
        self.inputs[posting.id] += 1
        self.settle(posting.person_id)

    # --- findings

    def note(self, owner: str, finding: Finding) -> None:
        """owner: whom it names, or "unit/" and the unit that it names alone."""
        self.owner[finding.id] = owner
        self._findings_of(owner)[finding.id] = finding

    def _findings_of(self, owner: str) -> dict:
        if owner.startswith("unit/"):
            return self.of_units.setdefault(owner[len("unit/"):], {})
        return self.persons[owner].findings

    def move_finding(self, finding_id: str, state: str) -> None:
        owner, old = self.owner[finding_id], self.finding(finding_id)
        self.inputs[finding_id] += 1
        confirmed_on = self.today if state == "confirmed" else old.confirmed_on
        self._findings_of(owner)[finding_id] = replace(old, state=state, confirmed_on=confirmed_on)
        if owner.startswith("unit/"):
            self._settle_unit(owner[len("unit/"):])
        else:
            self.settle(owner)

    def finding(self, finding_id: str) -> Finding:
        return self._findings_of(self.owner[finding_id])[finding_id]

    def findings_of_unit(self, unit: str) -> list:
        """What names the unit, and what names its people."""
        found = list(self.of_units.get(unit, {}).values())
        for person in self.persons.values():
            if person.unit_id == unit:
                found += person.findings.values()
        return found

    # --- policies

    def add_policy(self, version: str, effective_from: date, patch: dict) -> None:
        """Over the one in force then; versions above keep the documents they have."""
        below = rules.policy_on(self.policies, effective_from).document
        self.policies.append(Policy(version, effective_from, rules.merge_patch(below, patch)))
        for person in self.persons:
            self.settle(person)
        for unit in self.units:
            self._settle_unit(unit)

    # --- measures

    def decisions(self, person_id: str) -> dict:
        """The ladders, and what the ordered recalls that still stand add to them."""
        person = self.persons[person_id]
        facts = (list(person.findings.values()), self.postings_of(person_id), self.policies)
        decided = {**rules.ladder(*facts), **rules.criticised(*facts, for_head=False), **rules.cases_of_person(*facts)}
        for year, recall in person.recalls.items():
            of = decided.get(("C3.2.1-3", "recall", year))
            if of is not None and recall.ordered_on is not None:
                policy = rules.policy_on(self.policies, recall.ordered_on)
                decided.update(rules.recall_ordered(of, recall.ordered_on, policy))
        return decided

    def settle(self, person_id: str) -> None:
        """After every single input, because states are carried from one to the next."""
        person = self.persons[person_id]
        before = person.known
        person.known = rules.settle(before, self.decisions(person_id))
        self._settle_recalls(person)
        self._settle_unit(person.unit_id)
        if person.known != before:
            person.changes += 1
        if any(s.state == "revoked" and before.get(i, s).state != "revoked"
               for i, s in person.known.items()):
            person.reversals += 1

    def _settle_unit(self, unit: str) -> None:
        """Recalls that fell or were cancelled no longer count; those after them move up. Beside
        them: what is found of the unit and of its people."""
        recalls = []
        for person_id, year in self.ordered:
            person = self.persons[person_id]
            recall, of = person.recalls.get(year), person.known.get(("C3.2.1-3", "recall", year))
            if person.unit_id == unit and recall and recall.ordered_on and of and of.state != "revoked":
                recalls.append((person_id, of.decision, recall.ordered_on))
        decided = rules.head_takes_post(recalls, lambda r: rules.policy_on(self.policies, r))
        found = self.findings_of_unit(unit)
        decided.update(rules.criticised(found, self.postings_of(self.units[unit]), self.policies, for_head=True))
        decided.update(rules.cases_of_head(found, self.policies))
        self.unit_known[unit] = rules.settle(self.unit_known.get(unit, {}), decided)

    def takes_head(self, person_id: str, year: int) -> bool:
        known = self.unit_known[self.persons[person_id].unit_id]
        standing = known.get(("C3.2.1-rr", "unit_head_takes_post", (person_id, year)))
        return standing is not None and standing.state != "revoked"

    def cancel_recall(self, person_id: str, year: int) -> None:
        """By hand: what the order did is undone, the measure is lifted while its rung stands."""
        recall = self.persons[person_id].recalls[year]
        if recall.state == "ordered":
            self._restore(person_id, recall)
        recall.state, recall.ordered_on = "cancelled", None
        self.set_state(person_id, ("C3.2.1-3", "recall", year), "lifted")
        self.settle(person_id)

    def _settle_recalls(self, person: Person) -> None:
        """A recall whose rung is lost is cancelled, or called off again; its posting comes back before hand-over."""
        for identity, standing in person.known.items():
            if identity[1] != "recall":
                continue
            recall = person.recalls.get(identity[2])
            if standing.state == "revoked" and recall is not None:
                del person.recalls[identity[2]]
                if recall.state == "ordered":
                    self._restore(person.id, recall)
            elif standing.state != "revoked" and recall is None:
                person.recalls[identity[2]] = Recall()
            elif standing.state == "proposed" and recall.state == "cancelled":
                person.recalls[identity[2]] = Recall()          # what was called off rests on more now
            elif standing.state == "lifted" and recall.state != "cancelled":
                if recall.state == "ordered":
                    self._restore(person.id, recall)
                recall.state, recall.ordered_on = "cancelled", None

    def _restore(self, person_id: str, recall: Recall) -> None:
        """All that the order ended, together; not what another recall holds, or what somebody has now."""
        for before in recall.before.values():
            holds = [other for other in self.persons[person_id].recalls.values()
                     if other is not recall and other.ordered_on and before.id in other.before]
            if holds:
                if holds[0].before[before.id].to == recall.ordered_on + timedelta(1):
                    holds[0].before[before.id] = before
            elif not self.overlaps(before):
                self.postings[before.id] = before

    def barred(self, wanted: Posting) -> bool:
        """§5: while a recall stands its person is not posted again to the post he was recalled from."""
        if wanted.person_id not in self.persons:
            return False
        for recall in self.persons[wanted.person_id].recalls.values():
            of = recall.before.get(recall.posting_id) if recall.ordered_on else None
            if of and of.id != wanted.id and (of.village_id, of.role) == (wanted.village_id, wanted.role):
                end = min(of.to or date.max, recall.ordered_on + timedelta(1))
                if wanted.to is None or wanted.to > end:
                    return True
        return False

    def set_state(self, person_id: str, identity: tuple, state: str) -> None:
        known = self.persons[person_id].known
        known[identity] = rules.refused(known[identity], state)
        self.moved_by_hand = True

    def order_recall(self, person_id: str, year: int, posting_id: str) -> None:
        """Ordered on r: `to` of the posting, and of every other of a first secretary or team member that
        covers r, becomes r + 1 day; the recall is in force."""
        person = self.persons[person_id]
        recall = person.recalls[year]
        recall.state, recall.ordered_on = "ordered", self.today
        if (person_id, year) in self.ordered:
            self.ordered.remove((person_id, year))
        self.ordered.append((person_id, year))
        recall.posting_id, end = posting_id, self.today + timedelta(1)
        recall.before = {p.id: p for p in self.posted(person_id, self.today)
                         if p.role in ("first_secretary", "team_member") or p.id == posting_id}
        recall.before[posting_id] = self.postings[posting_id]
        for posting in recall.before.values():
            if posting.to is None or posting.to > end:
                self.postings[posting.id] = replace(posting, to=end)
        self.set_state(person_id, ("C3.2.1-3", "recall", year), "in_force")
        self.settle(person_id)

    # --- money

    def rate_on(self, day: date, rate_of) -> int:
        return rate_of(rules.policy_on(self.policies, day).document)

    def paid_days(self, person_id: str) -> list:
        person = self.persons[person_id]
        presence = {day: [r for _, r in seen] for day, seen in person.presence.items()}
        return rules.paid_days(presence, person.findings.values(), self.postings_of(person_id))

    def accrued(self, person_id: str, rate_of) -> dict:
        """Day -> fen owed for it, cancelled or not."""
        return {day: self.rate_on(day, rate_of) for day in self.paid_days(person_id)}

    def months(self, person_id: str, rate_of) -> dict:
        """Figures of every month of every year, by month name."""
        person, months = self.persons[person_id], {}
        days = self.paid_days(person_id)
        for year in sorted({day.year for day in days}):
            cancelled = rules.cancelled_days(person.known, year)
            months.update(rules.stipend([d for d in days if d.year == year], cancelled,
                                        lambda d: self.rate_on(d, rate_of)))
        for month, fen in person.paid.items():
            months.setdefault(month, rules.MonthFigures()).paid_fen = fen
        for month, fen in person.clawback.items():
            months.setdefault(month, rules.MonthFigures()).clawback_fen = fen
        return months

    def run(self, month: str, rate_of) -> dict:
        """What a run of the month gives each person now."""
        closed = {m for m, p in self.payrolls.items() if p.state == "closed"}
        out = {}
        for person in self.persons.values():
            due = {m: f.due_fen for m, f in self.months(person.id, rate_of).items()}
            out[person.id] = rules.run_payroll(month, due, person.paid, person.clawback, closed)
        return out

    def blurred_months(self, person_id: str) -> set:
        """Months with a present day that is not owed: `days_present` of them is not defined."""
        person = self.persons[person_id]
        paid = [p for p in self.postings_of(person_id) if p.role in rules.PAID_ROLES]
        return {rules.month_name(day) for day, seen in person.presence.items()
                if rules.counts_as_present(r for _, r in seen)
                and (day < rules.STIPEND_SINCE or not any(p.covers(day) for p in paid))}


def rival(a: Posting, b: Posting) -> bool:
    if a.role == b.role == "first_secretary":
        return a.village_id == b.village_id
    return (a.person_id, a.village_id, a.role) == (b.person_id, b.village_id, b.role)


def meet(a: Posting, b: Posting) -> bool:
    return (a.to is None or b.start < a.to) and (b.to is None or a.start < b.to)
