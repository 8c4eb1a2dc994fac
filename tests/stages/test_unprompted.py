"""Where the reference answers come from, and what is made of every student's answers."""

from orca2.core.types import Choice, Lesson, Message, Strategy, Task
from orca2.stages._unprompted import demonstrated, reference, summarise
from tests.answers import made

STRATEGIES = (
    Strategy("direct", "", ("Only the answer.", "Be terse.")),
    Strategy("steps", "", ("In steps.", "Shared.")),
    Strategy("other", "", ("Shared.",)),
)
BARE = [str(n) for n in range(10)]
STEPS = [f"First {n}, then {n + 1}, then two more. So the answer is {n + 3}." for n in range(10)]


def _lesson(system: str, text: str, task: str = "a") -> Lesson:
    return Lesson((Message("system", system), Message("user", "?"), Message("assistant", text)), task)


def test_lessons_name_their_strategy_by_the_instruction() -> None:
    tasks = [Task("a", "sums", "?", "1", "number", "train")]
    lessons = [_lesson("Be terse.", "1"), _lesson("In steps.", "One."), _lesson("Shared.", "?"), _lesson("Else.", "?"),
               _lesson("Be terse.", "2", task="gone")]  # fmt: skip
    assert demonstrated(lessons, STRATEGIES, tasks) == {"sums": {"direct": ["1"], "steps": ["One."]}}


def test_one_source_a_family_the_one_that_knows_most() -> None:
    choice = Choice("direct", "", {})
    both, half = {"sums": {"direct": BARE, "steps": STEPS}}, {"sums": {"direct": BARE}}
    assert reference("sums", choice, {"teacher": both, "student": both})[0] == "teacher"
    assert reference("sums", choice, {"teacher": half, "student": both})[0] == "student"
    assert reference("sums", choice, {"teacher": {"sums": {"steps": STEPS}}, "student": half})[0] == "student"


def test_each_student_and_message_has_its_rows_and_total() -> None:
    rows = [
        made("t", "correct", family, student=student, system=system, response=text)
        for student, text in (("base", STEPS[0]), ("cautious", "7"))
        for system in ("none", "default") for family in ("sums", "unseen", "not_profiled")
    ]  # fmt: skip
    choices = {"sums": Choice("direct", "", {}), "unseen": Choice("direct", "", {})}
    found = summarise(rows, choices, {"teacher": {"sums": {"direct": BARE, "steps": STEPS}}})
    assert found.families["sums"].clear and not found.families["unseen"].clear
    taken = [row.taken for row in found.rows if row.family == "sums"]
    assert taken == [{"steps": 1}, {"steps": 1}, {"direct": 1}, {"direct": 1}]
    assert [(t.student, t.agreeing, t.items, t.of) for t in found.totals] == [
        ("base", 0, 1, 2), ("base", 0, 1, 2), ("cautious", 1, 1, 2), ("cautious", 1, 1, 2)]  # fmt: skip
    assert not [row for row in found.rows if row.family == "not_profiled"]
