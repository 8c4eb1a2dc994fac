"""Formulas as trees: numbers, products, roots, and what answers are made of: lists, intervals, matrices, equations.

One grammar for LaTeX and for what is typed on a keyboard. Whatever has no rule here is not guessed at.
"""

from functools import lru_cache

from orca2.reading.expression_terms import DEEPEST, STARTS, Node, Terms
from orca2.reading.expression_tokens import Unreadable, tokens

_RELATIONS = frozenset(("=", "<", ">", "<=", ">=", "!=", "approx", "in"))
_SEPARATORS = (",", "and", "or")
_LABELS = frozenset("is are be equals the exactly length area value answer total = :".split())  # noqa: SIM905
# words that no unit has in it
_NO_UNITS = frozenset(
    "is are was were because since as so which that when where if not but with then than from for to by at".split()  # noqa: SIM905
)


@lru_cache(maxsize=4096)
def parse(text: str) -> Node | None:
    """The tree of a formula; None if there are no rules for it.

    >>> parse(r"\\frac12") == parse("{1}/{2}"), parse("a sum of two")
    (True, None)
    """
    try:
        found = _Grammar(tokens(text)).answer()
        return None if _has_words(found) else found
    except (ValueError, RecursionError, ZeroDivisionError):
        return None


class _Grammar(Terms):
    def answer(self) -> Node:
        """The whole text: one thing, or several between commas and words."""
        found = self.items()
        while self.take(".", ","):
            pass
        if self.next:
            raise Unreadable(self.next)
        return found

    def items(self) -> Node:
        """One thing or a list; a list's name is what joins it."""
        items, joined = [self.relation()], ","
        while self.next in _SEPARATORS and self.after() not in ("", "."):
            while token := self.take(*_SEPARATORS):
                joined = joined if token.kind == "," else token.kind
            items.append(self.relation())
        return items[0] if len(items) == 1 else Node("list", tuple(items), joined)

    def relation(self) -> Node:
        """Sides with signs such as "=" and "<" between them, which are the name."""
        sides, signs = [self.union()], []
        while self.next in _RELATIONS:
            signs.append(self.next)
            self.at += 1
            sides.append(self.union())
        return Node("relation", tuple(sides), " ".join(signs)) if signs else sides[0]

    def union(self) -> Node:
        left = self.ratio()
        while token := self.take("union", "meet", "minus"):
            left = Node(token.kind, (left, self.ratio()))
        return left

    def ratio(self) -> Node:
        parts = [self.sum()]
        while self.take(":"):
            parts.append(self.sum())
        return Node("ratio", tuple(parts)) if len(parts) > 1 else parts[0]

    def sum(self) -> Node:
        self.deep += 1
        if self.deep > DEEPEST:
            raise Unreadable("too deep")
        left = None if self.next in ("+", "-", "pm") else self.product()
        while token := self.take("+", "-", "pm"):
            right = self.product()
            if token.kind == "pm":
                right = Node("pm", (right,), "-" if token.text == "mp" else "+")
            elif token.kind == "-":
                right = Node("-", (right,))
            left = right if left is None else Node("+", (left, right))
        assert left is not None
        self.deep -= 1
        return left

    def product(self) -> Node:
        """Factors with or without signs between them, and the words behind them that are a unit."""
        while self.next == "text" and self.label():
            self.at += 1
        left = self.factor()
        while True:
            if token := self.take("*", "/"):
                left = Node(token.kind, (left, self.factor()))
            elif self.next in STARTS or (self.next == "|" and not self.bars):
                if self.next == "number" and left.op in ("number", "quantity"):
                    raise Unreadable("no sign between them")
                right = self.power()
                point = right.op == "bracket" and left.op == "name"  # A(1, 2)
                left = right if point else Node("*", (left, right))
            elif self.take("%"):
                left = Node("quantity", (left,), "%")
            elif self.next in ("text", "word") and left.op != "words":
                if self.next == "word" and not _has_number(left):
                    raise Unreadable("words")
                left = Node("quantity", (left,), self.unit())
            else:
                return left

    def label(self) -> bool:
        """Whether the words here only lead to a value, as in "the area is 5"."""
        said = self.tokens[self.at].text.lower().strip()
        leads = said.endswith((":", "=")) or said.split()[-1] in _LABELS
        return leads and (self.after() in STARTS or self.after() in ("-", "pm", "|", "text", "word"))

    def unit(self) -> str:
        words: list[str] = []
        while self.next in ("text", "word") or (words and self.next == "/" and self.after() in ("text", "word")):
            token = self.need("text", "word", "/")
            if token.kind == "word" and token.text.lower() in _NO_UNITS:
                raise Unreadable(token.text)
            words.append(token.text.lower())
            if self.take("^"):
                braced = self.take("{")
                sign = "-" if self.take("-") else ""
                words[-1] += f"^{sign}{self.need('number').text}"
                if braced:
                    self.need("}")
        return " ".join(words)

    def factor(self) -> Node:
        """A power with signs in front of it: the right side of 3 * -2."""
        if not (token := self.take("+", "-")):
            return self.power()
        inner = self.factor()
        return Node("-", (inner,)) if token.kind == "-" else inner

    def power(self) -> Node:
        base = self.primary()
        while token := self.take("^", "!", "°"):
            if token.kind == "^":
                base = Node("^", (base, self.exponent()))
            elif token.kind == "!":
                base = Node("call", (base,), "factorial")
            else:
                base = Node("degrees", (base,))
        return base

    def exponent(self) -> Node:
        if token := self.take("-", "+"):
            inner = self.exponent()
            return Node("-", (inner,)) if token.kind == "-" else inner
        base = self.primary()
        return Node("^", (base, self.exponent())) if self.take("^") else base


def _has_words(node: Node) -> bool:
    """Whether words stand where a value should: they may be an answer, one of several, or a side of an equation."""
    for part in node.parts:
        if part.op == "words" and node.op not in ("list", "relation", "set"):
            return True
        if part.parts and _has_words(part):
            return True
    return False


def _has_number(node: Node) -> bool:
    return node.op in ("number", "pi") or any(map(_has_number, node.parts))
