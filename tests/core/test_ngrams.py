import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.identity import task_id
from orca2.core.ngrams import Match, between_splits, compared, distinct, overlap
from orca2.core.types import Message, Split, Task

WORDS = [f"word{i}" for i in range(2_000)]


def text(seed: int, length: int = 60) -> str:
    return " ".join(random.Random(seed).sample(WORDS, k=length))


@given(st.dictionaries(st.text(max_size=3), st.text(min_size=1, max_size=200), min_size=1, max_size=8))
def test_every_text_is_found_in_itself(texts: dict[str, str]) -> None:
    assert all(match.share == 1 and match.best in texts for match in overlap(texts, texts))


@given(st.integers(1, 20), st.integers(0, 60), st.integers(0, 60))
def test_share_is_that_of_shared_grams(words: int, start: int, length: int) -> None:
    whole = text(1)
    part = " ".join(whole.split()[start : start + length])
    [match] = overlap({"whole": whole}, {"other": "Nothing of it.", "part": part, "more": f"{part} and more"}, words)
    grams = max(0, len(part.split()) - words + 1)
    assert match == Match("whole", grams / (60 - words + 1), "part" if grams else None)


def test_case_punctuation_and_line_breaks_do_not_matter() -> None:
    first = text(3)
    second = first.upper().replace(" ", ", \\n", 9)
    assert overlap({"a": first}, {"b": second}) == [Match("a", 1.0, "b")]


def test_short_texts_are_compared_whole_with_their_punctuation() -> None:
    known = {"x": "not ( True ) and False is", "y": "What is 2 + 2?"}
    assert overlap({"a": "Not (True) and false is"}, known) == [Match("a", 1.0, "x")]
    assert overlap({"a": "( not True ) and False is"}, known) == [Match("a", 0.0, None)]
    assert overlap({"a": "What is 2 - 2?"}, known) == [Match("a", 0.0, None)]
    assert overlap({}, known) == [] and overlap(known, {}) == [Match("x", 0.0, None), Match("y", 0.0, None)]


def test_a_few_words_changed_is_the_same_text_and_a_shared_opening_is_not() -> None:
    words = text(4, 200).split()
    near = " ".join([*words[:100], "another", *words[101:]])
    opening = " ".join([*words[:100], *text(5, 100).split()])
    [close] = overlap({"near": near}, {"text": " ".join(words)})
    [far] = overlap({"opening": opening}, {"text": " ".join(words)})
    assert close.contaminated and 0.8 < close.share < 1
    assert not far.contaminated and 0.4 < far.share < 0.6


@pytest.mark.slow
def test_a_template_that_all_share_stays_cheap() -> None:
    template = text(6, 100)
    known = {str(i): f"{template} {text(i, 20)}" for i in range(2_000)}
    matches = overlap({f"q{i}": f"{template} {text(i + 5_000, 20)}" for i in range(2_000)}, known)
    assert all(0.7 < match.share < 0.9 and match.best for match in matches)


def test_splits_are_looked_up_in_the_split_that_is_learned_from() -> None:
    def task(split: Split, prompt: str) -> Task:
        return Task(task_id(prompt), "f", prompt, "1", "number", split)

    tasks = [task("train", text(7)), task("test", text(7) + " again"), task("test", text(8)), task("profile", text(9))]
    found = between_splits(tasks)
    assert {pair: sum(m.contaminated for m in matches) for pair, matches in found.items()} == {
        ("train", "test"): 1,
        ("profile", "test"): 0,
        ("train", "profile"): 0,
    }


ANSWERS = st.lists(st.lists(st.sampled_from(["one", "two", "three"]), max_size=6).map(" ".join), max_size=8)


@given(ANSWERS)
def test_answers_that_are_kept_differ_and_the_others_repeat_one_before_them(texts: list[str]) -> None:
    kept = distinct(texts)
    assert kept == sorted(set(kept)) and kept[:1] == [0][: len(texts)]
    assert distinct([texts[place] for place in kept]) == list(range(len(kept)))
    for place in set(range(len(texts))) - set(kept):
        before = [texts[earlier] for earlier in kept if earlier < place]
        assert any(distinct([text, texts[place]]) == [0] for text in before)


@given(ANSWERS, ANSWERS)
def test_more_answers_change_nothing_of_those_before(first: list[str], more: list[str]) -> None:
    assert [place for place in distinct(first + more) if place < len(first)] == distinct(first)
    assert distinct(first + first) == distinct(first)


def test_nearly_the_same_is_the_same() -> None:
    words = text(7, 40)
    assert distinct([words, words.upper().replace(" ", ", "), f"{words} So 7.", text(8, 40)]) == [0, 3]
    assert distinct(["The answer is 7.", "the answer is 7"]) == [0]


def of(prompt: str, system: str = "", before: str = "", split: Split = "train") -> Task:
    history = (Message("user", before), Message("assistant", "Yes.")) if before else ()
    return Task(task_id(prompt, system, history), "f", prompt, "4", "auto", split, system=system, history=history)


def test_a_message_that_many_tasks_are_under_does_not_make_them_the_same() -> None:
    shared = text(7, 300)
    tasks = [of(text(8, 20), shared), of(text(9, 20), shared, split="test")]
    assert not any(match.share for match in between_splits(tasks)["train", "test"])
    passages = [of("What does it say?", text(10)), of("What does it say?", text(11), split="test")]
    assert not any(match.share for match in between_splits(passages)["train", "test"])
    assert (
        between_splits([of("What does it say?"), of("What does it say?", split="test")])["train", "test"][0].share == 1
    )


def test_a_conversation_is_compared_with_all_its_turns() -> None:
    tasks = [of("Why?", before=text(12)), of("Why?", before=text(13), split="test"), of("Why so?", before=text(12))]
    assert not any(match.contaminated for match in between_splits(tasks)["train", "test"])
    again = [*tasks, of("Why is that?", before=text(12), split="test")]
    assert [match.contaminated for match in between_splits(again)["train", "test"]] == [False, True]
    known = compared(tasks)
    assert known[tasks[0].id] == f"{text(12)}\nYes.\nWhy?"
