"""A text made ready for a name that is looked for in it: rid of marks that would hide the name or end its clause."""

import re

from orca2.reading.names import words
from orca2.reading.patterns import lazy_pattern
from orca2.reading.stems import word_set

# a mark of a footnote, as in "by Mira Holt1."
_FOOTNOTE = lazy_pattern(r"(?<=[a-z]{3})[0-9]{1,2}(?=[.,;)]|\s|$)|[¹²³⁴-⁹]+|\[\^?[0-9]{1,2}\^?\]")
_GLUED_ON = re.compile(
    r"\b(?:by|on|in|at|of|is|was|from)(?=[A-Z][a-z])"
)  # "sung byThe Crows", as bold letters leave it
_TITLE = re.compile(r'"([A-Z][^"\n]{1,60})"')
_BREAKING = word_set(
    "i you we and or but so while when who that which where if because as though is are was were has had do did"
)
_SMALL = 4  # letters of a word that a title may write without a capital
_MARKS = re.compile(r"\s?[?!:;=]")
_NICKNAME = re.compile(r'(?<![\w.])(?:[A-Z][\w.-]{0,30}\s){1,3}["(]([A-Z][\w-]{0,30})[")]\s(?=[A-Z])')


def prepared(text: str, gold: str) -> str:
    """The text as it is read for a gold answer."""
    text = text if any(character.isdigit() for character in gold) else _without_footnotes(text)
    text = _unmarked(text, gold)
    if " " in gold:
        text = text.replace(f" the{gold}", f" the {gold}")  # a blank was lost
    return _nicknamed(_in_titles(text, gold), gold)


def _nicknamed(text: str, gold: str) -> str:
    """The text with "Charlie Holt" for "Charles "Charlie" Holt", where the gold answer is that."""
    first = gold.split()[0]
    return _NICKNAME.sub(lambda match: f"{first} " if match[1] == first else match[0], text)


def _without_footnotes(text: str) -> str:
    """The text without the small numbers that search engines hang on words."""
    return _GLUED_ON.sub(r"\g<0> ", _FOOTNOTE().sub("", text))


def _unmarked(text: str, gold: str) -> str:
    """The text with the gold answer in it rid of marks that would end a clause, as in "Mission: Impossible"."""
    if not _MARKS.search(gold):
        return text
    said = re.compile(re.escape(gold.rstrip("?!")) + r"[?!]{0,3}(?=(\s+[A-Z]|\s*\Z)?)", re.IGNORECASE)
    plain = _MARKS.sub(" ", gold)
    return said.sub(lambda match: plain + ("." if match[1] is not None else ""), text)


def _in_titles(text: str, gold: str) -> str:
    """The text without the small words of quoted titles that would end a clause, as in "Live or Let Die".

    Titles that share a word with the gold answer stay.
    """
    own = set(words(gold))

    def plain(match: re.Match[str]) -> str:
        said = match[1].split()
        title = all(word[:1].isupper() for word in said if word.isalpha() and len(word) > _SMALL)
        if not title or len(said) < 2 or not own.isdisjoint(words(match[1])):
            return match[0]
        return f'"{" ".join(word for word in said if word.lower() not in _BREAKING)}"'

    return _TITLE.sub(plain, text)
