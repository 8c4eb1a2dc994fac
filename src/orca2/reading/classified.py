"""Which label of a closed set a statement comes to: the one it starts with, concludes with, or names alone."""

import functools
import re
from collections.abc import Mapping, Sequence

from orca2.reading.mentions import Mention, joined, meant
from orca2.reading.patterns import lazy_pattern
from orca2.reading.undecided import NO_ANSWER

Aliases = Sequence[tuple[str, str]]  # (alias, label)

_LEAD = lazy_pattern(
    r"(?:[\s\"',:*(\[$=>-]|\b(?:option|is|are|was|be|to be|it|it's|this|that|that's|therefore|thus|so|then|hence|a|an|"
    r"the|definitely|clearly|probably|most likely|more likely|likely|overall|mostly|mainly|primarily|largely|"
    r"predominantly|either|both|argument|statement|review|text|sentence|message|ticket|about|label|category|class|"
    r"sentiment|tone|as|looks like|seems|seems to be|appears to be|would be|should be|must be)(?![\w'-]))*+",
)
_JOIN = lazy_pattern(
    r"[\s\"'*)]{0,4},?\s?(?:\b(?:or|and|to|versus|oder|und|ou|et|o|y|e|или|и)\b|/|&|或者?|和|还是|、|または|と|또는|와|과)"
    r"[\s,\"'*(]{0,4}(?:(?:possibly|perhaps|maybe|even|also|an?|the|could be|it could be|as)[\s,]{1,2}){0,3}"
    r"[\"'*(]{0,2}|,\s(?:could be|maybe|possibly|perhaps)\s"
)
_COMMA = re.compile(r"[\"')*]{0,3},\s[\"'(*]{0,3}")
_NEITHER = re.compile(r"\b(neither)\b.{1,60}\bnor\b")
_STOPS = re.compile(r"[*\"')\]]{0,3}\s{0,3}(?:[.!?,;:(。，！]|$|-\s|(?:because|since|as|for|due|given|based)\b)")
_CLOSES = re.compile(r"[*\"')\]]{0,3}\s{0,3}(?:[.!?;:。！(]|$|(?:because|since|as)\b)")
# "The customer was billed twice, so: refund"
_CONCLUDES = re.compile(r".*\b(?:so|thus|hence|therefore|which makes it|making it|that makes it|overall)\b[:,]?\s")
# "The time between Friday and Tuesday's, four days on, is Tuesday."
_PREDICATE = re.compile(r"\b(?:is|was|are|becomes|remains)\s(?:an?\s|the\s|on\s)?[\"'*]{0,2}$")
_OPEN = re.compile(r"\b(?:or|and|either|both|but|maybe|between|could|may|might|would)\b")
_TURNS = re.compile(r"\W{0,3}(?:but|however|yet|instead|still|overall|in conclusion|finally|so|thus|hence|therefore)\b")
# what a main clause is qualified with: "positive, although the end is negative"
_ASIDE = re.compile(
    r",?\s(?:because|since|although|even though|though|despite|in spite of|while|whereas|given that|due to|as it|"
    r"even if)\s.*"
)
_AHEAD = re.compile(r"^(?:although|even though|though|while|whereas|despite|in spite of|even if)\b[^,]*,\s")
_NAMES = (
    r"(?:label|category|class(?:ification)?|intent|sentiment|topic|tone|verdict|prediction|type|tag|stance|emotion|"
    r"genre|department|queue|polarity|decision|conclusion|relation|rating|judge?ment|priority|severity|kategorie|"
    r"catégorie|categoría|etichetta|类别|标签|分类)"
)
_DO = (
    r"(?:classif(?:y|ied)|categori[sz]ed?|label(?:l?ed)?|tag(?:ged)?|mark(?:ed)?|route[ds]?|assign(?:ed)?|filed?|"
    r"rate[ds]?)"
)
_CUE = (
    rf"\b{_NAMES}\b[^.:\n]{{0,40}}?(?:\s(?:is|are|was|would be|should be)\b|[:=]|->|→)\s{{0,3}}|"
    r"(?<!not )(?<!n't )(?<!not be )(?<!n't be )(?<!never )(?<!or )"
    rf"\b{_DO}\b[^.:\n]{{0,40}}?\s(?:as|under|to|with)\s:?\s{{0,2}}|"
    r"(?<!not )(?<!n't )\b(?:falls?|fits?|belongs?|goes|go)\s(?:best\s)?(?:under|into|in|to|with)\s"
)


@functools.lru_cache(maxsize=64)
def cue(aliases: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    """What says that a label of these comes, and one does: "Category: refund", "I would classify it as refund"."""
    ordered = sorted({alias for alias, _ in aliases}, key=len, reverse=True)
    any_of = "|".join(re.escape(alias).replace(r"\ ", r"[\s_-]") for alias in ordered)
    lead = r"(?:[\s\"'*(\[]|\b(?:an?|the|most likely|probably|likely|clearly)\b){0,6}"
    return re.compile(
        rf"{NO_ANSWER}|<(?:\w{{1,12}}_)?(?:answer|label)>|(?:{_CUE})(?={lead}(?:{any_of})(?!\w))", re.IGNORECASE
    )


def direct(line: str, aliases: Aliases) -> list[Mention]:
    """The label that a text starts with, and those joined to it as in "yes or no" or "billing, refund"."""
    found, denied = meant(line, aliases, _LEAD())
    if not found or denied[0] or not _LEAD().fullmatch(line, 0, found[0].start):
        return []
    offered = joined(line, found, _JOIN())
    more = found[len(offered) :]
    if more and not denied[len(offered)] and _COMMA.fullmatch(line, offered[-1].end, more[0].start):
        offered += more[:1] if _CLOSES.match(line, more[0].end) else []
    return offered


def turns(line: str) -> bool:
    """Whether a statement takes back or sums up what was said before it: "But the customer wants a refund."."""
    return bool(_TURNS.match(line))


def stops(line: str, offered: Sequence[Mention]) -> bool:
    """Whether a label is all that its clause says: "Refund, ..." and "Refund because ...", not "Refund asks ..."."""
    return bool(_STOPS.match(line, offered[-1].end))


def concluded(said: str, aliases: Aliases) -> tuple[str, ...]:
    """The label that a statement comes to behind "so" or "therefore"."""
    concludes = _CONCLUDES.match(said)
    if not concludes:
        return ()
    rest = said[concludes.end() :]
    offered = direct(rest, aliases)
    if offered and _CLOSES.match(rest, offered[-1].end):
        return tuple(mention.name for mention in offered)
    found, denied = meant(rest, aliases, _LEAD())
    return (found[0].name,) if len({mention.name for mention in found}) == 1 and not any(denied) else ()


def within(line: str, aliases: Aliases, opposites: Mapping[str, str]) -> tuple[str, ...]:
    """Labels anywhere in a statement, those of its main clause first; a denied one is its opposite, if it has one."""
    if neither := _NEITHER.search(line):  # a label of its own, or one of the others is left
        opposites = {}
        if own := tuple(label for alias, label in aliases if alias == neither[1]):
            return own
    main = _ASIDE.sub("", _AHEAD.sub("", line))
    for part in (main, line) if main != line else (line,):
        found, denied = meant(part, aliases, _LEAD())
        named = [
            opposites.get(part[mention.start : mention.end]) if no else mention.name
            for mention, no in zip(found, denied, strict=True)
        ]
        if any(named):
            last = found[-1]
            if len(found) > 1 and not denied[-1] and _predicate(part, found[-2], last):
                return (last.name,)
            return tuple(name for name in named if name)
    return ()


def _predicate(line: str, before: Mention, last: Mention) -> bool:
    """Whether a statement that names several labels says that what it speaks of *is* the last one."""
    if not _CLOSES.match(line, last.end) or _OPEN.search(line):
        return False
    return bool(_PREDICATE.search(line, before.end, last.start))
