"""What a stack answers to all that can be asked of a district, and whether a later version answers the same.

    answers.py ask URL TOKEN DISTRICT...    a line for each question: its path, and the answer
    answers.py compare OLD NEW              of two such files; ends with `N passed, N failed`

Answers are only ever added to (docs/operating.md, Upgrade): a member that the old answer has must be in the new one and
the same, a list must have the same items; what is new besides is let be.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Iterator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "outside"))
from client import Client  # noqa: E402

LISTS = ("townships", "units", "villages", "persons", "postings", "vacancies", "tasks", "findings",
         "contradictions", "recalls", "rounds", "alerts", "accounts")
PERSON = ("", "/standing", "/stipend?year=2017", "/stipend?year=2019", "/attendance?month=2017-09",
          "/attendance?month=2019-05")
MONTHS = ("2017-08", "2017-09", "2019-04", "2019-05")


class Asker:
    def __init__(self, client: Client, district: str):
        self.client, self.base = client, "/districts/%s" % district

    def ask(self, path: str) -> Any:
        answer = self.client.get(self.base + path)
        line = {"path": self.base + path, "status": answer.status, "answer": answer.json}
        print(json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":")))
        return answer.json

    def all(self) -> None:
        self.ask("")
        found = {name: self.ask("/%s?limit=500" % name)["items"] for name in LISTS}
        measures = {}
        for person in found["persons"]:
            for what in PERSON:
                answer = self.ask("/persons/%s%s" % (person["id"], what))
                measures.update((m["id"], None) for m in answer.get("measures", ()))
        for unit in found["units"]:
            measures.update((m["id"], None) for m in self.ask("/units/%s/standing" % unit["id"])["measures"])
        for measure in measures:
            self.ask("/measures/%s" % measure)
        for finding in found["findings"]:
            self.ask("/findings/%s" % finding["id"])
        for round_ in found["rounds"]:
            self.ask("/rounds/%s/eligibility" % round_["id"])
        for month in MONTHS:
            self.ask("/payrolls/%s" % month)
            self.ask("/payrolls/%s/proof" % month)


def differences(old: Any, new: Any, at: str = "") -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name, value in old.items():
            if name in new:
                yield from differences(value, new[name], "%s/%s" % (at, name))
            else:
                yield "%s/%s: is not there any more" % (at, name)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for n, (before, after) in enumerate(zip(old, new)):
            yield from differences(before, after, "%s/%d" % (at, n))
    elif old != new:
        yield "%s: was %.300s, is %.300s" % (at, json.dumps(old, ensure_ascii=False), json.dumps(new, ensure_ascii=False))


def read(name: str) -> dict:
    lines = [json.loads(line) for line in Path(name).read_text("utf-8").splitlines()]
    return {line["path"]: line for line in lines}


def compare(old: dict, new: dict) -> int:
    failed = 0
    for path, line in old.items():
        found = list(differences(line, new.get(path, {})))
        failed += bool(found)
        for difference in found[:5]:
            print("FAIL GET %s %s" % (path, difference))
    print("%d passed, %d failed" % (len(old) - failed, failed))
    return failed != 0


def main() -> int:
    if sys.argv[1] == "compare":
        return compare(read(sys.argv[2]), read(sys.argv[3]))
    for district in sys.argv[4:]:
        Asker(Client(sys.argv[2], sys.argv[3]), district).all()
    return 0


if __name__ == "__main__":
    sys.exit(main())
