"""The documents against the tree: what they say of programs, files, functions, clauses and routes is so.

docs/operating.md: its tables of settings and metrics are what --help and metrics.def say, and every setting that
docker-compose.yml or run.sh reads is told.  The Chinese README's code is the English one's; what the OpenAPI document lists and
does not come yet is said in both.  Of each wing of lib and of the gateway its README says what it includes, and names every file; it
includes no service.  There are no circles among the files of either, nor among the wings of lib.  tests/README.md tells of each
room of tests, and a room includes no other.  Every service that there is is told of, and docker-compose.yml runs it.
docs/rules.md: what its last table names exists, and so does every clause and reading that is cited anywhere.  docs/api.md tells of
every route and every refusal.  npm's lock files name no host.
Links lead somewhere, files that are named are there, papers that are cited too, lines are short, of documents and of C.

    docs.py [--fill] BUILD          with --fill, puts into the documents what should stand there
"""
import json
import pathlib
import re
import subprocess
import sys
import unicodedata

PROGRAMS = ["gateway", "bus", "roster"]         # the seven services have the same settings
OPERATING, README, CHINESE = "docs/operating.md", "README.md", "README.zh-CN.md"
RULES, API, ACCESS, DECISIONS = "docs/rules.md", "docs/api.md", "docs/access.md", "docs/decisions"
POLICY = "deploy/data/dachuan-2017-96.json"
CITING = ["lib", "gateway", "deploy", "tests"]          # where comments may cite our papers
SOURCES = CITING + ["services", "proto"]
TEXT = (".c", ".h", ".sql", ".proto", ".scn", ".inc", ".py", ".sh", ".awk", ".mjs", ".yml")
CLAUSE = re.compile(r"\bC[1-4](?:\.\d+)+[a-z]?(?:-(?:\d|rr|r|s)\b)?")
READING = re.compile(r"(?<!%)\bA\d{1,2}\b")
NO_READING = {"A0", "A99"}                              # in tests, of things that are none
COLUMNS, CODE_COLUMNS = 100, 120                        # the second is .clang-format's
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


def services():
    return subprocess.run(["services/list"], capture_output=True, text=True, check=True).stdout.split()


def compose_of(service):
    """What docker-compose.yml says of a service: roster's lines, with its own name."""
    text = read("docker-compose.yml")
    block = re.search(r"^  roster:\n(?:    .*\n)+", text, re.M).group(0)
    lines = [block] + re.findall(r"^ +(?:- )?secret-roster: ?\S+\n", text, re.M)
    return [part.replace("roster", service) for part in lines]


def services_untold():
    """Of each service: which document does not name it, and what docker-compose.yml lacks of it."""
    for service in services():
        for path in (README, CHINESE, "services/README.md", OPERATING):
            if not re.search(rf"\b{service}\b", read(path)):
                yield f"{path} does not tell of {service}"
        yield from (f"docker-compose.yml lacks of {service}:\n{part}" for part in compose_of(service) if part not in read("docker-compose.yml"))


def made_of():
    """The directory that each generated header is made of, by its name; those of proto/ are anybody's."""
    sources = [p for top in ("lib", "services", "deploy") for p in pathlib.Path(top).glob("*/*") if p.suffix in (".proto", ".sql")]
    return {p.stem + {".proto": ".pb-c.h", ".sql": ".sql.h"}[p.suffix]: p.parent for p in sources}


def home(name, wing):
    """The directory where a header of this name lies that a wing's file includes."""
    if "/" not in name:
        return wing
    return next((p for p in (pathlib.Path(house, name).parent for house in ("lib", "gateway")) if p.is_dir()), pathlib.Path(name).parent)


def included(wing):
    """Its files, and the other wings, services or whatever, whose headers they name; tests may name any."""
    sources, made = [f for f in wing.glob("*.[ch]") if not f.stem.endswith(("_test", "_fuzz"))], made_of()
    named = {name for f in sources for name in re.findall(r'#include "([^"]*)"', f.read_text(encoding="utf-8"))}
    dirs = {made.get(name, home(name, wing)) for name in named} - {wing}
    return {f.stem for f in sources}, {d.name if d.parent.name in ("lib", "gateway") else str(d) for d in dirs}


def within(wing, includes):
    """All that a wing includes, by others too."""
    found, more = set(), {wing}
    while more:
        more = {w for m in more for w in includes.get(m, ())} - found
        found |= more
    return found


def wings():
    """What lies in a wing, or is included there, and its README does not say; wings of lib that are included by what they include."""
    includes = {}
    for readme in sorted(readme for house in ("lib", "gateway") for readme in pathlib.Path(house).glob("*/README.md")):
        text, (stems, named) = readme.read_text(encoding="utf-8"), included(readme.parent)
        says = re.search(r"^Includes (.*?)\n\n", text, re.M | re.S)
        allowed = set(re.findall(r"`(\w+)`", says.group(1))) if says else set()
        if readme.parts[0] == "lib":
            includes[readme.parent.name] = named
        yield from (f"{readme} does not say that it includes {wing}" for wing in sorted(named - allowed))
        yield from (f"{readme} does not tell of {stem}" for stem in sorted(stems) if not re.search(rf"`{stem}(\.h)?`", text))
    yield from (f"lib/{wing} is included by what it includes" for wing in includes if wing in within(wing, includes))


def order():
    """Wings of the gateway that its README does not tell of, and those that include one that stands below them in its table."""
    table = re.findall(r"^\| \[`(\w+)/`\]", read("gateway/README.md"), re.M)
    found = {p.parent.name for p in pathlib.Path("gateway").glob("*/*.c")}
    yield from (f"gateway/README.md does not tell of {wing}" for wing in sorted(found - set(table)))
    for i, wing in enumerate(table):
        below = included(pathlib.Path("gateway", wing))[1] & set(table[i:])
        yield from (f"gateway/{wing} includes {other}, which knows more" for other in sorted(below))


def rooms():
    """Rooms of tests of which their README does not tell, what lies in one and its README does not say, and those that include another."""
    table, found = read("tests/README.md"), {p.parent for p in pathlib.Path("tests").glob("*/*") if p.is_file()}
    yield from (f"tests/README.md does not tell of {room}" for room in sorted(found) if f"`{room.name}/`" not in table)
    for source in sorted(pathlib.Path("tests").glob("*/*.[ch]")):
        readme = source.with_name("README.md")
        if readme.exists() and not re.search(rf"`{source.stem}`", read(readme)):
            yield f"{readme} does not tell of {source.stem}"
        for name in re.findall(r'#include "(\w+)/', read(source)):
            if name != "harness" and pathlib.Path("tests", name) in found and not any(pathlib.Path(house, name).is_dir() for house in ("lib", "gateway")):
                yield f"{source} includes {name}, another room"


def uses(build, house):
    """{object: objects that it calls} of lib or the gateway, by what nm says of them."""
    objects = {p: pathlib.Path(build, p).with_suffix(".o") for p in pathlib.Path(house).glob("*/*.c") if not p.stem.endswith(("_test", "_fuzz"))}
    symbols = {}
    for source, made in objects.items():
        if not made.exists():                   # main.c is made for each service; crash.c for tests
            continue
        lines = subprocess.run(["nm", made], capture_output=True, text=True, check=True).stdout.split("\n")
        symbols[source] = {kind: {line.split()[-1] for line in lines if f" {kind} " in line} for kind in "TRDBU"}
    owner = {name: source for source, found in symbols.items() for kind in "TRDB" for name in found[kind]}
    return {source: {owner[name] for name in found["U"] if name in owner} for source, found in symbols.items()}


def circles(build):
    """Of files that call each other, by whatever way round: what is left when those that call nothing left are taken away."""
    left = uses(build, "lib") | uses(build, "gateway")
    while leaves := {source for source, used in left.items() if not used & set(left)}:
        left = {source: used for source, used in left.items() if source not in leaves}
    yield from (f"{source} is in a circle, or calls one" for source in sorted(left))


# ---- every document

def documents():
    houses = ("docs", "lib", "gateway", "services", "tests")
    return [README, CHINESE] + sorted(str(p) for d in houses for p in pathlib.Path(d).rglob("*.md") if "node_modules" not in p.parts)


def prose(text):
    """Without code and what --fill of the benchmark puts there."""
    return re.sub(r"<!-- (\w+) -->\n.*?<!-- /\1 -->", "", FENCE.sub("", text), flags=re.S)


def width(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def long_lines():
    """A table's row is one line, whatever it holds."""
    for path in documents():
        for line in prose(read(path)).splitlines():
            if width(line) > COLUMNS and not line.startswith("|"):
                yield f"{path} has a line of {width(line)} columns: {line[:50]}…"


def long_code():
    """Lines of C: too long, or with blanks at their end."""
    for path, text in sources(SOURCES):
        for i, line in enumerate(text.splitlines() if path.suffix in (".c", ".h") else [], 1):
            if width(line.expandtabs(8)) > CODE_COLUMNS:
                yield f"{path}:{i} has {width(line.expandtabs(8))} columns"
            if line != line.rstrip():
                yield f"{path}:{i} ends with a blank"


def slugs(text):
    """What a link into a document may name: its headings, as GitHub makes them, and ids of its own."""
    heads = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.M)
    return {re.sub(r"[^\w\s-]", "", h.lower()).replace(" ", "-") for h in heads} | set(re.findall(r'<a id="([^"]+)">', text))


def links():
    for path in documents():
        for target in re.findall(r"\]\(([^)\s]+)\)", prose(read(path)).replace("\n", " ")):
            file, _, anchor = target.partition("#")
            to = pathlib.Path(path).parent / file if file else pathlib.Path(path)
            if re.match(r"\w+:", target):
                continue
            if not to.exists():
                yield f"{path} links to {target}, which is not there"
            elif anchor and anchor not in slugs(read(to)):
                yield f"{path} links to {target}, which has no such heading"


def files_named():
    """`lib/engine/load.c` and the like; `var/…` and `build/…` are made."""
    for path in documents():
        for name in re.findall(r"`((?:lib|services|gateway|deploy|tests|proto|docs)/[\w./*-]+\.\w+)`", prose(read(path))):
            if not list(pathlib.Path(".").glob(name)):
                yield f"{path} names {name}, which is not there"


# ---- what the code cites

def sources(roots):
    for root in roots:
        for path in sorted(pathlib.Path(root).rglob("*")):
            if path.suffix in TEXT and path.is_file() and "node_modules" not in path.parts:
                yield path, path.read_text(encoding="utf-8", errors="replace")


def clauses():
    """Every clause and reading that is cited stands in rules.md; every clause there is one of the policy's or is cited."""
    rules = read(RULES)
    told, cited = set(CLAUSE.findall(rules)) | set(READING.findall(rules)), set(CLAUSE.findall(read(POLICY)))
    for path, text in sources(SOURCES):
        ids = set(CLAUSE.findall(text)) | set(READING.findall(text)) - NO_READING
        cited |= ids
        yield from (f"{path} cites {i}, of which {RULES} does not tell" for i in sorted(ids - told))
    yield from (f"{RULES} tells of {i}, which nothing cites" for i in re.findall(r'<a id="(C[^"]*)">', rules) if i not in cited)
    yield from (f"{RULES} does not tell of {r['id']}" for r in json.loads(read(POLICY))["readings"] if f'<a id="{r["id"]}">' not in rules)


def papers():
    """A paper that a comment cites is in the tree, with that section."""
    names = {pathlib.Path(p).name for p in documents()}
    sections = set(re.findall(r"^## §(\d+) ", read(RULES), re.M))
    for path, text in sources(CITING):
        yield from (f"{path} cites {name}, which is not there" for name in set(re.findall(r"(?<![\w./-])(?:docs/)?([\w.-]+\.md)\b", text)) - names)
        yield from (f"{path} cites rules.md §{n}, which is not there" for n in set(re.findall(r"rules\.md §?(\d+)", text)) - sections)


# ---- docs/rules.md, its last table: clause | carried out by | proven by

def found(name):
    """The file of this name; of a scenario, of a test, of whatever lies in services, lib, tests or deploy."""
    return next((p for root in SOURCES for p in pathlib.Path(root).rglob(name)), None)


def has_function(name):
    return any(re.search(rf"^{name}\(", text, re.M) for path, text in sources(SOURCES) if path.suffix == ".c")


def pointed(policy, pointer):
    """What a JSON pointer leads to; None: nothing."""
    for part in pointer.split("/")[1:]:
        try:
            policy = policy[int(part)] if isinstance(policy, list) else policy[part]
        except (KeyError, IndexError, ValueError):
            return None
    return policy


def is_other_clause(row, clause):
    return isinstance(row, dict) and CLAUSE.findall(clause) and row.get("clause", clause) not in clause


def rows_of_places():
    table = read(RULES).split('<a id="s11">')[1]
    for line in table.splitlines():
        cells = line.strip("|").split(" | ")
        if line.startswith("|") and len(cells) == 3 and not cells[0].strip() in ("clause", "---"):
            yield [c.strip() for c in cells]


def places():
    policy = json.loads(read(POLICY))
    for clause, by, proof in rows_of_places():
        file = None
        for code, words in re.findall(r'`([^`]+)`|"([^"]+)"', f"{by} ; {proof}"):
            if words and not (file and words in file.read_text(encoding="utf-8")):
                yield f"{RULES}, {clause}: {file} has nothing called {words}"
            elif code.startswith("/") and pointed(policy, code) is None:
                yield f"{RULES}, {clause}: the policy document has no {code}"
            elif code.startswith("/") and is_other_clause(pointed(policy, code), clause):
                yield f"{RULES}, {clause}: {code} of the policy document is of another clause"
            elif code.endswith("()") and not has_function(code[:-2]):
                yield f"{RULES}, {clause}: there is no function {code}"
            elif code and code[0] != "/" and not code.endswith("()"):
                file = found(code)
                if not file:
                    yield f"{RULES}, {clause}: there is no {code}"


def places_all():
    """Each clause of the measures has a row."""
    told = {i for clause, _, _ in rows_of_places() for i in CLAUSE.findall(clause)}
    yield from (f"{RULES} does not say where {i} is" for i in re.findall(r'<a id="(C[34][^"]*)">', read(RULES)) if i not in told)


# ---- docs/api.md

def routes():
    api = prose(read(API))
    for path in re.findall(r"^\| `\w+ ([^`]+)` \|", read(ACCESS), re.M):
        last = path.rsplit("/", 1)[-1]
        if not any(words in api for words in (path, f"`/{last}`", f"…/{last}")):
            yield f"{API} does not tell of {path}"


def refusals():
    api = read(API)
    for path, text in sources(["lib", "gateway", "services"]):
        if path.suffix != ".c" or path.stem.endswith(("_test", "_fuzz")):
            continue
        for code in re.findall(r'\b(?:4\d\d|50[34]), "([a-z_]+\.[a-z_]+)"', text):
            if f"`{code}`" not in api:
                yield f"{API} does not tell of {code} ({path})"


# ---- npm's lock files

def lock_files():
    """They say which packages, by their hashes; from where is the machine's affair."""
    for path in sorted({*pathlib.Path("gateway").glob("*/package-lock.json"), *pathlib.Path("tests").glob("*/package-lock.json")}):
        packages = json.loads(path.read_text(encoding="utf-8"))["packages"]
        yield from (f"{path}: {name} has an address" for name, package in packages.items() if "resolved" in package)
        yield from (f"{path}: {name} has no hash" for name, package in packages.items() if name and "integrity" not in package)


# ---- docs/decisions

def decisions():
    """The index has every page and every title; a decision has a context, a choice and a cost."""
    index = read(f"{DECISIONS}/README.md")
    for page in sorted(pathlib.Path(DECISIONS).glob("*.md")):
        if page.name == "README.md":
            continue
        if f"]({page.name})" not in index:
            yield f"{DECISIONS}/README.md does not list {page.name}"
        for part in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.M)[1:]:
            title = part.split("\n")[0]
            if f"- {title}\n" not in index:
                yield f"{DECISIONS}/README.md does not list “{title}”"
            yield from (f"{page}: “{title}” has no {word.lower()}" for word in ("Context", "Choice", "Cost") if f"**{word}.**" not in part)


def filled(wanted):
    yield from (f"{path} is not as it should be; tests/docs.py --fill build mends it" for path, text in wanted.items() if read(path) != text)
    if len(FENCE.findall(read(CHINESE))) != len(FENCE.findall(read(README))):
        yield f"{CHINESE} has another number of code blocks than {README}"


def main():
    build = [a for a in sys.argv[1:] if a != "--fill"][0]
    wanted = {OPERATING: operating(build), CHINESE: chinese()}
    if "--fill" in sys.argv:
        for path, text in wanted.items():
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
        return 0
    checks = [filled(wanted), (f"{OPERATING} does not tell of {name}" for name in untold()),
              (f"{path} does not say that {value} does not come yet" for path, value in never()),
              services_untold(), wings(), order(), rooms(), circles(build), long_lines(), long_code(), links(), files_named(), clauses(), papers(), places(), places_all(), routes(), refusals(), lock_files(), decisions()]
    wrong = [list(check) for check in checks]
    for sentence in sum(wrong, []):
        print("FAIL", sentence)
    failed = sum(map(bool, wrong))
    print(f"{len(checks) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
