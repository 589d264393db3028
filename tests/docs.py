"""docs/operating.md against the programs: its tables of settings and metrics are what --help and metrics.def say, and every
setting that docker-compose.yml or run.sh reads is told.  The Chinese README's code is the English one's.  What the OpenAPI document
lists and does not come yet is said in both.  Of each wing of lib and of the gateway its README says what it includes, and names every
file; there are no circles in the gateway.

    docs.py [--fill] BUILD          with --fill, puts into the documents what should stand there
"""
import pathlib
import re
import subprocess
import sys

PROGRAMS = ["gateway", "bus", "roster"]         # the seven services have the same settings
OPERATING, README, CHINESE = "docs/operating.md", "README.md", "README.zh-CN.md"
FENCE = re.compile(r"^```.*?^```$", re.S | re.M)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def settings_of(program, build):
    """[(name, meaning and range, default)] as --help tells them."""
    told = subprocess.run([f"{build}/bin/{program}", "--help"], capture_output=True, text=True, check=True).stdout
    found = []
    for name, line in re.findall(r"^  (\w+)\n      (.*)$", told, re.M):
        text, _, default = line.rpartition("; ")
        found.append((name, text, default))
    return found


def default_of(told):
    quoted = re.fullmatch(r'"(.*)" when not set', told)
    if not quoted:
        return {"must be set": "must be set", "has a fallback": "empty"}[told]
    return f"`{quoted.group(1)}`" if quoted.group(1) else "empty"


def settings_table(build):
    rows, by = [], {}
    for program in PROGRAMS:
        for name, text, default in settings_of(program, build):
            by.setdefault((name, text, default), []).append("services" if program == "roster" else program)
    for (name, text, default), programs in by.items():
        rows.append(f"| `{name}` | {', '.join(programs)} | {text.replace('|', chr(92) + '|')} | {default_of(default)} |")
    return "\n".join(["| variable | of | meaning; values | default |", "|---|---|---|---|"] + rows)


def metrics_declared():
    """(kind, name, meaning) of each row of metrics.def."""
    for kind, rest in re.findall(r"^(COUNTER|GAUGE|HISTOGRAM|FAMILY)\s*\((.*)\)$", read("lib/base/metrics.def"), re.M):
        texts = re.findall(r'"(.*?)"', rest)
        yield (texts[1] if kind == "FAMILY" else kind.lower()), texts[0], texts[-1]


def metrics_table():
    rows = []
    for kind, name, text in metrics_declared():
        rows.append(f"| `{name}` | {kind} | {text} |")
    return "\n".join(["| metric | kind | meaning |", "|---|---|---|"] + rows)


def between(text, mark, table):
    """The text with the table between <!-- mark --> and <!-- /mark -->."""
    return re.sub(rf"<!-- {mark} -->\n.*?<!-- /{mark} -->", lambda _: f"<!-- {mark} -->\n\n{table}\n\n<!-- /{mark} -->", text, flags=re.S)


def operating(build):
    return between(between(read(OPERATING), "settings", settings_table(build)), "metrics", metrics_table())


def chinese():
    """The Chinese README with the English one's code, block by block; as it is, when it has not as many."""
    code, text = FENCE.findall(read(README)), read(CHINESE)
    if len(FENCE.findall(text)) != len(code):
        return text
    blocks = iter(code)
    return FENCE.sub(lambda _: next(blocks), text)


def untold():
    """Settings that the two ways to run read and the document does not name."""
    read_there = set(re.findall(r"\$\{(ZHUCUN_\w+)", read("docker-compose.yml") + read("deploy/run.sh")))
    return sorted(name for name in read_there if f"`{name}`" not in read(OPERATING))


def never():
    """Values listed for answers that do not come yet, of which one of the READMEs says nothing."""
    values = [line.split()[1] for line in read("tests/openapi/not-yet.txt").splitlines() if line and not line.startswith("#")]
    return [(path, value) for path in (README, CHINESE) for value in values if f"`{value}`" not in read(path)]


def included(wing):
    """Its files, and the other wings whose headers they name; tests may name any."""
    sources = [f for f in wing.glob("*.[ch]") if not f.stem.endswith(("_test", "_fuzz"))]
    named = {w for f in sources for w in re.findall(r'#include "(\w+)/', f.read_text(encoding="utf-8"))}
    return {f.stem for f in sources}, named - {wing.name}


def wings():
    """What lies in a wing, or is included there, and its README does not say."""
    for readme in sorted(readme for house in ("lib", "gateway") for readme in pathlib.Path(house).glob("*/README.md")):
        text, (stems, named) = readme.read_text(encoding="utf-8"), included(readme.parent)
        says = re.search(r"^Includes (.*)$", text, re.M)
        allowed = set(re.findall(r"`(\w+)`", says.group(1))) if says else set()
        yield from (f"{readme} does not say that it includes {wing}" for wing in sorted(named - allowed))
        yield from (f"{readme} does not tell of {stem}" for stem in sorted(stems) if not re.search(rf"`{stem}(\.h)?`", text))


def unread():
    """Wings of the gateway without a README, and those that include one that stands below them in its table."""
    table = re.findall(r"^\| \[`(\w+)/`\]", read("gateway/README.md"), re.M)
    found = sorted(p.name for p in pathlib.Path("gateway").iterdir() if p.is_dir())
    yield from (f"gateway/README.md does not tell of {wing}" for wing in sorted(set(found) - set(table)))
    for i, wing in enumerate(table):
        below = included(pathlib.Path("gateway", wing))[1] & set(table[i:])
        yield from (f"gateway/{wing} includes {other}, which knows more" for other in sorted(below))


def uses(build):
    """{object: objects that it calls} of the gateway, by what nm says of them."""
    sources = [p for p in pathlib.Path("gateway").glob("*/*.c") if not p.stem.endswith(("_test", "_fuzz"))]
    symbols = {}
    for source in sources:
        lines = subprocess.run(["nm", f"{build}/{source.with_suffix('.o')}"], capture_output=True, text=True, check=True).stdout.split("\n")
        symbols[source] = {kind: {line.split()[-1] for line in lines if f" {kind} " in line} for kind in "TRDBU"}
    owner = {name: source for source, found in symbols.items() for kind in "TRDB" for name in found[kind]}
    return {source: {owner[name] for name in found["U"] if name in owner} - {source} for source, found in symbols.items()}


def circles(build):
    """Of files that call each other, by whatever way round: what is left when those that call nothing left are taken away."""
    left = uses(build)
    while leaves := {source for source, used in left.items() if not used & set(left)}:
        left = {source: used for source, used in left.items() if source not in leaves}
    yield from (f"{source} is in a circle, or calls one" for source in sorted(left))


def main():
    build = [a for a in sys.argv[1:] if a != "--fill"][0]
    wanted = {OPERATING: operating(build), CHINESE: chinese()}
    if "--fill" in sys.argv:
        for path, text in wanted.items():
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        return 0
    wrong = [f"{path} is not as it should be; tests/docs.py --fill build mends it" for path, text in wanted.items() if read(path) != text]
    if len(FENCE.findall(read(CHINESE))) != len(FENCE.findall(read(README))):
        wrong.append(f"{CHINESE} has another number of code blocks than {README}")
    wrong += [f"{OPERATING} does not tell of {name}" for name in untold()]
    wrong += [f"{path} does not say that {value} does not come yet" for path, value in never()]
    wrong += [*wings(), *unread(), *circles(build)]
    for sentence in wrong:
        print("FAIL", sentence)
    print(f"{8 - min(8, len(wrong))} passed, {len(wrong)} failed")
    return len(wrong) != 0


if __name__ == "__main__":
    sys.exit(main())
