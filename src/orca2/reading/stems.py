"""The small words of English, and the stems by which the forms of another word are known again."""

import re
from functools import lru_cache


def word_set(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


AUXILIARIES = word_set(
    "is are was were be been being am has have had do does did can could will would shall should may might must "
    "isn't aren't wasn't weren't hasn't haven't hadn't don't doesn't didn't can't couldn't won't wouldn't cannot"
)
# words that stand for what was spoken of
ANAPHORS = word_set("he she it they this that these those")
POSSESSIVES = word_set("his her its their")
PARTICLES = word_set("van von der den de di da du bin al el la le")  # of names
SPEAKERS = word_set("you i we")
PREPOSITIONS = word_set(
    "of in on at to for from by with as into onto over under between about after before during near off out up down "
    "than like unlike besides except despite without within against through since until per via around behind beside "
    "along across towards toward including alongside inside outside below "
    "above beneath underneath beyond among amid regarding opposite"
)
RELATIVES = word_set("who whom whose which where when that")
FUNCTION = (
    AUXILIARIES
    | ANAPHORS
    | POSSESSIVES
    | SPEAKERS
    | PREPOSITIONS
    | RELATIVES
    | word_set(
        "and or but not no nor so if then thus hence therefore also only just very right more most both either "
        "neither all any some each every other another such same own what why how him them me us my our your there "
        "here one itself "
        "himself herself themselves many much well still even ever yet too please yes answer answers called known "
        "named name titled considered regarded said however while whereas although though because actually finally "
        "according based following currently today now later probably likely definitely certainly possibly presumably "
        "apparently perhaps maybe vs v et al etc s t"
    )
)
# of French, Spanish, German, Italian, Portuguese, Chinese and Japanese
_ABROAD = word_set(
    "qui quien quienes wer chi quem ou donde wo dove onde quand cuando wann quando quel quelle quels quelles que "
    "welche welcher welches le la les un une des du de par est sont ete etait en el los las una por fue del der das "
    "ein eine van bin von ist wurde wurden il lo gli di della nel et und hat haben es"
) | frozenset("是的了在由被和与谁什么哪里个吗呢一这那はがをにのでともか誰何")
FUNCTION |= _ABROAD
_ENDINGS = (
    ("ing", 3), ("ed", 3), ("er", 4), ("or", 5), ("ies", 3), ("es", 3), ("s", 3), ("ly", 3), ("ation", 4), ("ion", 4),
    ("e", 3), ("y", 3),
)  # fmt: skip
_VERBS = (
    "have has had", "write wrote written",
    "sing sang sung", "begin began begun", "become became", "make made", "build built",
    "win won", "take took taken", "give gave given", "hold held", "say said", "come came", "wear wore worn",
    "draw drew drawn", "stand stood", "lead led", "keep kept", "sell sold", "buy bought", "teach taught",
    "fight fought", "run ran", "fall fell fallen", "grow grew grown", "choose chose chosen", "break broke broken",
    "speak spoke spoken", "steal stole stolen", "eat ate eaten", "shoot shot", "send sent", "mean meant", "find found",
    "go went gone", "lose lost", "meet met", "tell told", "leave left", "know knew", "see saw seen", "get got",
    "play portray portrayed portraying", "bring brought", "catch caught", "pay paid", "rise rose", "drive drove driven",
    "bear born bore birth", "lie lay lain",
    "sink sank sunk", "drink drank drunk", "swim swam swum", "ring rang rung", "fly flew flown", "throw threw thrown",
    "blow blew blown", "hide hid hidden", "ride rode ridden", "beat beaten", "feed fed", "flee fled", "hang hung",
    "hear heard", "light lit", "sit sat", "sleep slept", "spend spent", "strike struck", "lay laid", "seek sought",
    "think thought", "forget forgot forgotten", "wake woke woken", "swear swore sworn", "tear tore torn",
)  # fmt: skip
_NOUNS = (
    "film movie", "write author",
    "mother mom mum", "father dad", "television tv", "first 1st", "second 2nd", "third 3rd",
    "centre center", "villain antagonist", "female woman women", "male man men",
    "large larger largest big bigger biggest", "country nation", "main primary principal", "kill murder assassinate",
    "spaceship spacecraft", "sing vocalist vocal vocals", "hero protagonist",
)  # fmt: skip
_LIKE = {form: group.split()[0] for group in (*_VERBS, *_NOUNS) for form in group.split()}
_PAST = frozenset(form for group in _VERBS for form in group.split()[1:]) | {"run", "put", "set", "cut"}
_NOT_PAST = word_set("shed sled bred shred hundred kindred sacred naked wicked")
_RED = 3  # letters of a word in -ed that is no verb
_BRITISH = re.compile(r"([iy]s)(?=e[srd]?$|ing$|ation)|our(?=s?$|ed$)")
_SPELLED = 5  # letters of the longest word that is spelled alike in Britain and America
_DOUBLE = 3  # letters of a stem of which the last may have been doubled, as in "winner"


@lru_cache(maxsize=16_384)
def stem(word: str) -> str:
    """What the forms of a word have in common.

    >>> stem("restored") == stem("restores") == stem("restoration"), stem("wrote") == stem("writing")
    (True, True)
    """
    word = _LIKE.get(word) or _LIKE.get(word.removesuffix("s"), word)
    if len(word) > _SPELLED:
        word = _BRITISH.sub(lambda match: match[1].replace("s", "z") if match[1] else "or", word)
    shorter: str | None = word
    while shorter:
        word = shorter[:-1] if len(shorter) > _DOUBLE and shorter[-1] == shorter[-2] else shorter
        shorter = next((word[: -len(end)] for end, least in _ENDINGS if _ends(word, end, least)), None)
    return word


def _ends(word: str, end: str, least: int) -> bool:
    return word.endswith(end) and len(word) - len(end) >= least


def stem_set(words: str) -> frozenset[str]:
    """The stems of the words of a text."""
    return frozenset(map(stem, words.split()))


PARTS = stem_set(
    "member group band team crew one part role rest all character figure person name work creation invention "
    "composition"
)  # of which a name may be said


def past(word: str) -> bool:
    """Whether a word looks like a verb in the past, or its participle."""
    return word in _PAST or (word.endswith("ed") and len(word) > _RED and word not in _NOT_PAST and word[-3] != "e")
