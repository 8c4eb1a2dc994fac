"""Phrases of other languages that say that the answer comes."""

import pytest

from orca2.reading.abroad import stated_abroad
from orca2.reading.places import places, statements, tidy


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("因此，答案是B。", "B。"),
        ("答案：B", "B"),
        ("所以正确答案为 12", "12"),
        ("答え：12", "12"),
        ("正解はBです。", "Bです。"),
        ("答えは12です。", "12です。"),
        ("정답은 B입니다.", "B입니다."),
        ("따라서 답은 12입니다.", "12입니다."),
        ("الإجابة الصحيحة هي B", "B"),
        ("Правильный ответ: B", "B"),
        ("Die richtige Antwort lautet: B", "B"),
        ("La bonne réponse est B.", "B."),
        ("La respuesta correcta es B.", "B."),
        ("La risposta corretta è B.", "B."),
        ("A resposta certa é B.", "B."),
        ("Đáp án đúng là B.", "B."),
        ("Jawaban yang benar adalah B.", "B."),
    ],
)
def test_what_follows_is_stated(text: str, answer: str) -> None:
    assert ("stated", answer) in list(places(tidy(text)))


@pytest.mark.parametrize("text", ["Antworten gibt es viele.", "Es gibt keine Antwort.", "没有答案", "12", ""])
def test_other_phrases_state_nothing(text: str) -> None:
    assert not list(stated_abroad(text))


def test_marks_of_other_scripts_are_plain() -> None:
    assert tidy("（Ｂ）：１２") == "(B):12"
    assert tidy("__B__ _C_ x_B snake_case_name") == "B C x_B snake_case_name"
    assert statements("不是A。答案是B。") == ["不是A。", "答案是B。"]


def test_the_answer_may_come_with_what_it_is_in_brackets() -> None:
    assert ("stated", "yes.") in list(places("So the answer (yes or no) is yes."))
