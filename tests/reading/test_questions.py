"""Questions taken apart."""

import pytest

from orca2.reading.names import tokens
from orca2.reading.questions import asked, covered
from orca2.reading.stems import past, stem


@pytest.mark.parametrize(
    ("question", "kind", "kinds", "verb"),
    [
        ("who played the captain in Northern Lights", "who", (), "play"),
        ("Which river flows into the lake?", "what", ("river",), "flow"),
        ("Which country won the cup in 1998?", "what", ("country",), "won"),
        ("In what year was it built?", "when", ("year",), ""),
        ("How many boats are there?", "number", ("boats",), ""),
        ("Where does she live?", "where", (), ""),
        ("Passage: Ann left. Who stayed? Answer with a name.", "who", (), "stay"),
        ("Qui a restauré la chapelle ?", "who", (), "a"),
        ("Name the mayor.", "what", (), ""),
        ("", "what", (), ""),
    ],
)
def test_what_is_asked_for(question: str, kind: str, kinds: tuple[str, ...], verb: str) -> None:
    found = asked(question)
    assert (found.kind, found.kinds) == (kind, kinds)
    assert found.verb == stem(verb) or verb == "a"


@pytest.mark.parametrize(
    ("question", "country"),
    [
        ("which us state is the largest", True),
        ("who was the first us president", True),
        ("what is the us capital", True),
        ("what gives us light", False),
        ("who taught us to read", False),
    ],
)
def test_us_is_a_country_where_a_noun_follows(question: str, country: bool) -> None:
    assert ("usa" in asked(question).plain) == country


def test_the_verb_of_what_stands_last() -> None:
    assert stem("covers") in asked("The lid covers what?").verbs


def test_the_sentence_that_asks_counts_and_a_pronoun_takes_the_one_before() -> None:
    assert set(asked("The mill burned in 1871. What burned?").words) == {stem("burned")}
    assert stem("member") in asked("The youngest member joined in 1968. Who is he?").words


@pytest.mark.parametrize(
    ("question", "text", "all_there"),
    [
        ("Who restored the chapel?", "the restorer of the chapel", True),
        ("Who wrote the song?", "the song was written", True),
        ("Who does the half time show?", "the halftime show", True),
        ("Who lives in Dogpatch?", "he lived in Dog Patch", True),
        ("Who organised the fair?", "it organized the fair", True),
        ("When did the 2018 games open?", "they opened on 9 February 2018 at the games", True),
        ("Who restored the chapel?", "the restorer of the tower", False),
    ],
)
def test_words_of_the_question_are_known_again(question: str, text: str, all_there: bool) -> None:
    found = asked(question)
    assert (covered(tokens(text), found) == set(found.words)) == all_there


def test_past_forms() -> None:
    assert all(map(past, ("restored", "wrote", "sung", "used")))
    assert not any(map(past, ("red", "need", "hundred", "house")))
