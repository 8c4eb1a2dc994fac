"""What number a question asks for: of which things, in which unit, as money, a share, a place in an order, a time."""

import functools
import re
from typing import NamedTuple

from orca2.reading.measures import UNITS, Unit, table

_TAIL = 800  # characters of a question, from its end, that are looked at
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_ASKS = re.compile(
    r"\?|\b(?:what|which|how (?:many|much|long|far|old|often)|find|calculate|compute|determine|give|state|enter|"
    r"express)\b",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(r"\bhow many\s((?:[a-z'-]{1,20}[\s?]{1,2}){1,4})", re.IGNORECASE)
_IN_UNIT = re.compile(
    r"\bin\s(?:whole\s|total\s|us\s|terms of\s)?([a-z$€£%]{1,12})\b(?!\s[0-9])|\(in\s([a-z]{1,12})\)", re.IGNORECASE
)
_STOPS = frozenset(
    table(
        "are is was were do does did will would can could should has have had left remain remains in of on at to "
        "for from with that who which there he she it they we you i the his her their each per did"
    )
)
_MONEY = re.compile(
    r"\bhow much (?:money|does|did|do|will|would|is|was|are|more|less|change|profit|can|should|has|have|he|"
    r"she)\b|[$€£]|"
    r"\b(?:dollars?|cents?|euros?|price|cost|costs|pay|paid|earn|earned|spend|spent|profit|salary|revenue|budget)\b",
    re.IGNORECASE,
)
_SHARE = re.compile(r"\bper ?cent(?:age)?\b|%", re.IGNORECASE)
_PLACE = re.compile(
    r"\b(?:which|what|on what|on which|in which|in what) (?:floor|place|position|rank|day|row|grade|century|year|month|"
    r"step|house|seat|term|stop|level|stor(?:e)?y|page|term|number|one|century|lane|column|question|chapter)\b|"
    r"\bwhat rank\b",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\bhow (?:many times|often)\b", re.IGNORECASE)
_DIFFERENCE = re.compile(
    r"\bhow (?:many|much) (?:more|less|fewer|older|younger|longer|taller)\b|\bdifference\b|\bby how\b", re.IGNORECASE
)
_PERSON = re.compile(
    r"\b[Hh]ow\b[^?.]{0,60}?\b(?:does|did|do|is|was|will|has|have|had|can|could|would|"
    r"should)\s([A-Z][a-z]{1,20})\b(?!\sand\b|,)"
)
_LETTER = re.compile(
    r"\b(?:what is|find|solve for|value of|determine|compute|"
    r"calculate)\s[$\\(]{0,3}([a-zA-Z])[$\\)]{0,3}(?=[\s.?]{0,2}$|\s(?:if|when|given|such|so))",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\bwhen\b|\b(?:what|which) year\b|\bin what year\b", re.IGNORECASE)
_BRIEF = 150  # characters of a question that gives nothing
_GIVEN = re.compile(
    r"[0-9+=]|\b(?:he|she|they|his|her|their|together|left|remain|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|dozen|"
    r"half|twice|each|per|if)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\bhow (?:many|much|old|long|far|tall|often|big|high|deep|fast)\b|\bnumber of\b|\bwhat (?:is|"
    r"was) the (?:total|sum|age|"
    r"number|value|amount|average|difference|product)\b|\b(?:calculate|compute|evaluate)\b|\bwhat (?:age|year|percent)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_DULL = frozenset(
    table(
        "the of in is was are were what which how many much does did do will would he she it they his her their to "
        "for and or that this there be been by on at an with from as if please find calculate compute determine "
        "give state answer"
    )
)


_SUBJECT = re.compile(
    r"\b(?:what(?:'s| is| was| are| were)|how (?:much|high|large|big) (?:is|was)|find|calculate|determine|compute|give|"
    r"was ist|wie hoch ist|quel(?:le)? est|cuál es|qual è|qual é)\s"
    r"(?:the|his|her|their|its|der|die|das|le|la|el|il|o|a)\s([^?.!\n]{3,80})(?:[?.!\n]|$)",
    re.IGNORECASE,
)


class Wanted(NamedTuple):
    """`things`: what is counted; `unit`: what it is measured in; `subject`: the words of "what is the net amount?".

    `person` and `letter`: of whom or which letter it is asked. The rest says of what kind the answer is; `fact`: known.
    """

    things: frozenset[str] = frozenset()
    unit: Unit | None = None
    subject: frozenset[str] = frozenset()
    money: bool = False
    share: bool = False
    place: bool = False
    times: bool = False
    number: bool = False
    difference: bool = False
    person: str = ""
    letter: str = ""
    year: bool = False
    fact: bool = False


@functools.lru_cache(maxsize=256)
def wanted(question: str) -> Wanted:
    """What a question asks for, told from its last sentences.

    >>> wanted("Tom has 3 bags. How many marbles does he have?").things
    frozenset({'marble'})
    """
    said = [sentence for sentence in _SENTENCE.split(question[-_TAIL:]) if sentence.strip()]
    asking = [sentence for sentence in said if _ASKS.search(sentence)][-2:] or said[-1:]
    text = " ".join(asking)
    things = [thing for match in _HOW_MANY.finditer(text) for thing in _things(match[1])]
    last = asking[-1] if asking else ""
    subject, person, letter = _SUBJECT.search(last), _PERSON.search(last), _LETTER.search(last)
    return Wanted(
        things=frozenset(map(stem, things)),
        unit=_unit(text, things),
        subject=words(subject[1]) if subject else frozenset(),
        person=person[1] if person else "",
        letter=letter[1] if letter else "",
        money=bool(_MONEY.search(text)),
        share=bool(_SHARE.search(text)),
        place=bool(_PLACE.search(text)),
        times=bool(_TIMES.search(text)),
        number=bool(_NUMBER.search(text)),
        difference=bool(_DIFFERENCE.search(text)),
        year=bool(_YEAR.search(text)),
        fact=is_fact(question),
    )


def is_fact(question: str) -> bool:
    """Whether a question asks for something known, with nothing given to work it out from: answers say it first."""
    return 0 < len(question) <= _BRIEF and not _GIVEN.search(question) and not _SENTENCE.search(question.strip())


def words(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, without their endings."""
    return frozenset(stem(word) for word in _WORD.findall(text.lower()) if word not in _DULL)


def stem(word: str) -> str:
    """A word without the ending of a plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _things(phrase: str) -> list[str]:
    """The nouns of "how many more red marbles does": the last words before one that no noun phrase has."""
    found = []
    for word in re.findall(r"[a-z'-]+", phrase.lower()):
        if word in _STOPS:
            break
        found.append(word)
    plural = [
        word
        for word in found
        if word.endswith("s") or word in ("people", "children", "men", "women", "feet", "fish", "sheep")
    ]
    return plural[-1:]


def _unit(text: str, things: list[str]) -> Unit | None:
    """The unit that is asked for: "how many minutes", "in metres"."""
    for match in reversed(list(_IN_UNIT.finditer(text))):
        name = (match[1] or match[2]).lower()
        if (unit := UNITS.get(name)) is not None and (len(name) > 1 or match[2]):
            return unit
    return next((unit for thing in things if (unit := UNITS.get(thing)) is not None), None)
