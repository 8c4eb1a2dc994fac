"""Numbers and model text as a person reads them."""

import json
import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from orca2.core.results import Result
from orca2.core.transcript import transcript
from orca2.core.types import Answer

UNREADABLE = {"truncated": "cut off", "ambiguous": "ambiguous", "unextracted": "no answer", "failed": "failed"}
KEPT = 480  # characters of a long text, a third of them from its end, where the answer usually stands

OUTCOMES = {
    "correct": "✓ correct",
    "wrong": "✗ wrong",
    "ambiguous": "✗ ambiguous: more than one answer",
    "unextracted": "✗ no answer found",
    "truncated": "✗ cut off",
    "failed": "✗ call failed",
}


def system_message(name: str) -> str:
    """The system message of a name, as a phrase: `none` is no text at all."""
    return "no system message" if name == "none" else f"{name} system message"


def asked(answer: Answer) -> str:
    """What was asked: the question, after the turns before it where there are any."""
    return transcript(answer.before, answer.prompt)


def percent(part: float, whole: float = 1) -> str:
    return f"{part / whole:.1%}" if whole else "–"


def interval(low: float, high: float) -> str:
    return f"{100 * low:.0f}–{100 * high:.0f}%"


def points(difference: float) -> str:
    """Percentage points with their sign, a real minus included."""
    return f"{difference:+.1f}".replace("-", "−") if round(difference, 1) else "0.0"


def point_range(low: float, high: float) -> str:
    """An interval of percentage points."""
    return f"{points(low)} to {points(high)}"


def unreadable(result: Result) -> str:
    """What kept answers from being read, as shares, where anything did: "cut off 3.0% · ambiguous 1.0%"."""
    shares = [(said, getattr(result, name)) for name, said in UNREADABLE.items()]
    return " · ".join(f"{said} {percent(part, result.items)}" for said, part in shares if part)


def count(number: float) -> str:
    return f"{number:,.0f}"


def tokens(mean: float) -> str:
    """A mean per answer; decimals only where they say something."""
    return f"{mean:,.0f}" if mean >= 20 else f"{mean:.1f}"


def clock(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    whole = round(seconds)
    return f"{whole // 60:,}:{whole % 60:02d}"


def p_value(p: float) -> str:
    """With its relation, for "p ..."."""
    if p < 0.001:
        return "< 0.001"
    return f"= {p:.3f}" if p < 0.1 else f"= {p:.2f}"


def excerpt(text: str, most: int = KEPT) -> str:
    """A text as it is, or its head and tail with the number of characters between."""
    text = text.strip()
    head, tail = most - most // 3, most // 3
    left_out = len(text) - most
    if left_out < most // 4:
        return text
    return f"{text[:head].rstrip()}\n[… {left_out:,} characters left out …]\n{text[-tail:].lstrip()}"


WHERES = {
    "whole": "the whole answer", "field": "a field of JSON", "stated": "after “the answer is” or the like",
    "corrected": "after a correction", "first": "the first sentence", "last": "the closing statement",
    "opening": "the opening words",
}  # fmt: skip


def place(where: str) -> str:
    """Where in an answer it was read."""
    return WHERES.get(where, "–")


def outcome(name: str) -> str:
    return OUTCOMES.get(name, f"✗ {name}")


def families_named(names: Sequence[str]) -> str:
    return f"{len(names)} {'family' if len(names) == 1 else 'families'} ({'; '.join(names)})"


def breakable(name: str) -> Markup:
    """A name as HTML that may break after each joint, so that long ones wrap where they read well."""
    return Markup(re.sub(r"(?<=[_/.-])(?=\w)", "<wbr>", str(escape(name))))


def plain_markdown(value: object) -> Markup:
    """Text that Markdown shows as it is, on one line, so that it also fits a table cell."""
    if isinstance(value, Markup):
        return value
    text = " ".join(str(value).split())
    text = re.sub(r"([\\`*\[\]<>|&~$])", r"\\\1", text)
    return Markup(re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text))


def quoted(text: str) -> str:
    """A text as a string of Python or JSON."""
    return json.dumps(text, ensure_ascii=False)


def fenced(text: str, language: str = "text") -> Markup:
    """A code block whose fence is longer than any run of backticks within."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return Markup(f"{fence}{language}\n{text}\n{fence}")
