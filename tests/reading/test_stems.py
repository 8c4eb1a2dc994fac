"""Forms of a word have one stem, and other words another."""

import pytest

from orca2.reading.stems import past, stem, stem_set, word_set


@pytest.mark.parametrize(
    "forms",
    [("restored", "restores", "restoration"), ("wrote", "writing", "write"), ("painted", "paints", "painting"),
     ("city", "cities")],
)  # fmt: skip
def test_one_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


@pytest.mark.parametrize(("one", "other"), [("north", "south"), ("paint", "point"), ("marry", "carry")])
def test_other_words_have_others(one: str, other: str) -> None:
    assert stem(one) != stem(other)


def test_sets() -> None:
    assert word_set("the red fox the") == {"the", "red", "fox"}
    assert stem("restored") in stem_set("It restores order")
    assert past("painted") and past("wrote") and not past("house")
