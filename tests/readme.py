"""The README's console blocks, run as they stand: what a reader types gives what the reader is shown.

A line `$ …` is a command, `> …` goes on with it, the rest is its output.  Days and instants from 2026 on depend on when one
reads it, so they are compared as <day>; ids of check-ins and findings on how many there were before, so they are compared as
their letter.  With --fill the outputs in the README are replaced by what came.

    readme.py [--fill] README.md URL VAR
"""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "outside"))
from pace import patient  # noqa: E402  (the path comes first)

BLOCK = re.compile(r"```console\n(.*?)```", re.S)
MARK = "@@@ "


def steps(block):
    """[(command, expected output)] of a console block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append([line[2:], ""])
        elif line.startswith("> "):
            found[-1][0] += "\n" + line[2:]
        else:
            found[-1][1] += line + "\n"
    return found


def run(commands, url, var):
    """Outputs of the commands, all typed into one shell."""
    script = "".join(f"echo '{MARK}{i}'\n{c}\n" for i, c in enumerate(commands))
    script = script.replace("http://127.0.0.1:8080", url).replace("var/", var + "/")
    out = subprocess.run(["bash"], input=script, capture_output=True, text=True, timeout=patient(120), check=False)
    if out.stderr:
        print(out.stderr)
    return [part.split("\n", 1)[1] for part in out.stdout.split(MARK)[1:]]


def timeless(text):
    text = re.sub(r"\b20(2[6-9]|[3-9]\d)-\d\d-\d\d(T[\d:.]+\+08:00)?", "<day>", text)
    text = re.sub(r"20(2[6-9]|[3-9]\d)年\d+月\d+日", "<day>", text)
    return re.sub(r"\b([CF])\d{12}\b", r"<\1>", text)


def filled(text, all_steps, outputs):
    """The README with what came in place of what it showed."""
    at = iter(outputs)

    def block(match):
        said = []
        for command, _ in steps(match.group(1)):
            said.append("$ " + command.replace("\n", "\n> ") + "\n" + next(at))
        return "```console\n" + "".join(said) + "```"

    return BLOCK.sub(block, text)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--fill"]
    path, url, var = arguments
    with open(path, encoding="utf-8") as f:
        text = f.read()
    wanted = [s for b in BLOCK.findall(text) for s in steps(b)]
    got = run([c for c, _ in wanted], url, var)
    if "--fill" in sys.argv:
        with open(path, "w", encoding="utf-8") as f:
            f.write(filled(text, wanted, got))
        return 0
    failed = 0
    for (command, want), output in zip(wanted, got):
        if timeless(output) != timeless(want):
            failed += 1
            print(f"FAIL $ {command}\n  want {want}  got  {output}")
    failed += len(wanted) - len(got)
    print(f"{len(wanted) - failed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
