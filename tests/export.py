"""A payroll as a file for the bank: export.py URL TOKEN, on a fresh stack with a hand-set clock.

How: a district with 5,000 people who were in the village is paid; the file is read back with Python's own csv, zipfile and
xml, and compared line by line with the run, and with the ledger by way of the proof and of people's stipends: ledger, payroll
and file are the same money (rules.md §7).
"""

import csv
import io
import subprocess
import sys
import xml.etree.ElementTree as xml
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "outside"))
from client import Client, items, ndjson, wait_settled  # noqa: E402

D = "/districts/511703"
PEOPLE = 5000
TEXTS = ["person_id", "name", "phone", "unit_id", "unit"]
MONEY = ["due", "correction", "pay"]
HEADER = TEXTS + [m + "_yuan" for m in MONEY] + [m + "_fen" for m in MONEY]
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# What an office program would run, or would take apart.
NAMES = {"p00001": "=HYPERLINK(1)", "p00002": "+1", "p00003": "-1", "p00004": "@sum", "p00005": 'a "b", c', "p00006": "＝1", "p00007": "张=三"}
SAFE = {"p00001": "'=HYPERLINK(1)", "p00002": "'+1", "p00003": "'-1", "p00004": "'@sum", "p00006": "'＝1"}
# A name that was stored before names were looked at: not what XML can hold.
OLD, OLD_NAME, OLD_SHOWN = "p00008", "赵\ufffe八\uffff", "赵\ufffd八\ufffd"
tally = {True: 0, False: 0}


def check(right, what, *seen):
    tally[bool(right)] += 1
    if not right:
        print("FAIL", what, *[str(s)[:300] for s in seen])


def good(answer):
    if answer.status not in (200, 201):
        raise SystemExit("setting the stage: %s" % answer)
    return answer


def person(i):
    return "p%05d" % i


def phone(i):
    return "010%08d" % i


def stage(client):
    good(client.post("/clock", {"now": "2017-09-08T09:00:00+08:00"}, harmless=True))
    good(client.put(D, {"name": "区", "areas": [{"id": "east", "name": "东"}]}))
    good(client.post(D + "/policies", {"version": "automatic", "effective_from": "2017-08-02", "patch": {"approval": "automatic"}}, key="policy"))
    good(client.put(D + "/townships/t1", {"name": "乡", "area_id": "east"}))
    good(client.put(D + "/units/007", {"name": "零零七局"}))
    good(client.put(D + "/villages/v1", {"name": "村", "township_id": "t1", "kind": "poor"}))

    def one(i):
        name = NAMES.get(person(i), "赵%d" % i)
        good(client.put(D + "/persons/" + person(i), {"name": name, "phone": phone(i), "unit_id": "007", "establishment": "institution"}))
        good(client.put(D + "/postings/a%05d" % i, {"person_id": person(i), "village_id": "v1", "role": "team_member", "from": "2017-08-01"}))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(1, PEOPLE + 1)))


def be_present(client, day, people):
    lines = [{"key": "%s-%d" % (day, i), "person_id": person(i), "village_id": "v1", "captured_at": day + "T09:00:00+08:00"} for i in people]
    answer = good(client.post(D + "/checkins:batch", ndjson(lines), content_type="application/x-ndjson", harmless=True))
    check(all("id" in line for line in answer.lines), "everybody checked in", answer)


def export(client, month, kind=""):
    return client.get(D + "/payrolls/%s/export%s" % (month, "?format=" + kind if kind else ""))


def refused(client, month, status, code):
    for kind in ("csv", "xlsx"):
        answer = export(client, month, kind)
        check(answer.status == status and answer.code == code, "%s %s" % (month, code), answer)


def run(client, month):
    """Drafted, approved, closed; nothing goes to the bank before."""
    refused(client, month, 404, "resource.unknown")
    for move, state in (("", "draft"), ("/approve", "approved"), ("/close", "closed")):
        path = D + "/payrolls" + ("/" + month + move if move else "")
        answer = good(client.post(path, None if move else {"month": month}, key=month + move))
        check(answer.json["state"] == state, "the run is " + state, answer)
        if state != "closed":
            refused(client, month, 409, "payroll.not_closed")


def read_csv(answer, month):
    check(answer.status == 200 and answer.headers["content-type"] == "text/csv; charset=utf-8", "a CSV", answer)
    check(answer.headers["content-disposition"] == 'attachment; filename="payroll-511703-%s.csv"' % month, "has a name", answer.headers)
    check(answer.raw.startswith(b"\xef\xbb\xbf") and answer.raw.count(b"\r\n") == answer.raw.count(b"\n"), "a mark, CRLF", answer)
    rows = list(csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))
    check(rows[0] == HEADER and all(len(r) == len(HEADER) for r in rows), "the columns", rows[0])
    return rows[1:-1], rows[-1]


def cell(c):
    """(type, value) of an XLSX cell."""
    inline = c.find(SHEET + "is")
    if inline is not None:
        return "text", "".join(t.text or "" for t in inline.iter(SHEET + "t"))
    return c.get("t", "number"), c.findtext(SHEET + "v")


def read_xlsx(answer, month):
    check(answer.status == 200 and answer.headers["content-type"].endswith("spreadsheetml.sheet"), "an XLSX", answer.headers)
    check(answer.headers["content-disposition"] == 'attachment; filename="payroll-511703-%s.xlsx"' % month, "has a name", answer.headers)
    with zipfile.ZipFile(io.BytesIO(answer.raw)) as book:
        check(book.testzip() is None, "a sound archive")
        page = xml.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = [{c.get("r").rstrip("0123456789"): cell(c) for c in row} for row in page.iter(SHEET + "row")]
    check([kind for kind, _ in rows[0].values()] == ["text"] * len(HEADER), "a header of titles", rows[0])
    return rows[1:-1], rows[-1]


def yuan(fen):
    return "%s%d.%02d" % ("-" if fen < 0 else "", abs(fen) // 100, abs(fen) % 100)


def check_csv(client, month, lines):
    rows, total = read_csv(export(client, month), month)
    check([r[0] for r in rows] == [line["person_id"] for line in lines], "a row for each line of the run, in its order")
    by_name = [dict(zip(HEADER, r)) for r in rows]
    for row, line in zip(by_name, lines):
        i = int(row["person_id"][1:])
        fen = {m: line[m + "_fen"] for m in MONEY}
        right = row["phone"] == phone(i) and row["unit_id"] == "007" and row["unit"] == "零零七局"
        name = NAMES.get(row["person_id"], "赵%d" % i)
        right = right and row["name"] == (OLD_NAME if row["person_id"] == OLD else SAFE.get(row["person_id"], name))
        right = right and all(row[m + "_fen"] == str(fen[m]) and row[m + "_yuan"] == yuan(fen[m]) for m in MONEY)
        check(right, "a row is its line and its person", row, line)
    sums = {m: sum(int(r[m + "_fen"]) for r in by_name) for m in MONEY}
    last = dict(zip(HEADER, total))
    check(last["person_id"] == "total" and all(last[m + "_fen"] == str(sums[m]) and last[m + "_yuan"] == yuan(sums[m]) for m in MONEY),
          "the sums", last)
    return sums["pay"]


def check_xlsx(client, month, lines):
    rows, total = read_xlsx(export(client, month, "xlsx"), month)
    check(len(rows) == len(lines), "as many rows", len(rows))
    for row, line in zip(rows, lines):
        i = int(line["person_id"][1:])
        right = row["A"] == ("text", line["person_id"]) and row["C"] == ("text", phone(i)) and row["D"] == ("text", "007")
        name = OLD_SHOWN if line["person_id"] == OLD else NAMES.get(line["person_id"], "赵%d" % i)
        right = right and row["B"] == ("text", name)
        right = right and all(row[c][0] == "number" and round(float(row[c][1]) * 100) == line[m + "_fen"] for c, m in zip("FGH", MONEY))
        right = right and all(row[c] == ("number", str(line[m + "_fen"])) for c, m in zip("IJK", MONEY))
        check(right, "a row is its line and its person, texts as texts", row, line)
    check(total["A"] == ("text", "合计") and total["K"] == ("number", str(sum(line["pay_fen"] for line in lines))), "the sums", total)


def lines_of(client, month):
    found, cursor = [], ""
    while True:
        page = good(client.get(D + "/payrolls/%s?limit=500%s" % (month, cursor))).json["lines"]
        found += page["items"]
        if "next" not in page:
            return found
        cursor = "&cursor=" + page["next"]


def check_month(client, month):
    """Ledger = payroll = bank file."""
    lines = lines_of(client, month)
    paid = check_csv(client, month, lines)
    check_xlsx(client, month, lines)
    run_total = good(client.get(D + "/payrolls/" + month)).json["total_fen"]
    proof = good(client.get(D + "/payrolls/%s/proof" % month)).json
    check(paid == run_total == proof["total_fen"] == proof["lines_fen"] == proof["ledger_fen"] and proof["holds"],
          "ledger, payroll and file are the same money", paid, run_total, proof)
    return lines


def check_people(client, lines, months):
    """What the files gave somebody is what his account says was paid, less what was taken back."""
    for i in (1, 2, 7, PEOPLE):
        given = sum(line["pay_fen"] for line in lines if line["person_id"] == person(i))
        stipend = good(client.get(D + "/persons/%s/stipend?year=2017" % person(i))).json
        check(sum(m["paid_fen"] for m in stipend["months"]) == given, "a person's account", months, given, stipend)


def check_bad(client, nobody):
    for query in ("format=pdf", "format=csv&format=csv", "format=", "limit=5", "format=csv&x=1", "format=%zz"):
        answer = client.get(D + "/payrolls/2017-08/export?" + query)
        check(answer.status == 422 and answer.code.startswith("query."), query, answer)
    check(client.get(D + "/payrolls/2017-07/export?format=pdf").status == 404, "what is not there is said first")
    for month in ("2017-13", "x", "2016-01"):
        check(export(client, month).status == 404, "no such run", month)
    check(client.get("/districts/511799/payrolls/2017-08/export").status == 404, "no such district")
    check(client.post(D + "/payrolls/2017-08/export", {}).status == 405, "nothing to post")
    check(export(nobody, "2017-08").status == 401, "not without a token")
    head = client.call("HEAD", D + "/payrolls/2017-08/export?format=xlsx")
    check(head.status == 200 and not head.raw, "HEAD", head)


def main():
    client = Client(sys.argv[1], sys.argv[2])
    stage(client)
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", "update roster.identity set name = '%s' where person_id = '%s'" % (OLD_NAME, OLD), sys.argv[3]],
                   check=True)
    be_present(client, "2017-08-10", range(1, PEOPLE + 1))
    be_present(client, "2017-08-11", range(1, PEOPLE + 1, 3))
    wait_settled(client, "511703")
    run(client, "2017-08")
    august = check_month(client, "2017-08")
    check(len(august) == PEOPLE, "everybody is paid", len(august))
    check_bad(client, client.as_account("x" * 40))
    # Taken back next month: a negative number is no formula.
    for i in (1, 2):
        finding = good(client.post(D + "/findings", {"kind": "unexcused_absence", "person_id": person(i), "on": "2017-08-22", "source": "covert"}, key="f%d" % i)).json
        good(client.post(D + "/findings/%s/confirm" % finding["id"], None, key="c%d" % i))
    be_present(client, "2017-09-05", range(1, 401))
    good(client.post("/clock", {"now": "2017-10-09T09:00:00+08:00"}, harmless=True))
    wait_settled(client, "511703")
    run(client, "2017-09")
    september = check_month(client, "2017-09")
    check(all(line["correction_fen"] == -10000 and line["pay_fen"] == 0 for line in september[:2]), "August is taken back", september[:2])
    wait_settled(client, "511703")
    check_people(client, august + september, "2017-08 2017-09")
    print("%d passed, %d failed" % (tally[True], tally[False]))
    return 1 if tally[False] else 0


sys.exit(main())
