from hypothesis import given
from hypothesis import strategies as st

from orca2.core.identity import task_id
from orca2.core.splitting import overlap, position, split_of

RANGES = {"profile": (0.0, 0.2), "train": (0.2, 0.8), "test": (0.8, 1.0)}


@given(st.text())
def test_a_prompt_has_one_split_for_ever(prompt: str) -> None:
    identity = task_id(prompt)
    assert 0 <= position(identity) < 1
    assert split_of(identity, RANGES) == split_of(task_id(prompt), RANGES) is not None


def test_shares_follow_the_ranges() -> None:
    found = [split_of(task_id(f"prompt {i}"), RANGES) for i in range(5000)]
    assert abs(found.count("train") / 5000 - 0.6) < 0.03


def test_overlap_is_named() -> None:
    assert overlap(RANGES) is None
    assert overlap({**RANGES, "profile": (0.7, 0.9)}) == ("profile", "train")
    assert overlap({"profile": (0.85, 0.9), "train": (0.0, 0.8), "test": (0.8, 1.0)}) == ("profile", "test")
