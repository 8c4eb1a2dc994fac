"""Mathematical expressions, by value: "\\frac{1}{2}" is 0.5, (x+1)^2 is x^2+2x+1 and x < 3 is (-\\infty, 3).

What our own reading has no rules for, such as an integral, is left to Math-Verify: the extra `math`.
"""

import importlib.util
import re
from dataclasses import dataclass
from typing import ClassVar

from orca2.core.types import Verdict, Where
from orca2.errors import Orca2Error, missing_extra
from orca2.reading.asked import Asked, asked
from orca2.reading.equality import bare, same, values
from orca2.reading.equations import result
from orca2.reading.expression_signs import FUNCTIONS, SHORT_WORDS
from orca2.reading.expression_terms import Node
from orca2.reading.expression_values import exact
from orca2.reading.expressions import parse
from orca2.reading.grader import TextGrader
from orca2.reading.latex import plain_latex, plain_number
from orca2.reading.offered import boxed, offered
from orca2.reading.places import verdict

_LONGEST = 2_000  # characters of a gold answer
_TYPED = 120  # characters of one that is typed without LaTeX
_SHOWN = 200  # characters of the answer that a verdict shows
_COMMAND = re.compile(
    r"\\(?:[dtc]?frac|sqrt|pi|infty|cup|cap|le|ge|leq|geq|ne|neq|times|cdot|pm|mp|log|ln|exp|sin|cos|tan|sec|csc|cot|arc|"
    r"binom|begin|mathbb|int|sum|prod|lim|in|left|right|vec|overline|theta|alpha|beta|gamma|phi|lambda|omega|mu|sigma|"
    r"angle|circ|langle|lfloor|lceil|emptyset|varnothing|setminus|equiv|pmod|[{}|])(?![a-zA-Z])|[\^_]\{"
)
_QUOTED = re.compile(r"(?:^|[\[({,:\s])[\"']|\b(?:True|False|None|null)\b")
_NO_FORMULA = re.compile(  # dates, times, scores, spans of years, model names, either-or, words spelled out
    r"[A-Z](?:-[A-Z]){2,20}|"
    r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[0-9\s]+[-\u2013][-\u2013\s0-9]*|"
    r"[A-Z]{1,3}\s?-\s?[0-9]{1,4}|[A-Za-z]/[A-Za-z]|(?:[A-Z][a-z]?(?:_?\{?[0-9]{1,2}\}?)?){2,12}(?:\^?\{?[0-9]?[-+]\}?)?"
)
_TO = re.compile(r"\b([0-9]{1,9}) to ([0-9]{1,9})\b")
_RATIO = re.compile(r"\b(?:ratio|odds|scale|proportion)s?\b", re.IGNORECASE)
_OPERATOR = re.compile(
    r"[+*/^=<>|,!\u2264\u2265\u221a\u03c0\u00b2\u00b3\u222a\u00b1()\[\]:]|(?<=[\w)\s])[-\u2212]|[0-9)][a-z(]|_[0-9{]"
)
_LETTERS = re.compile(r"[A-Za-z]{2,}")
_JOINING = frozenset(("and", "or", "pi", "infinity", "inf"))
_UNIT_LETTERS = frozenset("mgshdLlkKMBWVANJCF")  # behind a number they are units and thousands
_PLAIN = frozenset(("number", "name", "quantity", "words", "infinity"))


@dataclass(frozen=True, slots=True)
class Math(TextGrader):
    """Reads expressions: those that our own grammar has are compared in this process, others by Math-Verify.

    >>> Math().grade("x < 3", r"So the solution set is $(-\\infty, 3)$.").outcome
    'correct'
    >>> Math().grade("-3,2", r"The roots are $\\boxed{-3, -2, 2, 5}$.").outcome
    'wrong'
    """

    name: ClassVar[str] = "math"

    def reads(self, target: str, question: str = "") -> bool:
        """Whether the gold answer is an expression: LaTeX, a pair or interval, letters and numbers with operators."""
        text = target.strip()
        if not text or len(text) > _LONGEST or _QUOTED.search(text):
            return False
        command = _COMMAND.search(text) is not None
        node = parse(text)
        if node is None:
            return command
        if command or "\\" in text or (text[0] == text[-1] == "$" and len(text) > 2):
            return True
        if _NO_FORMULA.fullmatch(text) and not (":" in text and _RATIO.search(question)):
            return False
        return len(text) <= _TYPED and bool(_OPERATOR.search(text)) and _typed(text, node)

    def compare(self, target: str, text: str, question: str) -> Verdict:
        """Compare the boxed, stated, bare or last expression by value."""
        if _alike(target, text):
            return verdict((target.strip(),), "whole", True)
        gold = parse(target)
        if gold is not None and gold.op == "words":
            return _worded(plain_latex(target), text, question)
        if gold is not None and gold.op == "ratio":
            text = _TO.sub(r"\1:\2", text)
        several = gold is not None and gold.op in ("list", "set", "pm")
        for offer in offered(text, several):
            answer = parse(offer.text)
            if answer is None and not offer.sure and not _alike(target, offer.text):
                continue
            return _judged(target, gold, offer.text, answer, offer.place, question)
        return verdict((), "last", False)


load = Math


def _worded(target: str, text: str, question: str) -> Verdict:
    """A gold answer in words, which are an answer as if LaTeX had not set them."""
    from orca2.graders import auto, span  # few golds are

    grader = auto.load().pick(target, question)
    return (span.load() if isinstance(grader, Math) else grader).grade(target, text, question)


def boxed_formula(target: str, text: str, question: str) -> Verdict | None:
    """The verdict on a formula in the last box of a response to a question for a number: 3\\sqrt{5}, 5!, 2x = 10.

    Where a base is asked for, also on the formula that it ends in. None if there is no such formula, a number and its
    unit, or what our grammar does not have.
    """
    said = boxed(text)
    if said is None and asked(question).based:
        said = next((offer.text for offer in offered(text)), None)
    if said is None or plain_number(said):
        return None
    gold, answer = parse(target), parse(said)
    if gold is None or answer is None or not _beyond_number(bare(answer), asked(question)):
        return None
    return _judged(target, gold, said, answer, "stated", question)


def needs_extra(target: str) -> bool:
    """Whether a gold answer that this grader reads can be compared by the extra `math` only.

    >>> needs_extra(r"\\int_0^1 f(x) \\, dx"), needs_extra(r"\\frac{1}{2}")
    (True, False)
    """
    return parse(target) is None and Math().reads(target)


def _typed(text: str, node: Node) -> bool:
    """Whether what is typed without LaTeX is meant as a formula: no words, more than a number or a name."""
    for word in _LETTERS.findall(text):
        known = word.lower() in FUNCTIONS or word.lower() in _JOINING or word.lower()[:-1] in FUNCTIONS
        if not known and (len(word) > 2 or word.lower() in SHORT_WORDS or not re.search(r"[0-9=^(]", text)):
            return False
    if re.search(r"[0-9](?:st|nd|rd|th)\b", text):
        return False
    if node.op == "list":
        formulas = any(part.op not in _PLAIN and part.op != "-" for part in node.parts)
        return formulas or ("," in text and any(_holds_number(part) for part in node.parts))
    while node.op == "-":
        node = node.parts[0]
    return node.op not in _PLAIN


def _holds_number(node: Node) -> bool:
    return node.op in ("number", "pi", "infinity") or any(map(_holds_number, node.parts))


def _alike(target: str, said: str) -> bool:
    """Whether a text is the gold answer word by word, whatever that is."""
    return "".join(target.split()) == "".join(said.split())


def _beyond_number(node: Node, question: Asked) -> bool:
    """Whether a formula is more than a number that a unit may stand behind."""
    if node.op == "relation":
        found = result(node, question) if set(node.name.split()) == {"="} else None
        return found is None or found.op == "number" or _beyond_number(found, question)
    if node.op == "list":
        return not any(part.op in ("quantity", "words") for part in node.parts)
    if node.op in ("quantity", "degrees"):
        return _beyond_number(node.parts[0], question) and exact(node.parts[0]) is None
    if node.op == "*" and node.parts[1].name in _UNIT_LETTERS and node.parts[1].name not in question.letters:
        return False
    if node.op in ("words", "ratio"):
        return False
    return node.op not in ("number", "-", "/", "+", "*") or exact(node) is None


def _judged(target: str, gold: Node | None, said: str, answer: Node | None, place: Where, question: str) -> Verdict:
    shown = " ".join(said[:_SHOWN].split())
    if _alike(target, said):
        return verdict((shown,), place, True)
    if gold is None or answer is None:
        if answer is None and "\\" not in said and gold is not None:
            return verdict((shown,), place, False)
        return _compared(target, said, shown, place)
    try:
        return _by_rules(target, gold, said, answer, place, question)
    except RecursionError:  # a formula nested as none in an answer is
        return _compared(target, said, shown, place)


def _by_rules(target: str, gold: Node, said: str, answer: Node, place: Where, question: str) -> Verdict:
    shown = " ".join(said[:_SHOWN].split())
    equal = same(gold, answer, asked(question))
    if not equal and gold.op not in ("list", "set", "pm") and answer.op == "list" and answer.name == "or":
        several = values(answer)
        if len(several) > 1:
            return Verdict("ambiguous", shown, f"{len(several)} answers offered", place)
    return _compared(target, said, shown, place) if equal is None else verdict((shown,), place, equal)


def _compared(target: str, said: str, shown: str, place: Where) -> Verdict:
    """The verdict of Math-Verify; a comparison that it cannot make costs this row its verdict and no other."""
    if importlib.util.find_spec("math_verify") is None:
        return Verdict("failed", shown, str(missing_extra("math-verify", "math")), place)
    from orca2.reading import expression_pool as pool  # processes, which few golds need

    try:
        equal = pool.same(target, said)
    except (Orca2Error, OSError) as error:
        return Verdict("failed", shown, str(error), place)
    if equal is None:
        return Verdict("failed", shown, f"the comparison took longer than {pool.DEADLINE:.0f} s", place)
    return verdict((shown,), place, equal)
