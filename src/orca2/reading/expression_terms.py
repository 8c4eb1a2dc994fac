"""The smallest things of a formula: numbers, names, functions, fractions, brackets and matrices."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

from orca2.reading.expression_tokens import Token, Unreadable

DEEPEST = 40  # brackets, fractions and roots in one another
# what a factor without a sign of multiplication may start with
STARTS = frozenset(
    ("number", "name", "function", "(", "frac", "binom", "pi", "{", "\\{", "[", "floor(", "ceil(", "infinity", "begin")
)
_CLOSING = {"(": (")", "]"), "[": ("]", ")"), "<(": (")>",)}
_INVERSE = {"sin": "arcsin", "cos": "arccos", "tan": "arctan"}
_MATRICES = frozenset(("pmatrix", "bmatrix", "matrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"))
_OF_FUNCTIONS = ("f", "g", "h")  # letters that name functions where a bracket follows
_BASES = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
          "eleven": 11, "twelve": 12, "sixteen": 16}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of a formula. `op` says what it is, `name` which one, and `value` is a number's."""

    op: str
    parts: tuple["Node", ...] = ()
    name: str = ""
    value: Fraction = Fraction(0)


class Terms(ABC):
    """Reads one term from the tokens at `at`. The grammar above terms, `items` and `sum`, is the subclass's."""

    def __init__(self, found: list[Token]) -> None:
        self.tokens = found
        self.at = 0
        self.bars = 0  # open absolute values and conditions, which a bar closes
        self.deep = 0

    @abstractmethod
    def items(self) -> Node:
        """Terms between commas."""

    @abstractmethod
    def sum(self) -> Node:
        """Terms joined by plus and minus."""

    @abstractmethod
    def power(self) -> Node:
        """A term with what it is raised to."""

    @property
    def next(self) -> str:
        """The kind of the next token."""
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def after(self) -> str:
        """The kind of the token behind the next one."""
        return self.tokens[self.at + 1].kind if self.at + 1 < len(self.tokens) else ""

    def take(self, *kinds: str) -> Token | None:
        """The next token, if it is of one of these kinds."""
        if self.at < len(self.tokens) and self.tokens[self.at].kind in kinds:
            self.at += 1
            return self.tokens[self.at - 1]
        return None

    def need(self, *kinds: str) -> Token:
        if token := self.take(*kinds):
            return token
        raise Unreadable(f"{self.next or 'the end'} where {kinds} should be")

    def primary(self) -> Node:
        """One operand."""
        if self.at >= len(self.tokens):
            raise Unreadable("the end where an operand should be")
        token = self.tokens[self.at]
        self.at += 1
        kind = token.kind
        if kind == "number":
            return self.number(token)
        if kind == "name":
            return self.named(token)
        if kind == "based":
            digits, _, base = token.text.partition("_")
            return _based(digits, int(base.strip("{}")))
        if kind in ("pi", "infinity", "reals", "empty"):
            return Node(kind)
        if kind == "function":
            return self.function(token.text)
        if kind == "frac":
            return Node("/", (self.argument(), self.argument()))
        if kind == "binom":
            return Node("call", (self.argument(), self.argument()), "binomial")
        if kind in _CLOSING:
            return self.bracket(kind)
        if kind in ("{", "\\{"):
            return self.braces(kind)
        if kind == "|":
            return self.enclosed("|", "abs")
        if kind in ("floor(", "ceil("):
            return self.enclosed(f"){kind[:-1]}", kind[:-1])
        if kind == "begin" and token.text in _MATRICES:
            return self.matrix("||" if token.text in ("vmatrix", "Vmatrix") else "")
        if kind in ("text", "word"):
            one = len(token.text) == 1
            return self.named(token) if one else Node("words", name=token.text.lower())
        raise Unreadable(kind)

    def number(self, token: Token) -> Node:
        """A number, with a fraction behind it if it is mixed, or in the base that its subscript names."""
        if self.next == "_":
            return self.based(token.text)
        whole = Node("number", name=token.text, value=Fraction(token.text))
        if self.next == "frac" and token.text.isdigit():
            start = self.at
            self.at += 1
            above, below = self.argument(), self.argument()
            plain = above.name.isdigit() and below.name.isdigit() and above.op == below.op == "number"
            if plain and above.value < below.value:
                return Node("+", (whole, Node("/", (above, below))))
            self.at = start
        return whole

    def based(self, digits: str) -> Node:
        """Digits in the base of their subscript: `name` are the digits, `value` is the base."""
        self.need("_")
        braced = self.take("{")
        token = self.need("number", "text", "word")
        base = _BASES.get(token.text.lower().removeprefix("base").strip(), 0) or int(token.text)
        if braced:
            self.need("}")
        return _based(digits, base)

    def named(self, token: Token) -> Node:
        """A name with its subscript and primes, or a call of a function by its letter."""
        name = token.text
        if self.take("_"):
            braced = self.take("{")
            depth = 1
            while braced and depth:
                part = self.need(self.next)
                depth += (part.kind == "{") - (part.kind == "}")
                name += f"_{part.text}" if depth else ""
            name += "" if braced else f"_{self.need('number', 'name', 'text', 'word').text}"
        while self.take("'"):
            name += "'"
        if token.text in _OF_FUNCTIONS and self.inverted():
            name += "^-1"
        if self.next == "(" and token.text in _OF_FUNCTIONS:
            self.at += 1
            inner = self.bracket("(")
            return Node("applied", inner.parts if inner.op == "bracket" else (inner,), name)
        return Node("name", name=name)

    def inverted(self) -> bool:
        """Pass over the exponent -1 of a function's letter."""
        for kinds in (("^", "{", "-", "number", "}", "("), ("^", "-", "number", "(")):
            found = self.tokens[self.at : self.at + len(kinds)]
            if tuple(token.kind for token in found) == kinds and Token("number", "1") in found:
                self.at += len(kinds) - 1
                return True
        return False

    def argument(self) -> Node:
        """What a command applies to: a group in braces, or one digit or name."""
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token and token.kind == "number" and len(token.text) > 1 and token.text.isdigit():
            self.tokens[self.at] = Token("number", token.text[1:])
            return Node("number", name=token.text[0], value=Fraction(int(token.text[0])))
        return self.primary()

    def braces(self, kind: str) -> Node:
        """A group; a set, if its braces are to be seen or a comma stands between them."""
        closes = "\\}" if kind == "\\{" else "}"
        if self.take(closes):
            return Node("empty")
        self.bars += kind == "\\{"
        inner = self.items()
        condition = kind == "\\{" and self.take("|")
        if condition:
            inner = self.items()
        elif kind == "\\{" and inner.op == "ratio" and len(inner.parts) == 2:
            raise Unreadable("a condition on names")
        self.bars -= kind == "\\{"
        if kind == "{" and self.take("choose"):
            inner = Node("call", (inner, self.items()), "binomial")
        self.need(closes)
        if condition or (kind == "{" and inner.op != "list"):
            return inner
        return Node("set", inner.parts if inner.op == "list" else (inner,))

    def bracket(self, kind: str) -> Node:
        """A group, or two and more things in order: a point, an interval; rows of a matrix, if they are brackets."""
        self.deep += 1
        if self.deep > DEEPEST:
            raise Unreadable("too deep")
        bars, self.bars = self.bars, 0
        inner = self.items()
        self.bars = bars
        self.deep -= 1
        token = self.need(*_CLOSING[kind])
        several = inner.op == "list"
        if not several and inner.op != "bracket" and token.kind == _CLOSING[kind][0]:
            return inner
        parts = inner.parts if several else (inner,)
        if kind == "[" and all(part.op == "bracket" and part.name == "[]" for part in parts):
            return Node("matrix", tuple(Node("row", part.parts) for part in parts))
        if not several:
            raise Unreadable("brackets of two kinds")
        return Node("bracket", parts, "()" if kind == "<(" else kind + token.kind)

    def enclosed(self, closes: str, name: str) -> Node:
        self.bars += closes == "|"
        inner = self.sum()
        self.bars -= closes == "|"
        self.need(closes)
        return Node("call", (inner,), name)

    def matrix(self, bars: str) -> Node:
        rows, row = [], [self.sum()]
        while not self.take("end"):
            if self.take("&"):
                row.append(self.sum())
                continue
            self.need("row")
            if self.next != "end":
                rows.append(Node("row", tuple(row)))
                row = [self.sum()]
        return Node("matrix", (*rows, Node("row", tuple(row))), bars)

    def function(self, name: str) -> Node:
        """A function of what follows it: a bracket, or factors up to the next sign."""
        if name in ("sqrt", "cbrt"):
            index = Node("number", name="3" if name == "cbrt" else "2", value=Fraction(3 if name == "cbrt" else 2))
            if name == "sqrt" and self.take("["):
                index = self.sum()
                self.need("]")
            return Node("root", (self.primary(), index))
        base = self.primary() if name in ("log", "lg") and self.take("_") else None
        raised = self.primary() if self.take("^") else None
        if raised is None and self.next == "-" and self.take("-"):
            raised = None
        inner = self.inner()
        if raised == Node("-", (Node("number", name="1", value=Fraction(1)),)) and name in _INVERSE:
            return Node("call", (inner,), _INVERSE[name])
        found = Node("call", (inner,) if base is None else (inner, base), name)
        return found if raised is None else Node("^", (found, raised))

    def inner(self) -> Node:
        """What a function without brackets around its argument applies to."""
        if self.next in ("(", "[", "{", "|"):
            return self.primary()
        inner = self.power()
        while self.next in STARTS and self.next not in ("function", "(", "[", "begin"):
            inner = Node("*", (inner, self.power()))
        if self.next == "/" and self.after() == "number" and _has_pi(inner):
            self.at += 1
            inner = Node("/", (inner, self.power()))
        return inner


def _based(digits: str, base: int) -> Node:
    if not 2 <= base <= 16 or not digits.isalnum():
        raise Unreadable(f"base {base}")
    int(digits, base)
    return Node("based", name=digits, value=Fraction(base))


def _has_pi(node: Node) -> bool:
    return node.op == "pi" or any(map(_has_pi, node.parts))
