"""Two answers before judges in both orders: one that reads them, one that favours a place, and one that is mute."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from orca2.asking.client import ModelClient
from orca2.core.types import Completion, Message, Request, Task
from orca2.errors import ModelError
from orca2.grading.judging import JudgeClient
from orca2.grading.preferring import Rivals, prefer
from orca2.models.scripted import Scripted

TASK = Task("t", "notes", "Write a note.", "", "judge", "test", {}, {"rubric": "It is {kind}."}, "judged")
ROWS = [Rivals(TASK, "a kind note", "a note"), Rivals(TASK, "a note", "<think>kind</think>a kind note"),
        Rivals(TASK, "a note", "a note")]  # fmt: skip


class Fair:
    """Prefers the answer with the word kind in it."""

    def __init__(self) -> None:
        self.name, self.keep, self.asked = "fair", False, list[str]()

    async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
        for index, request in enumerate(requests):
            shown, _, asked = request.messages[-1].content.rpartition(">>>")
            self.asked.append(asked)
            first, second = ("a kind" in part for part in shown.split("answer B"))
            said = "tie" if first == second else "A" if first else "B"
            yield index, Completion(f"Because. Verdict: {said}", "stop")


def test_both_orders_and_every_judge_count() -> None:
    fair = Fair()
    panel = {"place": ModelClient(Scripted({}, "Verdict: A"))}
    found = prefer(JudgeClient(ModelClient(fair), "score", 7, 64, panel), ROWS, "")
    assert found == [
        {"judge": "ours", "place": "split"}, {"judge": "theirs", "place": "split"}, {"judge": "tie", "place": "split"},
    ]  # fmt: skip
    assert len(fair.asked) >= 5 and all("It is {kind}." in asked for asked in fair.asked)


def test_a_judge_that_says_nothing_is_an_error() -> None:
    with pytest.raises(ModelError, match=r"none of 3 pairs got a verdict of the form 'Verdict: A' in both orders"):
        prefer(JudgeClient(ModelClient(Scripted({}, "I like it.")), "score", 7, 64), ROWS, "")


def test_judges_see_the_whole_conversation() -> None:
    fair = Fair()
    history = (Message("user", "Who writes?"), Message("assistant", "A friend."))
    task = replace(TASK, system="Write as a sailor.", history=history)
    seen: list[str] = []

    class Seeing(Fair):
        async def generate(self, requests: Sequence[Request]) -> AsyncIterator[tuple[int, Completion]]:
            seen.extend(request.messages[-1].content for request in requests)
            async for found in fair.generate(requests):
                yield found

    prefer(JudgeClient(ModelClient(Seeing()), "score", 7, 64), [Rivals(task, "a kind note", "a note")], "")
    before = "system: Write as a sailor.\n\nuser: Who writes?\n\nassistant: A friend."
    assert len(seen) == 2 and all(text.startswith(f"<<<said before\n{before}\n>>>\n") for text in seen)
