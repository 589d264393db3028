"""From what the benchmark found to figures (build/bench.json) and a table in Markdown.

    report.py [--fill PAGE]         the tables of build/bench.json and build/growth.json; --fill: put between the marks of the page
"""
import json
import os
import re
import statistics
import sys


def middle(values):
    return statistics.median(values)


def by_process(rounds):
    names = {name for r in rounds for name in r["cpu_us"]}
    return {name: middle([r["cpu_us"].get(name, 0) for r in rounds]) for name in sorted(names)}


def compared(turns):
    """The suite's middle round against the yardstick's best number of clients, by their middle rounds."""
    yardstick = {c: middle([r["per_s"] for r in rounds]) for c, rounds in turns["yardstick"].items()}
    best = max(yardstick, key=yardstick.get)
    per_s = middle([r["per_s"] for r in turns["suite"]])
    cpu = by_process(turns["suite"])
    yardstick_cpu = {c: middle([r["cpu_us"] for r in rounds]) for c, rounds in turns["yardstick"].items()}
    return {
        "per_s": per_s, "acknowledged_per_s": middle([r["acknowledged_per_s"] for r in turns["suite"]]),
        "yardstick_per_s": yardstick, "yardstick_best_clients": best, "ratio": per_s / yardstick[best],
        "rounds": [{"suite": s["per_s"], "yardstick": max(turns["yardstick"][c][i]["per_s"] for c in yardstick)} for i, s in enumerate(turns["suite"])],
        "cpu_us": cpu, "cpu_us_all": sum(cpu.values()), "yardstick_cpu_us": yardstick_cpu, "cpu_ratio": yardstick_cpu[best] / sum(cpu.values()),
        "n": sum(r["n"] for r in turns["suite"]),
    }


def figures(found):
    absences, checkins = compared(found["turns"]["absence"]), compared(found["turns"]["checkin"])
    at = {r["rate"]: r for r in found["latency"]}[1000]
    return {
        "absences_per_s": round(absences["per_s"], 1), "absences_ratio": round(absences["ratio"], 3),
        "checkins_per_s": round(checkins["per_s"], 1), "checkins_ratio": round(checkins["ratio"], 3),
        "http_commands_per_s": round(found["single"]["checkins"]["per_s"], 1),
        "ack_p99_ms": at["ack_p99_ms"], "e2e_p50_ms": at["e2e_p50_ms"], "e2e_p99_ms": at["e2e_p99_ms"],
        "absences": absences, "checkins": checkins, "single": found["single"], "latency": found["latency"],
        "memory_kib": found["memory_kib"], "round_trips": found["round_trips"], "rows_of_one": found["rows"], "settings": found["settings"],
        "took_s": round(found["took_s"], 1),
    }


# ---- the table

def row(*cells):
    return "| " + " | ".join(str(c) for c in cells) + " |"


def head(*cells):
    return [row(*cells), "|" + "---|" * len(cells)]


def main_rows(f):
    out = head("what", "suite", "yardstick: 1, 4, 16 clients", "ratio to its best", "goal")
    for name, key, goal in (("absences/s, until every consequence is there", "absences", "≥ 2"), ("check-ins/s, until every consequence is there", "checkins", "≥ 2")):
        k = f[key]
        out.append(row(name, f"{k['per_s']:,.0f}", ", ".join(f"{v:,.0f}" for v in k["yardstick_per_s"].values()), f"**{k['ratio']:.2f}**", goal))
        out.append(row(f"CPU µs for one ({key})", f"{k['cpu_us_all']:.0f}", ", ".join(f"{v:.0f}" for v in k["yardstick_cpu_us"].values()), f"{k['cpu_ratio']:.2f}", ""))
    for name, key, goal in (("check-ins one at a time/s, 128 connections", "checkins", "≥ 8,000"), ("findings noted one at a time/s, 128 connections", "notes", ""),
                            ("check-ins one at a time/s, 1,000 connections", "crowded", "")):
        out.append(row(name, f"**{f['single'][key]['per_s']:,.0f}**" if goal else f"{f['single'][key]['per_s']:,.0f}", "", "", goal))
    for r in f["latency"]:
        goal = ("", "p50 ≤ 5, p99 ≤ 30") if r["rate"] == 1000 else ("", "")
        out.append(row(f"confirmations at {r['rate']:,}/s: answered, p50 / p99 ms", f"{r['ack_p50_ms']:.1f} / {r['ack_p99_ms']:.1f}", "", "", goal[0]))
        out.append(row(f"confirmations at {r['rate']:,}/s: every consequence there, p50 / p99 ms", f"**{r['e2e_p50_ms']:.1f} / {r['e2e_p99_ms']:.1f}**", "", "", goal[1]))
    return out


def process_rows(f):
    names = [n for n in f["memory_kib"] if n not in ("bus", "gateway")]
    out = head("process", "CPU µs an absence", "its database session", "CPU µs a check-in", "its database session", "memory, MiB", "round trips a batch (most)")
    a, c = f["absences"]["cpu_us"], f["checkins"]["cpu_us"]
    for n in sorted(names) + ["bus", "gateway"]:
        trips = f["round_trips"].get(n)
        cells = [f"{a.get(n, 0):.0f}", f"{a.get('postgres: ' + n, 0):.0f}", f"{c.get(n, 0):.0f}", f"{c.get('postgres: ' + n, 0):.0f}"]
        out.append(row(n, *cells, f"{f['memory_kib'][n][1] / 1024:.1f}", f"{trips[0]:.1f} ({trips[1]})" if trips else ""))
    rest = [p for p in {*a, *c} if p.startswith("postgres") and p[10:] not in names]
    out.append(row("PostgreSQL's other processes", "", f"{sum(a.get(p, 0) for p in rest):.0f}", "", f"{sum(c.get(p, 0) for p in rest):.0f}", "", ""))
    return out


def table(f):
    settings = ", ".join(f"{name} = {value}" for name, value in sorted(f["settings"].items()))
    said = f"Measured in one run of {f['took_s']:.0f} s: {f['absences']['n']:,} absences and {f['checkins']['n']:,} check-ins of the suite. PostgreSQL: {settings}."
    rows = ", ".join(f"{n:g} {name}" for name, n in f["rows_of_one"].items() if name != "check-ins")
    return "\n".join(main_rows(f) + [""] + process_rows(f) + ["", said + f" Rows for one absence, here and there: {rows}."])


def growth(f):
    out = head("districts", "people", "people made/s", "check-ins/s", "CPU µs each", "absences/s", "CPU µs each", "largest service so far, MiB")
    for s in f["steps"]:
        out.append(row(f"{s['districts']:,}", f"{s['people']:,}", f"{s['people_per_s']:,.0f}", f"{s['checkins_per_s']:,.0f}", f"{s['checkin_cpu_us']:.0f}",
                       f"{s['absences_per_s']:,.0f}", f"{s['absence_cpu_us']:.0f}", f"{s['memory_mib']:.0f}"))
    day = f["day"]
    said = (f"A working day of the nation, {day['checkins']:,} check-ins and {day['absences']:,} absences with all that follows: {day['seconds']:.0f} s." if day
            else "A working day of the nation was not reached in the time that a run may take.")
    return "\n".join(out + ["", said + f" One run of {f['took_s']:.0f} s."])


def fill(page, mark, text):
    with open(page, encoding="utf-8") as p:
        was = p.read()
    now, n = re.subn(rf"<!-- {mark} -->\n.*?<!-- /{mark} -->", lambda _: f"<!-- {mark} -->\n\n{text}\n\n<!-- /{mark} -->", was, flags=re.S)
    if n != 1:
        raise SystemExit(f"report: {page} has no place for {mark}")
    with open(page, "w", encoding="utf-8") as p:
        p.write(now)


def main():
    for name, text_of in (("bench", table), ("growth", growth)):
        path = f"build/{name}.json"
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8") as f:
            text = text_of(json.load(f))
        if sys.argv[1:2] == ["--fill"]:
            fill(sys.argv[2], name, text)
        else:
            print(text + "\n")


if __name__ == "__main__":
    main()
