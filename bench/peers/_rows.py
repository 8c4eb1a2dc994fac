"""What the peers' scripts share: reading the rows, the options of a question, and the command line. Needs no package.

Everything here is generous to a peer: it gets the options parsed, and a gold letter in every form it may compare with.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Row = dict[str, Any]
Accepted = dict[str, bool]

# "(A) text" or "[A] text" anywhere; "A) text", "a. text" at the start of a line; "A: text B: text" in one line
_LISTED = (
    re.compile(r"[(\[]([A-Z])[)\]][ \t]*(.+?)[ \t,;]*(?=[(\[][A-Z][)\]]|\n|$)"),
    re.compile(r"^[ \t]*([A-Za-z])[).:][ \t]*(.+?)[ \t]*$", re.MULTILINE),
    re.compile(r"\b([A-Z])[).:][ \t]*(.+?)[ \t,;]*(?=\b[A-Z][).:]|\n|$)"),
)
_BULLETS = re.compile(r"^[ \t]*[-*][ \t]+(.+?)[ \t]*$", re.MULTILINE)
_LABELS = (
    ("true", "false"), ("yes", "no"), ("valid", "invalid"), ("positive", "negative", "neutral"),
    ("entailment", "contradiction", "neutral"), ("plausible", "implausible"), ("sarcastic", "not sarcastic"),
)  # fmt: skip


def options(question: str) -> list[str]:
    """The texts of the options that the question lists as A, B, C ..., in their order, or of a list without letters."""
    for pattern in _LISTED:
        texts: list[str] = []
        for name, text in pattern.findall(question):
            if name in "Aa":
                texts = []
            if name.upper() == chr(ord("A") + len(texts)):
                texts.append(text)
        if len(texts) > 1:
            return texts
    return _BULLETS.findall(question)


def labels(target: str) -> tuple[str, ...]:
    """The labels of the tasks that have this gold answer, as their user would know them; by itself if none is known."""
    bare = target.strip().lower()
    found = {label: None for known in _LABELS if bare in known for label in known}
    return tuple(found) or (bare,)


def letter(target: str, texts: list[str]) -> str | None:
    """The letter that the gold answer names, by itself or through its option's text."""
    bare = target.strip().strip("().")
    if len(bare) == 1 and bare.isalpha():
        return bare.upper()
    folded = [text.casefold() for text in texts]
    return chr(ord("A") + folded.index(bare.casefold())) if bare.casefold() in folded else None


def main(
    extract: Callable[[list[Row]], Iterable[Accepted]], speed: Callable[[str, list[Row], int, bool], int] | None = None
) -> None:
    """`extract IN OUT`, or `speed BASE_URL ITEMS CONCURRENCY`, which prints how many items were scored as correct.

    With `lean` instead of `speed`, whatever the package can leave out is left out.
    """
    verb, first, second, *rest = sys.argv[1:]
    if verb == "extract":
        rows = read(Path(first))
        with open(second, "w", encoding="utf-8") as out:
            for row, accepted in zip(rows, extract(rows), strict=True):
                out.write(json.dumps({"id": row["id"], "accepted": accepted}) + "\n")
    elif verb in ("speed", "lean") and speed is not None:
        correct = speed(first, read(Path(second)), int(rest[0]), verb == "lean")
        print(json.dumps({"correct": correct}))
    else:
        sys.exit(f"no verb {verb!r}")


def read(path: Path) -> list[Row]:
    """Rows are lines of JSON."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
