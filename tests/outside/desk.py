"""What the offices do: policies, measures, recalls, payrolls.

Why apart from history.py: these act on what was derived, so they come when the district is
quiet (lag 0), and only then does the order of inputs decide a workflow state. Policy patches
may also come amid the facts, as long as no state has been moved by hand.
"""

from __future__ import annotations

from datetime import date, timedelta

import rules
from client import items, wait_settled
from history import History
from rules import Posting
from trace import same
from world import Payroll

LADDER_KINDS = ("stipend_cancelled", "admonishment_talk", "assessment_cancelled", "award_ban",
                "promotion_freeze", "written_self_criticism", "interview", "referral", "removal_proposed")
WORDS = ("automatic", "four_eyes")
REACHES = {"approve": ("in_force", "approved"), "reject": ("rejected",), "lift": ("lifted",), "serve": ("served",)}


def rate_path(document: dict, want: int = 10_000) -> tuple:
    """Where the policy keeps the daily stipend: the shipped rate is known, its name is not."""
    found = []

    def walk(node, path):
        if isinstance(node, dict):
            for name, value in node.items():
                walk(value, path + (name,))
        elif node == want and node is not True:
            found.append(path)
    walk(document, ())
    paths = [p for p in found if "stipend" in "/".join(p)] or found
    if len(paths) != 1:
        raise AssertionError("the stipend's rate is not one place of the policy: %s" % (found,))
    return paths[0]


def read_path(document: dict, path: tuple) -> int:
    for name in path:
        document = document[name]
    return document


def patch_of(path: tuple, value) -> dict:
    for name in reversed(path):
        value = {name: value}
    return value


class Desk:
    def __init__(self, history: History, moves_recalls: bool, without: set):
        self.h, self.moves_recalls = history, moves_recalls and "recalls" not in without
        self.runs_payrolls = "payrolls" not in without
        self.path = rate_path(history.world.policies[0].document)
        self.measure_ids: dict = {}     # (person, identity) -> id, learnt by check.py

    def rate_of(self, document: dict) -> int:
        return read_path(document, self.path)

    # --- policies

    def _approval(self):
        """Where recalls are moved by hand, their own word stays: what becomes of an ordered
        recall when it is newly decided is not written."""
        rng = self.h.rng
        if not self.moves_recalls and rng.random() < 0.5:
            return rng.choice(WORDS)
        kinds = rng.sample(LADDER_KINDS, rng.randrange(len(LADDER_KINDS)))
        words = {kind: rng.choice(WORDS) for kind in kinds}
        default = {"default": rng.choice(WORDS)}
        if self.moves_recalls:
            words["recall"] = "four_eyes"
        return {**default, **words}

    def patch_policy(self) -> None:
        h, rng = self.h, self.h.rng
        start = h.world.today + timedelta(rng.choice((0, 0, 1, 5, 30, -1, -7, -40, -100)))
        start = max(start, date(2017, 8, 2))
        patch = {"approval": self._approval()} if rng.random() < 0.65 else {}
        if not patch or rng.random() < 0.3:
            patch.update(patch_of(self.path, rng.choice((8_000, 10_000, 12_000, 12_345))))
        if rng.random() < 0.2:
            patch["criticisms"] = {"superior_enters_at": rng.choice((1, 2, 3))}
        version = h.name("v")
        body = {"version": version, "effective_from": start.isoformat(), "patch": patch}
        if any(p.effective_from == start for p in h.world.policies):
            h.post("/policies", body, 409)
            return
        h.post("/policies", body, 201, 200)
        h.world.add_policy(version, start, patch)

    # --- measures

    def move_measure(self) -> None:
        h, rng = self.h, self.h.rng
        choices = [(person, identity) for person in sorted(h.world.persons)
                   for identity in sorted(h.world.persons[person].known)
                   if identity[1] in LADDER_KINDS and (person, identity) in self.measure_ids]
        if not choices:
            return
        person, identity = rng.choice(choices)
        state = h.world.persons[person].known[identity].state
        good = [m for m, (sources, _) in rules.MOVES.items() if state in sources]
        if good and rng.random() < 0.8:
            self._good_move(person, identity, rng.choice(good))
        else:
            self._bad_move(person, identity, state)

    def _good_move(self, person: str, identity: tuple, move: str) -> None:
        path = "/measures/%s/%s" % (self.measure_ids[person, identity], move)
        for _ in range(self.h.rng.choice((1, 1, 2))):
            answer = self.h.post(path, self.h.rng.choice((None, {"reason": "同意"})), 200)
            if answer.json.get("state") not in REACHES[move]:
                same("state after POST " + path, REACHES[move][0], answer.json.get("state"))
        self.h.world.set_state(person, identity, rules.MOVES[move][1])
        self.h.world.inputs[self.measure_ids[person, identity]] += 1

    def _bad_move(self, person: str, identity: tuple, state: str) -> None:
        """Neither allowed from here nor the one that led here."""
        bad = [m for m, (sources, target) in rules.MOVES.items() if state not in sources and state != target]
        if bad:
            self.h.post("/measures/%s/%s" % (self.measure_ids[person, identity], self.h.rng.choice(bad)),
                        None, 409)

    # --- recalls

    def move_recall(self) -> None:
        h, rng = self.h, self.h.rng
        choices = [(person, year) for person in sorted(h.world.persons)
                   for year in sorted(h.world.persons[person].recalls)]
        if not self.moves_recalls or not choices:
            return
        person, year = rng.choice(choices)
        measure = self.measure_ids.get((person, ("C3.2.1-3", "recall", year)))
        if measure is None:
            return
        recall = h.world.persons[person].recalls[year]
        good = [m for m, (source, _) in rules.RECALL_MOVES.items() if source == recall.state]
        if recall.state in rules.CANCELLED_FROM and rng.random() < 0.06:
            self._cancel(person, year, measure)
        elif good and rng.random() < 0.8:
            self._good_recall_move(person, year, measure, good[0])
        else:
            bad = [m for m, (source, target) in rules.RECALL_MOVES.items()
                   if recall.state not in (source, target) and m != "replace"]
            bad += ["cancel"] * (recall.state in ("handed_over", "replaced"))
            h.post("/recalls/%s/%s" % (measure, rng.choice(bad)), None, 409, code="recall.bad_transition")

    def _cancel(self, person: str, year: int, measure: str) -> None:
        world = self.h.world
        before = sorted(world.persons[person].recalls[year].before)
        answer = self.h.post("/recalls/%s/cancel" % measure, None, 200)
        same("state after a recall was cancelled", "cancelled", answer.json.get("state"))
        world.inputs[measure] += 1
        world.cancel_recall(person, year)
        wait_settled(self.h.trace.client, world.district)
        for posting_id in before:
            self._posting_is(posting_id)

    def _posting_is(self, posting_id: str) -> None:
        same("`to` of the posting %s of a recall" % posting_id, self.h.world.postings[posting_id].to,
             self.h.trace.get("/postings/" + posting_id).get("to"))

    def _listed(self, measure: str) -> dict:
        found = [r for r in items(self.h.trace.client, self.h.trace.url("/recalls")) if r["id"] == measure]
        same("recalls listed with id " + measure, 1, len(found))
        return found[0]

    def _good_recall_move(self, person: str, year: int, measure: str, move: str) -> None:
        world, listed = self.h.world, self._listed(measure)
        recall = world.persons[person].recalls[year]
        same("state of recall " + measure, recall.state, listed["state"])
        if move == "order" and not any(p.id == listed["posting_id"] for p in world.posted(person, world.today)):
            return
        body = None
        if move == "replace":
            successor = self._head_posting(measure) or self._successor(world.postings[recall.posting_id])
            if successor is None:
                return
            body = {"posting_id": successor}
        answer = self.h.post("/recalls/%s/%s" % (measure, move), body, 200)
        same("state after recall move " + move, rules.RECALL_MOVES[move][1], answer.json.get("state"))
        world.inputs[measure] += 1
        expected = move == "hand-over" and self._head_should_get(person, year)
        self._recall_moved(person, year, move, listed["posting_id"])
        if move == "hand-over":
            same("the head's posting by recall " + measure, expected, self._head_posting(measure) is not None)

    def _head_posting(self, measure: str):
        """顶岗: the posting that the unit's head got by this recall; its id begins with the recall's."""
        return next((p for p in sorted(self.h.world.postings) if p.startswith(measure + "-")), None)

    def _head_should_get(self, person: str, year: int) -> bool:
        """The unit's second or later; unless the post is somebody's already."""
        world = self.h.world
        recall = world.persons[person].recalls[year]
        ended = world.postings[recall.posting_id]
        wanted = Posting("", world.units[world.persons[person].unit_id], ended.village_id, ended.role,
                         max(ended.to, world.today))
        return world.takes_head(person, year) and not world.overlaps(wanted)

    def _recall_moved(self, person: str, year: int, move: str, posting_id: str) -> None:
        world = self.h.world
        recall = world.persons[person].recalls[year]
        if move == "order":
            world.order_recall(person, year, posting_id)
        recall.state = rules.RECALL_MOVES[move][1]
        if move == "replace":
            world.set_state(person, ("C3.2.1-3", "recall", year), "served")
        world.moved_by_hand = True
        if move in ("order", "hand-over"):
            wait_settled(self.h.trace.client, world.district)
            self._learn_heads()
            for ended in sorted(set(recall.before) | {posting_id}):
                self._posting_is(ended)

    def _learn_heads(self) -> None:
        """顶岗 gives a unit's head a posting; its rivals must know it."""
        world = self.h.world
        for row in items(self.h.trace.client, self.h.trace.url("/postings")):
            if row["id"] not in world.postings:
                same("reason of a posting nobody put: %s" % row, "unit_head_takes_post", row.get("reason"))
                to = row.get("to")
                world.postings[row["id"]] = Posting(row["id"], row["person_id"], row["village_id"], row["role"],
                                                    date.fromisoformat(row["from"]), to and date.fromisoformat(to))

    def _successor(self, ended: Posting):
        """Somebody else in the same role and village, once the post is free."""
        h = self.h
        others = sorted(set(h.world.persons) - {ended.person_id})
        if not others:
            return None
        wanted = Posting(h.name("post"), h.rng.choice(others), ended.village_id, ended.role,
                         ended.to or h.world.today)
        if h.world.overlaps(wanted) or h.world.blurs_presence(wanted) or h.world.barred(wanted):
            return None
        body = {"person_id": wanted.person_id, "village_id": wanted.village_id, "role": wanted.role,
                "from": wanted.start.isoformat()}
        h.trace.expect(h.trace.call("PUT", "/postings/" + wanted.id, body), 201, 200)
        h.world.put_posting(wanted)
        return wanted.id

    # --- payrolls

    def _lines(self, month: str) -> dict:
        """person -> (due, pay); the same wherever zero lines are left out."""
        run = self.h.world.run(month, self.rate_of)
        return {p: (r["due"], r["correction"], r["pay"]) for p, r in run.items() if r["due"] or r["pay"] or r["correction"]}

    def run_payroll(self) -> None:
        world, rng = self.h.world, self.h.rng
        started = [m for m, p in world.payrolls.items() if p.state in ("draft", "approved")]
        if started:
            self._finish(rng.choice(sorted(started)))
            return
        month = rules.month_name(rules.add_months(world.today.replace(day=1), -rng.choice((1, 1, 2, 3, 0))))
        if month < "2017-08":
            return
        if not rules.month_over(month, world.today):
            self.h.post("/payrolls", {"month": month}, 422, code="payroll.month_open")
        elif month in world.payrolls:
            self._refused(month)
        else:
            self._draft(month)
            if rng.random() < 0.7:
                self._finish(month)

    def _refused(self, month: str) -> None:
        for path, body in (("/payrolls", {"month": month}), ("/payrolls/%s/approve" % month, None),
                           ("/payrolls/%s/close" % month, None)):
            self.h.post(path, body, 409, code="payroll.closed")

    def _draft(self, month: str) -> None:
        self.h.post("/payrolls", {"month": month}, 201, 200)
        lines = self._lines(month)
        self.h.world.payrolls[month] = Payroll("draft", lines)
        self._compare(month)

    def _finish(self, month: str) -> None:
        """approve, then close; refused when the facts have moved since the draft."""
        payroll = self.h.world.payrolls[month]
        if payroll.state == "draft":
            if self.h.rng.random() < 0.2:
                self.h.post("/payrolls/%s/close" % month, None, 409)
            self.h.post("/payrolls/%s/approve" % month, None, 200)
            payroll.state = "approved"
        self._compare(month)
        if self._lines(month) != payroll.lines:
            self.h.post("/payrolls/%s/close" % month, None, 409, code="payroll.stale")
            self._draft(month)
            return
        run = self.h.world.run(month, self.rate_of)
        self.h.post("/payrolls/%s/close" % month, None, 200)
        payroll.state = "closed"
        for person, figures in run.items():
            self.h.world.persons[person].paid = figures["paid"]
            self.h.world.persons[person].clawback = figures["clawback"]
        wait_settled(self.h.trace.client, self.h.world.district)
        self._compare(month)

    def _compare(self, month: str) -> None:
        payroll = self.h.world.payrolls[month]
        seen = self.h.trace.get("/payrolls/%s?limit=500" % month)
        same("state of payroll " + month, payroll.state, seen["state"])
        lines = {r["person_id"]: (r["due_fen"], r["correction_fen"], r["pay_fen"])
                 for r in seen["lines"]["items"]
                 if r["due_fen"] or r["correction_fen"] or r["pay_fen"]}
        same("lines (due, correction, pay) of payroll " + month, payroll.lines, lines)
        same("total of payroll " + month, sum(l[2] for l in payroll.lines.values()), seen["total_fen"])

    # --- a phase

    def act(self) -> None:
        self.h.rng.choices((self.move_measure, self.move_recall, self.run_payroll),
                           (6, 14 * self.moves_recalls, 2 * self.runs_payrolls))[0]()
