"""Clauses that answer better than another, and those that only seem to."""

import pytest

from orca2.graders import span

# by question: gold answer, response, outcome
CASES: dict[str, list[tuple[str, str, str]]] = {
    "who restored the chapel": [
        ("Luca Ferri", "It was Luca Ferri; or Ada Brook.", "ambiguous"),
        ("Luca Ferri", "It was Luca Ferri, or it may have been Ada Brook.", "ambiguous"),
        ("Luca Ferri", "Luca Ferri restored the chapel, or Ada Brook did.", "ambiguous"),
        ("Luca Ferri", "The chapel stands in Gera and was restored in 1950.\n\nLuca Ferri", "correct"),
        ("Luca Ferri", "Two painters worked there. One of them restored it.\nLuca Ferri", "correct"),
        ("Luca Ferri", "Ada Brook. The chapel stands next to a house of Luca Ferri.", "wrong"),
        ("Luca Ferri", "Luca Ferri. The chapel stands next to the house of Ada Brook.", "correct"),
        ("Luca Ferri", "Ada Brook restored the chapel, assisted by Luca Ferri.", "wrong"),
        ("Luca Ferri", "Ada Brook restored the chapel. She succeeded Luca Ferri.", "wrong"),
        ("Ada Brook", "Ada Brook restored the chapel. She succeeded Luca Ferri.", "correct"),
        ("Ada Brook", "Ada Brook restored the chapel. In her youth she had met Luca Ferri.", "correct"),
    ],
    "which team has the most medals": [
        ("Solveig", "Hamn has the most medals, followed by Solveig.", "wrong"),
        ("Hamn", "Hamn has the most medals, followed by Solveig.", "correct"),
        ("Solveig", "Hamn has the most medals, ahead of Solveig.", "wrong"),
        ("Solveig", "Hamn won the most medals, beating Solveig.", "wrong"),
        ("Hamn", "Hamn won the most medals, beating Solveig.", "correct"),
    ],
    "who did hamn beat in the final": [
        ("Solveig", "Hamn beat Tarn in the final, which had beaten Solveig.", "wrong"),
        ("Solveig", "Hamn beat Solveig 4-1 in the final.", "correct"),
    ],
    "In which country is the Ardle marsh?": [
        ("Norway", "Sweden. The Ardle marsh borders a lake in Norway.", "wrong"),
        ("Sweden", "Sweden. The Ardle marsh borders a lake in Norway.", "correct"),
        ("Norway", "The Ardle marsh lies in Sweden, along the border with Norway.", "wrong"),
        ("Sweden", "The Ardle marsh lies in Sweden, along the border with Norway.", "correct"),
    ],
}


@pytest.mark.parametrize(
    ("question", "target", "response", "outcome"), [(asked, *case) for asked, cases in CASES.items() for case in cases]
)
def test_prose(question: str, target: str, response: str, outcome: str) -> None:
    assert span.load().grade(target, response, question).outcome == outcome
