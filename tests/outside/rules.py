"""The rules as an outsider reads them in rules.md: plain functions, no I/O.

Why a second reading: the product computes measures incrementally, from queues, in several
processes. Here everything is recomputed from the whole list of facts in the simplest way,
so that the two can only agree if both follow the text. Nothing here was taken from the
product's source; each function names the paragraph it stands for.

Days are datetime.date, every interval is half-open, money is integer fen.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Iterable, Optional

PAID_ROLES = ("first_secretary", "team_member")
STIPEND_SINCE = date(2017, 8, 1)
EFFECTIVE = ("in_force", "served")


@dataclass(frozen=True)
class Posting:
    """§1: a person in a role at a village, with the interval of its term."""
    id: str
    person_id: str
    village_id: str
    role: str
    start: date
    to: Optional[date] = None
    term_from: Optional[date] = None
    term_to: Optional[date] = None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.to is None or day < self.to)


@dataclass(frozen=True)
class Finding:
    """§4: `confirmed_on` is the day of the clock at confirmation, never the client's word.
    `about` is whom it names, "" where that is only a unit."""
    id: str
    kind: str
    on: date
    state: str = "noted"
    confirmed_on: Optional[date] = None
    bulletin: str = ""
    superior: bool = False
    major: bool = False
    about: str = ""


@dataclass(frozen=True)
class Policy:
    """A version with its whole document: later patches below it do not change it."""
    version: str
    effective_from: date
    document: dict


@dataclass(frozen=True)
class Decision:
    """What the ladder says should stand; the workflow state is kept beside it, in Standing."""
    clause: str
    kind: str
    window: int
    policy: str
    approval: str
    start: date
    until: Optional[date]
    cause: tuple
    rests: tuple = ()       # what it counts: dates, of criticisms bulletins, of cases findings

    @property
    def identity(self) -> tuple:
        """§5 Identity: subject is the owner of the dict, so clause, kind and window remain."""
        return (self.clause, self.kind, self.window)


@dataclass(frozen=True)
class Standing:
    decision: Decision
    state: str
    refusals: tuple = ()    # (state, what the measure rested on then), the latest last


# --- policies ---------------------------------------------------------------------------

def merge_patch(document, patch):
    """RFC 7396; never changes its arguments, so that versions stay what they were."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def policy_on(policies: Iterable[Policy], day: date) -> Policy:
    """In force on D = greatest effective_from ≤ D."""
    return max((p for p in policies if p.effective_from <= day), key=lambda p: p.effective_from)


def roles_on(policies: Iterable[Policy], day: date) -> dict:
    """Who may be posted where (rules.md §1), by kind of village; before the first policy, by it."""
    begun = [p for p in policies if p.effective_from <= day]
    policy = policy_on(begun, day) if begun else min(policies, key=lambda p: p.effective_from)
    return policy.document["roles"]


def approval_of(document: dict, kind: str) -> str:
    """Top-level `approval`: one word for every kind, or {default, KIND: …}."""
    approval = document["approval"]
    if isinstance(approval, str):
        return approval
    return approval.get(kind, approval["default"])


# --- dates ------------------------------------------------------------------------------

def add_months(day: date, months: int) -> date:
    """Months are added with the day clamped to the month's end."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def first_january_after(day: date) -> date:
    return date(day.year + 1, 1, 1)


def month_of(day: date) -> tuple:
    start = day.replace(day=1)
    return start, add_months(start, 1)


def quarter_of(day: date) -> tuple:
    start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return start, add_months(start, 3)


def year_of(day: date) -> tuple:
    return date(day.year, 1, 1), date(day.year + 1, 1, 1)


# --- the absence ladder -----------------------------------------------------------------

def absences(findings: Iterable[Finding]) -> list:
    """One finding a date: the confirmed one with the smallest id, even if confirmed later."""
    by_day = {}
    for finding in findings:
        if finding.kind == "unexcused_absence" and finding.state == "confirmed":
            best = by_day.get(finding.on)
            if best is None or finding.id < best.id:
                by_day[finding.on] = finding
    return [by_day[day] for day in sorted(by_day)]


def absences_by_year(findings: Iterable[Finding]) -> dict:
    """A1: the window is the calendar year of the dates."""
    years = {}
    for absence in absences(findings):
        years.setdefault(absence.on.year, []).append(absence)
    return years


def rungs(findings: Iterable[Finding]) -> list:
    """What a standing lists: (finding id, date, rung) with rung min(k, 3)."""
    return [(absence.id, absence.on, min(k, 3))
            for year in absences_by_year(findings).values()
            for k, absence in enumerate(year, 1)]


def term_end(postings: Iterable[Posting], day: date) -> Optional[date]:
    """A6: of the postings held that day, the latest term_to; without one, the posting's to."""
    ends = [p.term_to or p.to for p in postings if p.covers(day)]
    return max((end for end in ends if end is not None), default=None)


def ban_until(decided_on: date, end_of_term: Optional[date]) -> date:
    january = first_january_after(decided_on)
    return january if end_of_term is None else max(january, end_of_term)


def _rung_windows(rung: int, on: date, decided_on: date, end_of_term: Optional[date]) -> list:
    """(kind, from, until) of one rung, in the order of the text."""
    if rung == 1:
        return [("stipend_cancelled", *month_of(on))]
    if rung == 2:
        return [("stipend_cancelled", *quarter_of(on)),
                ("admonishment_talk", decided_on, None),
                ("assessment_cancelled", *year_of(on)),
                ("award_ban", decided_on, ban_until(decided_on, end_of_term)),
                ("promotion_freeze", decided_on, add_months(decided_on, 6))]
    return [("stipend_cancelled", *year_of(on)),
            ("recall", decided_on, None)]


def _decisions_of_rung(rung: int, year: list, postings, policies) -> list:
    """Rung k follows the policy (its approval too) in force on the k-th absence's date."""
    last = year[rung - 1]
    policy = policy_on(policies, last.on)
    cause = tuple(a.id for a in year[:rung])
    decided_on = max(a.confirmed_on for a in year[:rung])
    windows = _rung_windows(rung, last.on, decided_on, term_end(postings, last.on))
    return [Decision("C3.2.1-%d" % rung, kind, last.on.year, policy.version,
                     approval_of(policy.document, kind), start, until, cause, tuple(a.on for a in year[:rung]))
            for kind, start, until in windows]


def ladder(findings, postings, policies) -> dict:
    """Every decision that stands by the facts as they are now, by identity."""
    postings, decisions = list(postings), {}
    for year in absences_by_year(findings).values():
        for rung in range(1, min(len(year), 3) + 1):
            for decision in _decisions_of_rung(rung, year, postings, policies):
                decisions[decision.identity] = decision
    return decisions


# --- the other ladders of §5: written criticisms and single findings -------------------------

def standing_findings(findings: Iterable[Finding], *kinds: str) -> list:
    """Confirmed and not annulled, by date and then by id."""
    return sorted((f for f in findings if f.kind in kinds and f.state == "confirmed"),
                  key=lambda f: (f.on, f.id))


def criticisms(findings: Iterable[Finding], policies) -> list:
    """(finding, rung, the findings of its year up to it, whether the rung is new in the year).
    A14: a bulletin counts once; A19: in its calendar year; A15: a superior's enters higher."""
    counted, years = [], {}
    for finding in standing_findings(findings, "written_criticism"):
        year = years.setdefault(finding.on.year, {"seen": set(), "facts": [], "rung": 0, "most": 0})
        if finding.bulletin in year["seen"]:
            continue
        year["seen"].add(finding.bulletin)
        year["facts"].append(finding)
        words = policy_on(policies, finding.on).document["criticisms"]
        rung = year["rung"] + 1
        if finding.superior:
            rung = max(rung, words["superior_enters_at"])
        year["rung"] = rung = min(rung, words["rungs"])
        counted.append((finding, rung, tuple(year["facts"]), rung > year["most"]))
        year["most"] = max(rung, year["most"])
    return counted


def _criticism_windows(rung: int, for_head: bool, on: date, decided_on: date, end_of_term) -> list:
    """C3.1.1-1 and -2 fall on both, C3.1.1-3 on the head of the unit alone."""
    if rung == 1:
        return [("written_self_criticism", decided_on, None)]
    if rung == 2:
        return [("interview", decided_on, None)]
    if not for_head:
        return []
    return [("admonishment_talk", decided_on, None),
            ("assessment_cancelled", *year_of(on)),
            ("award_ban", decided_on, ban_until(decided_on, end_of_term)),
            ("promotion_freeze", decided_on, add_months(decided_on, 6))]


def _decided(facts) -> date:
    """A5: the latest confirmation among the facts."""
    return max(f.confirmed_on for f in facts)


def criticised(findings, postings, policies, for_head: bool) -> dict:
    """C3.1.1 for whom the findings name, or, all of a unit's findings given, for its head."""
    postings, decisions = list(postings), {}
    for finding, rung, facts, new in criticisms(findings, policies):
        policy, decided_on = policy_on(policies, finding.on), _decided(facts)
        windows = _criticism_windows(rung, for_head, finding.on, decided_on, term_end(postings, finding.on))
        for kind, start, until in windows if new else []:
            made = Decision("C3.1.1-%d" % rung, kind, finding.on.year, policy.version,
                            approval_of(policy.document, kind), start, until, tuple(f.id for f in facts),
                            tuple(f.bulletin for f in facts))
            decisions[made.identity] = made
    return decisions


def _case(clause: str, kind: str, facts: list, policies) -> dict:
    """One for a calendar year, with all its findings; the policy is that of the last one's date."""
    years, decisions = {}, {}
    for finding in facts:
        years.setdefault(finding.on.year, []).append(finding)
    for year, of_year in years.items():
        policy = policy_on(policies, of_year[-1].on)
        made = Decision(clause, kind, year, policy.version, approval_of(policy.document, kind),
                        _decided(of_year), None, *[tuple(f.id for f in of_year)] * 2)
        decisions[made.identity] = made
    return decisions


def cases_of_person(findings, postings, policies) -> dict:
    """C3.1.3: a superior finds a contact leader lacking. C3.2.2: of serious effect."""
    postings = list(postings)
    lacking = [f for f in standing_findings(findings, "duty_failure") if f.superior
               and any(p.role == "contact_leader" and p.covers(f.on) for p in postings)]
    grave = [f for f in standing_findings(findings, "discipline_violation", "fund_misuse") if f.major]
    return {**_case("C3.1.3", "written_self_criticism", lacking, policies),
            **_case("C3.2.2", "referral", grave, policies)}


def cases_of_head(findings, policies) -> dict:
    """C3.1.2-2, A23: a major problem in a superior's assessment."""
    major = [f for f in standing_findings(findings, "written_criticism", "duty_failure")
             if f.superior and f.major]
    return _case("C3.1.2-2", "removal_proposed", major, policies)


def recall_ordered(recall: Decision, r: date, policy: Policy) -> dict:
    """C3.2.1-r: no awards that year, no promotion for 2 years; cause = the recall's."""
    windows = [("award_ban", r, first_january_after(r)),
               ("promotion_freeze", r, add_months(r, 24))]
    made = [Decision("C3.2.1-r", kind, recall.window, policy.version,
                     approval_of(policy.document, kind), start, until, recall.cause, recall.rests)
            for kind, start, until in windows]
    return {decision.identity: decision for decision in made}


def head_takes_post(recalls: list, policy_of) -> dict:
    """C3.2.1-rr, A7: of a unit's ordered recalls, in the order in which they were ordered, each from
    the second on: (who, recall decision, r). Stands from r; the policy is the one in force on r."""
    made = {}
    for who, recall, r in recalls[1:]:
        policy = policy_of(r)
        kind = "unit_head_takes_post"
        decision = Decision("C3.2.1-rr", kind, (who, recall.window), policy.version,
                            approval_of(policy.document, kind), r, None, recall.cause, recall.rests)
        made[decision.identity] = decision
    return made


# --- the workflow beside the ladder -----------------------------------------------------

def newly_decided(decision: Decision) -> str:
    """`automatic` never moves a recall; each of its steps takes a person."""
    if decision.kind == "recall":
        return "proposed"
    return "in_force" if decision.approval == "automatic" else "proposed"


REFUSED = ("rejected", "lifted")


def refused(old: Standing, state: str) -> Standing:
    """By hand: what it rests on now is as far as that reaches."""
    return Standing(old.decision, state, old.refusals + ((state, old.decision.rests),) if state in REFUSED else old.refusals)


def _held(old: Optional[Standing], decision: Decision) -> Optional[str]:
    """A98: a refusal holds, also when the measure comes back, while it rests on nothing that it did not rest on then."""
    for state, rests in reversed(old.refusals if old else ()):
        if set(decision.rests) <= set(rests):
            return state
    return None


def _state_after(old: Optional[Standing], decision: Decision) -> str:
    held = _held(old, decision)
    if held:
        return held
    if old is None or old.state == "revoked" or old.state in REFUSED:
        return newly_decided(decision)
    if old.decision.approval != decision.approval:
        return newly_decided(decision)
    return old.state


def settle(known: dict, decisions: dict) -> dict:
    """One input: amended ones keep their state, lost ones are revoked, returning ones begin anew."""
    after = {i: Standing(d, _state_after(known.get(i), d), known[i].refusals if i in known else ()) for i, d in decisions.items()}
    for identity, old in known.items():
        if identity not in after:
            after[identity] = replace(old, state="revoked")
    return after


MOVES = {  # move -> (states it may come from, state it leads to)
    "approve": (("proposed",), "in_force"),
    "reject": (("proposed",), "rejected"),
    "lift": (("in_force",), "lifted"),
    "serve": (("in_force",), "served"),
}

RECALL_MOVES = {
    "review": ("proposed", "reviewed"),
    "order": ("reviewed", "ordered"),
    "hand-over": ("ordered", "handed_over"),
    "replace": ("handed_over", "replaced"),
}
CANCELLED_FROM = ("proposed", "reviewed", "ordered")    # by hand: before hand-over


def eligibility(known: dict, on: date) -> dict:
    """Identities of the measures with effect that bar each, on a date."""
    kinds = {"award": "award_ban", "promotion": "promotion_freeze"}
    return {name: sorted(i for i, s in known.items()
                         if s.decision.kind == kind and s.state in EFFECTIVE
                         and s.decision.start <= on < s.decision.until)
            for name, kind in kinds.items()}


# --- the village stipend ----------------------------------------------------------------

def merge_days(intervals: Iterable[tuple]) -> list:
    """A3: cancellations are a set of days; touching intervals are one."""
    merged = []
    for start, until in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(until, merged[-1][1]))
        else:
            merged.append((start, until))
    return merged


def cancelled_days(known: dict, year: int) -> list:
    """Only measures with effect cancel; clipped to the year."""
    first, end = date(year, 1, 1), date(year + 1, 1, 1)
    clipped = [(max(s.decision.start, first), min(s.decision.until, end))
               for s in known.values()
               if s.decision.kind == "stipend_cancelled" and s.state in EFFECTIVE]
    return merge_days((a, b) for a, b in clipped if a < b)


def inside(intervals: Iterable[tuple], day: date) -> bool:
    return any(start <= day < until for start, until in intervals)


def counts_as_present(results: Iterable[str]) -> bool:
    """§3: inside is present, cannot_tell and no_fix are present_weak, outside proves nothing."""
    return any(r in ("inside", "cannot_tell", "no_fix") for r in results)


def paid_days(presence: dict, findings, postings) -> list:
    """Days owed: a paid role held, present or weakly present, not a confirmed absence."""
    absent = {a.on for a in absences(findings)}
    postings = [p for p in postings if p.role in PAID_ROLES]
    return sorted(day for day, results in presence.items()
                  if counts_as_present(results) and day not in absent and day >= STIPEND_SINCE
                  and any(p.covers(day) for p in postings))


@dataclass
class MonthFigures:
    days_present: int = 0
    accrued_fen: int = 0
    cancelled_fen: int = 0
    paid_fen: int = 0
    clawback_fen: int = 0

    @property
    def due_fen(self) -> int:
        return self.accrued_fen - self.cancelled_fen


def month_name(day: date) -> str:
    return "%04d-%02d" % (day.year, day.month)


def stipend(days: Iterable[date], cancelled: list, rate_on) -> dict:
    """Figures by month name; `rate_on(day)` is the rate in force that day."""
    months = {}
    for day in days:
        figures = months.setdefault(month_name(day), MonthFigures())
        figures.days_present += 1
        figures.accrued_fen += rate_on(day)
        if inside(cancelled, day):
            figures.cancelled_fen += rate_on(day)
    return months


def run_payroll(month: str, due: dict, paid: dict, clawback: dict, closed: set) -> dict:
    """§7 monthly run of one person: what it pays and what every month looks like after it.

    Positive due − paid first settles the negative ones, oldest month first; the rest is paid."""
    open_fen = {m: due.get(m, 0) - paid.get(m, 0) for m in sorted(closed | {month})}
    pool = sum(fen for fen in open_fen.values() if fen > 0)
    paid, clawback = dict(paid), dict(clawback)
    for m, fen in open_fen.items():
        if fen > 0:
            paid[m] = paid.get(m, 0) + fen
            if m in clawback:
                clawback[m] = max(0, clawback[m] - fen)
        elif fen < 0:
            settled = min(pool, -fen)
            pool -= settled
            paid[m] = paid.get(m, 0) - settled
            clawback[m] = clawback.get(m, 0) + settled
    return {"due": due.get(month, 0), "pay": pool, "correction": pool - due.get(month, 0),
            "paid": paid, "clawback": clawback}


def month_over(month: str, today: date) -> bool:
    """Month M can be run from the first day after it."""
    year, number = int(month[:4]), int(month[5:])
    return today >= add_months(date(year, number, 1), 1)


def days_between(start: date, until: date) -> list:
    return [start + timedelta(n) for n in range((until - start).days)]
