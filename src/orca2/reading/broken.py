"""Whether a text breaks off: what then stands last is no conclusion."""

import re

_TAIL = 400  # characters of a text's end that are looked at
_LAST = 12  # characters of it in which the last word stands
_LONG = 400  # characters from which on a text without a full stop is taken for cut off
_EMPHASIS = " \t\n\r*_`"
_GOES_ON = re.compile(r"(?:[,;=+/<({\[\\&^-]|\b(?:the|a|an|of|to|is|are|and|or|with|by|for|in|on|at|as|that|which))$")
_FORMULA_OPEN = re.compile(r"[\\^_={]")
_ENDS = re.compile(r"[.!?:)\]}\"'*|%°…。！？」』】）✓✔✅✗✘❌$>]$|[^\x00-\u024f]$")


def breaks_off(text: str) -> bool:
    """Whether a text ends in the middle of a formula, a bracket, a word that goes on, or a loop; or is long and bare.

    >>> breaks_off("So the force is $F = 2(1.5")
    True
    >>> breaks_off("So it is B")
    False
    """
    text = text.rstrip(_EMPHASIS)
    tail = text[-_TAIL:]
    if _GOES_ON.search(tail[-_LAST:]) or tail.count("{") > tail.count("}"):
        return True
    line = tail.rpartition("\n")[2]
    if line.count("(") > line.count(")") or line.count("[") > line.count("]"):
        return True
    dollars = line.replace("\\$", "").count("$")
    if dollars % 2 and "$$" not in line and _FORMULA_OPEN.search(line.rpartition("$")[2]):
        return True
    if tail.rfind("\\[") > tail.rfind("\\]") or tail.rfind("\\(") > tail.rfind("\\)"):
        return True
    return not _ENDS.search(tail[-1:]) and ((len(text) > _LONG and len(line) > 60) or _loops(tail))


def _loops(tail: str) -> bool:
    """Whether the last words are a part of what was said right before them."""
    said = tail.rpartition(". ")
    last, before = said[2].strip(), said[0]
    return len(last) > 12 and last in before
