"""The record of a history, and the one exception that ends it.

Why: a difference is only worth something if it can be seen again. Every call of a district
goes through its Trace, which can be written out as NDJSON in the order it happened; the
generator is seeded, so the same command line makes the same calls again.
"""

from __future__ import annotations

import json
from datetime import date

from client import Answer, Client, encode


class Difference(AssertionError):
    """The product and the contract disagree (or our reading of it is wrong)."""


def plain(value):
    """Dates, tuples and sets as JSON would have them, so that both sides print alike."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, set):
        return sorted(plain(v) for v in value)
    return value


def same(what: str, expected, actual) -> None:
    expected, actual = plain(expected), plain(actual)
    if expected != actual:
        raise Difference("%s\n  expected %s\n  actual   %s" % (
            what, json.dumps(expected, ensure_ascii=False), json.dumps(actual, ensure_ascii=False)))


class Trace:
    def __init__(self, client: Client, district: str):
        self.client, self.district = client, district
        self.calls: list = []
        self.phase = -1
        self.cases = 0

    def url(self, path: str) -> str:
        return "/districts/%s%s" % (self.district, path)

    def call(self, method: str, path: str, body=None, *, key=None,
             content_type="application/json") -> Answer:
        record = {"n": len(self.calls), "phase": self.phase, "call": "%s %s" % (method, self.url(path)),
                  "body": (encode(body) or b"").decode("utf-8", "replace"), "key": key}
        self.calls.append(record)
        answer = self.client.call(method, self.url(path), body, key=key, content_type=content_type,
                                  harmless=True)
        record.update(status=answer.status, answer=answer.raw.decode("utf-8", "replace"), tries=answer.tries)
        return answer

    def get(self, path: str) -> dict:
        """A read that must succeed; reads stay out of the record, they change nothing."""
        answer = self.client.get(self.url(path))
        self.cases += 1
        if answer.status != 200:
            raise Difference("GET %s: expected 200, actual %s" % (self.url(path), answer))
        return answer.json

    def expect(self, answer: Answer, *statuses: int, code: str = "") -> Answer:
        self.cases += 1
        last = self.calls[-1]
        if answer.status not in statuses or (code and answer.code not in code.split("|")):
            raise Difference("call %d: %s key=%s %s\n  expected %s %s\n  actual   %s" % (
                last["n"], last["call"], last["key"], last["body"][:600], statuses, code, answer))
        return answer

    def note(self, text: str) -> None:
        self.calls.append({"n": len(self.calls), "phase": self.phase, "note": text})

    def write(self, path: str) -> None:
        with open(path, "w", encoding="utf-8") as out:
            for record in self.calls:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")
