"""A statement taken apart: numbers, words, commands of LaTeX, operators, brackets and marks, each with its place."""

import re
from typing import NamedTuple


class Token(NamedTuple):
    """`kind`: clock, number, word, command, money, equals, operator, open, close or mark. Words are in lower case."""

    kind: str
    text: str
    start: int
    end: int


_TOKEN = re.compile(
    r"(?P<clock>(?<![0-9:])[0-9]{1,2}:[0-5][0-9](?::[0-5][0-9])?(?![0-9:]))"
    r"|(?P<number>[0-9](?:[0-9.,']*[0-9])?(?:[eE][-+]?[0-9]{1,3}(?![0-9A-Za-z]|\.[0-9]))?|\.[0-9]+)"
    r"|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)?)"
    r"|(?P<command>\\[A-Za-z]+)"
    r"|(?P<money>[$£€¥₹₩₽₺฿¢])"
    r"|(?P<equals>[=≈≅≃→⇒⟹]+|->)"
    r"|(?P<operator>\*\*|[-+*/^×÷·±√])"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])"
    r"|(?P<mark>\S)"
)


def tokens(text: str) -> list[Token]:
    """The tokens of a text, which should be short: a statement.

    >>> [token.text for token in tokens("So x = $1,450.00.")]
    ['so', 'x', '=', '$', '1,450.00', '.']
    """
    return [
        Token(kind, match[0].lower() if kind == "word" else match[0], match.start(), match.end())
        for match in _TOKEN.finditer(text)
        if (kind := match.lastgroup)
    ]


class Statement:
    """A statement and its tokens; past either end there is nothing, of no kind."""

    __slots__ = ("_kinds", "_texts", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text, self.tokens = text, tokens(text)
        self._kinds = [*(token.kind for token in self.tokens), *_PAST]
        self._texts = [*(token.text for token in self.tokens), *_PAST]

    def __len__(self) -> int:
        return len(self.tokens)

    def kind(self, at: int) -> str:
        """The kind of a token, from two before the first to a few past the last."""
        return self._kinds[at]

    def said(self, at: int) -> str:
        """The text of a token, of a word in lower case."""
        return self._texts[at]

    def written(self, at: int) -> str:
        """The text of a token as it stands."""
        return self.text[self.tokens[at].start : self.tokens[at].end] if 0 <= at < len(self.tokens) else ""

    def attached(self, at: int) -> bool:
        """Whether no space parts a token from the one before."""
        return 0 < at < len(self.tokens) and self.tokens[at - 1].end == self.tokens[at].start


_PAST = ("",) * 8  # what a reader may look at past the last token; from before the first it looks at these, too
