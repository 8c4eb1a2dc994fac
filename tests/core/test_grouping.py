"""Families found in prompts: as many as there are, the same whatever the order, named for what sets them apart."""

import random
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2.core.grouping import LEAST, ONE, assign, find, names, tokens
from orca2.core.identity import task_id
from tests.laws import examples

pytestmark = pytest.mark.skipif(find_spec("sklearn") is None, reason="the extra 'families' is not installed")
THINGS = ("apples", "pears", "boats", "stones", "birds", "lamps", "chairs", "coins")
FORMS = (
    "Sam has {a} {thing} and buys {b} more. How many {thing} does Sam have?",
    'Premise: "There are {a} {thing}."\nHypothesis: "There are {b} {thing}."\nDoes the premise imply the hypothesis?',
    "Which word does not belong?\nOptions:\n(A) {thing}\n(B) {other}\n(C) {a}",
)


def prompt(form: int, rng: random.Random) -> str:
    thing, other = rng.sample(THINGS, 2)
    return FORMS[form].format(a=rng.randrange(1000), b=rng.randrange(1000), thing=thing, other=other)


def mixed(each: int, seed: int = 0, forms: int = len(FORMS)) -> dict[str, str]:
    rng = random.Random(seed)
    return {task_id(text): text for _ in range(each) for form in range(forms) for text in [prompt(form, rng)]}


@pytest.mark.parametrize("asked", [0, 3])
def test_forms_are_families_and_new_prompts_are_assigned_to_them(asked: int) -> None:
    prompts = mixed(60)
    found = find(prompts, asked, 0)
    assert len(found.families) == 3
    places = assign(found, mixed(20, seed=9))
    of = {text.split()[0]: places[identity] for identity, text in mixed(20, seed=9).items()}
    assert sorted(of.values()) == [0, 1, 2]  # a family for each first word, and the same for all that begin with it
    assert all(places[identity] == of[text.split()[0]] for identity, text in mixed(20, seed=9).items())


@pytest.mark.slow
@examples(8)
@given(st.randoms(use_true_random=False), st.integers(-5, 5))
def test_the_order_of_the_prompts_does_not_matter(rng: random.Random, seed: int) -> None:
    prompts = mixed(40)
    order = list(prompts)
    rng.shuffle(order)
    shuffled = {identity: prompts[identity] for identity in order}
    found = find(prompts, 0, seed)
    assert find(shuffled, 0, seed) == found
    assert assign(found, shuffled) == assign(found, prompts)


def test_names_say_what_sets_a_family_apart() -> None:
    found = find(mixed(60), 0, 0)
    assert sorted(found.families) == ["buys_have_many", "hypothesis_premise_imply", "options_belong_which"]


def test_names_are_unlike_each_other() -> None:
    assert names([["if", "so"], ["if", "so"], [], [], ["all"]]) == (
        "if_so",
        "if_so_2",
        "no_words",
        "no_words_2",
        "all_2",
    )


ALIKE = {task_id(text): text for n in range(200) for text in [f"What is {n} + 1?"]}  # the same but for the number


@pytest.mark.parametrize("asked", [0, 1, 5])
@pytest.mark.parametrize(
    "prompts",
    [
        {},
        {"a": "What?"},
        {"a": ""},
        {"a": "", "b": "?!"},
        {"a": "What?", "b": "Why?"},
        {"a": "What?", "b": "What?"},
        ALIKE,
    ],
    ids=["none", "one", "empty", "no word", "two", "two alike", "all alike"],
)
def test_few_or_like_prompts(prompts: dict[str, str], asked: int) -> None:
    found = find(prompts, asked, 0)
    assert 1 <= len(found.families) <= max(1, len({" ".join(tokens(text)) for text in prompts.values()}))
    assert assign(found, prompts).keys() == prompts.keys()


@pytest.mark.slow
def test_no_structure_is_one_family() -> None:
    rng = random.Random(0)
    words = ["".join(rng.choices("abcdefgh", k=3)) for _ in range(300)]
    prompts = {task_id(text): text for _ in range(400) for text in [" ".join(rng.choices(words, k=12))]}
    assert find(prompts, 0, 0) is ONE
    assert find({str(n): f"{chr(0x4E00 + n)}" for n in range(600)}, 5, 0) is ONE  # nothing that two of them share


def test_a_handful_of_strange_prompts_is_no_family() -> None:
    strange = {task_id(text): text for n in range(LEAST // 3) for text in [f"Traduisez la phrase {n} en français !"]}
    prompts = mixed(60) | strange
    found = find(prompts, 0, 0)
    assert len(found.families) == 3 and assign(found, strange).keys() == strange.keys()


def test_a_prompt_of_unknown_words_belongs_to_the_largest_family() -> None:
    prompts = mixed(60) | mixed(90, seed=5, forms=1)
    found = find(prompts, 3, 0)
    assert assign(found, {"x": "Xyzzy", "y": ""}) == {"x": 0, "y": 0}
    assert "sam" in found.words[0]


def test_tokens() -> None:
    assert tokens("(A) 3,000\nIt\ud800's 数字") == ["(", "a", ")", "0", "¶", "it", "?", "'", "s", "数", "字"]
