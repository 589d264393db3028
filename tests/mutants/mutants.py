#!/usr/bin/env python3
"""What is wrong with the policies and the engine in tests/mutants/list, one thing at a time, must be found by a test.

    mutants.py check    each text of the list stands once in its file
    mutants.py          in a copy of the tree that nobody else uses (run.sh): each is put in, its test is built and run, and must
                        fail; then it is taken out again

In: ZHUCUN_MUTANTS, a regular expression: those whose "file: what" it finds; ZHUCUN_MUTANTS_SOME=N: N by chance of those whose test
needs no database.  ZHUCUN_TEST_…: as deploy/test.sh gives them.
Out: a line for each; `N passed, N failed`.  ZHUCUN_MUTANTS_TELL: the number of a descriptor for the same lines at once.
A test that fails without any mutant, what does not compile, and a text that does not stand once in its file, are failures too.
"""
import contextlib
import os
import pathlib
import pty
import random
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

LIST = pathlib.Path("tests/mutants/list")
SIMULATION = pathlib.Path("bin/sim.c")          # which is made of many files
# Without `make` around us: its flags are not ours, and a warning about what a mutant leaves unused is none.
MAKE = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MAKELEVEL", "CI")}
LIMIT = 300 * int(os.environ.get("ZHUCUN_TEST_PATIENCE", "2"))          # seconds; who has to be stopped has found nothing


@dataclass
class Mutant:
    file: str
    what: str
    there: str          # what stands in the file
    instead: str
    test: tuple         # a program under the build, and its arguments
    said: str           # of what the test says is wrong then; "": whatever it says

    def __str__(self):
        return f"{self.file}: {self.what}"

    def fault(self):
        """Why it cannot be put in; None: it can."""
        path = pathlib.Path(self.file)
        times = path.read_text(encoding="utf-8").count(self.there) if self.there and path.is_file() else 0
        if times != 1:
            return f"its text stands there {times} times"
        return "it changes nothing" if self.there == self.instead else None

    def needs_database(self):
        return self.test[0].startswith("tests/")


def mutants_of(text):
    """The list: README.md tells its form."""
    found, file, test = [], "", ()
    for block in re.split(r"\n{2,}", text):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines and lines[0].startswith("= "):
            file, *test = lines.pop(0)[2:].split()
        if not lines:
            continue
        part = {mark: [line[2:] for line in lines if line[:1] == mark] for mark in "-+@?"}
        own = tuple(part["@"][0].split()) if part["@"] else tuple(test)
        found.append(Mutant(file, lines[0], "\n".join(part["-"]), "\n".join(part["+"]), own, "".join(part["?"])))
    return found


class Judge:
    def __init__(self):
        self.passed = self.failed = 0
        self.also = os.fdopen(int(os.environ["ZHUCUN_MUTANTS_TELL"]), "w") if "ZHUCUN_MUTANTS_TELL" in os.environ else None

    def tell(self, line):
        for out in filter(None, (sys.stdout, self.also)):
            print(line, file=out, flush=True)

    def say(self, good, line):
        self.passed, self.failed = self.passed + good, self.failed + (not good)
        self.tell(line if good else f"FAIL {line}")

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return self.failed != 0


def check():
    judge, seen = Judge(), set()
    for m in mutants_of(LIST.read_text(encoding="utf-8")):
        source = pathlib.Path(f"{m.test[0]}.c") if m.test else None
        fault = m.fault() or ("it is there twice" if str(m) in seen else None) or (None if m.test else "no test is named")
        if not fault and source != SIMULATION and not source.exists():
            fault = f"there is no {source}"
        seen.add(str(m))
        if fault:
            judge.say(False, f"{m}: {fault}")
        judge.passed += not fault
    return judge.end()


# ---- in the copy

def make(targets):
    return subprocess.run(["make", "-s", f"-j{os.cpu_count()}", *targets], capture_output=True, text=True, env=MAKE)


def target(test):
    return f"build/{test[0]}"


def wrong_in(text, said):
    """What a test says is wrong, so far as it has `said` in it."""
    lines = text.decode(errors="replace").splitlines()
    return [line[5:] for line in lines if line.startswith("FAIL ") and said in line]


def listen(ours, said):
    """What a test says, until it says that `said` is wrong or ends; and whether it did either in time."""
    text, until = b"", time.monotonic() + LIMIT
    while select.select([ours], [], [], max(0, until - time.monotonic()))[0]:
        try:
            text += os.read(ours, 65536)
        except OSError:                         # nobody holds the other end any more
            return text, True
        if text.endswith(b"\n") and wrong_in(text, said):
            return text, True
    return text, False


def run_test(test, said=""):
    """(whether it passed, None: it did not end; what it says is wrong, None: something else; how long it took).  It runs at a
    terminal, so that it tells each line at once, and is stopped when it says what is wrong; what it has started ends with it."""
    began = time.monotonic()
    ours, theirs = pty.openpty()
    p = subprocess.Popen([target(test), *test[1:]], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)
    try:
        text, ended = listen(ours, said)
        wrong = wrong_in(text, said)
        if ended and not wrong:
            p.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(p.pid, signal.SIGKILL)
        p.wait()
        os.close(ours)
    if not said and not wrong:                      # it ended in another way, or well
        wrong = text.decode(errors="replace").splitlines()[-1:] or ["it says nothing"]
    passed = (not wrong_in(text, "") and p.returncode == 0) if ended else None
    return passed, wrong[0][:100] if wrong else None, time.monotonic() - began


def databases():
    """What a test that was stopped leaves behind is room that the next ones need."""
    if "ZHUCUN_TEST_DB" not in os.environ:
        return set()
    asked = subprocess.run(["psql", "-qAtX", "-c", "select datname from pg_database", os.environ["ZHUCUN_TEST_DB"]],
                           capture_output=True, text=True, check=True)
    return set(asked.stdout.split())


def tidy(before):
    for name in sorted(databases() - before):
        subprocess.run(["psql", "-qAtX", "-c", f'drop database "{name}" with (force)', os.environ["ZHUCUN_TEST_DB"]], check=True)


def chosen(mutants):
    pattern, some = os.environ.get("ZHUCUN_MUTANTS", ""), int(os.environ.get("ZHUCUN_MUTANTS_SOME", "0"))
    found = [m for m in mutants if re.search(pattern, str(m))]
    alone = [m for m in found if not m.needs_database()]
    return sorted(random.sample(alone, min(some, len(alone))), key=mutants.index) if some else found


def one(judge, m, before):
    path = pathlib.Path(m.file)
    fault, text = m.fault(), path.read_text(encoding="utf-8")
    if fault:
        judge.say(False, f"{m}: {fault}")
        return
    path.write_text(text.replace(m.there, m.instead), encoding="utf-8")
    made = make([target(m.test)])
    if made.returncode:
        judge.say(False, f"{m}: it does not compile\n{made.stderr[-2000:]}")
    else:
        passed, wrong, took = run_test(m.test, m.said)
        tidy(before)
        says = {False: f"found ({wrong})" if wrong else "fails, but not by that", True: "SURVIVED", None: "does not end"}[passed]
        judge.say(passed is False and bool(wrong), f"{m}: {says}, {' '.join(m.test)}, {took:.1f} s")
    path.write_text(text, encoding="utf-8")


def run():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))           # so that what runs is ended
    judge, before = Judge(), databases()
    mutants = chosen(mutants_of(LIST.read_text(encoding="utf-8")))
    tests = list(dict.fromkeys(m.test for m in mutants))
    made = make(sorted({target(t) for t in tests}))
    if made.returncode:
        judge.say(False, f"the tests cannot be built\n{made.stderr[-2000:]}")
        return judge.end()
    good = set()
    for test in tests:
        passed, wrong, took = run_test(test)
        tidy(before)
        if passed:
            good.add(test)
            judge.tell(f"{' '.join(test)}, {took:.1f} s")
        else:
            judge.say(False, f"{' '.join(test)} fails without any mutant ({wrong})")
    for m in mutants:
        if m.test in good:
            one(judge, m, before)
    return judge.end()


if __name__ == "__main__":
    sys.exit(check() if sys.argv[1:] == ["check"] else run())
