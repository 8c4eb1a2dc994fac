"""What a question with options asks for: the options, how each may be named, and which one the gold answer is."""

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from orca2.reading.mentions import flat, mentions, spaced
from orca2.reading.options import lettered, numbered
from orca2.reading.places import statements, tidy

# what a gold answer may be dressed in: \text{(B)}, $\mathbf{(B)}$
_DRESS = re.compile(r"\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|boxed|bf|rm)\b|\\[()\[\]]|\\(?=\s)|[{}$*]")
_BARE_LETTER = re.compile(r"[(\[]\s?([A-Za-z])\s?[)\]][.:]?|([A-Z])[.:)]?|([a-z])[.:)]?")
_BARE_NUMBER = re.compile(
    r"[(\[]\s?([0-9]{1,2}|[ivx]{1,4}|[IVX]{1,4})\s?[)\]][.:]?|([0-9]{1,2}|[ivx]{1,4}|[IVX]{1,4})[.:)]?"
)
_SEVERAL = re.compile(r"\W{0,4}[A-Z](?:(?:[)\].]?\s?(?:,|;|&|\band\b)?\s?(?:and\s)?[(\[]?)[A-Z]){1,12}\W{0,4}")
_ONE_NUMBER = re.compile(r"[\s(\[*#\"']{0,4}([0-9]{1,2}|[ivxIVX]{1,4})[\s)\]*.\"']{0,4}")
_TWO_NUMBERS = re.compile(r"\W{0,3}([0-9]{1,2}|[ivx]{1,4})\W{0,3}(?:,|or|and|/)\W{0,3}([0-9]{1,2}|[ivx]{1,4})\W{0,3}")
_WITH_WORDS = re.compile(r"(?:[(\[]([A-Za-z])[)\]][.:]?|([A-Za-z])\)|([A-Z])[.:、])\s{1,4}(\S.*)", re.DOTALL)
_ASKS_FOR_ONE = re.compile(
    r"\b(?:which|options?|choices?|choose|select|pick|following|best describes)\b", re.IGNORECASE
)
_ASKS_FOR_AMOUNT = re.compile(r"\bhow (?:many|much|long|old|far|often|tall|big|fast)\b", re.IGNORECASE)
_ALIKE = (
    ("none of the above", "none of these", "none of them", "none of the options", "none of those", "none"),
    ("all of the above", "all of these", "all of them", "all of the options", "all of those", "all"),
    ("both of the above", "both of these", "both of them", "both"),
)
_PLAIN = re.compile(r"[\w \t.,:;'\"!?()%/+-]*", re.ASCII)
_SIGNED = re.compile(r"[^a-z ,.;:'\"!?()\u2013\u2014\u00e0-\u024f-]")
_BETWEEN = re.compile(r"[ ,.;:'\"!?()\u2013\u2014-]+")
_MARKS = 8  # characters by which two forms of the same words may differ
_NUMERIC = re.compile(r"[-+$€£(]{0,2}[0-9]")
# "(A) London - no. (B) Paris - yes." weighs each option and settles on the one that passes.
_PASSES = r"yes|correct|right|true|fits|✓|✔|✅"
_FAILS = r"no|wrong|incorrect|false|eliminated|✗|✘|❌"
_WEIGHED = re.compile(
    rf"(?:[-–:,|=→)\s]|\bis\b|\bodd\b)\s{{0,2}}(?:(?P<passes>{_PASSES})|(?:{_FAILS}))(?:[,;].*)?[\s|.!]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The options of a question: `texts` by mark, `names` as (words, mark), the mark of `gold` if it is one of them."""

    kind: str
    texts: dict[str, str]
    names: tuple[tuple[str, str], ...]
    gold: str | None
    question: str
    several: bool = False  # the gold answer is a set of marks: "A, C"

    @staticmethod
    @functools.lru_cache(maxsize=64)
    def of(target: str, question: str) -> "Asked":
        """What is asked where this is the gold answer."""
        plain = " ".join(_DRESS.sub(" ", target).split())
        letters = lettered(question)
        gold = _by_letter(plain, letters)
        if gold is None and not letters and _may_be_number(plain, question):
            kind, texts = numbered(question)
            if (key := _by_number(plain, texts)) is not None:
                return Asked(kind, texts, _names(texts), key, question)
        if gold is None:
            gold = _by_words(target, letters)
        if gold is None and (marks := _by_letters(plain, letters)):
            return Asked("letter", letters, _names(letters), joined_marks(marks), question, True)
        if gold is None and not letters:
            kind, texts = numbered(question)
            if (key := _by_words(target, texts)) is not None:
                return Asked(kind, texts, _names(texts), key, question)
        if gold is not None and gold not in letters:  # the options stand in a form that is not read
            worded = _WITH_WORDS.fullmatch(plain)
            letters = {}
            return Asked("letter", letters, ((flat(worded[4]), gold),) if worded else (), gold, question)
        return Asked("letter", letters, _names(letters), gold, question)

    @property
    def listing(self) -> str:
        """The lines of the question from its first option on."""
        lines = self.question.strip().split("\n")
        first = next(
            (i for i, line in enumerate(lines) if re.match(r"\s*(?:- )?[(\[]?[Aa1i][)\].:]", line)), len(lines)
        )
        return "\n".join(lines[first:])

    @property
    def listed(self) -> bool:
        """Whether the gold answer is among options that the question lists."""
        return self.several or self.gold in self.texts

    @property
    def longest(self) -> int:
        """Characters that an option with its mark may take."""
        return 2 * max((len(text) for text in self.texts.values()), default=0) + 40

    @property
    def numeric(self) -> bool:
        """Whether the options are numbers, which a calculation names in passing."""
        return bool(self.texts) and all(_NUMERIC.match(text) for text in self.texts.values())

    def has(self, mark: str) -> bool:
        """Whether an option has this mark; any may where the options are not known."""
        return not self.texts or mark in self.texts


def _bare_number(text: str, asked: Asked, fitting: tuple[str, ...]) -> tuple[str, ...]:
    """As `bare`, where options have numbers: one may be the mark of an option and the words of another."""
    if several := _TWO_NUMBERS.fullmatch(text):
        return several.groups()
    alone = _ONE_NUMBER.fullmatch(text)
    marks = (alone[1].lower(),) if alone and alone[1].lower() in asked.texts else ()
    return tuple(dict.fromkeys(marks if "(" in text else (*marks, *fitting)))


def joined_marks(marks: Iterable[str]) -> str:
    """A set of marks as one answer."""
    return ", ".join(sorted(set(marks)))


def bare(text: str, asked: Asked) -> tuple[str, ...]:
    """A whole text as a mark, "A) Paris", or the words of one option."""
    if len(text) > asked.longest:
        return ()
    lead = re.match(r"(?:[(\[]([A-Z])[)\]]|([A-Z])[).:])\s{1,3}", text)
    words = spaced(flat(text[lead.end() :] if lead else text))
    fitting = tuple(mark for option, mark in asked.names if option == words)[:1]
    if not fitting and words.count(" ") > 1 and not _SIGNED.search(words):  # marks between words do not count
        fitting = tuple(
            mark
            for option, mark in asked.names
            if abs(len(option) - len(words)) <= _MARKS and _unmarked(option) == _unmarked(words)
        )[:1]
    if asked.kind != "letter":
        return _bare_number(text, asked, fitting)
    if asked.several and (together := _by_letters(text, asked.texts)):
        return together
    alone = re.fullmatch(r"\W{0,4}([A-Za-z])[^\w+#]{0,4}", text)
    if alone and (len(words) == 1 or not fitting):
        return (alone[1].upper(),)
    return (lead[1] or lead[2],) if lead and fitting else fitting


def lists(text: str, asked: Asked) -> bool:
    """Whether a response lists options again, mark and words, before it says anything of them."""
    found = (bare(said, asked) for said in statements(tidy(text)) if len(said) > 2)
    return len(set(found) - {()}) > 1


def weighed(text: str, asked: Asked) -> tuple[str, ...]:
    """The options that pass where a response goes through at least two of them one by one."""
    passes: dict[str, bool] = {}
    for said in statements(tidy(text)):
        verdict = _WEIGHED.search(said)
        if not verdict:
            continue
        lead = re.match(r"\W{0,4}([A-Za-z])(?:[).:]|\b(?=\s?[-:|]))", said)
        named = mentions(spaced(said), asked.names)[:1]
        if lead or named:
            passes[lead[1].upper() if lead else named[0].name] = verdict["passes"] is not None
    return tuple(letter for letter, fits in passes.items() if fits) if len(passes) > 1 else ()


def _names(texts: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """(words, mark) of each option; an earlier option keeps words that a later one shares."""
    names: dict[str, str] = {}
    for mark, text in texts.items():
        words = _words(text)
        for alias in next((alike for alike in _ALIKE if words in alike), (words,)):
            if alias:
                names.setdefault(alias, mark)
    return tuple(names.items())


def _words(text: str) -> str:
    """An option's text as a response is compared with it."""
    plain = text if _PLAIN.fullmatch(text) else tidy(text).strip("$ ")
    return spaced(flat(plain))


def _unmarked(words: str) -> str:
    return " ".join(_BETWEEN.sub(" ", words).split())


def _by_letter(plain: str, letters: dict[str, str]) -> str | None:
    if alone := _BARE_LETTER.fullmatch(plain):
        mark = alone[1] or alone[2] or alone[3]
        if alone[3] and (mark.upper() not in letters or _by_words(plain, letters)):
            return None
        return mark.upper()
    worded = _WITH_WORDS.fullmatch(plain)
    if not worded:
        return None
    mark = (worded[1] or worded[2] or worded[3]).upper()
    same = _by_words(worded[4], letters)
    if same is not None:
        return mark if same == mark else None
    return mark if not worded[3] and (mark in letters or not letters) else None


def _by_letters(plain: str, letters: dict[str, str]) -> tuple[str, ...]:
    """The marks of "A, C", "(A) and (C)" or "AC", if they are several and all of them are listed."""
    if not letters or not _SEVERAL.fullmatch(plain):
        return ()
    marks = tuple(re.findall(r"[A-Z]", plain))
    return marks if len(marks) > 1 and len(set(marks)) == len(marks) and set(marks) <= set(letters) else ()


def _may_be_number(plain: str, question: str) -> bool:
    """Whether a gold "(2)" or "ii" may be the mark of an option; a bare number may be an amount."""
    alone = _BARE_NUMBER.fullmatch(plain)
    if not alone:
        return False
    return bool(alone[1] or (_ASKS_FOR_ONE.search(question) and not _ASKS_FOR_AMOUNT.search(question)))


def _by_number(plain: str, texts: dict[str, str]) -> str | None:
    alone = _BARE_NUMBER.fullmatch(plain)
    mark = (alone[1] or alone[2]).lower() if alone else ""
    return mark if mark in texts else None


def _by_words(target: str, texts: dict[str, str]) -> str | None:
    words = flat(target)
    found = next((mark for mark, text in texts.items() if words and flat(text) == words), None)
    if found is None and words and ("\\" in target or "$" in target or "*" in target):
        return next((mark for mark, text in texts.items() if _words(text) == _words(target)), None)
    return found
