"""rules.py against cases worked out by hand from rules.md.

A reading nobody checks is worth nothing as a judge, so every sentence of §5 and §7 that the
random histories rely on has a case here whose answer was written down from the text first.
Run: python3 tests/outside/rules_test.py
"""

from datetime import date

import rules

SHIPPED = rules.Policy("p0", date(2017, 8, 1), {"approval": "four_eyes"})
AUTOMATIC = rules.Policy("p1", date(2017, 10, 1), {"approval": "automatic"})
BY_KIND = rules.Policy("p2", date(2017, 11, 1),
                       {"approval": {"default": "automatic", "award_ban": "four_eyes"}})


def day(text: str) -> date:
    return date.fromisoformat(text)


def absence(fid: str, on: str, confirmed: str, state: str = "confirmed") -> rules.Finding:
    return rules.Finding(fid, "unexcused_absence", day(on), state, day(confirmed))


def posting(start="2017-01-01", to=None, term_to=None, pid="a", role="first_secretary"):
    return rules.Posting(pid, "p", "v", role, day(start), to and day(to), None,
                         term_to and day(term_to))


def window(decisions, clause, kind):
    found = [d for d in decisions.values() if (d.clause, d.kind) == (clause, kind)]
    return [(str(d.start), d.until and str(d.until)) for d in found]


def ladder(findings, postings=None, policies=(SHIPPED,)):
    return rules.ladder(findings, postings or [posting()], policies)


ONE = [absence("f1", "2017-09-03", "2017-09-08")]
TWO = ONE + [absence("f2", "2017-12-31", "2018-01-02")]
THREE = TWO + [absence("f3", "2017-10-09", "2017-10-10")]
FOUR = THREE + [absence("f4", "2017-12-30", "2018-05-05")]


CRITICISMS = {"rungs": 3, "superior_enters_at": 2}
HARSH = rules.Policy("p0", date(2017, 8, 1), {"approval": "four_eyes", "criticisms": CRITICISMS})


def found(fid: str, kind: str, on: str, bulletin="", confirmed="", superior=False, major=False):
    return rules.Finding(fid, kind, day(on), "confirmed", day(confirmed or on), bulletin, superior, major, "p")


def criticism(fid: str, on: str, bulletin: str, **more):
    return found(fid, "written_criticism", on, bulletin, **more)


def rungs_of(*findings):
    return [(f.id, rung, new) for f, rung, _, new in rules.criticisms(findings, (HARSH,))]


def heads(*findings, postings=()):
    return rules.criticised(findings, postings, (HARSH,), for_head=True)


def own(*findings):
    return rules.criticised(findings, [posting()], (HARSH,), for_head=False)


def criticism_cases():
    a, b, c = criticism("f1", "2017-09-03", "1"), criticism("f2", "2017-09-04", "2", confirmed="2017-10-31"), criticism("f3", "2017-12-05", "3")
    yield "C3.1.1 rungs", rungs_of(a, b, c), [("f1", 1, True), ("f2", 2, True), ("f3", 3, True)]
    yield "A14 one bulletin", rungs_of(a, criticism("f0", "2017-09-05", "1")), [("f1", 1, True)]
    yield "A14 the smaller id of a date", rungs_of(a, criticism("f0", "2017-09-03", "1")), [("f0", 1, True)]
    yield "A19 the year", rungs_of(c, criticism("f4", "2018-01-01", "3")), [("f3", 1, True), ("f4", 1, True)]
    yield "A15 a superior first", rungs_of(criticism("f0", "2017-09-01", "0", superior=True), a), [("f0", 2, True), ("f1", 3, True)]
    yield "A15 at least", rungs_of(a, b, criticism("f9", "2017-09-09", "9", superior=True)), [("f1", 1, True), ("f2", 2, True), ("f9", 3, True)]
    yield "C3.1.1-3 nothing new after it", rungs_of(a, b, c, criticism("f4", "2017-12-06", "4"))[3:], [("f4", 3, False)]
    yield "C3.1.1-1", window(own(a), "C3.1.1-1", "written_self_criticism"), [("2017-09-03", None)]
    yield "A5 the interview is decided with its latest", window(own(a, b), "C3.1.1-2", "interview"), [("2017-10-31", None)]
    yield "C3.1.1-3 not for whom it names", len(own(a, b, c)), 2
    yield "C3.1.1-3 for the head", len(heads(a, b, c)), 6
    yield "C3.1.1-3 year", window(heads(a, b, c), "C3.1.1-3", "assessment_cancelled"), [("2017-01-01", "2018-01-01")]
    yield "C3.1.1-3 no term", window(heads(a, b, c), "C3.1.1-3", "award_ban"), [("2017-12-05", "2018-01-01")]
    yield "A6 the head's term", window(heads(a, b, c, postings=[posting(term_to="2018-05-01")]), "C3.1.1-3", "award_ban"), [("2017-12-05", "2018-05-01")]
    yield "C3.1.1-3 six months", window(heads(a, b, c), "C3.1.1-3", "promotion_freeze"), [("2017-12-05", "2018-06-05")]
    lead = [posting(start="2017-09-01", to="2017-10-01", role="contact_leader")]
    duty = [found("d%d" % n, "duty_failure", on, superior=True) for n, on in enumerate(("2017-08-31", "2017-09-30", "2017-10-01"))]
    yield "C3.1.3 while he leads", [d.cause for d in rules.cases_of_person(duty, lead, (HARSH,)).values()], [("d1",)]
    grave = [found("g1", "fund_misuse", "2017-09-03", major=True), found("g2", "discipline_violation", "2017-09-02", major=True, confirmed="2017-11-01"),
             found("g3", "fund_misuse", "2017-09-01")]
    yield "C3.2.2 all of a year", [(d.kind, str(d.start), d.cause) for d in rules.cases_of_person(grave, lead, (HARSH,)).values()], [
        ("referral", "2017-11-01", ("g2", "g1"))]
    major = [found("m1", "duty_failure", "2017-09-03", major=True, superior=True), found("m2", "duty_failure", "2017-09-04", superior=True)]
    yield "A23", [(d.kind, d.cause) for d in rules.cases_of_head(major, (HARSH,)).values()], [("removal_proposed", ("m1",))]


def term_case(term_to=None, to=None, other=None):
    held = [posting(term_to=term_to, to=to)] + ([other] if other else [])
    return window(ladder(TWO, held), "C3.2.1-2", "award_ban")


def ladder_cases():
    yield "A1 no absence, nothing", ladder([]), {}
    yield "A2 noted is not confirmed", ladder([absence("f", "2017-09-03", "2017-09-08", "noted")]), {}
    yield "annulled is nothing", ladder([absence("f", "2017-09-03", "2017-09-08", "annulled")]), {}
    yield "C3.2.1-1 month", window(ladder(ONE), "C3.2.1-1", "stipend_cancelled"), [
        ("2017-09-01", "2017-10-01")]
    yield "C3.2.1-1 alone", len(ladder(ONE)), 1
    yield "C3.2.1-2 quarter of absence 2", window(ladder(TWO), "C3.2.1-2", "stipend_cancelled"), [
        ("2017-10-01", "2018-01-01")]
    yield "C3.2.1-2 talk", window(ladder(TWO), "C3.2.1-2", "admonishment_talk"), [("2018-01-02", None)]
    yield "C3.2.1-2 assessment of the absences' year", window(
        ladder(TWO), "C3.2.1-2", "assessment_cancelled"), [("2017-01-01", "2018-01-01")]
    yield "C3.2.1-2 freeze", window(ladder(TWO), "C3.2.1-2", "promotion_freeze"), [
        ("2018-01-02", "2018-07-02")]
    yield "rung 1 stays beside rung 2", len(ladder(TWO)), 6
    yield "late fact re-levels: quarter is of 9 Oct", window(
        ladder(THREE), "C3.2.1-2", "stipend_cancelled"), [("2017-10-01", "2018-01-01")]
    yield "late fact re-levels: decided_on of rung 2", window(
        ladder(THREE), "C3.2.1-2", "admonishment_talk"), [("2017-10-10", None)]
    yield "C3.2.1-3 year", window(ladder(THREE), "C3.2.1-3", "stipend_cancelled"), [
        ("2017-01-01", "2018-01-01")]
    yield "C3.2.1-3 recall from the latest confirmation", window(ladder(THREE), "C3.2.1-3", "recall"), [
        ("2018-01-02", None)]
    yield "C3.2.1-3 cause in date order", ladder(THREE)["C3.2.1-3", "recall", 2017].cause, ("f1", "f3", "f2")
    yield "4th adds nothing", len(ladder(FOUR)), 8
    yield "4th between: it is now the 3rd", ladder(FOUR)["C3.2.1-3", "recall", 2017].cause, (
        "f1", "f3", "f4")
    yield "rungs listed", [r for _, _, r in rules.rungs(FOUR)], [1, 2, 3, 3]
    yield "years count apart", len(ladder(ONE + [absence("f9", "2018-01-01", "2018-01-01")])), 2
    yield "A17 one date once", len(ladder(ONE + [absence("f0", "2017-09-03", "2017-09-30")])), 1
    yield "A17 smallest id though confirmed later", rules.rungs(
        ONE + [absence("f0", "2017-09-03", "2017-09-30")])[0][0], "f0"
    yield "other kinds do not count", ladder([rules.Finding(
        "x", "duty_failure", day("2017-09-03"), "confirmed", day("2017-09-08"))]), {}


def ban_cases():
    yield "no term, no to: 1 January after decided_on", term_case(), [("2018-01-02", "2019-01-01")]
    yield "term ends later", term_case("2020-06-01"), [("2018-01-02", "2020-06-01")]
    yield "term ends earlier", term_case("2018-06-01"), [("2018-01-02", "2019-01-01")]
    yield "no term: the posting's to", term_case(to="2019-03-01"), [("2018-01-02", "2019-03-01")]
    yield "term before to", term_case("2019-02-01", "2019-09-01"), [("2018-01-02", "2019-02-01")]
    yield "several: the latest", term_case("2019-02-01", None, posting(term_to="2021-01-05", pid="b")), [
        ("2018-01-02", "2021-01-05")]
    yield "ended before absence 2: not held", term_case(
        "2019-02-01", None, posting(to="2017-12-31", term_to="2021-01-05", pid="b")), [
        ("2018-01-02", "2019-02-01")]
    yield "decided on 1 January: the next one", rules.first_january_after(day("2018-01-01")), day("2019-01-01")
    yield "31 Aug + 6 months", rules.add_months(day("2017-08-31"), 6), day("2018-02-28")
    yield "31 Aug + 6 months, leap", rules.add_months(day("2019-08-31"), 6), day("2020-02-29")
    yield "29 Feb + 2 years", rules.add_months(day("2020-02-29"), 24), day("2022-02-28")


def state_of(known, clause, kind, year=2017):
    return known[clause, kind, year].state


def moved(known, identity, state):
    return {**known, identity: rules.refused(known[identity], state)}


def workflow_cases():
    policies = [SHIPPED, AUTOMATIC, BY_KIND]
    one = rules.settle({}, ladder(ONE, policies=policies))
    three = rules.settle(one, ladder(THREE, policies=policies))
    yield "policy of the k-th date", [
        three[i].decision.policy for i in (("C3.2.1-1", "stipend_cancelled", 2017),
                                           ("C3.2.1-2", "stipend_cancelled", 2017),
                                           ("C3.2.1-3", "stipend_cancelled", 2017))], ["p0", "p1", "p2"]
    yield "four_eyes is proposed", state_of(three, "C3.2.1-1", "stipend_cancelled"), "proposed"
    yield "automatic is in force", state_of(three, "C3.2.1-2", "award_ban"), "in_force"
    yield "recall waits for a person", state_of(three, "C3.2.1-3", "recall"), "proposed"
    back = rules.settle(three, ladder(TWO, policies=policies))
    yield "rung lost is revoked", state_of(back, "C3.2.1-3", "stipend_cancelled"), "revoked"
    yield "approval of the kind at the new date", state_of(back, "C3.2.1-2", "award_ban"), "proposed"
    again = rules.settle(back, ladder(THREE, policies=policies))
    yield "comes back newly decided", state_of(again, "C3.2.1-3", "stipend_cancelled"), "in_force"
    talk = ("C3.2.1-2", "admonishment_talk", 2017)
    lifted = rules.settle(moved(three, talk, "lifted"), ladder(TWO, policies=policies))
    yield "with a fact that it did not rest on it is newly decided", lifted[talk].state, "in_force"
    yield "and holds again when that fact goes", rules.settle(lifted, ladder(THREE, policies=policies))[talk].state, "lifted"
    gone = rules.settle(moved(three, talk, "lifted"), ladder(ONE, policies=policies))
    yield "revoked like any other", gone[talk].state, "revoked"
    yield "and comes back refused", rules.settle(gone, ladder(THREE, policies=policies))[talk].state, "lifted"
    yield "amended has new from", lifted[talk].decision.start, day("2018-01-02")


def eligibility_cases():
    known = rules.settle({}, ladder(TWO, policies=[
        rules.Policy("p", date(2017, 8, 1), {"approval": "automatic"})]))
    ban, freeze = ("C3.2.1-2", "award_ban", 2017), ("C3.2.1-2", "promotion_freeze", 2017)
    for on, award, promotion in [("2018-01-01", [], []), ("2018-01-02", [ban], [freeze]),
                                 ("2018-07-01", [ban], [freeze]), ("2018-07-02", [ban], []),
                                 ("2018-12-31", [ban], []), ("2019-01-01", [], [])]:
        yield "eligibility on " + on, rules.eligibility(known, day(on)), {
            "award": award, "promotion": promotion}
    yield "proposed bars nobody", rules.eligibility(
        moved(known, ban, "proposed"), day("2018-02-01"))["award"], []
    yield "served bars", rules.eligibility(moved(known, ban, "served"), day("2018-02-01"))["award"], [ban]
    yield "lifted bars nobody", rules.eligibility(moved(known, ban, "lifted"), day("2018-02-01"))["award"], []
    recall = ladder(THREE)["C3.2.1-3", "recall", 2017]
    ordered = rules.recall_ordered(recall, day("2018-02-28"), AUTOMATIC)
    yield "C3.2.1-r ban", window(ordered, "C3.2.1-r", "award_ban"), [("2018-02-28", "2019-01-01")]
    yield "C3.2.1-r freeze", window(ordered, "C3.2.1-r", "promotion_freeze"), [("2018-02-28", "2020-02-28")]
    days = [("p", recall, day("2018-02-28")), ("q", recall, day("2018-02-28")), ("p", recall, day("2019-01-01"))]
    takes = [rules.head_takes_post(days[:n], lambda r: AUTOMATIC) for n in range(4)]
    yield "C3.2.1-rr not for the first", [len(t) for t in takes], [0, 0, 1, 2]
    yield "C3.2.1-rr from the order on", window(takes[2], "C3.2.1-rr", "unit_head_takes_post"), [("2018-02-28", None)]


def rate_on(on: date) -> int:
    return 12000 if on >= date(2017, 9, 15) else 10000


def money_cases():
    automatic = [rules.Policy("p", date(2017, 8, 1), {"approval": "automatic"})]
    known = rules.settle({}, ladder(THREE[:2], policies=automatic))
    yield "A3 touching days are one", [tuple(map(str, i)) for i in rules.cancelled_days(known, 2017)], [
        ("2017-09-01", "2018-01-01")]
    yield "other years have none", rules.cancelled_days(known, 2018), []
    yield "proposed cancels nothing", rules.cancelled_days(
        {i: rules.Standing(s.decision, "proposed") for i, s in known.items()}, 2017), []
    presence = {day("2017-07-31"): ["inside"], day("2017-08-01"): ["no_fix"], day("2017-08-02"): ["outside"],
                day("2017-09-03"): ["inside"], day("2017-09-14"): ["cannot_tell"],
                day("2017-09-15"): ["outside", "inside"], day("2019-01-01"): ["inside"]}
    days = rules.paid_days(presence, ONE, [posting(to="2018-01-01")])
    yield "days owed", [str(d) for d in days], ["2017-08-01", "2017-09-14", "2017-09-15"]
    yield "unpaid role", rules.paid_days(presence, ONE, [posting(role="legal_adviser")]), []
    figures = rules.stipend(days, [(day("2017-09-01"), day("2017-10-01"))], rate_on)
    yield "month's figures", figures["2017-09"], rules.MonthFigures(2, 22000, 22000)
    yield "month before", figures["2017-08"], rules.MonthFigures(1, 10000, 0)


def payroll_cases():
    first = rules.run_payroll("2017-08", {"2017-08": 300}, {}, {}, set())
    yield "plain run", (first["pay"], first["correction"], first["paid"]), (300, 0, {"2017-08": 300})
    short = rules.run_payroll("2017-09", {"2017-08": 0, "2017-09": 100}, {"2017-08": 300}, {}, {"2017-08"})
    yield "shortfall waits", (short["pay"], short["correction"]), (0, -100)
    yield "partly settled", (short["paid"], short["clawback"]), (
        {"2017-08": 200, "2017-09": 100}, {"2017-08": 100})
    rest = rules.run_payroll("2017-10", {"2017-08": 0, "2017-09": 100, "2017-10": 500}, short["paid"],
                             short["clawback"], {"2017-08", "2017-09"})
    yield "rest taken, rest paid", (rest["pay"], rest["paid"]["2017-08"], rest["clawback"]["2017-08"]), (
        300, 0, 300)
    given = rules.run_payroll("2017-11", {"2017-08": 300, "2017-09": 100, "2017-10": 500}, rest["paid"],
                              rest["clawback"], {"2017-08", "2017-09", "2017-10"})
    yield "annulled: given back", (given["pay"], given["correction"], given["clawback"]["2017-08"]), (300, 300, 0)
    skipped = rules.run_payroll("2017-10", {"2017-09": 700, "2017-10": 500}, {}, {}, set())
    yield "a skipped month stays unpaid", skipped["pay"], 500
    two = rules.run_payroll("2017-10", {"2017-08": 0, "2017-09": 0, "2017-10": 150},
                            {"2017-08": 100, "2017-09": 100}, {}, {"2017-08", "2017-09"})
    yield "oldest first", two["paid"], {"2017-08": 0, "2017-09": 50, "2017-10": 150}
    yield "month over", [rules.month_over("2017-12", day(d)) for d in ("2017-12-31", "2018-01-01")], [
        False, True]


def policy_cases():
    yield "merge patch", rules.merge_patch({"a": {"b": 1, "c": 2}, "d": [1]}, {"a": {"b": None, "e": 3}, "d": 4}), {
        "a": {"c": 2, "e": 3}, "d": 4}
    yield "in force", [rules.policy_on([SHIPPED, AUTOMATIC], day(d)).version
                       for d in ("2017-09-30", "2017-10-01")], ["p0", "p1"]
    yield "approval of kind", [rules.approval_of(BY_KIND.document, k) for k in ("award_ban", "recall")], [
        "four_eyes", "automatic"]


def main() -> int:
    passed = failed = 0
    groups = (criticism_cases, ladder_cases, ban_cases, workflow_cases, eligibility_cases, money_cases,
              payroll_cases, policy_cases)
    for name, got, want in (case for group in groups for case in group()):
        if got == want:
            passed += 1
        else:
            failed += 1
            print("FAIL %s: got %r, want %r" % (name, got, want))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
