"""Which label of a closed set a statement comes to."""

import pytest

from orca2.reading.classified import concluded, cue, direct, stops, within

NAMES = tuple((name, name) for name in ("billing", "refund", "not spam", "spam"))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("refund, as billing was wrong", "refund"),
        ("billing or refund", "billing refund"),
        ("billing, refund", "billing refund"),
        ("it is probably refund", "refund"),
        ("not billing", ""),
        ("the customer asks for a refund", ""),
    ],
)
def test_the_label_that_a_statement_starts_with(line: str, named: str) -> None:
    assert [mention.name for mention in direct(line, NAMES)] == named.split()


def test_a_label_that_is_a_subject_is_more_than_the_answer() -> None:
    assert stops("refund because", direct("refund because", NAMES))
    assert not stops("refund asks for billing", direct("refund asks for billing", NAMES))


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("billing is mentioned, so: refund", "refund"),
        ("billing so the refund waits", "refund"),
        ("so not spam", "not spam"),
        ("billing was wrong", ""),
        ("so billing or refund", "billing refund"),
        ("so not billing", ""),
    ],
)
def test_the_label_that_a_statement_concludes_with(line: str, named: str) -> None:
    assert " ".join(concluded(line, NAMES)) == named


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("it is refund, although billing is mentioned", "refund"),
        ("although billing is mentioned, it is a refund", "refund"),
        ("not billing, but rather refund", "refund"),
        ("could be billing, could be refund", "billing refund"),
        ("the step from billing, in a way, is refund", "refund"),
        ("this isn't spam", "not spam"),
        ("it is neither billing nor refund", ""),
    ],
)
def test_the_labels_of_a_statement(line: str, named: str) -> None:
    assert " ".join(within(line, NAMES, {"spam": "not spam"})) == named


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Category: Refund", 1),
        ("I would classify this as refund.", 1),
        ("Falls under billing", 1),
        ("Category: none", 0),
        ("I would not classify this as refund.", 0),
        ("The type of the ticket is not spam", 1),
        ("<answer>refund", 1),
    ],
)
def test_what_says_that_a_label_comes(text: str, ends: int) -> None:
    assert len(cue(NAMES).findall(text)) == ends
