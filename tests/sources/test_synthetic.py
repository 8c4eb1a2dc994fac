"""The generated tasks are right: each answer is worked out again from the words of its prompt alone."""

import re
from collections.abc import Callable
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orca2 import plugins
from orca2.data.row import Row
from orca2.errors import RecipeError
from orca2.sources.synthetic import ENDLESS, load
from orca2.sources.synthetic._words import KINDS

FAMILIES = plugins.names("sources.synthetic")
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
# families whose steps end with the answer itself
CLOSED = {
    "count_kind",
    "membership",
    "next_word",
    "running_sum",
    "shopping",
    "swaps",
    "two_hop",
    "weekday",
}
GOOD = {"good", "great", "lovely", "nice", "wonderful", "excellent", "perfect", "amazing"}


def rows(family: str, count: int, seed: int = 0) -> list[Row]:
    return list(islice(load([family], seed), count))


def group(pattern: str, text: str) -> tuple[str, ...]:
    found = re.search(pattern, text)
    assert found, text
    return found.groups()


def words(text: str) -> list[str]:
    return text.split(", ")


def kind(word: str) -> str:
    (found,) = (kind for kind, members in KINDS.items() if word in members)
    return found


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", text)]


def count_kind(prompt: str) -> str:
    wanted, listed = group(r"are (\w+)s: (.+)\?", prompt)
    return str([kind(word) for word in words(listed)].count(wanted))


def larger_number(prompt: str) -> str:
    return str(max(numbers(prompt)))


def list_edits(prompt: str) -> str:
    listed, edits = group(r"list (.+?)\. In this order: (.+?)\.", prompt)
    state = words(listed)
    for edit in words(edits):
        if edit == "reverse the list":
            state.reverse()
        elif edit == "swap the first two words":
            state[0], state[1] = state[1], state[0]
        else:
            state.pop({"drop the first word": 0, "drop the last word": -1}[edit])
    return state[0]


def lookup(prompt: str) -> str:
    worn = {colour: who for who, colour in re.findall(r"(\w+) wears a (\w+) hat", prompt)}
    return str(worn[group(r"wears the (\w+) hat", prompt)[0]])


def membership(prompt: str) -> str:
    word, listed = group(r"word (\w+) in this list: (.+?)\?", prompt)
    return "yes" if word in words(listed) else "no"


def next_word(prompt: str) -> str:
    word, listed = group(r"after (\w+) in this list: (.+)\?", prompt)
    return group(rf"\b{word}, (\w+)", listed)[0]


def odd_one_out(prompt: str) -> str:
    listed = words(group(r": (.+)\?", prompt)[0])
    kinds = [kind(word) for word in listed]
    (odd,) = (word for word in listed if kinds.count(kind(word)) == 1)
    return odd


def running_sum(prompt: str) -> str:
    return str(sum(numbers(prompt)))


def sentiment(prompt: str) -> str:
    said = set(prompt.split('"')[1].split()) & GOOD
    assert len(said) in (0, 2)
    return "positive" if said else "negative"


def shopping(prompt: str) -> str:
    first, price, second, other_price = group(r"(\w+) cost (\d) coins each and (\w+) (\d)", prompt)
    prices = {first.lower(): int(price), second: int(other_price)}
    bought = re.findall(r"(\d) (\w+)", prompt.split("do ")[1])
    return str(sum(int(count) * prices[item] for count, item in bought))


def story_order(prompt: str) -> str:
    number = {said.split()[0]: n for n, said in re.findall(r"(\d)\. (.+?)\.", prompt)}
    return "".join(number[cue] for cue in ("First", "Then", "After", "Finally"))


def swaps(prompt: str) -> str:
    start, thing, pairs = group(r"(\w+) has the (\w+)\..*?: (.+?)\.", prompt)
    held = {start: thing}
    for pair in words(pairs):
        one, other = pair.split(" and ")
        held[one], held[other] = held.get(other, ""), held.get(one, "")
    (holder,) = (who for who, what in held.items() if what == thing)
    return holder


def two_hop(prompt: str) -> str:
    boxes = dict(re.findall(r"(\w+) has the (\w+) box", prompt))
    held = dict(re.findall(r"the (\w+) one (?:holds )?a (\w+)", prompt))
    return str(held[boxes[group(r"in (\w+)'s box\?", prompt)[0]]])


def weekday(prompt: str) -> str:
    (ahead,) = numbers(prompt)
    return DAYS[(DAYS.index(group(r"is (\w+day)\.", prompt)[0]) + ahead) % 7]


ORACLES: dict[str, Callable[[str], str]] = {
    f.__name__: f
    for f in (
        count_kind, larger_number, list_edits, lookup, membership, next_word, odd_one_out, running_sum,
        sentiment, shopping, story_order, swaps, two_hop, weekday,
    )
}  # fmt: skip


def test_every_family_has_an_oracle() -> None:
    assert sorted(ORACLES) == FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_answers_are_right_and_prompts_many(family: str) -> None:
    drawn = rows(family, 8_000)
    assert len({row.prompt for row in drawn}) >= 5_000
    for row in drawn:
        assert row.target == ORACLES[family](row.prompt), row


@pytest.mark.parametrize("family", FAMILIES)
def test_solutions_are_short_true_and_reach_the_answer(family: str) -> None:
    for row in rows(family, 300):
        steps, explanation = row.fields["steps"], row.fields["explanation"]
        assert len(row.prompt) <= 200
        assert len(steps) <= 120
        assert len(explanation) <= 90
        assert steps.endswith(".")
        assert explanation.endswith(".")
        assert explanation != steps
        if family in ("running_sum", "shopping"):
            for left, sign, right, result in re.findall(r"(\d+)([+x])(\d+)=(\d+)", steps):
                made = int(left) + int(right) if sign == "+" else int(left) * int(right)
                assert made == int(result), row
        if family == "story_order":
            assert "".join(re.findall(r"\d", steps)) == row.target
        elif family == "list_edits":
            assert row.target == steps.split(": ")[-1].split()[0], row
        elif family in CLOSED:
            assert row.target == re.findall(r"\w+", steps)[-1], row
        else:
            assert row.target in re.findall(r"\w+", steps), row


@given(st.integers(), st.sampled_from(FAMILIES))
def test_rows_depend_on_seed_and_family_alone(seed: int, family: str) -> None:
    alone = rows(family, 3, seed)
    among = [row for row in islice(load(seed=seed), 3 * len(FAMILIES)) if row.family == family]
    assert alone == among


@given(st.lists(st.sampled_from(FAMILIES), min_size=1, unique=True))
def test_families_take_turns(families: list[str]) -> None:
    drawn = list(islice(load(families), 2 * len(families)))
    assert [row.family for row in drawn] == families * 2
    assert all(row.where == f"synthetic/{row.family}" for row in drawn)


def test_no_family_named_means_all_and_seeds_differ() -> None:
    assert ENDLESS
    assert [row.family for row in islice(load([]), len(FAMILIES))] == FAMILIES
    assert rows("swaps", 5, seed=0) != rows("swaps", 5, seed=1)


def test_an_unknown_family_is_refused_at_once() -> None:
    with pytest.raises(RecipeError, match=r"no 'weekdays' \(did you mean 'weekday'\?\); valid: count_kind, "):
        load(["weekdays"])
