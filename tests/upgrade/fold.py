"""A text in which what comes again stands once.

    fold.py fold <WHOLE >FOLDED         fold.py unfold <FOLDED >WHOLE

A database says most things several times: what a service has said is in its log and in its tables, every version of a
policy is kept whole by most services. `@{a,n}` stands for the n characters from the a-th of the whole text on, which
came before. Everything else stands there as it is, so that it can be read and compared.
"""

from __future__ import annotations

import re
import sys

SHORTEST, EVERY = 40, 16        # what is looked for, and at how many places of what came before


def same_for(text: str, a: int, b: int) -> int:
    n, most = SHORTEST, len(text) - b
    while n < most and text[a + n] == text[b + n]:
        n += 1
    return n


def fold(text: str) -> str:
    assert "@{" not in text
    before, out, done, i, known = {}, [], 0, 0, 0
    while i + SHORTEST <= len(text):
        while known + SHORTEST <= i:
            before.setdefault(text[known:known + SHORTEST], known)
            known += EVERY
        at = before.get(text[i:i + SHORTEST])
        if at is None:
            i += 1
            continue
        n = min(same_for(text, at, i), i - at)
        out += [text[done:i], "@{%d,%d}" % (at, n)]
        done = i = i + n
    return "".join(out + [text[done:]])


def unfold(folded: str) -> str:
    text, done = "", 0
    for mark in re.finditer(r"@\{(\d+),(\d+)\}", folded):
        text += folded[done:mark.start()]
        text += text[int(mark[1]):int(mark[1]) + int(mark[2])]
        done = mark.end()
    return text + folded[done:]


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8", newline="")
    sys.stdout.reconfigure(encoding="utf-8", newline="")
    sys.stdout.write({"fold": fold, "unfold": unfold}[sys.argv[1]](sys.stdin.read()))
