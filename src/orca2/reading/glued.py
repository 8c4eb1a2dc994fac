"""Text whose markup was stripped with the blanks around it: "began in2011as", "on May 11, 20181."

Footnote marks then stick to what they follow. What the text itself shows to be glued is taken apart, no more.
"""

import re
from collections.abc import Set

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?)"
)
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_YEAR = r"(?:1[0-9]|20)[0-9]{2}"
_SMALL = r"(?:in|on|at|by|of|is|was|to|for|from|since|until|and|with|about|between|than|are|were)"
# "in2011", "onMarch", "byMira Holt" and "is$75", but neither "in4" nor "onClick"
_BEFORE = re.compile(
    rf"\b{_SMALL}(?=[$£€¥][0-9]|{_YEAR}[1-9]?(?![0-9])|[0-9]{{1,3}}(?:,[0-9]{{3}})+|{_MONTH}\s[0-9]|{_DAY}\b"
    r"|[A-Z][a-z]{1,30}\s[A-Z][a-z])"
)
_BEHIND = re.compile(  # "2011as", "1973on"; of "$1,850for" the comma shows that it is a number
    r"(?<![0-9A-Za-z.])((?:1[0-9]|20)[0-9]{2}|[$£€¥]?[0-9]{1,3}(?:,[0-9]{3})+)"
    r"(?=(?:in|on|at|by|as|and|to|for|from|with|when|the|is|was)\b)"
)
_END = r"(?=[.;!?)]?(?:\s|\Z))"
_ROUND = re.compile(rf"[$£€¥][0-9]{{1,3}}(?:,[0-9]{{3}}){{0,4}},[0-9]00([1-9]{{1,2}}){_END}")  # "$75,0001"
_DATED = re.compile(  # "in 19781." and "on May 11, 20181", but not "results in 20171."
    rf"(?:(?<!results )(?<!resulting )(?<!resulted )(?<!result )(?<!ends )\b(?:[Ii]n|[Ss]ince|[Uu]ntil)\s{_YEAR}"
    rf"(?=[1-9]{{1,2}}[.;)])|\b{_MONTH}\s(?:[0-9]{{1,2}}(?:st|nd|rd|th)?,?\s)?{_YEAR})([1-9]{{1,2}}){_END}"
)
# marks that show nothing alone: behind the word or quotation that ends a sentence, or a year
_WORD = re.compile(
    r"(?<![A-Za-z0-9_])([A-Za-z]{0,30}[a-z]{3}['\")\u201d]?|['\")\u201d])([1-9]{1,3})(?=[.!?](?:\s|\Z)|\Z|\n)"
)
_LONG_YEAR = re.compile(rf"(?<![0-9A-Za-z,.$£€¥/-]){_YEAR}([1-9]{{1,2}})(?=\.(?:\s|\Z))")
_SENTENCES = re.compile(r"[a-z0-9)\"'\u201d]\.\s+[A-Z]")  # where one ends and another begins
_LEAST = 2  # marks that make a sequence
_LONGEST = 20_000  # characters; replies of search engines are short
_SIGN = re.compile(  # without which nothing is glued: "y2", "20171", "011a"
    r"[0-9A-Z$£€¥](?:(?<=[a-z'\")\u201d][^0])|(?<=[0-9,][0-9]{3}[1-9])|(?<=[0-9]{3})[a-z])"
)


def unglued(text: str) -> str:
    r"""The text with the blanks that it lost, and without the marks of footnotes that stick to its words and numbers.

    >>> unglued("It began in2011as a talk. It won on May 11, 20181.")
    'It began in 2011 as a talk. It won on May 11, 2018.'
    >>> unglued("There are 20171. The code runs in python3.")
    'There are 20171. The code runs in python3.'
    """
    if len(text) > _LONGEST or not _SIGN.search(text):
        return text
    text = _BEHIND.sub(r"\1 ", _BEFORE.sub(r"\g<0> ", text))
    shown = {match.span(1) for pattern in (_ROUND, _DATED) for match in pattern.finditer(text)}
    found, start = [], 0
    for at, end in sorted(shown | _in_sequence(text, shown)):
        found.append(text[start:at])
        start = end
    return "".join((*found, text[start:]))


def _in_sequence(text: str, shown: Set[tuple[int, int]]) -> Set[tuple[int, int]]:
    """The marks that count 1, 2, 3 from sentence to sentence, with those that are `shown`; none if they do not."""
    words = list(_WORD.finditer(text))
    if len({match[1] for match in words}) < len(words):
        return set()  # "player1 ... player2" are names
    sure = shown | {match.span(2) for match in words}
    marks = sure | {match.span(1) for match in _LONG_YEAR.finditer(text)}
    if (
        len(marks) == 1 and not shown
    ):  # "thing12" is a name; "123" behind the last of several sentences is no end of one
        (at, end) = next(iter(marks))
        quoted = at > 0 and text[at - 1] in "'\")\u201d"
        return marks if quoted or (text[at:end] == "123" and _SENTENCES.search(text[:at])) else set()
    last = count = 0
    for at, end in sorted(marks):
        for digit in map(int, text[at:end]):
            if digit > last + 1:
                return set()
            count += digit > last and (at, end) in sure
            last = max(last, digit)
    return marks if count >= _LEAST or (shown and last >= _LEAST) else set()
