"""What is said of pairs and of their judges."""

from orca2.core.preferring import judging
from orca2.reporting.judged import lines
from tests.answers import made
from tests.core.test_preferring import TWELVE, pairs


def test_pairs_and_judges_in_words() -> None:
    found = pairs(*TWELVE)
    answers = {pair.task: made(pair.task, "correct", pair.family) for pair in found}
    said = list(lines(judging(found, answers, 0, None)))
    assert said[0].startswith(
        "in pairs, cautious against base: preferred 8 times, the other 1, tied 1, undecided 1, unread 1"
    )
    assert "of 12: +58.3 points (+" in said[0] and "underpowered: 12 items" in said[0]
    assert said[1].startswith("judge judge: the same in both orders in 90.9% (59\u2013100%, 10 of 11)")
    assert said[2].startswith("the judges are not held against what people say: no labelled rows")
    assert list(lines(None)) == []
