"""Every kind of bad input, and that nothing but the promised refusal comes of it.

Why a runner of tables: bad_json.py (requests that are HTTP) and bad_http.py (bytes that hardly
are) list what goes in and which status and code must come out; here is what holds for all of
them: an answer in time, never a 500, problems in the fixed form, Allow on 405, Retry-After on
503, and afterwards a stack that works as before. Slow clients drip in the background meanwhile.

python3 tests/outside/bad_input.py --url URL --token OPERATOR [--var ZHUCUN_VAR] [--only TEXT]
"""

from __future__ import annotations

import argparse
import re
from urllib.parse import urlsplit

import bad_http
import bad_json
from chaos import stack
from client import Client, Unanswered
from raw import Line, Reply
from stage import Stage

MEMBERS = ("type", "title", "status", "code", "detail")
CODE = re.compile(r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")


class Judge:
    """Counts cases; prints a FAIL line for each that is not as promised."""

    def __init__(self, only: str = ""):
        self.passed, self.failed, self.only = 0, 0, only

    def wants(self, name: str) -> bool:
        return self.only in name

    def case(self, name: str, wrong: str) -> None:
        if wrong:
            self.failed += 1
            print("FAIL %s: %s" % (name, wrong), flush=True)
        else:
            self.passed += 1


def form(reply: Reply) -> str:
    """What is wrong with the form of a refusal, "" when nothing."""
    try:
        problem = reply.problem
    except ValueError as error:
        return "the problem is not JSON: %s" % error
    if problem is None:
        return "not application/problem+json but %r: %s" % (reply.headers.get("content-type"), reply)
    missing = [m for m in MEMBERS if m not in problem]
    if missing:
        return "members missing: %s in %s" % (missing, problem)
    if problem["status"] != reply.status or not CODE.match(str(problem["code"])):
        return "status or code of the problem is off: %s" % problem
    for error in problem.get("errors", []):
        if not {"pointer", "code"} <= set(error):
            return "errors without pointer or code: %s" % problem
    return ""


def judge(case, reply: Reply) -> str:
    """What is wrong with the answer to a case, "" when nothing."""
    if reply.hung:
        return "no answer in time"
    if reply.status not in case.statuses:
        return "expected %s, actual %s" % (case.statuses, reply)
    if reply.status < 400 or case.method == "HEAD" or not case.formal:
        return ""
    wrong = form(reply)
    if wrong:
        return wrong
    if case.code and not re.search(case.code, reply.problem["code"]):
        return "expected code %s, actual %s" % (case.code, reply)
    if reply.status == 405:
        allowed = {m.strip() for m in reply.headers.get("allow", "").split(",")}
        if not set(case.allow or ()) <= allowed or "" in allowed:
            return "Allow is %r, expected at least %s" % (reply.headers.get("allow"), case.allow)
    if reply.status == 503 and "retry-after" not in reply.headers:
        return "503 without Retry-After"
    return ""


def play(stage: Stage, case) -> str:
    """Sends a case on a connection of its own."""
    try:
        with Line(stage.host, stage.port, case.patience_s) as line:
            line.send(case.bytes(stage))
            return judge(case, line.reply(case.method))
    except (OSError, ValueError) as broken:
        return "broken: %r" % broken


def run_tables(stage: Stage, judged: Judge) -> None:
    for case in bad_json.cases(stage):
        if judged.wants(case.name):
            judged.case(case.name, play(stage, case))


def run_scenes(stage: Stage, judged: Judge, scenes) -> None:
    """Scenes are functions that say what was wrong, for what one request cannot show."""
    for scene in scenes:
        if judged.wants(scene.__name__):
            try:
                judged.case(scene.__name__, scene(stage) or "")
            except (OSError, ValueError, KeyError, AssertionError, Unanswered) as error:
                judged.case(scene.__name__, "broken: %r" % error)


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True)
    parser.add_argument("--token", required=True, help="the operator's")
    parser.add_argument("--var", default="", help="ZHUCUN_VAR: also check that no process died")
    parser.add_argument("--only", default="", help="cases whose name contains this")
    options = parser.parse_args(argv)
    parts, judged = urlsplit(options.url), Judge(options.only)
    stage = Stage(Client(options.url, options.token), parts.hostname, parts.port or 80, options.token)
    stage.set_up()
    before = stack(options.var) if options.var else {}
    slow = bad_http.start_slow_clients(stage) if judged.wants("slow") else []
    run_tables(stage, judged)
    run_scenes(stage, judged, bad_json.SCENES)
    run_scenes(stage, judged, bad_http.SCENES)
    for name, wrong in bad_http.end_slow_clients(slow):
        judged.case(name, wrong)
    judged.case("afterwards the stack answers correctly", stage.still_correct())
    if options.var:
        died = {n: p for p, n in before.items() if p not in stack(options.var)}
        judged.case("no process died", "%s" % died if died else "")
    print("%d passed, %d failed" % (judged.passed, judged.failed))
    return 1 if judged.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
