"""The benchmark's districts and people, what is sent about them, and the API as far as it is asked here.

The people of all districts are numbered from 0: number n lives in district n % D, belongs to one of its units and is posted to
one of its villages since 2017-08-01.  What happens to them happens once a person and year, so any number of rounds can be
measured on the same people: in March of the round's year two check-ins (5th and 6th, so two days' stipend is accrued), and an
absence on the 7th, the first of that year: a measure, the stipend of the two days cancelled, the person and the unit's head told.
"""
import http.client
import json
import os

UNITS, VILLAGES = 20, 50                # of a district


class Api:
    """One connection; every answer must be 2xx."""

    def __init__(self, url):
        self.host, self.port = url.rpartition("/")[2].split(":")
        self.token = os.environ["ZHUCUN_BOOTSTRAP_TOKEN"]
        self.http = http.client.HTTPConnection(self.host, int(self.port), timeout=120)

    def ask(self, method, path, body=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {self.token}"}
        if body is not None:
            headers["Content-Type"] = kind
            body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        answer = self.answer_to(method, path, body, headers)
        said = answer.read().decode()
        if not 200 <= answer.status < 300:
            raise SystemExit(f"bench: {method} {path}: {answer.status} {said[:400]}")
        return said

    def answer_to(self, *request):
        """A connection that has been idle for long was closed by the gateway: what was sent on it has not been read."""
        try:
            self.http.request(*request)
            return self.http.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            self.http.close()
            self.http.request(*request)
            return self.http.getresponse()

    def lag(self, district):
        return json.loads(self.ask("GET", f"/api/v1/districts/{district}/progress"))["lag"]


class World:
    def __init__(self, districts, people, first=511800):
        self.districts = [str(first + i) for i in range(districts)]
        self.people = people

    # ---- who is who

    def district_of(self, n):
        return self.districts[n % len(self.districts)]

    @staticmethod
    def person(n):
        return f"p{n:07d}"

    @staticmethod
    def village(n):
        return f"v{n // 7 % VILLAGES:02d}"

    def of_district(self, k):
        return range(k, self.people, len(self.districts))

    # ---- made through the API

    def found(self, api):
        for d in self.districts:
            self.found_district(api, d)
        for k, d in enumerate(self.districts):
            self.import_people(api, d, self.of_district(k))

    def found_district(self, api, d):
        at = f"/api/v1/districts/{d}"
        api.ask("PUT", at, {"name": "示例区", "areas": [{"id": "east", "name": "东片区"}]})
        api.ask("PUT", f"{at}/townships/t1", {"name": "示例乡", "area_id": "east"})
        quiet = {"quiet_from_hour": 0, "quiet_until_hour": 0}           # at whatever hour this is run, messages go out at once
        policy = {"version": f"{d}-automatic", "effective_from": "2017-08-02", "patch": {"approval": "automatic", "alerts": quiet}}
        api.ask("POST", f"{at}/policies", policy)
        self.load(api, d, "units", ["id,name"] + [f"u{u:02d},示例单位{u}" for u in range(UNITS)])
        self.load(api, d, "villages", ["id,name,township_id,kind"] + [f"v{v:02d},示例村{v},t1,poor" for v in range(VILLAGES)])
        self.load(api, d, "persons", ["id,name,phone,unit_id,establishment"] +
                  [f"head{u:02d},示例负责人{u},100{u:08d},u{u:02d},civil_servant" for u in range(UNITS)])
        self.load(api, d, "units", ["id,name,head_person_id"] + [f"u{u:02d},示例单位{u},head{u:02d}" for u in range(UNITS)])

    def import_people(self, api, d, numbers):
        for at in range(0, len(numbers), 10000):
            some = numbers[at:at + 10000]
            self.load(api, d, "persons", ["id,name,phone,unit_id,establishment"] +
                      [f"{self.person(n)},示例{n},100{n:08d},u{n // 3 % UNITS:02d},civil_servant" for n in some])
            self.load(api, d, "postings", ["id,person_id,village_id,role,from,term_from,term_to"] +
                      [f"q{n:07d},{self.person(n)},{self.village(n)},team_member,2017-08-01,2017-08-01,2027-08-01" for n in some])

    @staticmethod
    def load(api, d, kind, rows):
        said = json.loads(api.ask("POST", f"/api/v1/districts/{d}/imports?kind={kind}", "\n".join(rows) + "\n", "text/csv"))
        if said["errors"] or said["accepted"] != len(rows) - 1:
            raise SystemExit(f"bench: import of {kind}: {said}")

    # ---- what is sent

    def checkin(self, n, key, day):
        return {"key": key, "person_id": self.person(n), "village_id": self.village(n), "captured_at": f"{day}T08:00:00+08:00"}

    def absence(self, n, day):
        return {"kind": "unexcused_absence", "person_id": self.person(n), "on": day, "source": "covert"}

    def batches(self, what, numbers, lines_of, lines_a_request=4000):
        """[(path, lines)], each of one district: lines_of(n) are those about person n."""
        out = []
        for k, d in enumerate(self.districts):
            lines = [json.dumps(line) for n in numbers if n % len(self.districts) == k for line in lines_of(n)]
            for at in range(0, len(lines), lines_a_request):
                out.append((f"/api/v1/districts/{d}/{what}:batch", "\n".join(lines[at:at + lines_a_request]) + "\n"))
        return out

    def checkin_batches(self, numbers, year):
        return self.checkin_batches_of(numbers, (f"{year}-03-05", f"{year}-03-06"))

    def checkin_batches_of(self, numbers, days):
        return self.batches("checkins", numbers, lambda n: [self.checkin(n, f"c{n}.{day}", day) for day in days])

    def absence_batches(self, numbers, year, confirm=True):
        day = f"{year}-03-07"
        return self.batches("findings", numbers, lambda n: [{"key": f"a{n}.{day}"} | self.absence(n, day) | ({"confirm": True} if confirm else {})])

    # One at a time

    def single_checkins(self, numbers, day):
        return [("POST", f"/api/v1/districts/{self.district_of(n)}/checkins", "application/json", None,
                 json.dumps(self.checkin(n, f"s{n}.{day}", day))) for n in numbers]

    def single_notes(self, numbers, day):
        return [("POST", f"/api/v1/districts/{self.district_of(n)}/findings", "application/json", f"n{n}.{day}",
                 json.dumps(self.absence(n, day))) for n in numbers]

    @staticmethod
    def confirmations(findings):
        return [("POST", f"/api/v1/districts/{d}/findings/{finding}/confirm", None, f"confirm-{d}-{finding}", "") for d, finding in findings]


def write_requests(path, requests):
    """requests: (method, path, type, key, body); see load.c."""
    with open(path, "wb") as f:
        for method, target, kind, key, body in requests:
            body = body.encode()
            f.write(f"{method} {target} {kind or '-'} {key or '-'} {len(body)}\n".encode() + body)


def write_batches(path, batches):
    write_requests(path, [("POST", target, "application/x-ndjson", None, lines) for target, lines in batches])
