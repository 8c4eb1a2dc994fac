"""What is joined to a name beside which it stands."""

import pytest

from orca2.reading.joints import joined
from orca2.reading.names import found_in, name, tokens
from orca2.reading.questions import asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was built by Mira Holt.", None),
        ("It was built by Mira Holt or Sam Dean.", "or"),
        ("It was built by Mira Holt/Sam Dean.", "or"),
        ("It was built by the painter/architect Mira Holt.", None),
        ("It was built by Mira Holt and Sam Dean.", "list"),
        ("It was built by Mira Holt, a British and Danish painter.", None),
        ("It was built by Mira Holt, the first British and Danish architect in Lund.", None),
        ("It was built by Mira Holt, a British painter, and Sam Dean.", "list"),
        ("It was built by Mira Holt, the British, and Sam Dean.", "list"),
        ("It was built by Mira Holt and the Herons.", None),
        ("It was built by Mira Holt and the Heron Company.", "list"),
    ],
)
def test_joints(text: str, found: str | None) -> None:
    question, gold, said = asked("who built the hall"), name("Mira Holt", person=True), tokens(text)
    [(start, end)] = found_in(said, gold)
    assert joined(said, start, end, question, gold) == found


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("what does the word mean", "It means clean or pure.", None),
        ("what does the word mean", "It means either clean or pure.", "or"),
        ("what is it like", "It is clean or pure.", "or"),
        ("what is next in this series", "Next is clean, pure, white.", None),
        ("what is next in this series", "Next is white, clean, pure.", "list"),
    ],
)
def test_what_was_asked_tells_how_more_is_meant(question: str, text: str, found: str | None) -> None:
    gold, said = name("clean"), tokens(text)
    [(start, end)] = found_in(said, gold)
    assert joined(said, start, end, asked(question), gold) == found
