"""What the gold answers of a family show of how its answers are to be read: a closed set of labels, a decimal mark."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

_FEWEST = 12  # gold answers before a family's labels are taken for a closed set
_EACH = 3  # times that each label must have been seen
_MOST = 20  # labels of a set
_WORDS = 5  # of a label
_OF_THEIR_OWN = frozenset(("yes", "no", "true", "false"))  # read without being named
_AROUND = r"[^\d()\[\]{}\\]"  # a point or an interval is no number
_COMMA = re.compile(
    rf"{_AROUND}{{0,4}}(?:[0-9]{{1,3}}(?:[.' \u00a0\u202f][0-9]{{3}})*|[0-9]+)"
    rf",(?:[0-9]{{1,2}}|[0-9]{{4,}}){_AROUND}{{0,6}}"
)
# lists of values, points, LaTeX: where a family has these, a comma parts them
_PARTED = re.compile(r"[(\[{][^()\[\]{}]{0,40},|,\s?[-\u2212]|[0-9],\s?[0-9]{1,9},\s?[0-9]{1,9}(?:,|$)|\\[a-zA-Z]{2,}")
_POINT = re.compile(r"\D{0,4}(?:[0-9]{1,3}(?:,[0-9]{3})*|[0-9]+)\.(?:[0-9]{1,2}|[0-9]{4,})\D{0,6}")


def closed_labels(targets: Sequence[str]) -> tuple[str, ...]:
    """The labels of a family all of whose gold answers are a few words that come again and again; else none.

    >>> closed_labels(["billing", "refund", "shipping"] * 5)
    ('billing', 'refund', 'shipping')
    """
    counts = Counter(" ".join(target.split()) for target in targets)
    if len(targets) < _FEWEST or not 2 <= len(counts) <= _MOST or min(counts.values()) < _EACH:
        return ()
    if any(len(label.split()) > _WORDS or not re.match(r"[^\W\d]{2}", label) for label in counts):
        return ()
    if {label.lower() for label in counts} <= _OF_THEIR_OWN:
        return ()
    return tuple(sorted(counts))


def decimal_mark(targets: Sequence[str]) -> Literal["auto", ","]:
    """ "," where some gold answer can only be a number with a decimal comma, and none has a point or is a list.

    >>> decimal_mark(["112,80 EUR", "7", "1.250,5"])
    ','
    """
    commas = any(_COMMA.fullmatch(target.strip()) for target in targets)
    if not commas or any(_PARTED.search(target) and "," in target for target in targets):
        return "auto"
    return "auto" if any(_POINT.fullmatch(target.strip()) for target in targets) else ","
