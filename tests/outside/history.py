"""Seeded random histories of one district: what people in the field send.

Why random: the ladder is simple on paper and wrong in the corners (late facts, two findings of
a day, annulments that re-level, postings that end, month ends). A history makes such corners
likely: dates are drawn from those already used, from borders of months and years, and from the
past; nearly every fact may be repeated, and what must be refused is sent too.

A History is driven phase by phase (main.py) so that all districts agree on the one clock.
Every answer is compared at once; what follows from the facts is compared by check.py.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta, timezone
from random import Random

import rules
from client import ndjson
from fixes import any_fix
from rules import Finding, Posting
from trace import Difference, Trace, same
from world import Person, Village, World

SHANGHAI = timezone(timedelta(hours=8))
ROLES = ("first_secretary", "first_secretary", "team_member", "team_member", "legal_adviser",
         "contact_leader", "agri_technician", "paired_helper", "agri_circuit")
NEXT = {("noted", "confirm"): "confirmed", ("noted", "dismiss"): "dismissed",
        ("confirmed", "annul"): "annulled", ("confirmed", "confirm"): "confirmed",
        ("dismissed", "dismiss"): "dismissed", ("annulled", "annul"): "annulled"}
FIRST_DAY = date(2017, 8, 2)


def instant(moment: datetime, rng: Random) -> str:
    """The same instant as a client anywhere may write it."""
    if rng.random() < 0.3:
        return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.isoformat()


class History:
    def __init__(self, trace: Trace, seed: str, persons: int, now: datetime):
        self.trace, self.rng, self.want = trace, Random(seed), persons
        self.world = World(trace.district)
        self.serial, self.disturbed = 0, False
        self.sent: list = []      # (path, body bytes, key, status, raw answer, content type)
        self.lines: list = []     # (batch path, line, its answer)
        self.tell(now)

    def tell(self, now: datetime) -> None:
        """The clock stands here until the next phase."""
        self.now, self.world.today = now, now.astimezone(SHANGHAI).date()

    def key(self) -> str:
        self.serial += 1
        return "k%05d" % self.serial

    def name(self, letter: str) -> str:
        self.serial += 1
        return "%s%d" % (letter, self.serial)

    def post(self, path: str, body, *statuses: int, code: str = "", key: str = "", content="application/json"):
        """A keyed POST whose answer is remembered for repeats."""
        key = key or self.key()
        answer = self.trace.call("POST", path, body, key=key, content_type=content)
        self.trace.expect(answer, *statuses, code=code)
        if 200 <= answer.status < 300:
            self.sent.append((path, body, key, answer.status, answer.raw, content))
        return answer

    # --- setting up

    def set_up(self) -> None:
        self._put("", {"name": "达川" + self.trace.district,
                       "areas": [{"id": "east", "name": "东"}, {"id": "west", "name": "西"}]}, 201)
        shipped = self.trace.get("/policy?on=2017-08-01")
        self.world.policies = [rules.Policy(shipped["version"], date(2017, 8, 1), shipped["document"])]
        for township in ("t1", "t2"):
            self._put("/townships/" + township, {"name": "乡" + township, "area_id": "east"}, 201)
        for number in range(1 + self.want // 3):
            self._set_up_unit("u%d" % number)
        for number in range(2 + self.want):
            self._set_up_village("v%d" % number)
        for number in range(self.want):
            self._set_up_person("p%d" % number)

    def _put(self, path: str, body, *statuses: int, code: str = ""):
        """One that was done without an answer is repeated, by us or, when something may end, by the gateway, and finds it there."""
        answer = self.trace.call("PUT", path, body)
        again = answer.tries > 1 or self.disturbed
        return self.trace.expect(answer, *statuses, *((200,) if again and 201 in statuses else ()), code=code)

    def _set_up_unit(self, unit: str) -> None:
        self._put("/units/" + unit, {"name": "单位" + unit}, 201, 200)
        head = {"name": "主任" + unit, "phone": "1390000%04d" % self.rng.randrange(10000), "unit_id": unit,
                "establishment": "civil_servant"}
        self._put("/persons/head-" + unit, head, 201, 200)
        self._put("/units/" + unit, {"name": "单位" + unit, "head_person_id": "head-" + unit}, 200)
        self.world.units[unit] = "head-" + unit

    def _fence(self):
        return {"lon": round(self.rng.uniform(107.0, 107.9), 6), "lat": round(self.rng.uniform(30.8, 31.6), 6),
                "radius_m": self.rng.choice((100, 150, 250))}

    def _village_body(self, village: Village, fence) -> dict:
        body = {"name": village.name, "township_id": village.township_id, "kind": village.kind}
        return {**body, "fence": fence} if fence else body

    def _set_up_village(self, name: str) -> None:
        fence = self._fence() if self.rng.random() < 0.8 else None
        village = Village(name, self.rng.choice(("t1", "t2")), self.rng.choice(("poor", "non_poor")),
                          "村" + name, [(date.min, fence)])
        self.world.villages[name] = village
        self._put("/villages/" + name, self._village_body(village, fence), 201, 200)

    def _set_up_person(self, name: str) -> None:
        unit = self.rng.choice(sorted(self.world.units))
        self._put("/persons/" + name, {"name": "张" + name, "phone": "1380000%04d" % self.rng.randrange(10000),
                                       "unit_id": unit, "establishment": "institution"}, 201, 200)
        self.world.persons[name] = Person(name, unit)
        for _ in range(self.rng.choice((1, 1, 2))):
            self.add_posting(name)

    # --- postings and villages

    def _posting(self, person: str, pid: str) -> Posting:
        rng = self.rng
        start = rng.choice((date(2015, 7, 1), date(2017, 7, 1), date(2017, 8, 1), date(2017, 8, 15),
                            self.world.today - timedelta(rng.randrange(40))))
        to = start + timedelta(rng.randrange(500, 1500)) if rng.random() < 0.4 else None
        term_to = start + timedelta(rng.randrange(700, 2000)) if rng.random() < 0.5 else None
        village = rng.choice(sorted(self.world.villages))
        fitting = [role for role in ROLES if self.world.role_here(village, role, start)]
        role = rng.choice(ROLES if rng.random() < 0.15 else fitting)
        return Posting(pid, person, village, role, start, to, start if term_to else None, term_to)

    def add_posting(self, person: str) -> None:
        self._send_posting(self._posting(person, self.name("post")))

    def change_posting(self) -> None:
        """Extend, shorten, open, or turn the role of one that no recall has ended."""
        held = {i for p in self.world.persons.values() for r in p.recalls.values() for i in (r.posting_id, *r.before)}
        mine = [p for p in self.world.postings.values()
                if p.id not in held and p.person_id in self.world.persons]
        if not mine:
            return
        old = self.rng.choice(sorted(mine, key=lambda p: p.id))
        self._send_posting(self._changed(old))

    def _changed(self, old: Posting) -> Posting:
        rng, fields = self.rng, dict(old.__dict__)
        what = rng.choice(("to", "to", "open", "role", "term", "same"))
        if what == "to":
            fields["to"] = max(old.start + timedelta(1), self.world.today + timedelta(rng.randrange(-60, 300)))
        elif what == "open":
            fields["to"] = None
        elif what == "role":
            fields["role"] = rng.choice(ROLES)
        elif what == "term":
            fields["term_from"] = old.start
            fields["term_to"] = old.start + timedelta(rng.randrange(700, 2000))
        return Posting(**fields)

    def _send_posting(self, wanted: Posting) -> None:
        world, known = self.world, wanted.id in self.world.postings
        if world.blurs_presence(wanted):
            return
        body = {"person_id": wanted.person_id, "village_id": wanted.village_id, "role": wanted.role,
                "from": wanted.start.isoformat()}
        for field in ("to", "term_from", "term_to"):
            if getattr(wanted, field):
                body[field] = getattr(wanted, field).isoformat()
        refused = []
        if not world.takes_place(wanted):
            self._put("/postings/" + wanted.id, body, 422, code="posting.role_not_here")
            return
        if world.overlaps(wanted):
            refused.append("posting.overlap")
        if world.barred(wanted):
            refused.append("posting.recalled")
        if known and world.uncovered_by(wanted, "confirmed"):
            refused.append("posting.has_findings")
        elif known and world.uncovered_by(wanted, "noted"):
            return
        if refused:
            self._put("/postings/" + wanted.id, body, 409, code="|".join(refused))
            return
        self._put("/postings/" + wanted.id, body, 200 if known else 201, 200)
        world.put_posting(wanted)

    def change_fence(self) -> None:
        """Counts from today; only villages that had one from the start."""
        fenced = [v for v in self.world.villages.values() if v.fences[0][1]]
        if not fenced:
            return
        village = self.rng.choice(fenced)
        fence = self._fence() if self.rng.random() < 0.8 else None
        self._put("/villages/" + village.id, self._village_body(village, fence), 200)
        village.fences = [f for f in village.fences if f[0] != self.world.today]
        village.fences.append((self.world.today, fence))

    # --- findings

    def _person(self) -> str:
        return self.rng.choice(sorted(self.world.persons))

    def _day(self, person: str) -> date:
        """Often a day already used, often a border, never before the policy."""
        rng, today = self.rng, self.world.today
        used = [f.on for f in self.world.persons[person].findings.values()]
        roll = rng.random()
        if used and roll < 0.25:
            return rng.choice(used)
        year = rng.choice((today.year, today.year, max(2017, today.year - 1)))
        borders = [date(year, m, 1) - timedelta(d) for m in range(1, 13) for d in (0, 1)]
        if roll < 0.5:
            return max(FIRST_DAY, min(today, rng.choice(borders)))
        reach = min(420, (today - FIRST_DAY).days)
        return today - timedelta(rng.randrange(min(60, reach) + 1 if roll < 0.8 else reach + 1))

    def _what(self, person: str) -> dict:
        """Most are absences; few bulletins, so that one names several."""
        rng, roll = self.rng, self.rng.random()
        if roll < 0.66:
            return {"kind": "unexcused_absence", "person_id": person}
        if roll < 0.72:
            return {"kind": rng.choice(("discipline_violation", "fund_misuse")), "person_id": person,
                    "major": rng.random() < 0.6}
        major = {"major": True} if rng.random() < 0.2 else {}
        if roll < 0.8:
            return {"kind": "duty_failure", "person_id": person, **major}
        of = {"person_id": person} if rng.random() < 0.7 else {"unit_id": rng.choice(sorted(self.world.units))}
        return {"kind": "written_criticism", "bulletin": "通报%d号" % rng.randrange(6), **of, **major}

    def _finding(self) -> tuple:
        """(body, status, code): mostly a valid one."""
        rng, person = self.rng, self._person()
        on = self._day(person)
        body = {**self._what(person), "on": on.isoformat(),
                "source": rng.choice(("covert", "night", "hotline", "superior"))}
        if body["source"] == "superior":
            body["level"] = rng.choice(("city", "province", "central"))
        if rng.random() < 0.3:
            body["note"] = "不在村 \u2014 \"查岗\"\n" + rng.choice(("", "🙂", "老乡说三天没见"))
        if rng.random() < 0.2:
            body["evidence"] = [{"sha256": "%064x" % rng.getrandbits(256), "name": "照片.jpg"}]
        if rng.random() < 0.05:
            body["on"] = (self.world.today + timedelta(rng.randrange(1, 30))).isoformat()
            return body, 422, "finding.in_future|finding.not_posted"
        if "person_id" in body and not self.world.posted(person, on):
            return body, 422, "finding.not_posted"
        return body, 201, ""

    def _noted(self, body: dict, finding_id: str) -> None:
        about = body.get("person_id", "")
        self.world.note(about or "unit/" + body["unit_id"], Finding(
            finding_id, body["kind"], date.fromisoformat(body["on"]), bulletin=body.get("bulletin", ""),
            superior=body["source"] == "superior", major=body.get("major", False), about=about))

    def note_finding(self) -> None:
        body, status, code = self._finding()
        answer = self.post("/findings", body, status, code=code)
        if status == 201:
            same("a noted finding's state", "noted", answer.json["state"])
            self._noted(body, answer.json["id"])
            if self.rng.random() < 0.5:
                self._move(answer.json["id"], "confirm")

    def move_finding(self) -> None:
        """Drawn by order of insertion: ids are the server's and must not steer the history."""
        if self.world.owner:
            finding = self.rng.choice(list(self.world.owner))
            self._move(finding, self.rng.choice(("confirm", "confirm", "confirm", "dismiss", "annul", "annul")))

    def _move(self, finding_id: str, move: str) -> None:
        body = self.rng.choice((None, {}, {"reason": "经核实"}))
        path = "/findings/%s/%s" % (finding_id, move)
        target = NEXT.get((self.world.finding(finding_id).state, move))
        if target is None:
            self.post(path, body, 409, code="finding.bad_transition")
            return
        answer = self.post(path, body, 200)
        same("POST %s" % path, {"id": finding_id, "state": target},
             {k: answer.json.get(k) for k in ("id", "state")})
        if self.world.finding(finding_id).state != target:
            self.world.move_finding(finding_id, target)

    def findings_batch(self) -> None:
        batch = []
        for _ in range(self.rng.randrange(1, 9)):
            body, status, code = self._finding()
            line = {"key": self.key(), **body}
            if self.rng.random() < 0.6:
                line["confirm"] = True
            batch.append((line, status, code))
        self._batch("/findings:batch", batch, self._line_noted)

    def _line_noted(self, line: dict, answer: dict) -> None:
        state = "confirmed" if line.get("confirm") else "noted"
        same("state of line %s" % line["key"], state, answer["state"])
        self._noted(line, answer["id"])
        if state == "confirmed":
            self.world.move_finding(answer["id"], "confirmed")

    # --- batches

    def _spoil(self, batch: list) -> list:
        """Among good lines: one that is not JSON, and one that was sent before."""
        if self.rng.random() < 0.2:
            batch.insert(self.rng.randrange(len(batch) + 1), (b'{"key": "x", ', 400, ""))
        return batch

    def _batch(self, path: str, batch: list, accepted) -> None:
        batch = self._spoil(batch)
        old = [e for e in self.lines if e[0] == path]
        if old and self.rng.random() < 0.3:
            _, line, answer = self.rng.choice(old)
            batch.append((line, answer, ""))
        answers = self._send_batch(path, [line for line, _, _ in batch])
        same("answers of POST %s" % path, len(batch), len(answers))
        for (line, status, code), answer in zip(batch, answers):
            self._line(path, line, status, code, answer, accepted)

    def _send_batch(self, path: str, lines: list) -> list:
        """A line answered 503 or 504 is sent again with its key, as the contract says."""
        answers: dict = {}
        for _ in range(200):
            todo = [n for n in range(len(lines)) if n not in answers]
            if not todo:
                return [answers[n] for n in range(len(lines))]
            answer = self.trace.call("POST", path, ndjson([lines[n] for n in todo]),
                                     content_type="application/x-ndjson")
            self.trace.expect(answer, 200)
            same("number of answer lines of POST " + path, len(todo), len(answer.lines))
            for n, got in zip(todo, answer.lines):
                if got.get("error", {}).get("status") not in (503, 504):
                    answers[n] = got
        raise Difference("POST %s: lines unanswered after 200 tries" % path)

    def _line(self, path, line, status, code, answer, accepted) -> None:
        self.trace.cases += 1
        if isinstance(status, dict):
            same("repeat of a line of %s: %s" % (path, line), status, answer)
            return
        if status >= 400:
            error = answer.get("error", {})
            if error.get("status") != status or (code and error.get("code") not in code.split("|")):
                raise Difference("line %s of %s: expected %d %s, actual %s" % (line, path, status, code, answer))
            key = "" if isinstance(line, bytes) else line.get("key", "")
            same("key of a refused line", key, answer.get("key"))
            return
        if "id" not in answer:
            raise Difference("line %s of %s: expected success, actual %s" % (
                json.dumps(line, ensure_ascii=False), path, answer))
        same("key of a line", line.get("key"), answer.get("key"))
        accepted(line, answer)
        if "key" in line:
            self.lines.append((path, line, answer))

    # --- check-ins

    def _checkin(self, hour=None) -> tuple:
        """(body, status, code, result)."""
        rng, person = self.rng, self._person()
        day = self._day(person)
        start = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
        moment = start + timedelta(seconds=rng.choice((0, 1, 86399, rng.randrange(86400))))
        if rng.random() < 0.05:
            moment = self.now + timedelta(minutes=4, seconds=rng.randrange(50))
        latest = self.now + timedelta(minutes=5)
        moment = moment if moment <= latest else self.now
        day = moment.astimezone(SHANGHAI).date()
        village = self._where(person, day)
        fix, result = any_fix(self.world.villages[village].fence_on(day), rng)
        body = {"person_id": person, "village_id": village, "captured_at": instant(moment, rng), **fix}
        if not any(p.village_id == village for p in self.world.posted(person, day)):
            return body, 422, "checkin.not_posted", ""
        if rng.random() < 0.04:
            body["captured_at"] = instant(latest + timedelta(minutes=rng.randrange(1, 5000)), rng)
            return body, 422, "", ""
        return body, 201, "", result

    def _where(self, person: str, day: date) -> str:
        """A village with a paid posting that day if there is one (see World.blurs_presence)."""
        posted = self.world.posted(person, day)
        paid = [p for p in posted if p.role in rules.PAID_ROLES]
        if not posted or self.rng.random() < 0.05:
            wrong = set(self.world.villages) - {p.village_id for p in posted}
            return self.rng.choice(sorted(wrong))
        return self.rng.choice(sorted(p.village_id for p in paid or posted))

    def _seen(self, body: dict, result: str) -> None:
        moment = datetime.fromisoformat(body["captured_at"].replace("Z", "+00:00"))
        day = moment.astimezone(SHANGHAI).date()
        presence = self.world.persons[body["person_id"]].presence
        presence.setdefault(day, []).append((body["village_id"], result))

    def check_in(self) -> None:
        body, status, code, result = self._checkin()
        answer = self.post("/checkins", body, status, code=code)
        if status == 201:
            same("result of check-in %s" % body, result, answer.json["result"])
            self._seen(body, result)

    def checkins_batch(self) -> None:
        batch, wanted = [], {}
        for _ in range(self.rng.randrange(3, 20)):
            body, status, code, result = self._checkin()
            line = {"key": self.key(), **body}
            wanted[line["key"]] = result
            batch.append((line, status, code))

        def accepted(line, answer):
            same("result of check-in %s" % line, wanted[line["key"]], answer["result"])
            self._seen(line, answer["result"])
        self._batch("/checkins:batch", batch, accepted)

    # --- repeats

    def repeat(self) -> None:
        """The same key again answers what was answered then, whatever happened since."""
        if self.sent:
            path, body, key, status, raw, content = self.rng.choice(self.sent)
            answer = self.trace.call("POST", path, body, key=key, content_type=content)
            self.trace.expect(answer, status)
            same("replay of POST %s with key %s" % (path, key), raw.decode(), answer.raw.decode())

    def reuse_key(self) -> None:
        """Another body under a used key; one that a rule refuses too may be told either fault."""
        if self.sent:
            _, _, key, _, _, _ = self.rng.choice(self.sent)
            body, _, code = self._finding()
            answer = self.trace.call("POST", "/findings", {**body, "note": "另一件事" + self.key()}, key=key)
            self.trace.expect(answer, 422, code="|".join(filter(None, ("idempotency.key_reused", code))))

    def race(self) -> None:
        """The same new fact three times at once, with one key: one fact, one answer."""
        body, status, code = self._finding()
        key = self.key()
        with ThreadPoolExecutor(3) as pool:
            calls = [pool.submit(self.trace.call, "POST", "/findings", body, key=key) for _ in range(3)]
            answers = [call.result() for call in calls]
        for answer in answers:
            self.trace.expect(answer, status, code=code)
        if status == 201:
            same("answers to one key sent three times at once", [answers[0].raw.decode()] * 3,
                 [a.raw.decode() for a in answers])
            self._noted(body, answers[0].json["id"])

    def look_back(self) -> None:
        """A read sees every write acknowledged before it."""
        posting = self.rng.choice(list(self.world.postings.values()))
        body = {"id": posting.id, "person_id": posting.person_id, "village_id": posting.village_id,
                "role": posting.role, "from": posting.start, "to": posting.to, "term_from": posting.term_from,
                "term_to": posting.term_to}
        seen = self.trace.get("/postings/" + posting.id)
        same("GET of posting %s" % posting.id, {k: v for k, v in body.items() if v is not None},
             {k: v for k, v in seen.items() if k in body})
        village = self.rng.choice(list(self.world.villages.values()))
        seen = self.trace.get("/villages/" + village.id)
        same("fence of village %s" % village.id, village.fence_on(self.world.today), seen.get("fence"))

    def page_through(self) -> None:
        """A list by small pages is the whole list, each once."""
        limit, cursor, seen = self.rng.choice((1, 2, 3, 7)), "", []
        while True:
            page = self.trace.get("/postings?limit=%d%s" % (limit, cursor))
            seen += [row["id"] for row in page["items"]]
            if "next" not in page:
                break
            same("items of a page that has a next", limit, len(page["items"]))
            cursor = "&cursor=" + page["next"]
        same("postings by pages of %d" % limit, sorted(self.world.postings), sorted(seen))

    # --- a phase

    def fact(self) -> None:
        act = self.rng.choices(
            (self.note_finding, self.move_finding, self.findings_batch, self.check_in, self.checkins_batch,
             self.repeat, self.reuse_key, self.change_posting, self.change_fence, self.race, self.look_back,
             self.page_through),
            (30, 22, 5, 14, 8, 8, 2, 5, 2, 3, 5, 1))[0]
        act()
