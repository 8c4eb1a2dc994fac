"""Answers that are said of what was asked, and of something else of the kind."""

import pytest

from orca2.graders import span

# by question: gold answer, response, outcome; "not correct" leaves open which
CASES: dict[str, list[tuple[str, str, str]]] = {
    "What does the green box hold?": [
        ("pen", "The red box holds a pen.", "wrong"),
        ("pen", "The green box holds a pen.", "correct"),
        ("pen", "The red box holds a pen. The green box holds a ring.", "wrong"),
        ("pen", "The green box holds a ring. The red box holds a pen.", "wrong"),
        ("pen", "The red box, which is large, holds a pen.", "wrong"),
        ("pen", "A pen is in the red box.", "wrong"),
        ("pen", "A pen is in the green box.", "correct"),
        ("pen", "There is a pen in the green box.", "correct"),
        ("pen", "There is a pen in the red box.", "wrong"),
        ("pen", "It's a pen.", "correct"),
        ("pen", "In the red box is a pen.", "wrong"),
        ("pen", "The box holds a pen.", "correct"),
    ],
    "who played the captain in northern lights": [
        ("Ada Brook", "It was Ada Brook who played the nurse in Northern Lights.", "wrong"),
        ("Ada Brook", "It was Ada Brook who played the captain in Northern Lights.", "correct"),
        ("Ada Brook", "It was Ada Brook.", "correct"),
    ],
    "What did the crew load on the blue ship?": [
        ("salt", "The crew loaded salt on the red ship.", "wrong"),
        ("salt", "The crew loaded salt on the blue ship.", "correct"),
        ("salt", "On the blue ship, the crew loaded salt.", "correct"),
        ("salt", "They loaded salt.", "correct"),
        ("salt", "On the red ship, the crew loaded salt.", "wrong"),
    ],
    "Who won the first race?": [
        ("Ada", "Ada won the second race.", "wrong"),
        ("Ada", "Ada won the first race, and Sam won the second.", "correct"),
        ("Sam", "Ada won the first race, and Sam won the second.", "wrong"),
        ("Sam", "Ada won the first race and Sam the second.", "wrong"),
    ],
    "What is the largest lake?": [
        ("Tana", "The smallest lake is Tana.", "wrong"),
        ("Tana", "Tana is the second largest lake.", "not correct"),
    ],
    "Who is the father of Ann?": [
        ("Sam Dean", "Sam Dean is the father of Ann.", "correct"),
        ("Sam Dean", "Sam Dean is the brother of Ann.", "wrong"),
        ("Sam Dean", "Ann's father is Sam Dean.", "correct"),
        ("Sam Dean", "Ann's father's name is Sam Dean.", "correct"),
        ("Sam Dean", "Ann's brother is Sam Dean.", "wrong"),
        ("Sam Dean", "Ben's father is Sam Dean.", "wrong"),
        ("Sam Dean", "The father of Ben is Sam Dean.", "wrong"),
    ],
    "When does the shop open?": [
        ("at nine", "The shop opens at nine and closes at six.", "correct"),
        ("at six", "The shop opens at nine and closes at six.", "wrong"),
        ("at nine", "It opens at nine.", "correct"),
    ],
    "How does he travel?": [
        ("by train", "He travels by train.", "correct"),
        ("by train", "He does not travel by train but by car.", "not correct"),
        ("by car", "He does not travel by train but by car.", "correct"),
    ],
    "What is the bread made of?": [
        ("rye", "The bread is made of rye.", "correct"),
        ("rye", "The bread is made of wheat, the beer of rye.", "wrong"),
    ],
    "Why was she late?": [
        ("the train broke down", "She was late because the train broke down.", "correct"),
        ("the train broke down", "She was late although the train broke down.", "not correct"),
    ],
    "Which of the two is older?": [
        ("the mill", "The mill is older.", "correct"),
        ("the mill", "The mill is older than the tower.", "correct"),
        ("the tower", "The mill is older than the tower.", "wrong"),
    ],
    "What is the nickname of the town?": [
        ("the Grey Lady", 'The town is nicknamed "the Grey Lady".', "correct"),
        ("the Grey Lady", 'The town\'s nickname is "The Grey Lady of the Sea".', "not correct"),
    ],
    "Who is the mayor?": [
        ("Ada Brook", "The mayor is Ada Brook. Before her, it was Sam Dean.", "correct"),
        ("Sam Dean", "The mayor is Ada Brook. Before her, it was Sam Dean.", "wrong"),
        ("Sam Dean", "The mayor is Ada Brook. The former mayor was Sam Dean.", "wrong"),
        ("Sam Dean", "The former mayor was Sam Dean.", "not correct"),
        ("Ada Brook", "The current mayor is Ada Brook.", "correct"),
        ("Ada Brook", "The mayor is, I believe, Ada Brook.", "correct"),
        ("Ada Brook", "Ada Brook serves as mayor.", "correct"),
        ("Ada Brook", "The mayor is Ada Brook, who succeeded Sam Dean.", "correct"),
        ("Sam Dean", "The mayor is Ada Brook, who succeeded Sam Dean.", "wrong"),
        ("Ada Brook", "The mayor (since 2010) is Ada Brook.", "correct"),
        ("Ada Brook", "Mayor: Ada Brook; Deputy: Sam Dean", "correct"),
        ("Sam Dean", "Mayor: Ada Brook; Deputy: Sam Dean", "wrong"),
        ("Ada Brook", "The mayor's name is Ada Brook.", "correct"),
        ("Ada Brook", "Ada Brook, I think.", "correct"),
        ("Ada Brook", "Probably Ada Brook.", "correct"),
        ("Ada Brook", "Hello! The mayor is Ada Brook. Hope this helps!", "correct"),
        ("Ada Brook", "Sure! Ada Brook.", "correct"),
        ("Ada Brook", "Sure, here is the answer:\n\nAda Brook", "correct"),
        ("Ada Brook", "The mayor is:\n\n**Ada Brook**", "correct"),
        ("Ada Brook", '"Ada Brook"', "correct"),
        ("Ada Brook", "Mayor Ada Brook", "correct"),
        ("Ada Brook", "Ada Brook is the mayor; Sam Dean is her deputy.", "correct"),
        ("Ada Brook", "The mayor is not Sam Dean; it is Ada Brook.", "correct"),
        ("Sam Dean", "The mayor is not Sam Dean; it is Ada Brook.", "wrong"),
        (
            "Ada Brook",
            "Let me think. Sam Dean was mayor until 2010. Ada Brook was elected in 2010. So the mayor is Ada Brook.",
            "correct",
        ),
        (
            "Sam Dean",
            "Let me think. Sam Dean was mayor until 2010. Ada Brook was elected in 2010. So the mayor is Ada Brook.",
            "wrong",
        ),
        ("Ada Brook", "Sam Dean was the mayor, but now Ada Brook is.", "correct"),
        ("Sam Dean", "Sam Dean was the mayor, but now Ada Brook is.", "wrong"),
    ],
}


@pytest.mark.parametrize(
    ("question", "target", "response", "outcome"), [(asked, *case) for asked, cases in CASES.items() for case in cases]
)
def test_prose(question: str, target: str, response: str, outcome: str) -> None:
    found = span.load().grade(target, response, question).outcome
    assert found == outcome or (outcome == "not correct" and found != "correct")
